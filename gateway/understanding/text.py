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
    return str(_simplifier().convert(text)) if not text.isascii() else text
