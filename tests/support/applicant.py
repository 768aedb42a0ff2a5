"""A citizen who applies for anything: answers each question with its example or its first button."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

RECEIPT = re.compile(r"YW[0-9]{12}[0-9A-Z]")
MOST_QUESTIONS = 40
Say = Callable[[str, str], list[dict[str, Any]]]
Choose = Callable[[Sequence[Any]], Any]


def apply_for(say: Say, sender: str, item: str, given: Mapping[str, str] = {}) -> str:
    """Fill in and submit ``item`` through a channel; returns the receipt number.

    ``say`` sends one message of a sender; ``given`` are answers to use instead of the examples.
    """
    replies = say(sender, f'/apply{{"item": "{item}"}}')
    for _ in range(MOST_QUESTIONS):
        custom = replies[-1].get("custom", {})
        if custom.get("state") in ("submitted", "progress"):
            found = RECEIPT.search(" ".join(r["text"] for r in replies))
            assert found, replies
            return found.group()
        replies = say(sender, next_answer(replies, custom.get("expects") or {}, given))
    raise AssertionError(f"{item} asks on and on: {replies}")


def next_answer(
    replies: list[dict[str, Any]], expects: Mapping[str, str], given: Mapping[str, str] = {},
    choose: Choose = lambda buttons: buttons[0],
) -> str:
    """What to say to the question that stands open; ``choose`` picks among a choice's buttons."""
    buttons = [b for r in replies for b in r.get("buttons", [])]
    if expects.get("type") == "confirm":
        return "确认提交"
    if expects.get("element") in given:
        return given[expects["element"]]
    if expects.get("type") in ("choice", "slot", "attachment") and buttons:
        return str(choose(buttons)["payload"])
    assert expects.get("example"), f"no question and no end: {replies}"
    return expects["example"]
