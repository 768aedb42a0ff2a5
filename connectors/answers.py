"""What a department's answer means, in our words."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

from connectors.bodies import Unreadable, dig, text_at
from connectors.manifest import Manifest, SlotPaths

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
    empty; ``fields`` the labelled rows of a query's result, in the manifest's order.
    """

    reference: str = ""
    status: str = ""
    fields: dict[str, str] = dataclasses.field(default_factory=dict)
    slots: list[Slot] = dataclasses.field(default_factory=list)


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
    rows = {label: _shown(manifest, label, text_at(tree, at)) for label, at in paths.shown.items()}
    return Answer(
        reference=reference,
        status=status,
        fields={label: text for label, text in rows.items() if text},
        slots=_slots(tree, paths.slots) if paths.slots else [],
    )


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
    entries = dig(tree, paths.list)
    if entries in (None, ""):
        return []
    try:
        return [
            Slot(
                id=text_at(entry, paths.id),
                place=text_at(entry, paths.place),
                starts=dt.datetime.fromisoformat(text_at(entry, paths.starts)),
                ends=dt.datetime.fromisoformat(text_at(entry, paths.ends)),
                left=int(text_at(entry, paths.left)),
            )
            for entry in (entries if isinstance(entries, list) else [entries])
        ]
    except ValueError:
        raise Unreadable("a free time is not written as the manifest says") from None
