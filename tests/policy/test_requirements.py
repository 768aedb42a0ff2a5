"""What the product runs on is named, pinned, explained, and says nothing about anybody's machine."""

from __future__ import annotations

import ast
import re
import sys
from importlib.metadata import distributions
from pathlib import Path

import pytest

from gateway.settings import ROOT
from scripts.missing_packages import installed, pinned, plain

OURS = {"gateway", "actions", "connectors", "simulators", "scripts", "tests", "benchmarks"}
FILES = ("requirements.in", "requirements.txt", "requirements-dev.in", "requirements-dev.txt")


def owners() -> dict[str, str]:
    """Name to import to the distribution that brings it, from the lists of installed files."""
    return {
        file.parts[0].removesuffix(".py"): plain(distribution.metadata["Name"])
        for distribution in distributions()
        for file in distribution.files or []
        if file.suffix == ".py"
    }


def imported(*folders: str) -> dict[str, set[Path]]:
    """Distribution to the files that import it, of everything that is not ours or Python's."""
    owner_of = owners()
    found: dict[str, set[Path]] = {}
    for file in (file for folder in folders for file in (ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names: list[str] = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module or ""]
            for top in {name.partition(".")[0] for name in names} - OURS - sys.stdlib_module_names:
                found.setdefault(owner_of.get(top, top), set()).add(file.relative_to(ROOT))
    return found


def test_everything_that_the_product_imports_is_a_requirement_of_its_own() -> None:
    direct = pinned([ROOT / "requirements.in"])
    # The suite that every connector has to pass is shipped, and run by pytest only.
    used = {
        name: files
        for name, files in imported("gateway", "actions", "connectors", "simulators").items()
        if files != {Path("connectors/contract/suite.py")}
    }
    assert {name: files for name, files in used.items() if name not in direct} == {}


def test_everything_that_the_tests_import_is_a_requirement() -> None:
    known = pinned([ROOT / "requirements.txt", ROOT / "requirements-dev.in"])
    unknown = {n: f for n, f in imported("tests", "scripts", "benchmarks").items() if n not in known}
    assert unknown == {}


@pytest.mark.parametrize("name", ["requirements", "requirements-dev"])
def test_the_pinned_list_holds_each_direct_requirement_at_its_version(name: str) -> None:
    direct, all_of_them = pinned([ROOT / f"{name}.in"]), pinned([ROOT / f"{name}.txt"])
    assert {n: all_of_them.get(n) for n in direct} == direct


def test_both_lists_can_be_installed_together() -> None:
    product, tools = pinned([ROOT / "requirements.txt"]), pinned([ROOT / "requirements-dev.txt"])
    assert {n: v for n, v in tools.items() if product.get(n, v) != v} == {}


def test_what_is_installed_is_what_is_pinned() -> None:
    wanted = pinned([ROOT / "requirements.txt", ROOT / "requirements-dev.txt"])
    have = installed()
    assert {n: have.get(n) for n, v in wanted.items() if have.get(n) != v} == {}


@pytest.mark.parametrize("file", FILES)
def test_requirements_name_no_place_to_fetch_from(file: str) -> None:
    lines = [line.partition("#")[0] for line in (ROOT / file).read_text("utf-8").splitlines()]
    assert not [line for line in lines if re.search(r"://|@|--|\s/", line)]


def test_every_direct_requirement_has_its_reason() -> None:
    page = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    direct = pinned([ROOT / "requirements.in", ROOT / "requirements-dev.in"])
    explained = {plain(name) for name in re.findall(r"^\| `([^`]+)` \|", page, re.MULTILINE)}
    assert explained == set(direct)
