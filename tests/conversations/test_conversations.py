"""Conversations as people have them, through the real HTTP door with the trained model.

Each ``*.yml`` beside this file holds conversations: ``say`` a message (or ``press`` the button with
that title), ``sign_in`` as a sample citizen, or ``fill`` in the open form up to its summary with examples (and the
answers given); then what the replies must be: ``has``/``hasnt`` words, ``act``, ``item``, ``event``, ``state``, ``buttons``.
"""

from __future__ import annotations

import re
import time
import uuid
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conversations.happenings import HAPPENINGS, Town
from tests.support.applicant import MOST_QUESTIONS, next_answer
from tests.support.gateway import Gateway

SCRIPTS = [
    (path.stem, name, turns)
    for path in sorted(Path(__file__).parent.glob("*.yml"))
    for name, turns in yaml.safe_load(path.read_text(encoding="utf-8")).items()
]
WHERE_PEOPLE_SIGN_IN = "identity"
"""The scripts that are held where an identity provider is set; all others where there is none."""
KEYS = {"sign_in", "fill", "event", "say", "press", "has", "hasnt", "act", "item", "state", "buttons", "expects", "soon"} | HAPPENINGS
PATIENCE = 10.0  # seconds until what is soon so has to be


@pytest.mark.parametrize(
    ("file", "turns"), [(s[0], s[2]) for s in SCRIPTS], ids=[f"{s[0]}: {s[1]}" for s in SCRIPTS]
)
def test_the_conversation_goes_as_written(
    request: pytest.FixtureRequest, file: str, turns: list[dict[str, Any]]
) -> None:
    gateway: Gateway = request.getfixturevalue("city" if file == WHERE_PEOPLE_SIGN_IN else "gateway")
    sender = uuid.uuid4().hex
    replies: list[dict[str, Any]] = []
    town = Town(gateway)
    request.addfinalizer(town.calm)
    for number, turn in enumerate(turns, 1):
        assert set(turn) <= KEYS, f"turn {number} has unknown keys: {set(turn) - KEYS}"
        if "sign_in" in turn:
            assert gateway.sign_in(sender, turn["sign_in"]).status_code == 200
            continue
        if HAPPENINGS & set(turn):
            town.happens(turn, replies)
            continue
        if "fill" in turn:
            replies = _fill(gateway, sender, replies, turn["fill"] or {})
            _check(turn, replies, f"turn {number} ended with: {replies}")
            continue
        end = time.monotonic() + (PATIENCE if turn.get("soon") else 0)
        message = _message(gateway, turn, replies)
        while True:
            replies = gateway.say(sender, message)
            where = f"turn {number} ({turn.get('say') or turn.get('press')}) was answered: {replies}"
            try:
                _check(turn, replies, where)
                break
            except AssertionError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.1)
        town.hears(replies)


def _message(gateway: Gateway, turn: dict[str, Any], replies: list[dict[str, Any]]) -> str:
    if "say" in turn:
        assert gateway.departments is not None
        number = "11010519491231002X"
        return str(turn["say"]).replace(
            "<查询密码>", gateway.departments.query_password(number)
        )
    titles = {b["title"]: b["payload"] for r in replies for b in r.get("buttons", [])}
    assert turn["press"] in titles, f"no button {turn['press']} among {list(titles)}"
    return titles[turn["press"]]


def _fill(
    gateway: Gateway, sender: str, replies: list[dict[str, Any]], given: dict[str, str]
) -> list[dict[str, Any]]:
    """Answer what is asked until the summary stands there."""
    for _ in range(MOST_QUESTIONS):
        expects = replies[-1]["custom"].get("expects")
        assert expects, f"no question is open: {replies}"
        if expects["type"] == "confirm":
            return replies
        replies = gateway.say(sender, next_answer(replies, expects, given))
    raise AssertionError(f"it asks on and on: {replies}")


def _check(turn: dict[str, Any], replies: list[dict[str, Any]], where: str) -> None:
    assert replies, where
    assert all(r["text"].strip() for r in replies), where
    words = "\n".join(r["text"] for r in replies)
    assert "{" not in words, f"an unfilled placeholder; {where}"
    assert "utter_" not in words, f"a response without words; {where}"
    for wanted in _list(turn.get("has")):
        assert re.search(wanted, words), f"{wanted} is missing; {where}"
    for unwanted in _list(turn.get("hasnt")):
        assert not re.search(unwanted, words), f"{unwanted} should not be said; {where}"
    custom = replies[-1].get("custom", {})
    for key in ("act", "item", "event", "state"):
        if key in turn:
            assert custom.get(key) == turn[key], f"{key} is {custom.get(key)}; {where}"
    if "expects" in turn:
        assert custom.get("expects", {}).get("element") == turn["expects"], where
    titles = [b["title"] for r in replies for b in r.get("buttons", [])]
    for title in _list(turn.get("buttons")):
        assert title in titles, f"no button {title} among {titles}; {where}"


def _list(value: Any) -> list[str]:
    return [] if value is None else value if isinstance(value, list) else [value]
