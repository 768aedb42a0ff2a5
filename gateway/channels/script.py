"""The script that a citizen writes in, and replies in the same: 简体, 繁體, or English."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from opencc import OpenCC

SIMPLIFIED, TRADITIONAL, ENGLISH = "hans", "hant", "en"
CHINESE = re.compile(r"[㐀-鿿]")
WORD = re.compile(r"[A-Za-z]{2,}")
LEAST_WORDS = 2
ALONE = frozenset({"hello", "hey", "thanks", "goodbye", "help", "fire", "please", "human", "emergency", "police", "ambulance", "suicide"})
"""Words that show English by themselves; hi, ok and bye are written in Chinese talk as well."""
BOTH = frozenset("著乾瞭嚮徵覈瀋藉夥餘")
"""Characters that simplified texts use as well."""


@lru_cache(maxsize=3)
def _converter(way: str) -> OpenCC:
    return OpenCC(way)


def script_of(text: str) -> str | None:
    """The script of a message; None when it shows none (digits, 好的, a button)."""
    if text.startswith("/"):
        return None
    if not CHINESE.search(text):
        words = [word.lower() for word in WORD.findall(text)]
        return ENGLISH if len(words) >= LEAST_WORDS or ALONE.intersection(words) else None
    plain = _converter("t2s").convert(text)
    if any(a != b and a not in BOTH for a, b in zip(text, plain, strict=False)):
        return TRADITIONAL
    return SIMPLIFIED if _converter("s2t").convert(text) != text else None


def in_script(replies: list[dict[str, Any]], script: str | None) -> list[dict[str, Any]]:
    """The replies with texts and titles in that script; payloads stay as they are."""
    if script != TRADITIONAL:
        return replies
    convert = _converter("s2hk").convert  # 為, 核; s2t would write 爲, 覈
    for reply in replies:
        reply["text"] = convert(reply.get("text") or "")
        for button in reply.get("buttons") or []:
            button["title"] = convert(button["title"])
    return replies
