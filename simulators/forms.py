"""What a department asks of an application: its fields, each with a rule. Data; one function checks it."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal, Optional

from simulators import rules

Rule = Literal[
    "text", "name", "id", "mobile", "card", "credit", "amount", "income", "count", "day", "past", "month"
]
LONGEST_TEXT = 300

_FITS: Mapping[str, Callable[[str], bool]] = {
    "text": lambda text: len(text) <= LONGEST_TEXT,
    "name": lambda text: 2 <= len(text) <= 30,
    "mobile": rules.is_mobile,
    "card": rules.is_bank_card,
    "credit": rules.is_credit_code,
    "amount": lambda text: rules.is_amount(text) and float(text) > 0,
    "income": rules.is_amount,
    "count": lambda text: text.isascii() and text.isdigit() and int(text) > 0,
}


@dataclasses.dataclass(frozen=True)
class Field:
    """One field under the department's own name.

    ``codes`` are all that it may hold. ``when`` is another field with the codes that make this one
    needed; without it an ``optional`` one never is. It must not hold the same as ``unlike``, nor an
    earlier day or month than ``since``. A ``past`` day and a ``month`` must have begun.
    """

    name: str
    rule: Rule = "text"
    codes: frozenset[str] = frozenset()
    when: Optional[tuple[str, str]] = None
    optional: bool = False
    unlike: str = ""
    since: str = ""

    def is_needed(self, told: Mapping[str, str]) -> bool:
        """Whether an application must have it."""
        if self.when is None:
            return not self.optional
        other, codes = self.when
        return told.get(other, "") in codes.split()


def coded(name: str, codes: str, **more: Any) -> Field:
    """A field that holds one of ``codes``, which are set apart by spaces."""
    return Field(name, codes=frozenset(codes.split()), **more)


@dataclasses.dataclass(frozen=True)
class Matter:
    """One business that a department takes: an application, an appointment, or a query.

    ``find`` answers a query: what was told and the time now → the result. It raises
    :class:`NoRecord`.
    """

    title: str
    fields: tuple[Field, ...]
    way: Literal["submit", "book", "query"] = "submit"
    find: Optional[Callable[[Mapping[str, str], dt.datetime], dict[str, Any]]] = None

    def kept(self, told: Mapping[str, str]) -> dict[str, str]:
        """What a case keeps of it: this form's fields and nothing else."""
        return {f.name: told[f.name] for f in self.fields if told.get(f.name)}


class NoRecord(Exception):
    """A register has nothing that fits; ``field`` is the one that does not."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


@dataclasses.dataclass(frozen=True)
class Problem:
    """What is wrong with one field: the rule it breaks, or missing, code, same, order."""

    kind: str
    field: str


def first_problem(
    fields: Iterable[Field], told: Mapping[str, str], today: dt.date
) -> Optional[Problem]:
    """The first thing wrong with an application, or None."""
    for field in fields:
        kind = _broken(field, told, today)
        if kind:
            return Problem(kind, field.name)
    return None


def _broken(field: Field, told: Mapping[str, str], today: dt.date) -> str:
    text = told.get(field.name, "")
    if not text:
        return "missing" if field.is_needed(told) else ""
    if field.codes:
        return "" if text in field.codes else "code"
    if field.unlike and text == told.get(field.unlike):
        return "same"
    if field.rule in {"day", "past", "month"}:
        return _broken_day(field, text, told, today)
    if field.rule == "id":
        return "" if rules.is_id_number(text, today) else "id"
    return "" if _FITS[field.rule](text) else field.rule


def _broken_day(field: Field, text: str, told: Mapping[str, str], today: dt.date) -> str:
    read = rules.month if field.rule == "month" else rules.day
    day, first = read(text), read(told.get(field.since, ""))
    if day is None:
        return "day"
    if field.rule != "day" and day > today:
        return "past"
    return "order" if first and day < first else ""
