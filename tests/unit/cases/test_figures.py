"""Figures of what is under way: what a monitor sees of submissions and of promised days."""

from __future__ import annotations

from gateway.cases.drafts import DraftView
from gateway.core import Core
from tests.support.departments import Departments
from tests.unit.cases.conftest import Clock


def figures(core: Core) -> set[str]:
    return {line for line in core.figures.text().splitlines() if not line.startswith("#")}


def test_what_waits_for_a_department_is_counted_until_it_is_there(
    core: Core, citizen: str, draft: DraftView, departments: Departments
) -> None:
    assert figures(core) == set()
    core.cases.submit(citizen, draft.id)
    assert figures(core) == {'yiwen_submissions{department="public-security",state="queued"} 1.0'}
    core.delivery.step()
    assert figures(core) == set()


def test_a_case_past_its_promised_day_is_counted_and_a_supplement_stops_it(
    core: Core, citizen: str, draft: DraftView, departments: Departments, clock: Clock
) -> None:
    case = core.cases.submit(citizen, draft.id)
    core.delivery.step()
    clock.forward(120 * 86400)
    assert figures(core) == {'yiwen_cases_overdue{department="public-security"} 1.0'}
    core.desk.take_news("public-security", receipt=case.receipt, status="supplement", note="照片不清楚")
    assert figures(core) == set()
