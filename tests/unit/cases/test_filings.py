"""Life events (一件事): one submission, a case a step, sent in the order in which they depend on each other."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
import yaml
from sqlalchemy import select

from gateway.cases import form
from gateway.cases.board import Announcement
from gateway.cases.filings import FilingView
from gateway.cases.following import Place
from gateway.core import Core
from gateway.errors import CitizenError
from gateway.identity.takeover import take_over
from gateway.settings import ROOT
from gateway.store.filing_tables import FilingStep
from gateway.store.tables import Case, Draft, Submission
from tests.support.departments import Departments
from tests.unit.cases.conftest import Clock
from tests.unit.cases.test_delivery import deliver

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


def test_who_signs_in_takes_a_life_event_over_as_a_whole(core: Core, citizen: str) -> None:
    filed(core, citizen)
    person = core.citizens.of("rest:person")
    with core.store.write() as session:
        take_over(session, core.store, citizen, person, ANSWERS["id_number"])
    assert core.filings.mine(citizen) == []
    assert len(core.filings.mine(person)[0].steps) == 4
    assert core.cases.by_receipt(person, case_of(core, person, CARD)).status == "waiting", "it bears another number"
