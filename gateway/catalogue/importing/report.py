"""What became of every line of a list."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass

OUTCOMES = {
    "new": "a file was written for it",
    "changed": "its file was written anew",
    "unchanged": "its file says the same already",
    "moved": "its file went to the folder of another department",
    "kept": "a person has changed its file, which stays as it is",
    "refused": "the line was not used",
    "left_out": "the line was used, but one of its cells was not",
    "gone": "the folder has it, this list has not; its file stays",
    "department": "what became of the file of a department",
}
MOST_SHOWN = 20  # of each kind, on the screen


@dataclass(frozen=True)
class Note:
    """One thing to tell. ``line`` is 0 where no line of the list is to blame."""

    line: int
    outcome: str
    name: str = ""
    file: str = ""
    sentence: str = ""


class Report:
    """Collects the notes of one import."""

    def __init__(self) -> None:
        self.notes: list[Note] = []

    def add(
        self, outcome: str, line: int = 0, *, name: str = "", file: str = "", sentence: str = ""
    ) -> None:
        """Note one thing.

        Raises:
            KeyError: there is no such outcome.
        """
        if outcome not in OUTCOMES:
            raise KeyError(outcome)
        self.notes.append(Note(line, outcome, name, file, sentence))

    def count(self, *outcomes: str) -> int:
        """How many notes there are of these outcomes."""
        counts = Counter(note.outcome for note in self.notes)
        return sum(counts[outcome] for outcome in outcomes)

    def of(self, outcome: str) -> list[Note]:
        """The notes of one outcome, by line."""
        return sorted((n for n in self.notes if n.outcome == outcome), key=lambda n: n.line)

    def json_lines(self) -> Iterator[str]:
        """One JSON object a note, by line; those of no line come last."""
        for note in sorted(self.notes, key=lambda n: (n.line == 0, n.line)):
            kept = {key: value for key, value in asdict(note).items() if value}
            yield json.dumps(kept, ensure_ascii=False)

    def screen(self, counted: str) -> Iterator[str]:
        """The lines of the summary; ``counted`` is what the list is made of: line or entry."""
        written = ("new", "changed", "unchanged", "moved", "kept")
        parts = ", ".join(f"{n} {o}" for o in written if (n := self.count(o)))
        yield f"  items     {self.count(*written)}" + (f": {parts}" if parts else "")
        for outcome, title in (
            ("refused", "not used"), ("left_out", "cells not used"),
            ("kept", "kept as a person wrote them"), ("gone", "no longer in the list"),
        ):
            yield from _listed(title, counted, self.of(outcome))


def _listed(title: str, counted: str, notes: list[Note]) -> Iterable[str]:
    if not notes:
        return
    yield f"  {title}: {len(notes)}"
    for note in notes[:MOST_SHOWN]:
        where = f"{counted} {note.line}" if note.line else note.file
        name = f" ({note.name})" if note.name else ""
        yield f"    {where}{name}: {note.sentence}"
    if len(notes) > MOST_SHOWN:
        yield f"    … and {len(notes) - MOST_SHOWN} more: --report FILE names each"
