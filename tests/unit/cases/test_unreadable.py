"""A department whose answers cannot be read: nothing is lost, nothing doubled, and staff hear of it."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select

from gateway.cases.cases import CaseView
from gateway.cases.drafts import DraftView
from gateway.core import Core
from gateway.store.tables import Submission
from tests.support.departments import Departments
from tests.unit.cases.conftest import Clock
from tests.unit.cases.test_delivery import DEPARTMENT, deliver, ledger


@pytest.fixture
def case(core: Core, citizen: str, draft: DraftView) -> CaseView:
    """A case whose submission is queued."""
    return core.cases.submit(citizen, draft.id)


@pytest.mark.parametrize("garbled", ["wrong_charset", "changed_schema"])
def test_answers_that_cannot_be_read_leave_a_submission_unknown_and_call_staff(
    core: Core, clock: Clock, citizen: str, case: CaseView, departments: Departments, garbled: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    departments.faults(DEPARTMENT, fail=garbled)
    core.delivery.step()
    assert "已存好" in core.cases.by_receipt(citizen, case.receipt).sentence
    waits = [wait_of(core, clock)]
    assert alarms(caplog) == []
    for _ in range(3):
        clock.forward(waits[-1])
        core.delivery.step()
        waits.append(wait_of(core, clock))
    assert waits == sorted(waits)
    assert len(alarms(caplog)) == 1
    (waiting,) = core.submissions.listed()
    assert (waiting.receipt, waiting.state, waiting.code) == (case.receipt, "unknown", "unreadable")
    departments.faults(DEPARTMENT)
    deliver(core, clock)
    assert core.cases.by_receipt(citizen, case.receipt).status == "received"
    assert ledger(departments, case.receipt) == 1
    assert core.submissions.listed() == []


def test_after_a_day_of_answers_that_cannot_be_read_a_person_sends_it_again(
    core: Core, clock: Clock, citizen: str, case: CaseView, departments: Departments
) -> None:
    for day in (1, 2):
        departments.faults(DEPARTMENT, fail="changed_schema")
        began = clock.now
        while (row := state_of(core)) != "dead":
            assert row in ("queued", "unknown")
            core.delivery.step()
            clock.forward(6 * 3600)
        assert clock.now - began >= dt.timedelta(hours=24), f"day {day}"
        (dead,) = core.submissions.listed()
        core.submissions.resend(dead.id, "admin")
    departments.faults(DEPARTMENT)
    deliver(core, clock)
    assert core.cases.by_receipt(citizen, case.receipt).status == "received"
    assert ledger(departments, case.receipt) == 1


def state_of(core: Core) -> str:
    with core.store.read() as session:
        return str(session.scalars(select(Submission.state)).one())


def wait_of(core: Core, clock: Clock) -> float:
    """Seconds until the submission is due again."""
    with core.store.read() as session:
        return (session.scalars(select(Submission.due_at)).one() - clock.now).total_seconds()


def alarms(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [r.getMessage() for r in caplog.records if r.levelname == "ERROR"]
