"""One import, from the file to the folder."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from tqdm import tqdm

from gateway.catalogue.importing.departments import Departments
from gateway.catalogue.importing.folder import Folder
from gateway.catalogue.importing.items import Placed, place, without_contradictions
from gateway.catalogue.importing.lines import Entry, LineReader, Refused, filled_down
from gateway.catalogue.importing.mapping import Mapping, check_against, read_mapping
from gateway.catalogue.importing.report import Report
from gateway.catalogue.importing.tables import Table, read_table
from gateway.catalogue.loader import DEPARTMENT

QUIET_SECONDS = 2  # a progress bar shows what takes longer
Work = TypeVar("Work")


@dataclass(frozen=True)
class Imported:
    """What an import did. ``unused`` are the columns of the list that the mapping does not name."""

    table: Table
    departments: int
    unused: list[str]
    report: Report


def import_list(file: Path, mapping_file: Path, out: Path, today: dt.date) -> Imported:
    """Read a list and write the catalogue folder ``out``.

    Raises:
        CatalogueError, CatalogueErrors: the file, the mapping or the folder cannot be used; nothing
            was written.
    """
    mapping, document = read_mapping(mapping_file)
    table = read_table(file, list_path=mapping.list_path, header_line=mapping.header_line)
    check_against(table, mapping, document, today)
    folder, report = Folder(out), Report()
    entries = list(_entries(table, mapping, mapping.as_of or today, report))
    departments = Departments(entries, mapping, document, folder.known, report)
    placed = place(entries, departments.ids, folder, report)
    for one in _bar(placed, "Checking"):
        without_contradictions(one, folder.known, today, report)
    used = {one.department for one in placed}
    folder.write_elements()
    for id, record in departments.records().items():
        if id in used:
            _write_department(folder, id, record, report)
    for one in _bar(placed, "Writing"):
        _write_item(folder, one, mapping, report)
    _say_what_is_gone(folder, placed, used, report)
    named = {*mapping.columns.given().values()}
    return Imported(table, len(used), [c for c in table.columns if c not in named], report)


def _bar(work: list[Work], what: str) -> Iterator[Work]:
    yield from tqdm(work, desc=what, unit="item", file=sys.stderr, delay=QUIET_SECONDS, leave=False)


def _entries(table: Table, mapping: Mapping, day: dt.date, report: Report) -> Iterator[Entry]:
    reader = LineReader(mapping, day)
    for line in _bar(list(filled_down(table.lines, mapping.fill_down)), "Reading"):
        try:
            entry = reader.read(line)
        except Refused as refused:
            name = reader.named(line)[0]
            report.add("refused", line.number, name=name, sentence=str(refused))
            continue
        for sentence in entry.left_out:
            report.add("left_out", line.number, name=entry.name, sentence=sentence)
        yield entry


def _write_department(folder: Folder, id: str, record: dict[str, Any], report: Report) -> None:
    file = f"{id}/{DEPARTMENT}"
    outcome = folder.write(file, record)
    sentence = {
        "kept": "Its file was written or changed by a person and stays as it is.",
        "new": "Its file was written.", "changed": "Its file was written anew.",
    }.get(outcome)
    if sentence:
        report.add("department", name=record["name"], file=file, sentence=sentence)


def _write_item(folder: Folder, one: Placed, mapping: Mapping, report: Report) -> None:
    before, record = one.before, one.record
    told = {"name": one.entry.name, "file": one.file}
    if before is not None:
        old = folder.file_of(before)
        if not folder.is_ours(old):
            report.add("kept", one.entry.line, name=one.entry.name, file=old, sentence=(
                f"{old} was written or changed by a person and stays as it is; what the list says "
                "was not taken over. Delete the file to have it from the list again."
            ))
            return
        if old != one.file:
            folder.remove(old)  # first: one id in two files is a catalogue that does not load
            folder.write(one.file, record)
            report.add("moved", one.entry.line, sentence=f"It was {old} before.", **told)
            return
        again = {**record, "checked_on": before.checked_on.isoformat()}
        if mapping.as_of is None and folder.says(one.file, again):
            record = again  # a list without a day of its own that says the same changes nothing
    report.add(folder.write(one.file, record), one.entry.line, **told)


def _say_what_is_gone(
    folder: Folder, placed: list[Placed], departments: set[str], report: Report
) -> None:
    here = {one.id for one in placed}
    refused = {note.name for note in report.of("refused")}
    for item in folder.known.items.values():
        file = folder.file_of(item)
        ours = item.department in departments and item.listed and folder.is_ours(file)
        if ours and item.item not in here and item.name not in refused:
            report.add("gone", name=item.name, file=file, sentence=(
                "It stands in the folder, but not in this list. If the service has ended, write "
                "status: cancelled there, or delete the file."
            ))
