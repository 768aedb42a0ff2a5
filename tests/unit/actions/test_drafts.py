"""How far a form has come is told when asked, and that a draft was erased by age."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.apply import ActionResumeDraft
from actions.stopping import ActionStop
from actions.turn import Action, Say, Turn
from gateway.core import Core, open_core
from gateway.settings import ROOT, load
from tests.support.yaml_files import read_yaml

ITEM, SENDER = "id-card-lost", "rest:somebody"
WORDS = read_yaml(ROOT / "domain.yml")["responses"]


@pytest.fixture
def core(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Core]:
    core = open_core(load(home=tmp_path_factory.mktemp("home")))
    yield core
    core.close()


@pytest.fixture
def draft(core: Core) -> str:
    """A draft with two answers."""
    citizen = core.citizens.of(SENDER)
    draft = core.drafts.start(citizen, core.live.current.items[ITEM])
    core.drafts.answer(citizen, draft.id, "name", "王小明")
    core.drafts.answer(citizen, draft.id, "phone", "13800138000")
    return draft.id


def said(core: Core, action: Action, text: str, draft: str = "") -> str:
    """What the assistant answers, as the channel would fill it in."""
    slots: dict[str, Any] = {"draft": {"id": draft, "item": ITEM} if draft else None}
    message = {"text": text, "intent": {"name": "resume_draft"}, "elements": {}, "items": []}
    loop = {"name": "service_form"} if draft else {}
    turn = Turn(Tracker(SENDER, slots, message, [], False, None, loop, "action_listen"), core)
    dispatcher = CollectingDispatcher()
    action.act(turn, Say(dispatcher))  # type: ignore[attr-defined]
    return "\n".join(
        WORDS[m["response"]][0]["text"].format(**{k: v for k, v in m.items() if k != "text"})
        for m in dispatcher.messages
    )


@pytest.mark.parametrize("text", ["我填到哪了", "填了哪些", "还差几项", "填到哪一步了"])
def test_who_asks_how_far_the_form_has_come_reads_what_is_filled_in_masked(
    core: Core, draft: str, text: str
) -> None:
    words = said(core, ActionResumeDraft(), text, draft)
    assert "填了 2 项" in words
    assert "138****8000" in words
    assert "王小明" not in words


def test_going_on_without_asking_says_nothing_of_it(core: Core, draft: str) -> None:
    assert said(core, ActionResumeDraft(), "接着填", draft) == ""


def test_who_stops_hears_how_long_the_draft_is_kept(core: Core, draft: str) -> None:
    assert "存 30 天" in said(core, ActionStop(), "算了", draft)


def test_who_comes_back_too_late_hears_that_the_draft_was_erased(core: Core, draft: str) -> None:
    now = core.store.clock()
    core.store.clock = lambda: now + dt.timedelta(days=31)
    core.retention.go()
    words = said(core, ActionResumeDraft(), "接着填")
    assert "30 天" in words
    assert "删掉了" in words
