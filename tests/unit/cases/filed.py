"""A citizen who files life events, and departments that decide about the steps."""

from __future__ import annotations

from sqlalchemy import select

from gateway.cases import form
from gateway.cases.filings import FilingView
from gateway.core import Core
from gateway.store.tables import Case, Submission
from tests.support.departments import Departments

ANSWERS = {
    "name": "王小明", "id_number": "11010519491231002X", "phone": "13800138000", "child_name": "王小雨",
    "child_birth_date": "2026-11-12", "birth_certificate_number": "X110234567", "newborn_hukou_follow": "mother",
    "service_place": "civic-hall", "home_address": "文昌路 8 号 2 单元 301", "card_bank": "icbc", "delivery_way": "pickup",
    "birth_registration_order": "first", "birth_registration_other_id": form.SKIPPED,
    "company_name": "清河晨光餐饮有限公司", "registration_capital": "500000", "registration_shareholders": "王小明，50 万元",
    "business_address": "东湖路 52 号 1 层", "registration_scope": "餐饮服务", "acting_company_basis": "head",
    "food_business_type": "catering", "food_licence_items": "热菜、凉菜", "child_id_number": "110105202611120016",
}
HUKOU, MEDICAL, CARD, REGISTRATION = (
    "hukou-birth", "medical-enrol", "social-security-card-apply", "birth-registration",
)


def filled_in(core: Core, citizen: str, event: str = "newborn", **answers: str) -> str:
    """A complete draft of a life event; optional steps are wanted unless ``answers`` say otherwise."""
    matter = core.live.current.events[event]
    draft = core.drafts.start(citizen, matter)
    while field := form.next_field(matter, draft.answers):
        wanted = "yes" if field.element.startswith("with_") else ANSWERS.get(field.element)
        value = answers.get(field.element, wanted)
        assert value is not None, f"no answer for {field.element}"
        draft = core.drafts.answer(citizen, draft.id, field.element, value)
    return draft.id


def filed(core: Core, citizen: str, event: str = "newborn", **answers: str) -> FilingView:
    return core.filings.submit(citizen, filled_in(core, citizen, event, **answers))


def now(core: Core, citizen: str) -> dict[str, str]:
    """Status of each step's case in the newest filing."""
    return {s.case.item: s.case.status for s in core.filings.mine(citizen)[0].steps}


def case_of(core: Core, citizen: str, item: str) -> str:
    return next(s.case.receipt for s in core.filings.mine(citizen)[0].steps if s.case.item == item)


def decide(core: Core, departments: Departments, citizen: str, item: str, status: str = "done_granted") -> None:
    """The department decides about a step, and is asked."""
    case = core.cases.by_receipt(citizen, case_of(core, citizen, item))
    departments.advance(case.department, case.reference, status)
    assert core.desk.refresh(case.receipt)


def sent(core: Core, item: str) -> list[dict[str, str]]:
    """What was or will be told to the department of that item, newest first."""
    with core.store.read() as session:
        rows = session.scalars(
            select(Case).join(Submission, Submission.case_id == Case.id).where(Case.item == item)
            .order_by(Case.created_at.desc())
        ).all()
        return [core.store.cipher.open(row.answers_sealed) for row in rows]
