"""Drafts: kept from the first answer on, and never in reach of another citizen."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from gateway.cases import form
from gateway.cases.drafts import DraftView
from gateway.core import Core
from gateway.errors import CitizenError
from gateway.store.tables import Attachment, Case, Submission


def test_a_draft_that_is_started_again_is_the_same_one(core: Core, citizen: str, draft: DraftView) -> None:
    again = core.drafts.start(citizen, core.live.current.items["id-card-lost"])
    assert again == draft


def test_answers_to_questions_that_no_longer_apply_fall_away(
    core: Core, citizen: str, draft: DraftView
) -> None:
    after = core.drafts.answer(citizen, draft.id, "delivery_way", "pickup")
    assert "mailing_address" not in after.answers
    asked = form.next_field(core.live.current.items["id-card-lost"], after.answers)
    assert asked is not None
    assert asked.element == "service_place"


def test_nobody_reaches_another_citizens_draft(core: Core, draft: DraftView) -> None:
    other = core.citizens.of("rest:somebody else")
    with pytest.raises(CitizenError, match="utter_draft_gone"):
        core.drafts.load(other, draft.id)
    with pytest.raises(CitizenError, match="utter_draft_gone"):
        core.drafts.answer(other, draft.id, "phone", "13900139000")
    with pytest.raises(CitizenError, match="utter_draft_gone"):
        core.cases.submit(other, draft.id)


def test_a_password_is_never_kept(core: Core, citizen: str) -> None:
    draft = core.drafts.start(citizen, core.live.current.items["housing-fund-query"])
    for element, value in (("name", "王秀英"), ("id_number", "11010519491231002X")):
        core.drafts.answer(citizen, draft.id, element, value)
    given = core.drafts.answer(citizen, draft.id, "query_password", "123456")
    assert given.answers["query_password"] == "123456"  # noqa: S105
    assert "query_password" not in core.drafts.load(citizen, draft.id).answers


def test_answers_are_sealed_in_the_database(core: Core, draft: DraftView) -> None:
    with core.store.engine.connect() as connection:
        rows = connection.execute(sa.text("select * from drafts")).all()
    kept = repr([tuple(bytes(v) if isinstance(v, memoryview) else v for v in r) for r in rows])
    assert draft.answers["phone"] not in kept
    assert draft.answers["id_number"] not in kept


def test_a_dropped_draft_leaves_no_answer_behind(core: Core, citizen: str, draft: DraftView) -> None:
    core.drafts.drop(citizen, draft.id)
    assert core.drafts.latest(citizen) is None
    fresh = core.drafts.start(citizen, core.live.current.items["id-card-lost"])
    assert fresh.answers == {}


RENTAL = {
    "name": "王小明", "id_number": "11010519491231002X", "phone": "13800138000", "public_rental_ground": "migrant",
    "marital_status": "married", "spouse_id_number": "11010519491231002X", "household_size": "3", "household_income": "5000.00",
}


def refused(core: Core, citizen: str, item: str, answers: dict[str, str]) -> str:
    """The receipt of a case that its department does not take."""
    draft = core.drafts.start(citizen, core.live.current.items[item])
    for element, value in answers.items():
        core.drafts.answer(citizen, draft.id, element, value)
    case = core.cases.submit(citizen, draft.id)
    while core.delivery.step():
        pass
    assert core.cases.by_receipt(citizen, case.receipt).status == "not_accepted"
    return case.receipt


def test_a_refusal_that_blames_one_answer_asks_for_that_one_only(core: Core, citizen: str) -> None:
    receipt = refused(core, citizen, "public-rental", RENTAL)
    reopened = core.drafts.reopen(citizen, receipt)
    assert reopened is not None
    draft, element = reopened
    assert element == "spouse_id_number"
    assert draft.answers == {e: v for e, v in RENTAL.items() if e != "spouse_id_number"}
    asked = form.next_field(core.live.current.items["public-rental"], draft.answers)
    assert asked is not None
    assert asked.element == "spouse_id_number"


def test_a_rare_character_is_no_answer_to_be_put_right(core: Core, citizen: str) -> None:
    given = {"name": "王䶮明", "id_number": "11010519491231002X", "phone": "13800138000", "lost_on": "2026-10-08", "lost_place": ""}
    reopened = core.drafts.reopen(citizen, refused(core, citizen, "social-security-card-lost", given))
    assert reopened is not None
    assert reopened[1] == ""
    assert reopened[0].answers == given  # what was left out before stays left out


def test_only_the_citizens_own_refused_case_is_opened_again(core: Core, citizen: str, draft: DraftView) -> None:
    receipt = refused(core, citizen, "public-rental", RENTAL)
    assert core.drafts.reopen(core.citizens.of("rest:somebody else"), receipt) is None
    taken = core.cases.submit(citizen, draft.id)
    assert core.drafts.reopen(citizen, taken.receipt) is None


def test_the_photos_of_a_refused_case_go_with_the_draft_that_is_opened_again(core: Core, citizen: str) -> None:
    receipt = refused(core, citizen, "public-rental", RENTAL)
    with core.store.write() as session:
        case = session.scalars(sa.select(Case).where(Case.receipt == receipt)).one()
        sent = session.scalars(sa.select(Submission).where(Submission.case_id == case.id)).one()
        session.add(Attachment(
            citizen_id=citizen, draft_id=case.draft_id, submission_id=sent.id, content_type="image/png", ending="png",
            size=1, content_sealed=b"sealed", created_at=core.store.clock(),
        ))
    reopened = core.drafts.reopen(citizen, receipt)
    assert reopened is not None
    with core.store.read() as session:
        photo = session.scalars(sa.select(Attachment)).one()
    assert (photo.draft_id, photo.submission_id) == (reopened[0].id, None)
