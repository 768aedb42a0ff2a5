"""docs/connect-a-department.md as somebody follows it: its commands and its pieces of YAML, read from the guide itself."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from gateway.settings import ROOT
from scripts.new_department import main as new_department

NAME = "culture-tourism"
_WALK = (ROOT / "docs" / "connect-a-department.md").read_text("utf-8").split("## In fifteen minutes")[1].split("\n## ")[0]
COMMANDS = re.findall(r"^```\n(.*?)^```", _WALK, re.MULTILINE | re.DOTALL)
PIECES = re.findall(r"^```yaml\n(.*?)^```", _WALK, re.MULTILINE | re.DOTALL)
_LAST_FIELD = "  phone: person.mobile\n"


def follow(catalogue: Path) -> None:
    """Write the guide's department into a catalogue, and ask the one thing more of its last step."""
    script, *told = shlex.split(COMMANDS[0])
    assert script == "scripts/new-department"
    assert new_department([*told, "--catalogue", str(catalogue)]) == 0
    element, asked, named = PIECES
    with (catalogue / "elements.yml").open("a", encoding="utf-8") as file:
        file.write(f"\n{element}")
    _change(catalogue / NAME / "reader-card.yml", "checked_on:", f"{asked}checked_on:")
    _change(catalogue / NAME / "connector.yml", _LAST_FIELD, f"{_LAST_FIELD}{named}")


def _change(path: Path, before: str, after: str) -> None:
    text = path.read_text("utf-8")
    assert text.count(before) == 1
    path.write_text(text.replace(before, after), "utf-8")
