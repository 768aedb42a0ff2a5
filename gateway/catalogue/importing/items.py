"""All lines together: each service once, with its lasting id, and nothing that contradicts itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from gateway.catalogue.checks import ITEM_RULES
from gateway.catalogue.importing.folder import Folder
from gateway.catalogue.importing.ids import assign, slug_of_code, slug_of_name
from gateway.catalogue.importing.lines import Entry
from gateway.catalogue.importing.report import Report
from gateway.catalogue.model import Catalogue, ServiceItem
from gateway.catalogue.rules import Around

CONTRADICTIONS = {
    "immediate_kind_has_immediate_limit": ("kind", "promised_limit"),
    "full_depth_means_no_visit": ("online_depth", "visits"),
    "item_lines_differ": ("supervision",),
    "promised_limit_is_within_statutory": ("promised_limit", "statutory_limit"),
}
"""Rule to the facts that contradict each other: which of them is right only a person can say. The
other rules cannot be broken by what ``lines`` makes."""


@dataclass(frozen=True)
class Placed:
    """An item with its place: ``before`` is what the folder has of it, if it has."""

    entry: Entry
    department: str
    id: str
    before: ServiceItem | None

    @property
    def file(self) -> str:
        """The item's file, relative to the folder."""
        return f"{self.department}/{self.id}.yml"

    @property
    def record(self) -> dict[str, Any]:
        """What the file will say."""
        return {"item": self.id, "listed": True, **self.entry.record}


def place(
    entries: Iterable[Entry], departments: Mapping[str, str], folder: Folder, report: Report
) -> list[Placed]:
    """Ids for all entries that can be told apart; the others are reported.

    ``departments`` maps the list's name of a department to its id.
    """
    by_code = {i.implementation_code: i for i in folder.known.items.values() if i.implementation_code}
    distinct = _distinct(_codes_once(entries, report), departments, by_code, report)
    known = _known(distinct, departments, folder, by_code)
    wanted = {
        _key(e, departments): slug_of_code(e.code) if e.code else slug_of_name(e.name)
        for e in distinct if e.line not in known
    }
    ids = assign(wanted, folder.known.items)
    placed = [
        Placed(
            e, departments[e.department],
            before.item if (before := known.get(e.line)) else ids[_key(e, departments)], before,
        )
        for e in distinct
    ]
    return _names_lead_to_one(placed, folder, report)


def _key(entry: Entry, departments: Mapping[str, str]) -> str:
    return entry.code or f"{departments[entry.department]}/{entry.name}"


def _codes_once(entries: Iterable[Entry], report: Report) -> list[Entry]:
    first: dict[str, Entry] = {}
    kept: list[Entry] = []
    for entry in entries:
        other = first.setdefault(entry.code.casefold(), entry) if entry.code else entry
        if other is entry:
            kept.append(entry)
        else:
            report.add("refused", entry.line, name=entry.name, sentence=(
                f"Its code {entry.code} is that of number {other.line} ({other.name}) already. Remove "
                "one of the two, or correct the code."
            ))
    return kept


def _distinct(
    entries: list[Entry], departments: Mapping[str, str], by_code: Mapping[str, ServiceItem],
    report: Report,
) -> list[Entry]:
    """One entry for each name of a department: the one that is known already, else the least code."""
    chosen: dict[tuple[str, str], Entry] = {}
    for entry in sorted(entries, key=lambda e: (e.code not in by_code, not e.code, e.code, e.line)):
        chosen.setdefault((departments[entry.department], entry.name), entry)
    for entry in entries:
        other = chosen[departments[entry.department], entry.name]
        if other is not entry:
            report.add("refused", entry.line, name=entry.name, sentence=(
                f"{entry.department} has another service of this name at number {other.line}"
                + (f", with the code {other.code} instead of {entry.code or 'none'}" if other.code else "")
                + ". People could not tell them apart. If both are right, give each a name of its own."
            ))
    return [e for e in entries if chosen[departments[e.department], e.name] is e]


def _known(
    entries: list[Entry], departments: Mapping[str, str], folder: Folder,
    by_code: Mapping[str, ServiceItem],
) -> dict[int, ServiceItem]:
    """Line to the item that the folder has already: by code, else by department and name."""
    found = {e.line: by_code[e.code] for e in entries if e.code in by_code}
    claimed = {item.item for item in found.values()}
    by_name = {
        (item.department, item.name): item
        for item in folder.known.items.values() if item.item not in claimed
    }
    for entry in entries:
        item = by_name.get((departments[entry.department], entry.name))
        if entry.line not in found and item is not None:
            found[entry.line] = item
    return found


def _names_lead_to_one(placed: list[Placed], folder: Folder, report: Report) -> list[Placed]:
    """Without the items whose name already means another one, and without doubtful aliases.

    What a person has written in the folder comes first, then the names of the list.
    """
    ours = {p.id for p in placed if p.before and folder.is_ours(folder.file_of(p.before))}
    owners: dict[str, str] = {}
    for item in folder.known.items.values():
        if item.item not in ours:
            owners |= dict.fromkeys(item.aliases, item.item)
    kept: list[Placed] = []
    for one in placed:
        owner = owners.get(one.entry.name, one.id)
        if owner == one.id:
            kept.append(one)
            continue
        report.add("refused", one.entry.line, name=one.entry.name, sentence=(
            f"This name is an alias of {folder.file_of(folder.known.items[owner])}: it would mean "
            "two services. Remove the alias there, or give the item another name."
        ))
    for item in folder.known.items.values():
        if item.item not in ours:
            owners.setdefault(item.name, item.item)
    for one in kept:
        owners[one.entry.name] = one.id
    for one in kept:
        _own_aliases(one, owners, report)
    return kept


def _own_aliases(one: Placed, owners: dict[str, str], report: Report) -> None:
    mine: list[str] = []
    for alias in one.entry.record.pop("aliases", ()):
        if alias == one.entry.name:
            continue
        if owners.setdefault(alias, one.id) == one.id:
            mine.append(alias)
        else:
            report.add("left_out", one.entry.line, name=one.entry.name, sentence=(
                f"aliases: {alias} also means {owners[alias]}. Keep it in one of the two."
            ))
    if mine:
        one.entry.record["aliases"] = mine


def without_contradictions(one: Placed, known: Catalogue, today: dt.date, report: Report) -> None:
    """Take out facts of which not all can be true, and report them."""
    around = Around(
        catalogue=known, has_connector=lambda department: False, today=today,
        used_elements=frozenset(), laws_in_marks=True,
    )
    item = ServiceItem.parse_obj(one.record)
    for _, rule in ITEM_RULES:
        facts = CONTRADICTIONS.get(rule.__name__, ())
        if facts and (sentence := rule(item, around)):
            for fact in facts:
                one.entry.record.pop(fact, None)
            item = ServiceItem.parse_obj(one.record)
            report.add("left_out", one.entry.line, name=one.entry.name, sentence=(
                f"{', '.join(facts)}: {sentence.partition('. ')[0]}. Correct the list."
            ))
