"""``scripts/new-department``: writes a first version of a department: its file, its connector, one item."""

from __future__ import annotations

import argparse
import datetime as dt
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from string import Template

from simulators.newcomers import PORTS
from simulators.server import HOST
from simulators.town import BASE_PORT

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
    address = told.address or _sample_address(told.catalogue)
    values = {
        "department": told.department, "name": told.name, "item": told.item, "item_name": told.item_name,
        "code": told.code, "address": address, "today": dt.date.today().isoformat(),
        "english": told.department.replace("-", " ").title(),
    }
    for path in write(folder, values):
        print(path)
    print(_next(told.department, told.item_name, own=bool(told.address)))
    return 0


def _next(department: str, item_name: str, *, own: bool) -> str:
    """What to do now; ``own``: the department has a test system of its own."""
    key = (
        f"Put {department}-key, the key that the department gave you, into the secrets file"
        " (var/connector-secrets.yml, or what GATEWAY_CONNECTOR_SECRETS names)."
        if own else f"There is no --address, so scripts/run starts a sample system for {department}; its key is made, too."
    )
    return f"""
{key}
Next:
  1. Rewrite what is marked "# rewrite" in these files, then:  scripts/check-catalogue
  2. End a running gateway with Ctrl-C and start it again:     scripts/run
  3. In another terminal, hold the system to the contract:     .venv/bin/python -m gateway connector test {department}
  4. Open the citizen page that scripts/run printed, and say:  {item_name}"""


def _sample_address(catalogue: Path) -> str:
    """An address at which nobody's sample system is yet; scripts/run starts one there."""
    taken = "\n".join(path.read_text("utf-8") for path in catalogue.glob("*/connector.yml"))
    number = next(n for n in PORTS if f":{BASE_PORT + n}" not in taken)
    return f"http://{HOST}:{BASE_PORT + number}"


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
    parser.add_argument(
        "--address", default="", help="base address of its test system (default: scripts/run starts a sample system for it)"
    )
    parser.add_argument("--catalogue", type=Path, default=ROOT / "catalogue", help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
