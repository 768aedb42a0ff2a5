"""Lasting ids: the same service has the same id in every later list, in whatever order it comes."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Collection, Mapping

from pypinyin import lazy_pinyin

LONGEST = 80  # characters; file systems take 255 bytes with the suffix


def slug_of_code(code: str) -> str:
    """``c-511z07001006-…`` of an implementation code."""
    return _shortened("c-" + "-".join(re.findall(r"[a-z0-9]+", code.casefold())), code)


def slug_of_name(name: str) -> str:
    """``ju-zhu-zheng`` of 居住证: each character as it sounds, without tones."""
    sounds = "-".join(lazy_pinyin(name))
    slug = "-".join(re.findall(r"[a-z0-9]+", sounds.casefold()))
    if not slug or not slug[0].isalpha():
        slug = f"n-{slug}".rstrip("-")
    return _shortened(slug, name)


def assign(wanted: Mapping[str, str], taken: Collection[str]) -> dict[str, str]:
    """An id for each key: the wanted one, or with a mark of the key where others want it too.

    ``taken`` are the ids that other things already have. The result does not depend on the order.
    """
    wishes = Counter(wanted.values())
    return {
        key: slug if wishes[slug] == 1 and slug not in taken else f"{slug}-{_mark(key)}"
        for key, slug in wanted.items()
    }


def _shortened(slug: str, whole: str) -> str:
    if len(slug) <= LONGEST:
        return slug
    return f"{slug[:LONGEST].rpartition('-')[0]}-{_mark(whole)}"


def _mark(text: str) -> str:
    """Six characters that stand for the text."""
    return hashlib.sha256(text.encode()).hexdigest()[:6]
