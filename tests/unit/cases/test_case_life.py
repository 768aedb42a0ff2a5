"""The life of a case: its clock, supplements, notices, the rating and the document."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from sqlalchemy import select

from gateway.cases import certificates
from gateway.cases.board import Announcement
from gateway.cases.calendar import days_left, moved
from gateway.cases.cases import CaseView
from gateway.cases.ratings import grade_in
from gateway.cases.statuses import statuses
from gateway.core import Core
from gateway.errors import CitizenError
from gateway.store.tables import Attempt, Certificate, Submission
from tests.support.departments import Departments
from tests.unit.cases.conftest import Clock
from tests.unit.cases.test_delivery import complete_draft, deliver

DEPARTMENT = "housing-construction"
DAY = 24 * 3600


@pytest.fixture
def case(core: Core, clock: Clock, citizen: str) -> CaseView:
    """A case that its department has received."""
    case = core.cases.submit(citizen, complete_draft(core, citizen, "public-rental"))
    deliver(core, clock, rounds=1)
    case = core.cases.by_receipt(citizen, case.receipt)
    assert case.status == "received", case.sentence
    return case


def news(core: Core, case: CaseView, status: str, note: str = "") -> bool:
    """The department says how the case stands."""
    return core.desk.take_news(case.department, receipt=case.receipt, status=status, note=note)


def told(core: Core, citizen: str) -> list[Announcement]:
    """What the citizen hears in one turn."""
    with core.store.write() as session:
        return core.notices.take(session, citizen)


def test_the_limit_stands_still_while_something_is_to_be_supplemented(
    core: Core, clock: Clock, citizen: str, case: CaseView
) -> None:
    before = core.cases.by_receipt(citizen, case.receipt)
    news(core, case, "supplement", "租房合同")
    waiting = core.cases.by_receipt(citizen, case.receipt)
    assert (waiting.due, waiting.wanted) == ("", "租房合同")
    clock.forward(10 * DAY)
    news(core, case, "in_progress")
    after = core.cases.by_receipt(citizen, case.receipt)
    assert after.days_left == before.days_left
    assert after.due != before.due


def test_a_stopped_limit_is_counted_on_in_working_days_over_a_holiday() -> None:
    # 1 to 8 October 2025 are holidays; Saturday the 11th is worked.
    stopped, due = dt.date(2025, 9, 26), dt.date(2025, 10, 10)
    left = days_left(stopped, due, "working_days")
    assert left == 5  # 28 (a worked Sunday), 29, 30 September, 9, 10 October
    assert moved(stopped, dt.date(2025, 10, 9), due, "working_days") == dt.date(2025, 10, 15)
    assert days_left(due, stopped, "working_days") == -5


@pytest.mark.parametrize("course", [
    ["in_progress", "accepted"], ["accepted", "accepted", "in_progress"],
    ["in_progress", "received", "submitted"],
])
def test_late_double_and_unordered_news_never_leads_backwards(
    core: Core, citizen: str, case: CaseView, course: list[str]
) -> None:
    for status in course:
        news(core, case, status)
    assert core.cases.by_receipt(citizen, case.receipt).status == "in_progress"
    assert news(core, case, "done_granted")
    assert not any(news(core, case, status) for status in statuses())
    assert core.cases.by_receipt(citizen, case.receipt).status == "done_granted"


def test_news_for_another_departments_case_changes_nothing(core: Core, case: CaseView) -> None:
    assert not core.desk.take_news("taxation", receipt=case.receipt, status="done_granted")


def test_news_that_comes_before_our_own_answer_stands(
    core: Core, clock: Clock, citizen: str, departments: Departments
) -> None:
    case = core.cases.submit(citizen, complete_draft(core, citizen, "public-rental"))
    departments.faults(DEPARTMENT, fail="drop_after_commit", times=1)
    core.delivery.step()
    departments.faults(DEPARTMENT)
    assert news(core, case, "in_progress")
    deliver(core, clock)
    after = core.cases.by_receipt(citizen, case.receipt)
    assert (after.status, after.delivery) == ("in_progress", "delivered")


def test_a_supplement_reaches_the_department_once_though_the_answer_is_lost(
    core: Core, clock: Clock, citizen: str, case: CaseView, departments: Departments
) -> None:
    departments.advance(DEPARTMENT, case.reference, "supplement")
    core.desk.refresh(case.receipt)
    assert "情况说明" in core.cases.by_receipt(citizen, case.receipt).wanted
    sent = core.cases.supplement(citizen, case.receipt, {"supplement_note": "因工作调动"})
    assert sent.status == "supplementing"
    departments.faults(DEPARTMENT, fail="drop_after_commit", times=1)
    core.delivery.step()
    departments.faults(DEPARTMENT)
    deliver(core, clock)
    after = core.cases.by_receipt(citizen, case.receipt)
    assert (after.status, after.delivery) == ("in_progress", "delivered")
    with core.store.read() as session:
        rows = session.execute(
            select(Attempt.operation, Attempt.outcome)
            .join(Submission).where(Submission.operation == "supplement").order_by(Attempt.id)
        ).all()
    assert [tuple(row) for row in rows] == [("supplement", "unknown"), ("look_up", "delivered")]
    with pytest.raises(CitizenError, match="utter_supplement_none"):
        core.cases.supplement(citizen, case.receipt, {"supplement_note": "又一次"})


def test_a_refused_supplement_leaves_the_case_waiting_for_one(
    core: Core, clock: Clock, citizen: str, case: CaseView
) -> None:
    news(core, case, "supplement", "租房合同")  # the department itself knows nothing of it
    core.cases.supplement(citizen, case.receipt, {"supplement_note": "合同"})
    deliver(core, clock, rounds=1)
    after = core.cases.by_receipt(citizen, case.receipt)
    assert (after.status, after.delivery) == ("supplement", "rejected")
    assert "不用补材料" in after.sentence


def test_what_is_to_be_supplemented_lies_sealed(core: Core, case: CaseView) -> None:
    news(core, case, "supplement", "王小明的租房合同")
    with core.store.read() as session:
        raw = session.connection().exec_driver_sql("select wanted_sealed, stopped_on from cases").one()
    assert "王小明".encode() not in bytes(raw[0])
    assert raw[1]


def test_a_citizen_is_reminded_once_before_the_limit_ends_and_told_once_when_it_is_over(
    core: Core, clock: Clock, citizen: str, case: CaseView, caplog: pytest.LogCaptureFixture
) -> None:
    core.rounds.watch_limits()
    assert told(core, citizen) == []
    due = _due(core)
    clock.now = dt.datetime.combine(due, dt.time(2), dt.timezone.utc)
    core.rounds.watch_limits()
    core.rounds.watch_limits()
    assert [(n.kind, n.words["left"]) for n in told(core, citizen)] == [("due_soon", "今天到期")]
    clock.forward(7 * DAY)
    core.rounds.watch_limits()
    core.rounds.watch_limits()
    assert [n.kind for n in told(core, citizen)] == ["overdue"]
    assert told(core, citizen) == []
    alarms = [r.getMessage() for r in caplog.records if r.name == "yiwen.rounds"]
    assert len(alarms) == 1
    assert case.receipt in alarms[0]


def _due(core: Core) -> dt.date:
    with core.store.read() as session:
        (text,) = session.connection().exec_driver_sql("select due_on from cases").one()
    return dt.date.fromisoformat(text)


def test_a_waiting_case_is_asked_after_every_half_hour_and_its_citizen_hears_of_it(
    core: Core, clock: Clock, citizen: str, case: CaseView, departments: Departments
) -> None:
    assert core.rounds.ask_after_cases() == 0
    departments.advance(DEPARTMENT, case.reference, "accepted")
    clock.forward(1900)
    assert core.rounds.ask_after_cases() == 1
    assert core.rounds.ask_after_cases() == 0
    (notice,) = told(core, citizen)
    assert (notice.kind, notice.words["label"]) == ("status", "已受理")


def test_who_has_just_read_the_progress_is_not_told_it_again(
    core: Core, citizen: str, case: CaseView
) -> None:
    news(core, case, "done_granted")
    core.cases.read(core.cases.by_receipt(citizen, case.receipt))
    assert [n.kind for n in told(core, citizen)] == ["rate"]
    assert told(core, citizen) == [], "a rating is asked for once"


def test_a_case_is_rated_once_and_only_after_its_end(core: Core, citizen: str, case: CaseView) -> None:
    with pytest.raises(CitizenError, match="utter_rate_too_early"):
        core.ratings.give(citizen, case.receipt, 5)
    news(core, case, "done_granted")
    assert core.ratings.waiting(citizen) == [(case.receipt, case.item_name)]
    with pytest.raises(CitizenError, match="utter_receipt_unknown"):
        core.ratings.give(core.citizens.of("rest:stranger"), case.receipt, 1)
    assert core.ratings.give(citizen, case.receipt, 2) == case.item_name
    with pytest.raises(CitizenError, match="utter_rated_before"):
        core.ratings.give(citizen, case.receipt, 5)
    assert core.ratings.waiting(citizen) == []


@pytest.mark.parametrize(("text", "grade"), [
    ("非常满意", 5), ("给个五星", 5), ("满意", 4), ("还行吧", 3), ("基本满意", 3), ("一般", 3),
    ("不满意", 2), ("不太好", 2), ("两星", 2), ("非常不满意", 1), ("我要给个差评", 1), ("我要评价", None),
])
def test_grades_are_read_from_words(text: str, grade: int | None) -> None:
    assert grade_in(text) == grade


def test_a_granted_case_has_a_document_that_anybody_can_check_by_its_code(
    core: Core, citizen: str, case: CaseView
) -> None:
    assert core.documents.of(case) is None
    news(core, case, "done_granted")
    links = core.documents.of(case)
    assert links is not None
    facts = core.documents.find(links.code.lower())
    assert facts is not None
    assert (facts.receipt, facts.masked_name) == (case.receipt, "**明")
    wrong = ("A" if links.code[0] != "A" else "B") + links.code[1:]
    assert core.documents.find(wrong) is None
    assert not certificates.is_code(certificates.tidy(wrong))


def test_the_document_is_a_pdf_with_the_facts_and_opens_only_through_its_link(
    core: Core, citizen: str, case: CaseView
) -> None:
    news(core, case, "done_granted")
    links = core.documents.of(case)
    assert links is not None
    token = links.link.rsplit("/", 1)[1]
    found = core.documents.pdf(token)
    assert found is not None
    receipt, pdf = found
    assert receipt == case.receipt
    assert pdf.startswith(b"%PDF-")
    assert io.BytesIO(pdf).read().rstrip().endswith(b"%%EOF")
    assert b"FontFile2" in pdf
    assert core.documents.pdf(token[:-2] + "xx") is None
    assert core.documents.pdf(certificates.tidy(links.code)) is None


def test_the_facts_of_a_document_lie_sealed(core: Core, citizen: str, case: CaseView) -> None:
    news(core, case, "done_granted")
    with core.store.read() as session:
        row = session.scalars(select(Certificate)).one()
    assert "王小明".encode() not in bytes(row.facts_sealed)
    assert case.receipt.encode() not in bytes(row.facts_sealed)


def test_every_status_has_its_place_and_only_ended_ones_are_last() -> None:
    for name, status in statuses().items():
        assert status.final == (status.step == 9), name
        assert status.label, name
        assert status.says.endswith("。"), name
