"""Every question that an item asks has a place in its department's manifest, and in its system."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from connectors.manifest import SENDS_ANSWERS
from connectors.manifest_file import FILE_NAME, load_manifest
from gateway.settings import ROOT
from simulators.styles import scheme_of
from simulators.town import BASE_PORT, KINDS, ORDER
from tests.support.yaml_files import read_yaml

CATALOGUE = ROOT / "catalogue"
OPERATION_OF = {"apply": "submit", "query": "query", "appointment": "book"}


def items() -> list[Path]:
    """Files of the items that a department's system takes."""
    folders = [path.parent for path in CATALOGUE.glob(f"*/{FILE_NAME}")]
    return sorted(
        path for folder in folders for path in folder.glob("*.yml")
        if path.name not in {FILE_NAME, "department.yml"} and flow(read(path)) in OPERATION_OF
    )


def flow(item: dict[str, Any]) -> str:
    return str(item.get("flow", ""))


def read(path: Path) -> Any:
    return read_yaml(path)


@pytest.fixture(scope="module")
def elements() -> dict[str, Any]:
    return {e["element"]: e for e in read(CATALOGUE / "elements.yml")["elements"]}


@pytest.mark.parametrize("path", items(), ids=lambda path: path.stem)
def test_every_answer_has_the_departments_name_and_code(
    path: Path, elements: dict[str, Any]
) -> None:
    manifest, item = load_manifest(path.with_name(FILE_NAME)), read(path)
    operation = OPERATION_OF[flow(item)]
    assert path.stem in manifest.items
    assert operation in manifest.operations
    names = manifest.fields_of(operation)
    asked = [f["element"] for f in item["fields"] if elements[f["element"]].get("sent", True)]
    files = [e for e in asked if elements[e]["type"] == "attachment"]
    assert not files or manifest.sends.files, "a question for files, and no way to send them"
    asked = [e for e in asked if e not in files]
    assert [e for e in asked if e not in names] == []
    assert len({names[e] for e in asked}) == len(asked), "two answers in one place"
    for element in asked:
        choices = {c["value"] for c in elements[element].get("choices", ())}
        assert choices == set(manifest.values_.get(element, ())), element


@pytest.mark.parametrize("path", sorted(CATALOGUE.glob(f"*/{FILE_NAME}")), ids=lambda p: p.parent.name)
def test_a_manifest_speaks_only_of_what_the_catalogue_has(
    path: Path, elements: dict[str, Any]
) -> None:
    manifest = load_manifest(path)
    labels = {label for o in manifest.operations.values() for label in o.answer.labels}
    named = {e for o in manifest.operations for e in manifest.fields_of(o)}
    assert SENDS_ANSWERS & set(manifest.operations)
    assert named <= elements.keys()
    assert (manifest.values_.keys() | manifest.dates.keys()) <= named | labels
    assert {r.field for r in manifest.errors.values() if r.field} <= named
    assert set(manifest.items) <= {p.stem for p in path.parent.glob("*.yml")}
    assert set(manifest.statuses.values()) == {
        "submitted", "accepted", "in_progress", "supplement", "done_granted", "done_refused",
        "withdrawn", "not_accepted",
    }


@pytest.mark.parametrize("path", sorted(CATALOGUE.glob(f"*/{FILE_NAME}")), ids=lambda p: p.parent.name)
def test_a_field_that_a_department_refuses_is_one_question(path: Path) -> None:
    manifest = load_manifest(path)
    for operation in manifest.operations:
        names = list(manifest.fields_of(operation).values())
        assert len(set(names)) == len(names), operation


def test_every_department_that_takes_an_item_has_a_sample_system() -> None:
    takers = {
        path.parent.name for path in CATALOGUE.glob("*/*.yml") if flow(read(path)) in OPERATION_OF
    }
    assert takers == {path.parent.name for path in CATALOGUE.glob(f"*/{FILE_NAME}")}
    assert takers == set(ORDER)


@pytest.mark.parametrize("department", ORDER)
def test_a_sample_system_takes_what_the_manifest_sends_at_the_port_that_it_names(
    department: str,
) -> None:
    manifest = load_manifest(CATALOGUE / department / FILE_NAME)
    port = BASE_PORT + 1 + ORDER.index(department)
    assert manifest.addresses.sample == f"{scheme_of(department)}://127.0.0.1:{port}"
    taken = KINDS[ORDER.index(department)].matters
    assert set(manifest.items.values()) == set(taken)
    for item, code in manifest.items.items():
        way = OPERATION_OF[flow(read(CATALOGUE / department / f"{item}.yml"))]
        assert taken[code].way == way, item


def test_what_a_life_event_expects_of_a_department_its_manifest_gives() -> None:
    lacking = []
    for path in sorted((CATALOGUE / "life-events").glob("*.yml")):
        for step in read(path)["steps"]:
            for source in step.get("given", {}).values():
                folder = next(p.parent for p in CATALOGUE.glob(f"*/{source['step']}.yml"))
                if not load_manifest(folder / FILE_NAME).gives(source["element"]):
                    lacking.append((path.stem, step["item"], folder.name, source["element"]))
    assert lacking == []
