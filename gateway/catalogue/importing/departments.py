"""The departments that a list names: their ids, and what list and mapping say of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from gateway.catalogue.importing.ids import assign, slug_of_name
from gateway.catalogue.importing.lines import Entry
from gateway.catalogue.importing.mapping import DepartmentFacts, Mapping
from gateway.catalogue.importing.report import Report
from gateway.catalogue.model import Catalogue
from gateway.catalogue.problems import nearest
from gateway.catalogue.rules import lines_differ
from gateway.catalogue.yaml_reader import Document
from gateway.errors import CatalogueErrors

FACTS = ("code", "about", "phone", "supervision", "address", "hours")
COMPLETE = ("name_en", "about", "phone", "supervision", "address", "hours")


@dataclass
class _Named:
    """One department: its names in the list, and what most of its lines say of it."""

    names: list[str]
    said: dict[str, str] = field(default_factory=dict)


class Departments:
    """All departments of a list.

    Raises:
        CatalogueErrors: the mapping gives one an id that contradicts the folder.
    """

    def __init__(
        self, entries: Iterable[Entry], mapping: Mapping, document: Document, known: Catalogue,
        report: Report,
    ) -> None:
        self._mapping, self._known, self._report = mapping, known, report
        heard: dict[str, dict[str, Counter[str]]] = {}
        for entry in entries:
            counts = heard.setdefault(entry.department, {})
            for fact, text in entry.of_department.items():
                counts.setdefault(fact, Counter())[text] += 1
        said = {name: self._most_said(name, counts) for name, counts in heard.items()}
        self.ids = self._ids(list(said), document)
        self._unmentioned(said)
        self._by_id: dict[str, _Named] = {}
        for name, facts in said.items():
            department = self._by_id.setdefault(self.ids[name], _Named([]))
            department.names.append(name)
            department.said = {**facts, **department.said}

    def records(self) -> dict[str, dict[str, Any]]:
        """Id to the record of ``department.yml``."""
        return {id: self._record(id, named) for id, named in self._by_id.items()}

    def _most_said(self, name: str, heard: dict[str, Counter[str]]) -> dict[str, str]:
        """What most lines of a department say of it; the others are reported."""
        said: dict[str, str] = {}
        for fact, counts in heard.items():
            (said[fact], most), *others = counts.most_common()
            if others:
                told = ", ".join(f"'{text}' on {n}" for text, n in others)
                self._report.add("left_out", name=name, file="departments", sentence=(
                    f"department_{fact}: '{said[fact]}' stands on {most} lines and was taken, {told}. "
                    "Correct the list, or write the right one under departments in the mapping."
                ))
        return said

    def _ids(self, names: list[str], document: Document) -> dict[str, str]:
        """An id for each name: the mapping's, the folder's, or one made of how the name sounds."""
        ids: dict[str, str] = {}
        owners = {
            name: id for id, d in self._known.departments.items()
            for name in (d.name, d.short_name, *d.aliases)
        }
        problems = []
        for name in names:
            given = self._given(name)
            told = (name, given.name or name)
            known = next((owners[n] for n in told if n in owners), None)
            if given.id and known and given.id != known:
                problems.append(document.problem(
                    ("departments", name, "id"), f"'{given.id}' is not the id that {name} has in the "
                    f"folder", known, "Write that one, or import into another folder",
                ))
            if given.id or known:
                ids[name] = given.id or str(known)
        if problems:
            raise CatalogueErrors(problems)
        others = {name: slug_of_name(name) for name in names if name not in ids}
        return ids | assign(others, {*self._known.departments, *ids.values()})

    def _given(self, name: str) -> DepartmentFacts:
        return self._mapping.departments.get(name, DepartmentFacts.parse_obj({}))

    def _unmentioned(self, said: dict[str, dict[str, str]]) -> None:
        for name in self._mapping.departments:
            if name not in said:
                self._report.add("left_out", name=name, file="departments", sentence=(
                    "the mapping describes this department, but no line names it. " + nearest(name, said)
                ).strip())

    def _record(self, id: str, named: _Named) -> dict[str, Any]:
        given: dict[str, Any] = {}
        for name in reversed(named.names):
            given |= {key: value for key, value in self._given(name).dict().items() if value}
        name = given.get("name") or named.names[0]
        short = given.get("short_name") or named.said.get("short_name") or name
        aliases = [a for a in (*given.get("aliases", ()), *named.names) if a not in (name, short)]
        known = {**named.said, **given}
        record = {
            "department": id, "listed": True, "name": name, "short_name": short,
            "aliases": list(dict.fromkeys(aliases)), "name_en": known.get("name_en", ""),
            **{fact: known.get(fact, "") for fact in FACTS},
        }
        if record["phone"] and lines_differ(record["phone"], record["supervision"]):
            self._report.add("left_out", name=name, file=f"{id}/department.yml", sentence=(
                f"department_supervision: it is {record['supervision']}, the same as the enquiry line."
            ))
            record["supervision"] = ""
        if all(record[key] for key in COMPLETE):
            del record["listed"]
        return {key: value for key, value in record.items() if value}
