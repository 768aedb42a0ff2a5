"""Submissions: nothing lost, nothing doubled, and the citizen told the truth."""

from __future__ import annotations

import dataclasses
import threading
import time

import pytest
from sqlalchemy import select

from connectors.access import Window
from gateway.cases.cases import CaseView
from gateway.cases.claims import SPARE, Claims
from gateway.cases.drafts import DraftView
from gateway.core import Core
from gateway.errors import CitizenError, OutcomeUnknown, StaffError
from gateway.store.tables import Attempt, Audit, Submission
from tests.support.departments import Departments
from tests.support.examples import example_answers
from tests.unit.cases.conftest import Clock

DEPARTMENT = "public-security"


@pytest.fixture
def case(core: Core, citizen: str, draft: DraftView) -> CaseView:
    """A case whose submission is queued."""
    return core.cases.submit(citizen, draft.id)


@pytest.fixture
def other_case(core: Core, citizen: str) -> CaseView:
    """A case of another department."""
    return core.cases.submit(citizen, complete_draft(core, citizen, "social-security-card-lost"))


def complete_draft(core: Core, citizen: str, item: str, name: str = "王小明") -> str:
    """A draft of ``item`` with every question answered; its id."""
    catalogue = core.live.current
    draft = core.drafts.start(citizen, catalogue.items[item])
    for element, value in example_answers(catalogue, catalogue.items[item], {"name": name}).items():
        core.drafts.answer(citizen, draft.id, element, value)
    return draft.id


def ledger(departments: Departments, receipt: str) -> int:
    """How often the department has that receipt number in its own list."""
    return sum(receipt in str(row.values()) for row in departments.ledger(DEPARTMENT))


def deliver(core: Core, clock: Clock, rounds: int = 8) -> None:
    """Step until nothing is due, letting the back-off pass."""
    for _ in range(rounds):
        while core.delivery.step():
            pass
        clock.forward(700)


def test_a_submission_reaches_the_department_once(
    core: Core, clock: Clock, citizen: str, case: CaseView, departments: Departments
) -> None:
    assert case.status == "submitted"
    deliver(core, clock)
    after = core.cases.by_receipt(citizen, case.receipt)
    assert (after.status, after.delivery) == ("received", "delivered")
    assert after.reference
    assert ledger(departments, case.receipt) == 1


def test_submitting_a_draft_twice_gives_one_case(
    core: Core, citizen: str, draft: DraftView, case: CaseView
) -> None:
    assert core.cases.submit(citizen, draft.id).receipt == case.receipt
    assert len(core.cases.mine(citizen)) == 1


@pytest.mark.parametrize("fault", ["busy", "drop_before", "drop_after_commit", "5xx"])
def test_a_department_in_trouble_neither_loses_nor_doubles_an_application(
    core: Core, clock: Clock, citizen: str, case: CaseView, departments: Departments, fault: str
) -> None:
    departments.faults(DEPARTMENT, fail=fault, times=2)
    core.delivery.step()
    told = core.cases.by_receipt(citizen, case.receipt)
    assert told.status == "submitted"
    assert "已存好" in told.sentence
    departments.faults(DEPARTMENT)
    deliver(core, clock)
    assert core.cases.by_receipt(citizen, case.receipt).status == "received"
    assert ledger(departments, case.receipt) == 1


def test_a_worker_that_died_in_the_call_is_settled_by_asking(
    core: Core, clock: Clock, citizen: str, case: CaseView, departments: Departments
) -> None:
    order = core.delivery.claims.take()
    assert order is not None
    core.delivery.call(order, order.operation)  # the department acted; the worker dies here
    core.delivery.claims.release(order)
    assert not core.delivery.step(), "a leased submission belongs to its worker"
    clock.forward(120)
    deliver(core, clock)
    assert ledger(departments, case.receipt) == 1
    with core.store.read() as session:
        asked = session.scalars(select(Attempt.operation).order_by(Attempt.id)).all()
    assert asked[0] == "look_up"
    assert core.cases.by_receipt(citizen, case.receipt).delivery == "delivered"


def test_a_worker_that_comes_back_late_changes_nothing(
    core: Core, clock: Clock, citizen: str, case: CaseView
) -> None:
    late = core.delivery.claims.take()
    assert late is not None
    core.delivery.claims.release(late)
    clock.forward(120)
    deliver(core, clock)
    core.delivery.settle(late, "submit", CitizenError("too late"), 1.0)
    assert core.cases.by_receipt(citizen, case.receipt).delivery == "delivered"


def test_two_workers_never_take_the_same_submission(core: Core, citizen: str, case: CaseView) -> None:
    taken = []
    processes = [Claims(core.store, core.connectors, lambda tries: 1.0, most=4) for _ in range(4)]
    threads = [threading.Thread(target=lambda c=c: taken.append(c.take())) for c in processes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([order for order in taken if order]) == 1


def test_a_worker_that_was_held_up_too_long_sends_nothing(
    core: Core, clock: Clock, citizen: str, case: CaseView, departments: Departments
) -> None:
    order = core.delivery.claims.take()
    assert order is not None
    with pytest.raises(OutcomeUnknown):
        core.delivery.call(dataclasses.replace(order, deadline=time.monotonic() - 1), "submit")
    core.delivery.claims.release(order)
    assert ledger(departments, case.receipt) == 0
    clock.forward(120)
    deliver(core, clock)
    assert ledger(departments, case.receipt) == 1


def test_the_lease_is_longer_than_the_longest_call(core: Core, case: CaseView) -> None:
    timeouts = core.connectors.get(DEPARTMENT).manifest.timeouts  # type: ignore[union-attr]
    before = time.monotonic()
    order = core.delivery.claims.take()
    assert order is not None
    assert order.deadline - before >= (SPARE - 1) * (timeouts.connect + timeouts.read)
    with core.store.read() as session:
        until = session.scalars(select(Submission.leased_until)).one()
    assert (until - core.store.clock()).total_seconds() >= SPARE * (timeouts.connect + timeouts.read)


def test_one_slow_department_leaves_workers_for_the_others(
    core: Core, citizen: str, case: CaseView, other_case: CaseView
) -> None:
    first = core.delivery.claims.take()
    second = core.delivery.claims.take()
    assert first is not None
    assert second is not None
    assert {first.department, second.department} == {DEPARTMENT, "human-resources"}


def test_nothing_found_just_after_sending_is_not_yet_believed_without_an_idempotency_key(
    core: Core, clock: Clock, citizen: str, other_case: CaseView, departments: Departments
) -> None:
    connector = core.connectors.get("human-resources")
    assert connector is not None
    with_key = connector.manifest
    connector.manifest = with_key.copy(update={"idempotency": None})
    departments.faults("human-resources", fail="drop_before", times=1)
    core.delivery.step()
    departments.faults("human-resources")
    clock.forward(5)
    core.delivery.step()
    with core.store.read() as session:
        assert session.scalars(select(Submission.state)).one() == "unknown"
        assert session.scalars(select(Attempt.outcome)).all() == ["unknown", "not_there_yet"]
    connector.manifest = with_key
    deliver(core, clock)
    assert core.cases.by_receipt(citizen, other_case.receipt).delivery == "delivered"


def test_staff_send_a_dead_submission_again_and_the_department_gets_it_once(
    core: Core, clock: Clock, citizen: str, case: CaseView, departments: Departments
) -> None:
    connector = core.connectors.get(DEPARTMENT)
    assert connector is not None
    right = departments.secrets[connector.manifest.auth.secret]
    connector.take_secret("wrong")
    deliver(core, clock, rounds=1)
    (dead,) = core.submissions.listed()
    assert dead.receipt == case.receipt
    connector.take_secret(right)
    assert core.submissions.resend(dead.id, "admin") == case.receipt
    assert "重新提交" in core.cases.by_receipt(citizen, case.receipt).sentence
    with pytest.raises(StaffError, match="不用重新提交"):
        core.submissions.resend(dead.id, "admin")
    deliver(core, clock)
    assert core.submissions.listed() == []
    assert ledger(departments, case.receipt) == 1
    with core.store.read() as session:
        audit = session.scalars(select(Audit)).one()
    assert (audit.actor, audit.action, audit.target) == ("admin", "resend_submission", case.receipt)


def test_a_refused_application_says_why(
    core: Core, clock: Clock, citizen: str, departments: Departments
) -> None:
    draft = complete_draft(core, citizen, "social-security-card-lost", name="王䶮明")
    case = core.cases.submit(citizen, draft)
    deliver(core, clock)
    after = core.cases.by_receipt(citizen, case.receipt)
    assert after.status == "not_accepted"
    assert after.sentence


def test_withdrawing_before_delivery_never_troubles_the_department(
    core: Core, clock: Clock, citizen: str, case: CaseView, departments: Departments
) -> None:
    assert core.cases.withdraw(citizen, case.receipt).status == "withdrawn"
    deliver(core, clock)
    assert ledger(departments, case.receipt) == 0


def test_withdrawing_after_delivery_tells_the_department(
    core: Core, clock: Clock, citizen: str, case: CaseView
) -> None:
    deliver(core, clock, rounds=1)
    assert core.cases.withdraw(citizen, case.receipt).status == "withdrawing"
    deliver(core, clock)
    assert core.cases.by_receipt(citizen, case.receipt).status == "withdrawn"
    with pytest.raises(CitizenError, match="utter_withdraw_ended"):
        core.cases.withdraw(citizen, case.receipt)


def test_withdrawing_while_the_outcome_is_unknown_waits_for_it(
    core: Core, clock: Clock, citizen: str, case: CaseView, departments: Departments
) -> None:
    departments.faults(DEPARTMENT, fail="drop_after_commit", times=1)
    core.delivery.step()
    core.cases.withdraw(citizen, case.receipt)
    deliver(core, clock)
    assert core.cases.by_receipt(citizen, case.receipt).status == "withdrawn"
    assert ledger(departments, case.receipt) == 1


def test_other_peoples_receipts_look_like_unknown_ones(core: Core, case: CaseView) -> None:
    stranger = core.citizens.of("rest:stranger")
    with pytest.raises(CitizenError) as theirs:
        core.cases.by_receipt(stranger, case.receipt)
    with pytest.raises(CitizenError) as nobodys:
        core.cases.by_receipt(stranger, "YW261123000000X")
    assert theirs.value.response == nobodys.value.response == "utter_receipt_unknown"


def test_a_submission_that_cannot_be_understood_waits_for_staff(
    core: Core, clock: Clock, citizen: str, case: CaseView
) -> None:
    core.connectors.get(DEPARTMENT).take_secret("wrong")  # type: ignore[union-attr]
    deliver(core, clock, rounds=2)
    with core.store.read() as session:
        assert session.scalars(select(Submission.state)).one() == "dead"
    told = core.cases.by_receipt(citizen, case.receipt)
    assert "工作人员" in told.sentence


def test_the_department_tells_how_a_case_stands(
    core: Core, clock: Clock, citizen: str, case: CaseView, departments: Departments
) -> None:
    deliver(core, clock)
    reference = core.cases.by_receipt(citizen, case.receipt).reference
    departments.advance(DEPARTMENT, reference, "done_granted")
    assert core.desk.refresh(case.receipt)
    assert core.cases.by_receipt(citizen, case.receipt).status == "done_granted"


def test_when_the_department_is_down_old_news_is_called_old(
    core: Core, clock: Clock, citizen: str, case: CaseView, departments: Departments
) -> None:
    deliver(core, clock)
    departments.faults(DEPARTMENT, fail="busy", times=20)
    assert core.desk.refresh(case.receipt) is False
    departments.faults(DEPARTMENT)


def closed_until(core: Core, until: str) -> None:
    """The department's system is maintained from now on until then (Chinese time)."""
    connector = core.connectors.get(DEPARTMENT)
    assert connector is not None
    window = Window.parse_obj({"from": "2026-11-01T00:00", "to": until})
    connector.manifest = connector.manifest.copy(update={"maintenance": (window,)})
    connector.clock = core.store.clock


def test_what_is_sent_to_a_closed_department_is_kept_says_when_and_goes_when_it_opens(
    core: Core, clock: Clock, citizen: str, case: CaseView, departments: Departments
) -> None:
    closed_until(core, "2026-11-23T13:30")
    deliver(core, clock, rounds=3)
    said = core.cases.by_receipt(citizen, case.receipt).sentence
    assert said == "公安局系统现在没开，11 月 23 日（周一）13:30 开。您的申请已存好，到时自动提交。"
    assert ledger(departments, case.receipt) == 0
    clock.forward(4 * 3600)
    deliver(core, clock, rounds=1)
    assert ledger(departments, case.receipt) == 1


def test_who_asks_a_closed_department_hears_when_it_opens(core: Core) -> None:
    closed_until(core, "2026-11-23T13:30")
    with pytest.raises(CitizenError) as told:
        core.desk.free_slots(core.live.current.items["id-card-renew"], {"service_place": "civic-hall"})
    assert told.value.values["sentence"].startswith("公安局系统现在没开，11 月 23 日（周一）13:30 开。")
