"""One cell to one value of the model, or a sentence that says why not.

Only what a cell says plainly is taken: 3 个月 is not turned into days, and a fee without an amount
gets none.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from gateway.catalogue.importing.codes import SEVERAL, plain
from gateway.catalogue.problems import shown
from gateway.catalogue.terms import Audience, Labelled, OnlineDepth, Unit

BETWEEN = re.compile(r"[\n;；|｜]+")
BETWEEN_CODES = re.compile(r"[\n;；|｜,，、/^]+")
BULLET = re.compile(r"^(?:[(（]?(?:\d{1,2}|[一二三四五六七八九十]{1,3})[)）.、．](?!\d)|[①-⑳•·●\-—]+)\s*")
LIMIT = re.compile(r"(?:不超过|承诺|法定|自受理之日起)*(\d+)(个?工作日|个?自然日|日历日|日|天)(?:内|以内)?(?:办结)?")
LAW = re.compile(r"^(?:依据|根据)?\s*(《[^》]+》)\s*(?:[(（][^)）]*[)）])?\s*(第[^，。：:；\s]*[条款项])\s*[：:，。]?\s*(.*)$")
CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z_.\-]*")
LINK = re.compile(r"https?://[^\s\"'<>{}|\\^`]+")
FREE = {"否", "不收费", "免费", "无", "无收费", "不收", "不收取", "n", "no", "false", "0"}
CHARGED = {"是", "收费", "收取", "y", "yes", "true", "1"}


class Unread(Exception):
    """A cell that says nothing that can be used; the message says why, and what to do."""


def coded(fact: str, text: str, table: Mapping[str, Labelled]) -> list[Labelled]:
    """What the codes of a cell mean.

    Raises:
        Unread: a code is unknown.
    """
    whole = table.get(plain(text))
    if whole is not None:
        return [whole]
    found: list[Labelled] = []
    for word in BETWEEN_CODES.split(text) if fact in SEVERAL else [text]:
        member = table.get(plain(word))
        if member is None and word.strip():
            ours = dict.fromkeys(f"{m.value} ({m.label})" for m in type(next(iter(table.values()))))
            raise Unread(
                f"{shown(word.strip())} is not a known {fact}. Known: {', '.join(ours)}. "
                f"Write what it means under values.{fact} in the mapping."
            )
        if member is not None and member not in found:
            found.append(member)
    return found


def audience(found: list[Labelled]) -> str:
    """One audience of several: individuals and companies are both."""
    return found[0].value if len(found) == 1 else Audience.both.value


def deepest(found: list[Labelled]) -> str:
    """The deepest of several online depths."""
    order = [depth.value for depth in OnlineDepth]
    return max((depth.value for depth in found), key=order.index)


def several(cell: str | list[str], between: re.Pattern[str] = BETWEEN) -> list[str]:
    """The entries of a cell, without bullets, numbers and repeats."""
    entries = between.split(cell) if isinstance(cell, str) else [
        part for entry in cell for part in entry.split("\n")
    ]
    return list(dict.fromkeys(kept for e in entries if (kept := BULLET.sub("", e.strip()).strip())))


def names(cell: str | list[str]) -> list[str]:
    """The names in a cell: 居住证、暂住证 are two, as no name holds a comma."""
    return several(cell, BETWEEN_CODES)


def limit(text: str, unit: str, units: Mapping[str, Labelled]) -> dict[str, Any]:
    """A time limit as the model writes it.

    Raises:
        Unread: no number with a known unit.
    """
    bare = plain(text)
    if units.get(bare) is Unit.immediate:
        return {"unit": Unit.immediate.value}
    found = LIMIT.fullmatch(bare)
    number, written = found.groups() if found else (bare, unit)
    known = units.get(plain(written).removeprefix("个")) if written else None
    if not number.isascii() or not number.isdigit() or known is None or len(number) > 4:
        raise Unread(
            f"{shown(text)} is not a number of 工作日 or 日"
            + ("" if written else ", or its unit is missing: name its column, or a default")
            + ". Months and years are left to a person."
        )
    if known is Unit.immediate or int(number) == 0:
        raise Unread(f"{shown(text)} with the unit {shown(unit or written)} is no time. Write 当场办结.")
    return {"n": int(number), "unit": known.value}


def fee(text: str, note: str, own: Mapping[str, bool]) -> dict[str, Any]:
    """A fee as the model writes it: whether one is charged, with the list's own words on how much.

    Raises:
        Unread: neither yes nor no nor an amount.
    """
    word = plain(text)
    meaning = {plain(code): charged for code, charged in own.items()}.get(word)
    amount = re.fullmatch(r"(\d+(?:\.\d+)?)元?", word)
    if meaning is not None or word in FREE or word in CHARGED:
        charged = meaning if meaning is not None else word in CHARGED
    elif amount:
        charged = float(amount[1]) > 0
        note = note or (f"{float(amount[1]):g} 元" if charged else "")
    elif "元" in text:
        charged, note = True, note or text
    elif word.startswith(("不收", "免费")):
        charged, note = False, note or text
    else:
        raise Unread(
            f"{shown(text)} is neither 是, 否 nor an amount in 元. Write what it means under "
            "values.fee in the mapping: true or false."
        )
    kept = note.replace("\n", "；")
    return {"charged": charged, **({"note": kept} if kept and plain(kept) not in FREE else {})}


def count(text: str) -> int:
    """到现场次数.

    Raises:
        Unread: no number.
    """
    found = re.fullmatch(r"(\d{1,2})次?", plain(text))
    if not found:
        raise Unread(f"{shown(text)} is not a number of visits. Write a number such as 0 or 1.")
    return int(found[1])


def code(text: str) -> str:
    """An implementation code.

    Raises:
        Unread: it holds something that no code holds, or Excel has cut its digits.
    """
    word = unicodedata.normalize("NFKC", text).strip()
    if re.fullmatch(r"\d(?:\.\d+)?[Ee]\+?\d+", word):
        raise Unread(
            f"{shown(text)} is a number that Excel has shortened. Format the column as text in the "
            "original, and export it again."
        )
    if not CODE.fullmatch(word):
        raise Unread(f"{shown(text)} is not a code: letters, digits, '-', '_' and '.' only.")
    return word


def link(text: str) -> str:
    """A web address.

    Raises:
        Unread: it is none.
    """
    if not LINK.fullmatch(text):
        raise Unread(f"{shown(text)} is not a web address. It should begin with http:// or https://.")
    return text


def steps(cell: str | list[str]) -> list[dict[str, str]]:
    """办理流程: 受理：窗口收件 is a name with what it does; anything else only the latter."""
    found: list[dict[str, str]] = []
    for number, entry in enumerate(several(cell), 1):
        name, mark, does = entry.replace(":", "：").partition("：")
        if mark and does.strip() and len(name) <= 12:
            found.append({"name": name.strip(), "does": does.strip()})
        else:
            found.append({"name": f"第 {number} 步", "does": entry})
    return found


def laws(cell: str | list[str]) -> list[dict[str, str]]:
    """设定依据.

    Raises:
        Unread: an entry does not name law and article.
    """
    found: list[dict[str, str]] = []
    for entry in several(cell):
        match = LAW.match(entry)
        if not match:
            raise Unread(f"{shown(entry)} does not read 《…》第…条, so the legal basis was left out.")
        law, article, says = match.groups()
        found.append({"law": law, "article": article, **({"says": says} if says else {})})
    return found
