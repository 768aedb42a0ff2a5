"""Life events (一件事): one submission, a case a step, sent in the order in which they depend on each other."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from gateway.cases.following import Place
from gateway.core import Core
from gateway.errors import CitizenError
from gateway.store.filing_tables import FilingStep
from gateway.store.tables import Submission
from tests.support.departments import Departments
from tests.unit.cases.conftest import Clock
from tests.unit.cases.filed import (
    ANSWERS,
    CARD,
    HUKOU,
    MEDICAL,
    REGISTRATION,
    case_of,
    decide,
    filed,
    filled_in,
    now,
    sent,
)
from tests.unit.cases.test_delivery import deliver


def test_every_question_is_asked_once_and_answers_all_steps(core: Core) -> None:
    event = core.live.current.events["newborn"]
    everything = {**ANSWERS, **{s.choice: "yes" for s in event.filed if s.optional}}
    asked = [f.element for f in event.asked(everything)]
    assert len(asked) == len(set(asked))
    assert "child_id_number" not in asked, "the bureau gives it"
    card = event.step(CARD)
    assert card is not None
    told = event.answers_of(card, everything)
    assert (told["name"], told["phone"]) == (ANSWERS["child_name"], ANSWERS["phone"])


def test_steps_that_wait_for_nothing_are_queued_and_the_others_kept(core: Core, citizen: str) -> None:
    filing = filed(core, citizen)
    assert now(core, citizen) == {
        HUKOU: "submitted", MEDICAL: "waiting", CARD: "waiting", REGISTRATION: "submitted",
    }
    assert [s.waits_for for s in filing.steps] == [(), (1,), (1,), ()]
    assert len({s.case.receipt for s in filing.steps}) == 4
    assert "新生儿出生登记" in filing.steps[1].case.sentence
    with core.store.read() as session:
        assert session.scalars(select(Submission.operation)).all() == ["submit", "submit"]


def test_submitting_twice_files_once(core: Core, citizen: str) -> None:
    draft = filled_in(core, citizen)
    first, second = core.filings.submit(citizen, draft), core.filings.submit(citizen, draft)
    assert first.id == second.id
    assert len(core.filings.mine(citizen)) == 1
    with pytest.raises(CitizenError, match="utter_draft_gone"):
        core.filings.submit(core.citizens.of("rest:stranger"), draft)


def test_an_incomplete_event_is_not_submitted_at_all(core: Core, citizen: str) -> None:
    draft = core.drafts.start(citizen, core.live.current.events["newborn"])
    with pytest.raises(CitizenError, match="utter_draft_incomplete"):
        core.filings.submit(citizen, draft.id)
    assert core.cases.mine(citizen) == []


def test_a_grant_sends_what_waited_with_what_the_department_gave(
    core: Core, clock: Clock, citizen: str, departments: Departments
) -> None:
    filed(core, citizen)
    deliver(core, clock, rounds=2)
    assert not sent(core, MEDICAL)
    clock.forward(3 * 24 * 3600)
    decide(core, departments, citizen, HUKOU)
    assert now(core, citizen)[MEDICAL] == now(core, citizen)[CARD] == "submitted"
    number = sent(core, MEDICAL)[0]["child_id_number"]
    assert number.startswith("11010520261112")
    assert sent(core, CARD)[0]["id_number"] == number
    card = core.cases.by_receipt(citizen, case_of(core, citizen, CARD))
    assert (card.days_left, card.unit) == (7, "working_days"), "its limit begins on the day on which it is sent"
    deliver(core, clock, rounds=4)
    for item in (MEDICAL, CARD, REGISTRATION):
        decide(core, departments, citizen, item)
    assert set(now(core, citizen).values()) == {"done_granted"}
    assert core.filings.mine(citizen)[0].done == 4


def test_what_a_department_gives_lies_sealed(
    core: Core, clock: Clock, citizen: str, departments: Departments
) -> None:
    filed(core, citizen)
    deliver(core, clock, rounds=2)
    decide(core, departments, citizen, HUKOU)
    number = sent(core, MEDICAL)[0]["child_id_number"].encode()
    with core.store.read() as session:
        rows = session.connection().exec_driver_sql("select results_sealed, answers_sealed from cases").all()
    assert not any(number in bytes(value) for row in rows for value in row if value)


@pytest.mark.parametrize("end", ["done_refused", "not_accepted"])
def test_one_refused_step_stops_only_those_that_need_it(
    core: Core, clock: Clock, citizen: str, departments: Departments, end: str
) -> None:
    filed(core, citizen)
    deliver(core, clock, rounds=2)
    decide(core, departments, citizen, HUKOU, end)
    decide(core, departments, citizen, REGISTRATION)
    assert now(core, citizen) == {
        HUKOU: end, MEDICAL: "waiting", CARD: "waiting", REGISTRATION: "done_granted",
    }
    waiting = core.cases.by_receipt(citizen, case_of(core, citizen, MEDICAL))
    assert "没有办成" in waiting.sentence
    refused = core.cases.by_receipt(citizen, case_of(core, citizen, HUKOU))
    assert len(refused.then) == 2


def test_a_step_left_out_is_asked_for_what_it_would_have_given(core: Core, citizen: str) -> None:
    filing = filed(core, citizen, with_hukou_birth="no", with_birth_registration="no")
    assert [s.case.item for s in filing.steps] == [MEDICAL, CARD]
    assert {s.case.status for s in filing.steps} == {"submitted"}
    assert sent(core, MEDICAL)[0]["child_id_number"] == ANSWERS["child_id_number"]
    assert sent(core, CARD)[0]["id_number"] == ANSWERS["child_id_number"]


def test_a_company_brings_its_own_code_to_the_licence(
    core: Core, clock: Clock, citizen: str, departments: Departments
) -> None:
    filed(core, citizen, "open-company")
    deliver(core, clock, rounds=1)
    decide(core, departments, citizen, "company-registration")
    assert sent(core, "food-licence")[0]["credit_code"].startswith("91110105MA")
    deliver(core, clock, rounds=1)
    assert now(core, citizen)["food-licence"] == "received"


def test_a_department_that_is_down_keeps_its_step_and_no_other(
    core: Core, clock: Clock, citizen: str, departments: Departments
) -> None:
    filed(core, citizen)
    departments.faults("public-security", fail="maintenance", times=1)
    while core.delivery.step():
        pass
    assert (now(core, citizen)[HUKOU], now(core, citizen)[REGISTRATION]) == ("submitted", "received")
    deliver(core, clock, rounds=4)
    assert now(core, citizen)[HUKOU] == "received"


class Crash(BaseException):
    """The process is killed."""


def test_a_crash_between_grant_and_queue_loses_nothing(
    core: Core, clock: Clock, citizen: str, departments: Departments, monkeypatch: pytest.MonkeyPatch
) -> None:
    filed(core, citizen)
    deliver(core, clock, rounds=2)
    hukou = core.cases.by_receipt(citizen, case_of(core, citizen, HUKOU))
    departments.advance(hukou.department, hukou.reference, "done_granted")

    def killed(*args: object, **kwargs: object) -> None:
        raise Crash

    with monkeypatch.context() as patched:
        patched.setattr("gateway.cases.following.queue", killed)
        with pytest.raises(Crash):
            core.desk.refresh(hukou.receipt)
    assert (now(core, citizen)[HUKOU], now(core, citizen)[MEDICAL]) == ("received", "waiting")
    core.desk.refresh(hukou.receipt)
    assert (now(core, citizen)[HUKOU], now(core, citizen)[MEDICAL]) == ("done_granted", "submitted")
    assert len(sent(core, MEDICAL)) == len(sent(core, CARD)) == 1


def test_a_place_knows_how_it_stands() -> None:
    def standing(status: str) -> tuple[bool, bool]:
        place = Place(FilingStep(), "", status)
        return place.granted, place.failed

    assert standing("done_granted") == (True, False)
    assert standing("withdrawn") == standing("done_refused") == (False, True)
    assert standing("waiting") == standing("accepted") == (False, False)


def test_of_two_grants_at_once_the_later_one_sends_what_waited_for_both(
    core: Core, clock: Clock, citizen: str, departments: Departments
) -> None:
    filed(core, citizen)
    deliver(core, clock, rounds=2)
    both = [core.cases.by_receipt(citizen, case_of(core, citizen, item)) for item in (HUKOU, REGISTRATION)]
    with core.store.write() as session:
        step = session.scalars(select(FilingStep).where(FilingStep.item == CARD)).one()
        step.after = [HUKOU, REGISTRATION]
    for case in both:
        departments.advance(case.department, case.reference, "done_granted")
    with ThreadPoolExecutor(2) as pool:
        assert all(pool.map(core.desk.refresh, [case.receipt for case in both]))
    assert now(core, citizen)[CARD] == "submitted"
    assert len(sent(core, CARD)) == 1
