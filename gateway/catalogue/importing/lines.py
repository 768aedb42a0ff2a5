"""One line of a list: what it says of an item and its department, or why it cannot be used."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from gateway.catalogue.importing import facts
from gateway.catalogue.importing.codes import plain
from gateway.catalogue.importing.facts import Unread
from gateway.catalogue.importing.mapping import Mapping
from gateway.catalogue.importing.tables import Cell, Line
from gateway.catalogue.terms import Flow, Kind, Labelled, Unit

LONGEST_NAME = 200
"""The longest names of real lists have some 110 characters."""
OF_DEPARTMENT = "department_"
CODED = ("type", "kind", "audience", "level", "scope", "forms", "online_depth", "status")


class Refused(Exception):
    """The line cannot be used; the message says why, and what to do."""


@dataclass
class Entry:
    """What one line says.

    ``record`` is the item as its file will hold it, ``of_department`` what the line says of the
    department, ``left_out`` a sentence for each cell that could not be used.
    """

    line: int
    name: str
    department: str
    code: str
    record: dict[str, Any]
    of_department: dict[str, str]
    left_out: list[str] = field(default_factory=list)


def filled_down(lines: Iterable[Line], columns: tuple[str, ...]) -> Iterator[Line]:
    """The lines, with empty cells of these columns as in the line above (merged cells)."""
    above: dict[str, Cell] = {}
    for line in lines:
        if line.broken:
            yield line
            continue
        above |= {column: cell for column in columns if (cell := line.cells.get(column))}
        yield replace(line, cells={**line.cells, **above})


class LineReader:
    """Reads lines by one mapping. ``day`` is the day of the list."""

    def __init__(self, mapping: Mapping, day: dt.date) -> None:
        self._columns = mapping.columns.given()
        self._defaults = mapping.defaults.given()
        self._fees = mapping.values.fee
        self._tables = mapping.tables()
        self._day = day

    def named(self, line: Line) -> tuple[str, str]:
        """Name and code as far as they can be read, for the report on a line that is refused."""
        return self._text(line, "name"), self._text(line, "code")

    def read(self, line: Line) -> Entry:
        """What the line says.

        Raises:
            Refused: it cannot be used.
        """
        if line.broken:
            raise Refused(line.broken)
        name, department = self._text(line, "name"), self._text(line, "department")
        if not name:
            raise Refused(f"No name in column '{self._columns['name']}'. Fill it in.")
        if len(name) > LONGEST_NAME:
            raise Refused(
                f"The name has {len(name)} characters, more than {LONGEST_NAME}. Check that "
                f"'{self._columns['name']}' is the column with the names."
            )
        if not department:
            raise Refused(
                f"No department in column '{self._columns['department']}'. Fill it in; if its cell "
                "is merged with the one above, name the column under fill_down in the mapping."
            )
        left_out: list[str] = []
        record = _Record(self, line, left_out).build(name, self._day)
        about = {
            fact.removeprefix(OF_DEPARTMENT): text
            for fact in {**self._columns, **self._defaults}
            if fact.startswith(OF_DEPARTMENT) and (text := self._text(line, fact))
        }
        code = record.get("implementation_code", "")
        return Entry(line.number, name, department, code, record, about, left_out)

    def cell(self, line: Line, fact: str) -> Cell:
        """The cell of a fact, or its default."""
        return line.cells.get(self._columns.get(fact, "")) or self._defaults.get(fact, "")

    def _text(self, line: Line, fact: str) -> str:
        return joined(self.cell(line, fact)).replace("\n", "")

    def coded(self, line: Line, fact: str, table: str = "") -> list[Labelled]:
        """The values of a fact of an enumeration; none when the cell is empty.

        Raises:
            Refused: a code is unknown.
        """
        text = joined(self.cell(line, fact))
        try:
            return facts.coded(fact, text, self._tables[table or fact]) if text else []
        except Unread as error:
            raise Refused(str(error)) from error

    def units(self) -> dict[str, Labelled]:
        """What units of limits are called."""
        return self._tables["limit_unit"]

    def fees(self) -> dict[str, bool]:
        """What the list calls charged and free."""
        return self._fees


def joined(cell: Cell) -> str:
    """A cell as one text."""
    return cell if isinstance(cell, str) else "；".join(part for part in cell if part)


class _Record:
    """Builds the record of one line, key by key in the order of the file."""

    def __init__(self, reader: LineReader, line: Line, left_out: list[str]) -> None:
        self._reader, self._line, self._left_out = reader, line, left_out
        self._record: dict[str, Any] = {}

    def build(self, name: str, day: dt.date) -> dict[str, Any]:
        """The whole record.

        Raises:
            Refused: a code is unknown.
        """
        self._record["name"] = name
        self._take("implementation_code", "code", lambda cell: facts.code(joined(cell)))
        self._take("area_code", "area_code", joined)
        self._take("aliases", "aliases", facts.names)
        self._codes()
        self._take("summary", "summary", _one_line)
        self._take("conditions", "conditions", facts.several)
        self._take("materials", "materials", lambda c: [{"name": n} for n in facts.several(c)])
        self._take("steps", "steps", facts.steps)
        self._limit("statutory_limit")
        self._limit("promised_limit")
        self._fee_and_place()
        for key in ("phone", "supervision", "online"):
            self._take(key, key, _one_line)
        self._take("link", "link", lambda cell: facts.link(joined(cell)))
        self._take("legal_basis", "legal_basis", facts.laws)
        self._take("result", "result", lambda cell: {"name": _one_line(cell)})
        self._record["checked_on"] = day.isoformat()
        return self._record

    def _take(self, key: str, fact: str, parse: Callable[[Cell], Any]) -> None:
        cell = self._reader.cell(self._line, fact)
        if not cell:
            return
        try:
            if value := parse(cell):
                self._record[key] = value
        except Unread as error:
            self._left_out.append(f"{fact}: {error}")

    def _codes(self) -> None:
        for fact in CODED:
            found = self._reader.coded(self._line, fact)
            if not found:
                continue
            if fact == "audience":
                self._record[fact] = facts.audience(found)
            elif fact == "online_depth":
                self._record[fact] = facts.deepest(found)
            else:
                values = [member.value for member in found]
                self._record[fact] = values if fact == "forms" else values[0]
        flow = self._reader.coded(self._line, "flow")
        if flow and flow[0] is not Flow.guide:
            self._left_out.append(
                f"flow: it is {flow[0].value}, but an item of which only a list's facts are known "
                "can be asked about, not applied for. Complete its guide and write flow there."
            )
        self._take("visits", "visits", lambda cell: {"count": facts.count(joined(cell))})
        reason = _one_line(self._reader.cell(self._line, "visits_reason"))
        if reason and "visits" in self._record:
            self._record["visits"]["reason"] = reason

    def _limit(self, key: str) -> None:
        at_once = self._record.get("kind") == Kind.immediate.value
        text = joined(self._reader.cell(self._line, key))
        if at_once and key == "promised_limit" and plain(text or "0") == "0":
            self._record[key] = {"unit": Unit.immediate.value}  # 即办件 means just that
            return
        unit = joined(self._reader.cell(self._line, f"{key}_unit"))
        units = self._reader.units()
        self._take(key, key, lambda cell: facts.limit(joined(cell), unit, units))

    def _fee_and_place(self) -> None:
        fee, note = (joined(self._reader.cell(self._line, fact)) for fact in ("fee", "fee_note"))
        source = "fee" if fee else "fee_note"
        self._take(
            "fee", source, lambda cell: facts.fee(joined(cell), note if fee else "", self._reader.fees())
        )
        address, hours, place = (
            _one_line(self._reader.cell(self._line, fact)) for fact in ("address", "hours", "place")
        )
        if address or hours:
            name = place or _one_line(self._reader.cell(self._line, "department"))
            known = {"name": name, "address": address, "hours": hours}
            self._record["places"] = [{key: value for key, value in known.items() if value}]


def _one_line(cell: Cell) -> str:
    return joined(cell).replace("\n", "；")
