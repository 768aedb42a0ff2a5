"""What a department's answer means, in our words."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from typing import Any

from connectors.bodies import Unreadable, dig, text_at
from connectors.manifest import Listed, Manifest, SlotPaths

WEEKDAYS = "一二三四五六日"
_WITHOUT_STATUS = {"submit": "submitted", "book": "submitted", "withdraw": "withdrawn"}


@dataclasses.dataclass(frozen=True)
class Slot:
    """预约时段: one free time at one place. ``left`` is how many more people it takes."""

    id: str
    place: str
    starts: dt.datetime
    ends: dt.datetime
    left: int

    @property
    def label(self) -> str:
        """As people read it: 12 月 21 日（周一）09:00–09:30，城东派出所."""
        day = f"{self.starts.month} 月 {self.starts.day} 日（周{WEEKDAYS[self.starts.weekday()]}）"
        return f"{day}{self.starts:%H:%M}–{self.ends:%H:%M}，{self.place}"


@dataclasses.dataclass(frozen=True)
class Answer:
    """A good answer.

    ``reference`` is the department's number of the case; ``status`` one of our case statuses, or
    empty; ``note`` what the department says to it; ``fields`` the labelled rows of a query's result, in
    the manifest's order; ``given`` what a granted case brings (data element → value).
    """

    reference: str = ""
    status: str = ""
    note: str = ""
    fields: dict[str, str] = dataclasses.field(default_factory=dict)
    slots: list[Slot] = dataclasses.field(default_factory=list)
    given: dict[str, str] = dataclasses.field(default_factory=dict, repr=False)


def read_answer(manifest: Manifest, operation: str, tree: Any) -> Answer:
    """The answer in a tree whose code was good.

    Raises:
        Unreadable: what the manifest promises is not there, or a status is not in its table.
    """
    paths = manifest.operations[operation].answer  # type: ignore[index]
    reference = text_at(tree, paths.reference)
    if paths.reference and not reference:
        raise Unreadable(f"no reference at {paths.reference}")
    theirs = text_at(tree, paths.status)
    status = manifest.statuses.get(theirs, "") or _WITHOUT_STATUS.get(operation, "")
    if theirs and theirs not in manifest.statuses and operation not in _WITHOUT_STATUS:
        raise Unreadable("a status that the manifest does not list")
    rows = _rows(manifest, tree, paths.shown)
    if paths.listed:
        rows |= _listed(manifest, tree, paths.listed)
    return Answer(
        reference=reference,
        status=status,
        note=text_at(tree, paths.note),
        fields=rows,
        slots=_slots(tree, paths.slots) if paths.slots else [],
        given=read_given(tree, paths.given),
    )


def read_given(tree: Any, given: Mapping[str, str]) -> dict[str, str]:
    """What a granted case brings, as far as it stands there: data element → value."""
    found = {element: text_at(tree, path) for element, path in given.items()}
    return {element: text for element, text in found.items() if text}


def _rows(manifest: Manifest, tree: Any, shown: Mapping[str, str]) -> dict[str, str]:
    """The labelled rows that have a text."""
    rows = {label: _shown(manifest, label, text_at(tree, at)) for label, at in shown.items()}
    return {label: text for label, text in rows.items() if text}


def _listed(manifest: Manifest, tree: Any, listed: Listed) -> dict[str, str]:
    """The rows of each entry; with several entries their labels are numbered."""
    entries = _entries(tree, listed.list)
    rows: dict[str, str] = {}
    for number, entry in enumerate(entries, start=1):
        mark = f"（{number}）" if len(entries) > 1 else ""
        own = _rows(manifest, entry, listed.shown)
        rows |= {f"{label}{mark}": text for label, text in own.items()}
    return rows


def _entries(tree: Any, path: str) -> list[Any]:
    """What a list holds. XML writes a list of one as that one alone, and an empty one as nothing."""
    found = dig(tree, path)
    if found in (None, ""):
        return []
    return found if isinstance(found, list) else [found]


def _shown(manifest: Manifest, label: str, text: str) -> str:
    if text and label in manifest.dates:
        try:
            day = dt.datetime.strptime(text, manifest.dates[label]).date()
        except ValueError:
            raise Unreadable(f"{label} is not a date") from None
        return f"{day.year} 年 {day.month} 月 {day.day} 日"
    ours = {their: our for our, their in manifest.values_.get(label, {}).items()}
    return ours.get(text, text)


def _slots(tree: Any, paths: SlotPaths) -> list[Slot]:
    try:
        return [
            Slot(
                id=text_at(entry, paths.id),
                place=text_at(entry, paths.place),
                starts=dt.datetime.fromisoformat(text_at(entry, paths.starts)),
                ends=dt.datetime.fromisoformat(text_at(entry, paths.ends)),
                left=int(text_at(entry, paths.left)),
            )
            for entry in _entries(tree, paths.list)
        ]
    except ValueError:
        raise Unreadable("a free time is not written as the manifest says") from None
