"""Reads ``catalogue/`` into the typed model, or says everything that is wrong with it at once.

    catalogue/elements.yml                   the data elements, under the key ``elements``
    catalogue/elsewhere.yml                  what people ask for that is not offered here; may be missing
    catalogue/life-events/<event>.yml        one life event (一件事) a file; the folder may be missing
    catalogue/<department>/department.yml    the department
    catalogue/<department>/<item>.yml        one service item a file
    catalogue/<department>/connector.yml     read by ``connectors``, not here
    catalogue/hotlines.yml                   read by ``gateway.catalogue.hotlines``, not here
    catalogue/regions.yml                    read by ``gateway.catalogue.regions``, not here

A folder's or file's name is the id of what it holds. A file that says ``listed: true`` may leave out
what only a guide says.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Optional, TypeVar

from pydantic import ValidationError

from gateway.catalogue.event_references import check_event, check_event_names, in_order
from gateway.catalogue.hotlines import HOTLINES
from gateway.catalogue.life_events import EventFile, LifeEvent
from gateway.catalogue.model import (
    Catalogue,
    CompleteDepartment,
    CompleteItem,
    Department,
    Element,
    Part,
    ServiceItem,
)
from gateway.catalogue.problems import explain, shown
from gateway.catalogue.references import check_references
from gateway.catalogue.regions import REGIONS
from gateway.catalogue.yaml_reader import Document, read
from gateway.errors import CatalogueError, CatalogueErrors

ELEMENTS = "elements.yml"
ELSEWHERE = "elsewhere.yml"
DEPARTMENT = "department.yml"
CONNECTOR = "connector.yml"
LIFE_EVENTS = "life-events"
LONGEST_ELSEWHERE = 40
YES = {"true", "yes", "on", "y", "t", "1"}  # what the model reads as true

Record = TypeVar("Record", bound=Part)


@dataclass
class Reading:
    """What one reading has found so far; ids lead to the document that they stand in."""

    departments: dict[str, Department] = field(default_factory=dict)
    items: dict[str, ServiceItem] = field(default_factory=dict)
    elements: dict[str, Element] = field(default_factory=dict)
    events: dict[str, EventFile] = field(default_factory=dict)
    # The id and choices of every element, also of one that is wrong in another way; None when the
    # file could not be read, so that it is not blamed on every field of every item.
    choices: Optional[dict[str, Optional[list[str]]]] = None
    elsewhere: tuple[str, ...] = ()
    documents: dict[str, Document] = field(default_factory=dict)
    event_documents: dict[str, Document] = field(default_factory=dict)
    problems: list[CatalogueError] = field(default_factory=list)


def load(folder: Path) -> Catalogue:
    """Read every file below ``folder``.

    Raises:
        CatalogueErrors: every problem of every file. Nothing is half-loaded.
    """
    reading = Reading()
    contents = _contents(folder, reading.problems)
    documents = {file: read(raw, file) for file, raw in contents.items()}
    for document in documents.values():
        reading.problems += document.problems
    _read_elements(documents.pop(ELEMENTS, None), reading)
    _read_elsewhere(documents.pop(ELSEWHERE, None), reading)
    for file, document in documents.items():
        if document.data is not None:
            department, name = file.split("/")
            if department == LIFE_EVENTS:
                _read_event(document, name[: -len(".yml")], reading)
            elif name == DEPARTMENT:
                _read_department(document, department, reading)
            else:
                _read_item(document, department, name[: -len(".yml")], reading)
    reading.problems += check_references(reading.items, reading.choices, reading.documents)
    reading.problems += check_event_names(reading.events, reading.items, reading.event_documents)
    if not reading.problems:  # an event is only as sound as its items
        for name, event in reading.events.items():
            document = reading.event_documents[name]
            reading.problems += check_event(event, document, reading.items, reading.elements)
    if reading.problems:
        raise CatalogueErrors(sorted(reading.problems, key=lambda p: (p.file, p.line, p.key)))
    events = {name: _with_items(event, reading.items) for name, event in reading.events.items()}
    choices = {e.element: e for event in events.values() for e in event.elements()}
    return Catalogue.construct(
        departments=reading.departments,
        items=reading.items,
        elements={**reading.elements, **choices},
        events=events,
        elsewhere=reading.elsewhere,
        digest=_digest(contents),
    )


def _contents(folder: Path, problems: list[CatalogueError]) -> dict[str, bytes]:
    """The bytes of all files that belong to the catalogue, by relative name, in sorted order."""
    if not folder.is_dir():
        raise CatalogueErrors([CatalogueError(
            str(folder), "", "there is no such folder", "a folder with elements.yml and departments",
            remedy="Check the name, or set GATEWAY_CATALOGUE",
        )])
    files = [folder / ELEMENTS] if (folder / ELEMENTS).is_file() else []
    if not files:
        problems.append(CatalogueError(
            ELEMENTS, "", "the file is missing", remedy="Write it, with the data elements in a list"
        ))
    for path in sorted(folder.iterdir()):
        if path.name.startswith((".", "_")):
            continue
        if path.is_dir() and path.name == LIFE_EVENTS:
            files += sorted(path.glob("[!._]*.yml"))
        elif path.is_dir():
            files += _department_files(path, problems)
        elif path.name == ELSEWHERE:
            files.append(path)
        elif path.suffix in (".yml", ".yaml") and path.name not in (ELEMENTS, HOTLINES, REGIONS):
            problems.append(_unread(path.name))
    found: dict[str, bytes] = {}
    for path in files:
        name = path.relative_to(folder).as_posix()
        try:
            found[name] = path.read_bytes()
        except OSError as error:
            problems.append(CatalogueError(
                name, "", f"cannot be read: {error.strerror}", remedy="Check the file's permissions"
            ))
    return found


def _department_files(department: Path, problems: list[CatalogueError]) -> list[Path]:
    name = department.name
    if not (department / DEPARTMENT).is_file():
        problems.append(CatalogueError(
            f"{name}/{DEPARTMENT}", "", f"the folder {name} has no {DEPARTMENT}",
            remedy="Write one, or remove the folder",
        ))
    files: list[Path] = []
    for path in sorted(department.rglob("*")):
        relative = path.relative_to(department)
        if relative.name.startswith((".", "_")) or relative.suffix not in (".yml", ".yaml"):
            continue
        if relative.suffix == ".yaml" or len(relative.parts) > 1:
            problems.append(_unread(f"{name}/{relative.as_posix()}"))
        elif relative.name != CONNECTOR:
            files.append(path)
    return files


def _unread(file: str) -> CatalogueError:
    return CatalogueError(
        file, "", "nobody reads a file of this name or place", "<department>/<item>.yml",
        remedy="Move it or rename it, or remove it",
    )


def _read_elsewhere(document: Optional[Document], reading: Reading) -> None:
    if document is None or document.data is None:
        return
    entries = document.data.get("elsewhere") if set(document.data) == {"elsewhere"} else None
    if not isinstance(entries, list) or not all(
        isinstance(e, str) and 2 <= len(e.strip()) <= LONGEST_ELSEWHERE for e in entries
    ):
        reading.problems.append(document.problem(
            ("elsewhere",), "is no list of things to ask for",
            f"the one key elsewhere, a list of texts of 2 to {LONGEST_ELSEWHERE} characters",
        ))
        return
    reading.elsewhere = tuple(entries)


def _read_elements(document: Optional[Document], reading: Reading) -> None:
    if document is None or document.data is None:
        return
    for key in document.data:
        if key != "elements":
            reading.problems.append(document.problem((key,), "is not a known key", "elements"))
    entries = document.data.get("elements")
    if not isinstance(entries, list):
        reading.problems.append(document.problem(
            ("elements",), "is missing or not a list", "a list of data elements"
        ))
        return
    reading.choices = {}
    for number, entry in enumerate(entries):
        at = ("elements", number)
        try:
            element = Element.parse_obj(entry)
        except ValidationError as error:
            reading.problems += explain(error, Element, document, at)
            if isinstance(entry, dict) and entry.get("element"):
                reading.choices[str(entry["element"])] = None
            continue
        if element.element in reading.elements:
            reading.problems.append(document.problem(
                (*at, "element"), f"{shown(element.element)} stands here twice",
                remedy="Keep one of the two",
            ))
        reading.elements[element.element] = element
        reading.choices[element.element] = [choice.value for choice in element.choices]


def _read_department(document: Document, folder: str, reading: Reading) -> None:
    department = _record(
        Department if _is_listed(document) else CompleteDepartment, document, reading
    )
    if department and _is_named(document, "department", department.department, folder, reading):
        reading.departments[folder] = department


def _read_item(document: Document, folder: str, name: str, reading: Reading) -> None:
    assert document.data is not None
    written = document.data.get("department")
    if written is not None and written != folder:
        reading.problems.append(document.problem(
            ("department",), f"{shown(written)} is not the folder's name", folder,
            "Remove the line: the folder says it",
        ))
    document.data["department"] = folder
    item = _record(ServiceItem if _is_listed(document) else CompleteItem, document, reading)
    if item is None or not _is_named(document, "item", item.item, name, reading):
        return
    if item.item in reading.items:
        first = reading.documents[item.item].file
        reading.problems.append(document.problem(
            ("item",), f"{shown(item.item)} is also the id of {first}",
            remedy="Rename one of the two files and its item",
        ))
        return
    reading.items[item.item] = item
    reading.documents[item.item] = document


def _read_event(document: Document, name: str, reading: Reading) -> None:
    event = _record(EventFile, document, reading)
    if event and _is_named(document, "event", event.event, name, reading):
        reading.events[name] = event
        reading.event_documents[name] = document


def _with_items(event: EventFile, items: dict[str, ServiceItem]) -> LifeEvent:
    """A sound event with its items, the steps in the order in which they can be done."""
    steps = tuple(in_order(event.steps) or event.steps)
    told = {**{name: getattr(event, name) for name in EventFile.__fields__}, "steps": steps}
    return LifeEvent.construct(**told, items={s.item: items[s.item] for s in steps})


def _record(model: type[Record], document: Document, reading: Reading) -> Optional[Record]:
    try:
        return model.parse_obj(document.data)
    except ValidationError as error:
        reading.problems += explain(error, model, document)
        return None


def _is_listed(document: Document) -> bool:
    assert document.data is not None
    return str(document.data.get("listed")).strip().lower() in YES


def _is_named(document: Document, key: str, found: str, name: str, reading: Reading) -> bool:
    """Whether the id inside the file is its file's or folder's name; if not, a problem is kept."""
    if found == name:
        return True
    what = "folder" if key == "department" else "file"
    reading.problems.append(document.problem(
        (key,), f"{shown(found)} is not the {what}'s name", name, f"Rename the {what}, or correct {key}"
    ))
    return False


def _digest(contents: dict[str, bytes]) -> str:
    """SHA-256 over names and contents; each with its length, so that no two catalogues run together."""
    digest = hashlib.sha256()
    for name, raw in sorted(contents.items()):
        for part in (name.encode(), raw):
            digest.update(len(part).to_bytes(8, "big"))
            digest.update(part)
    return digest.hexdigest()
