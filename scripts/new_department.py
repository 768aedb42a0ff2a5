"""``scripts/new-department``: writes a first version of a department: its file, its connector, one item."""

from __future__ import annotations

import argparse
import datetime as dt
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from string import Template

ROOT = Path(__file__).resolve().parent.parent
FIRST_VERSION = Path(__file__).with_name("first_version")
SLUG = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


def main(arguments: list[str] | None = None) -> int:
    """The exit status: 0 when the files were written, 2 with one sentence when not."""
    told = _options(arguments)
    folder = told.catalogue / told.department
    problem = _problem(told, folder)
    if problem:
        print(problem, file=sys.stderr)
        return 2
    values = {
        "department": told.department, "name": told.name, "item": told.item, "item_name": told.item_name,
        "code": told.code, "address": told.address, "today": dt.date.today().isoformat(),
        "english": told.department.replace("-", " ").title(),
    }
    for path in write(folder, values):
        print(path)
    print(f"\nNow put {told.department}-key into the secrets file, rewrite what is marked, and run\n"
          f"  scripts/check-catalogue\n  .venv/bin/python -m gateway connector test {told.department}")
    return 0


def write(folder: Path, values: Mapping[str, str]) -> list[Path]:
    """Write the three files into the new ``folder``; their paths."""
    folder.mkdir(parents=True)
    names = {"department.yml": "department.yml", "connector.yml": "connector.yml",
             "item.yml": f"{values['item']}.yml"}
    paths = []
    for source, target in names.items():
        text = Template((FIRST_VERSION / source).read_text("utf-8")).substitute(values)
        paths.append(folder / target)
        paths[-1].write_text(text, "utf-8")
    return paths


def _problem(told: argparse.Namespace, folder: Path) -> str:
    for name in (told.department, told.item):
        if not SLUG.fullmatch(name):
            return f"{name} cannot be an id: lower-case letters, digits and single hyphens, such as culture-tourism."
    if any(c in text for text in (told.name, told.item_name, told.code) for c in ":#{}[]\"'\n"):
        return "A name or a code may not hold : # { } [ ] or quotes."
    if folder.exists():
        return f"{folder} is there already. Nothing was written."
    if next(told.catalogue.glob(f"*/{told.item}.yml"), None):
        return f"There is an item {told.item} already. Choose another --item."
    return ""


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/new-department", description=__doc__)
    parser.add_argument("department", help="id of the department: culture-tourism")
    parser.add_argument("name", help="its name: 文化和旅游局")
    parser.add_argument("--item", required=True, help="id of its first item: reader-card")
    parser.add_argument("--item-name", required=True, help="the item's name: 读者证申领")
    parser.add_argument("--code", required=True, help="the department's own code of that item")
    parser.add_argument("--address", required=True, help="base address of its test system")
    parser.add_argument("--catalogue", type=Path, default=ROOT / "catalogue", help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
