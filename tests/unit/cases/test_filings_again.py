"""Steps of a life event that are withdrawn, done again or lack something, and what their citizen hears."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.cases import form
from gateway.cases.board import Announcement
from gateway.core import Core
from gateway.errors import CitizenError
from gateway.identity.provider import REAL_NAME
from gateway.identity.sign_in import Signed
from gateway.identity.takeover import take_over
from gateway.settings import ROOT
from gateway.store.consent_tables import Representation
from gateway.store.filing_tables import FilingStep
from gateway.store.tables import Case, Draft
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


def test_a_refused_step_is_done_again_in_its_place_and_the_rest_goes_on(
    core: Core, clock: Clock, citizen: str, departments: Departments
) -> None:
    filed(core, citizen)
    deliver(core, clock, rounds=2)
    first = case_of(core, citizen, HUKOU)
    decide(core, departments, citizen, HUKOU, "done_refused")
    reopened = core.drafts.reopen(citizen, first)
    assert reopened is not None
    assert reopened[0].answers["child_name"] == ANSWERS["child_name"]
    again = core.cases.submit(citizen, reopened[0].id)
    assert case_of(core, citizen, HUKOU) == again.receipt != first
    assert "重新交了" in core.cases.by_receipt(citizen, case_of(core, citizen, CARD)).sentence
    assert core.drafts.reopen(citizen, first) is None, "it was replaced"
    deliver(core, clock, rounds=2)
    decide(core, departments, citizen, HUKOU)
    assert now(core, citizen)[MEDICAL] == "submitted"
    assert len(sent(core, MEDICAL)) == 1


def test_two_drafts_for_one_step_become_one_case(core: Core, clock: Clock, citizen: str, departments: Departments) -> None:
    filed(core, citizen)
    deliver(core, clock, rounds=2)
    decide(core, departments, citizen, HUKOU, "done_refused")
    reopened = core.drafts.reopen(citizen, case_of(core, citizen, HUKOU))
    assert reopened is not None
    with core.store.write() as session:
        row = session.get(Draft, reopened[0].id)
        session.add(Draft(
            id="other", citizen_id=citizen, item=HUKOU, step_id=row.step_id, state="open",
            answers_sealed=row.answers_sealed, created_at=row.created_at, updated_at=row.updated_at,
        ))
    core.cases.submit(citizen, reopened[0].id)
    with pytest.raises(CitizenError, match="utter_step_under_way"):
        core.cases.submit(citizen, "other")


def test_withdrawing_one_step_leaves_the_others_and_tells_those_after_it(
    core: Core, citizen: str
) -> None:
    filed(core, citizen)
    gone = core.cases.withdraw(citizen, case_of(core, citizen, HUKOU))
    assert gone.status == "withdrawn"
    assert len(gone.then) == 2
    assert now(core, citizen) == {
        HUKOU: "withdrawn", MEDICAL: "waiting", CARD: "waiting", REGISTRATION: "submitted",
    }
    assert "没有办成" in core.cases.by_receipt(citizen, case_of(core, citizen, MEDICAL)).sentence


def test_a_waiting_step_can_be_withdrawn_and_put_back(
    core: Core, clock: Clock, citizen: str, departments: Departments
) -> None:
    filed(core, citizen)
    receipt = case_of(core, citizen, CARD)
    assert core.cases.withdraw(citizen, receipt).status == "withdrawn"
    back = core.filings.put_back(citizen, receipt)
    assert back is not None
    assert (back.status, case_of(core, citizen, CARD)) == ("waiting", back.receipt)
    core.cases.withdraw(citizen, back.receipt)
    deliver(core, clock, rounds=2)
    decide(core, departments, citizen, HUKOU)
    assert now(core, citizen)[CARD] == "withdrawn", "nobody sends what was withdrawn"
    assert core.filings.put_back(citizen, back.receipt) is None, "nothing to wait for: it is filled in again"


def test_what_a_department_did_not_give_is_asked_of_the_citizen(
    core: Core, clock: Clock, citizen: str
) -> None:
    filed(core, citizen, with_social_security_card_apply="no")
    deliver(core, clock, rounds=2)
    hukou = case_of(core, citizen, HUKOU)
    core.desk.take_news("public-security", receipt=hukou, status="done_granted")
    receipt = case_of(core, citizen, MEDICAL)
    assert "没有给孩子身份证号" in core.cases.by_receipt(citizen, receipt).sentence
    reopened = core.drafts.reopen(citizen, receipt)
    assert reopened is not None
    item = core.live.current.items[MEDICAL]
    field = form.next_field(item, reopened[0].answers)
    assert field is not None
    assert field.element == "child_id_number"
    core.drafts.answer(citizen, reopened[0].id, "child_id_number", ANSWERS["child_id_number"])
    again = core.cases.submit(citizen, reopened[0].id)
    assert (again.status, case_of(core, citizen, MEDICAL)) == ("submitted", again.receipt)
    assert core.cases.by_receipt(citizen, receipt).status == "withdrawn"


def heard(core: Core, citizen: str) -> dict[str, Announcement]:
    """What the citizen hears in one turn, by kind; every sentence can be said."""
    responses = yaml.safe_load((ROOT / "domain.yml").read_text("utf-8"))["responses"]
    with core.store.write() as session:
        told = core.notices.take(session, citizen)
    for notice in told:
        assert "{" not in responses[f"utter_notice_{notice.kind}"][0]["text"].format(**notice.words)
    return {notice.kind: notice for notice in told}


def test_a_citizen_hears_that_steps_were_sent_are_kept_or_lack_something(
    core: Core, clock: Clock, citizen: str, departments: Departments
) -> None:
    filed(core, citizen)
    deliver(core, clock, rounds=2)
    decide(core, departments, citizen, HUKOU, "done_refused")
    kept = heard(core, citizen)["held"]
    assert "社会保障卡申领" in kept.words["then"]
    assert [b["title"] for b in kept.buttons] == ["重新申请", "看进度"]
    reopened = core.drafts.reopen(citizen, case_of(core, citizen, HUKOU))
    assert reopened is not None
    core.cases.submit(citizen, reopened[0].id)
    deliver(core, clock, rounds=2)
    hukou = core.cases.by_receipt(citizen, case_of(core, citizen, HUKOU))
    core.desk.take_news(hukou.department, receipt=hukou.receipt, status="done_granted")  # and gives no number
    told = heard(core, citizen)
    assert {"released", "wanting"} <= set(told)
    assert told["wanting"].buttons[0]["title"] == "现在补上"


def test_who_signs_in_takes_a_life_event_over_as_a_whole(core: Core, citizen: str) -> None:
    filed(core, citizen)
    person = core.citizens.of("rest:person")
    with core.store.write() as session:
        take_over(session, core.store, citizen, person, ANSWERS["id_number"])
    assert core.filings.mine(citizen) == []
    assert len(core.filings.mine(person)[0].steps) == 4
    assert core.cases.by_receipt(person, case_of(core, person, CARD)).status == "waiting", "it bears another number"


def test_who_acts_for_whom_is_kept_with_its_step_and_stays_when_that_is_put_back(core: Core, citizen: str) -> None:
    signed = Signed(citizen, REAL_NAME, "王小明", ANSWERS["id_number"])

    def note(session: Session, draft: str, answers: Mapping[str, str]) -> None:
        core.representations.note(session, signed, draft, answers)

    def acting() -> dict[str, str]:
        with core.store.read() as session:
            rows = session.execute(
                select(Case.item, Representation.basis).join(Case, Case.draft_id == Representation.draft_id)
                .join(FilingStep, FilingStep.case_id == Case.id)
            ).all()
        return {item: basis for item, basis in rows}

    core.filings.submit(citizen, filled_in(core, citizen), note)
    assert acting() == {CARD: "certificate"}
    core.cases.withdraw(citizen, case_of(core, citizen, CARD))
    core.filings.put_back(citizen, case_of(core, citizen, CARD))
    assert acting() == {CARD: "certificate"}
