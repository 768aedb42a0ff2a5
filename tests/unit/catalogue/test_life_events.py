"""Life events (一件事): what their files must say, and in which order and with which questions it is done."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gateway.catalogue.life_events import LifeEvent
from gateway.catalogue.live import LiveCatalogue
from gateway.catalogue.loader import load
from gateway.errors import CatalogueErrors
from gateway.settings import ROOT
from tests.support.sample_catalogue import (
    BALANCE,
    PERMIT,
    REMOVED,
    sample_elements,
    sample_item,
    sample_query,
    write_catalogue,
    write_yaml,
)

CARD, SEAL, NOTICE = "transport-card", "shop-seal", "move-notice"
SECRET = {"element": "pin", "name": "口令", "type": "secret", "sensitivity": "secret", "ask": "口令是多少？", "why": "核对身份。"}


def step(item: str, **more: Any) -> dict[str, Any]:
    return {"item": item, **more}


def sample_event(*steps: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """搬来本市: a residence permit, then a transport card; replaced keys as in the other samples."""
    event = {
        "event": "moving-in", "name": "搬来本市一件事", "aliases": ["搬来一件事"],
        "utterances": [f"我搬到本市来了，要办什么 {n}" for n in range(8)], "about": "居住证和公交卡一次填完。",
        "steps": list(steps) or [step(PERMIT), step(CARD, after=[PERMIT])], **changes,
    }
    return {key: value for key, value in event.items() if value is not REMOVED}


def folder_with(folder: Path, event: dict[str, Any], file: str = "moving-in") -> Path:
    fields = [{"element": "person_name"}, {"element": "phone"}]
    items = [
        sample_item(),
        sample_item(item=CARD, name="公交卡申领", aliases=["公交卡"], fields=fields),
        sample_item(item=SEAL, name="刻章备案", aliases=["刻章"], fields=[{"element": "pin"}]),
        sample_item(
            item=NOTICE, name="搬家告知", aliases=["搬家"], flow="guide", assurance="none", flow_reason="要当面说。",
            fields=[],
        ),
    ]
    write_catalogue(
        folder, items={"public-security": items, "housing-fund": [sample_query()]},
        elements=[*sample_elements(), SECRET],
    )
    write_yaml(folder / "life-events" / f"{file}.yml", event)
    return folder


def event_in(folder: Path, event: dict[str, Any]) -> LifeEvent:
    return load(folder_with(folder, event)).events["moving-in"]


def test_steps_stand_in_the_order_in_which_they_can_be_done(tmp_path: Path) -> None:
    event = event_in(tmp_path, sample_event(step(NOTICE), step(CARD, after=[PERMIT]), step(PERMIT)))
    assert [s.item for s in event.steps] == [NOTICE, PERMIT, CARD]
    assert [s.item for s in event.filed] == [PERMIT, CARD]
    assert [i.item for i in event.guides] == [NOTICE]


def test_a_question_that_steps_share_is_asked_once_and_in_neutral_words(tmp_path: Path) -> None:
    event = event_in(tmp_path, sample_event())
    answers = {"stay_reason": "home"}
    assert [f.element for f in event.asked(answers)] == ["person_name", "id_number", "stay_reason", "phone"]
    assert "employer" in [f.element for f in event.asked({"stay_reason": "work"})]


def test_fixed_and_same_answers_are_not_asked(tmp_path: Path) -> None:
    event = event_in(tmp_path, sample_event(
        step(PERMIT, fixed={"stay_reason": "work"}), step(CARD, after=[PERMIT], same={"person_name": "employer"}),
    ))
    answers = {"person_name": "王小明", "employer": "晨光机械", "phone": "13800138000"}
    assert [f.element for f in event.asked(answers)] == ["person_name", "id_number", "employer", "phone"]
    card = event.step(CARD)
    assert card is not None
    assert event.answers_of(card, answers) == {"person_name": "晨光机械", "phone": "13800138000"}


def test_what_an_earlier_step_gives_is_asked_only_if_that_step_is_left_out(tmp_path: Path) -> None:
    event = event_in(tmp_path, sample_event(
        step(PERMIT, optional="居住证一起办吗？"),
        step(CARD, after=[PERMIT], given={"phone": {"step": PERMIT, "element": "phone"}}),
    ))
    assert [f.element for f in event.asked({})] == ["with_residence_permit", "person_name", "phone"]
    wanted = [f.element for f in event.asked({"with_residence_permit": "yes"})]
    assert "phone" not in wanted
    assert wanted[0] == "with_residence_permit"


@pytest.mark.parametrize(("event", "words"), [
    (sample_event(stepz=[]), "is not a known key"),
    (sample_event(about=REMOVED), "what it spares people"),
    (sample_event(utterances=["我搬来了"]), "needs 8 or more"),
    (sample_event(step(PERMIT)), "needs 2 or more"),
    (sample_event(step(PERMIT), step("transport-car")), "'transport-car' is not a service item"),
    (sample_event(step(PERMIT), step(PERMIT)), "stands here twice"),
    (sample_event(step(PERMIT), step(BALANCE)), "is of flow query"),
    (sample_event(step(PERMIT, after=[CARD]), step(CARD, after=[PERMIT])), "wait for each other in a circle"),
    (sample_event(step(PERMIT), step(CARD, after=["gone"])), "'gone' is no step of this event"),
    (sample_event(step(NOTICE), step(CARD, after=[NOTICE])), "nobody hears when it is done"),
    (sample_event(step(PERMIT, optional="办吗？"), step(NOTICE)), "every step may be left out"),
    (sample_event(step(PERMIT), step(CARD, fixed={"employer": "x"})), "is not asked by transport-card"),
    (sample_event(step(PERMIT, fixed={"stay_reason": "play"}), step(CARD)), "'play' is not a choice of stay_reason"),
    (sample_event(step(PERMIT), step(CARD, same={"phone": "fone"})), "'fone' is not a data element"),
    (sample_event(step(PERMIT), step(CARD, given={"phone": {"step": PERMIT, "element": "phone"}})), "does not come before"),
    (sample_event(
        step(CARD), step(PERMIT, after=[CARD], given={"stay_reason": {"step": CARD, "element": "stay_reason"}}),
    ), "must be known at once"),
    (sample_event(step(PERMIT), step(SEAL)), "asks for a secret"),
    (sample_event(asks={"pin": "？"}), "is asked by no step"),
    (sample_event(aliases=["居住证"]), "also means residence-permit"),
], ids=lambda value: value if isinstance(value, str) else "")
def test_a_file_that_could_not_work_is_refused_with_a_sentence(
    tmp_path: Path, event: dict[str, Any], words: str
) -> None:
    with pytest.raises(CatalogueErrors) as caught:
        load(folder_with(tmp_path, event))
    told = [str(p) for p in caught.value.problems]
    assert any(words in sentence for sentence in told), told
    assert all("life-events/moving-in.yml" in sentence for sentence in told), told


def test_the_file_is_called_as_its_event(tmp_path: Path) -> None:
    with pytest.raises(CatalogueErrors, match="is not the file's name"):
        load(folder_with(tmp_path, sample_event(), file="moved"))


def test_an_event_is_live_after_a_reload_and_gone_after_another(tmp_path: Path) -> None:
    live = LiveCatalogue(folder_with(tmp_path, sample_event()))
    file = tmp_path / "life-events" / "moving-in.yml"
    write_yaml(file, sample_event(about="一次填完，两边都交。"))
    assert live.reload().events == ("moving-in",)
    assert live.current.events["moving-in"].about == "一次填完，两边都交。"
    file.unlink()
    assert live.reload().events == ("moving-in",)
    assert live.current.events == {}


def test_every_event_of_the_sample_city_leaves_no_question_open() -> None:
    catalogue = load(ROOT / "catalogue")
    for event in catalogue.events.values():
        answers = {s.choice: "yes" for s in event.filed if s.optional}
        for _ in range(60):
            field = next((f for f in event.asked(answers) if f.element not in answers), None)
            if field is None:
                break
            choices = catalogue.elements[field.element].choices
            answers[field.element] = choices[0].value if choices else "x"
        for own in event.chosen(answers):
            given = {e for e, source in own.given.items() if source.step in {s.item for s in event.chosen(answers)}}
            told = event.answers_of(own, answers)
            missing = {f.element for f in event.items[own.item].asked(told)} - told.keys()
            assert missing <= given, f"{event.event}: {own.item} lacks {missing - given}"
