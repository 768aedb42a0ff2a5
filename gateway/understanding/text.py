"""The normal form of a message: half-width, simplified characters, single spaces, lower case."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from opencc import OpenCC

_SPACES = re.compile(r"\s+")


@lru_cache(maxsize=1)
def _simplifier() -> OpenCC:
    return OpenCC("t2s")


@lru_cache(maxsize=4096)
def normalise(text: str) -> str:
    """The form in which messages are compared. Control and format characters are dropped."""
    text = unicodedata.normalize("NFKC", text)
    text = "".join(c if unicodedata.category(c)[0] != "C" or c in "\n\t" else " " for c in text)
    text = _SPACES.sub(" ", text).strip().lower()
    return _in_mandarin(str(_simplifier().convert(text))) if not text.isascii() else text


_CANTONESE = {
    "乜嘢": "什么", "咩嘢": "什么", "咩": "什么", "乜": "什么", "边度": "哪里", "几多": "多少", "点样": "怎么", "点算": "怎么办",
    "唔使": "不用", "唔见": "不见", "而家": "现在", "嘅": "的", "喺": "在", "佢": "他", "咗": "了", "冇": "没有", "攞": "拿",
}
"""Words that hold a Cantonese sentence together (simplified), each with one Mandarin meaning."""
_CANTONESE_WORD = re.compile("|".join(sorted(_CANTONESE, key=len, reverse=True)))


def _in_mandarin(text: str) -> str:
    """要带咩 → 要带什么. Only what Mandarin does not write."""
    return _CANTONESE_WORD.sub(lambda match: _CANTONESE[match.group()], text)


_GREETING = re.compile(
    r"^(?:(?:你|您)好(?:呀|啊|吗)?|hello|hi|哈喽|喂|在吗|早上好|下午好|晚上好|打扰一下|不好意思|请问一下)[,，。.!！~ ]*"
)
LEAST_AFTER_GREETING = 4


def without_greeting(text: str) -> str:
    """A normal form without the greeting before the matter: 你好啊 我想问身份证 → 我想问身份证."""
    rest = _GREETING.sub("", text).strip()
    return rest if len(rest) >= LEAST_AFTER_GREETING else text
