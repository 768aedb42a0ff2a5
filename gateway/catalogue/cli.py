"""``python -m gateway catalogue …``: what a person who keeps the catalogue can ask."""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from collections.abc import Callable
from functools import partial
from itertools import groupby
from pathlib import Path

import requests

from gateway import settings
from gateway.catalogue import loader
from gateway.catalogue.checks import Finding, check
from gateway.catalogue.hotlines import load_hotlines
from gateway.catalogue.model import Catalogue
from gateway.catalogue.regions import load_regions
from gateway.errors import CatalogueErrors, SettingsError
from gateway.privacy.cipher import Cipher, find_secret

PASSED, BROKEN_RULES, UNREADABLE = 0, 1, 2


MoreChecks = Callable[[Catalogue, Path], "list[Finding]"]


def add_commands(
    subparsers: argparse._SubParsersAction[argparse.ArgumentParser],
    more: MoreChecks = lambda catalogue, folder: [],
) -> None:
    """Add ``catalogue`` and its commands; each sets ``run``, a function from arguments to exit code. ``more`` is the
    part of the check that looks beyond the catalogue."""
    parser = subparsers.add_parser("catalogue", help="check, import and reload what stands in catalogue/")
    commands = parser.add_subparsers(dest="catalogue_command", required=True, metavar="COMMAND")
    checker = commands.add_parser(
        "check", help="say what is wrong with the catalogue, file by file",
        description="Exit code 0: no errors. 1: a rule is broken. 2: a file cannot be read.",
    )
    checker.add_argument(
        "--folder", type=Path, metavar="DIR", help="default: GATEWAY_CATALOGUE, else catalogue/"
    )
    checker.set_defaults(run=partial(run_check, more=more))
    _add_import(commands)
    reloader = commands.add_parser(
        "reload", help="put the changed files in force in the running gateway",
        description="No restart, no training. A broken file changes nothing and is named.",
    )
    reloader.set_defaults(run=run_reload)


def _add_import(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    importer = commands.add_parser(
        "import", help="take a list of services (CSV, XLSX, JSON) into a catalogue folder",
        description="Exit code 0: every line was used. 1: not every line, or not all of it; the "
        "summary says which and why. 2: nothing was imported. See docs/import.md.",
    )
    importer.add_argument("file", type=Path, metavar="FILE", help="the list: .csv, .xlsx or .json")
    importer.add_argument("--mapping", type=Path, required=True, metavar="MAPPING.yml",
                          help="which column is which fact, and what its codes mean")
    importer.add_argument("--out", type=Path, required=True, metavar="DIR",
                          help="a new folder, or a catalogue that the list is to be added to")
    importer.add_argument("--report", type=Path, metavar="FILE",
                          help="write what became of every line, as JSON lines")
    importer.set_defaults(run=_run_import)


def _run_import(arguments: argparse.Namespace) -> int:
    from gateway.catalogue.importing.command import run_import  # pypinyin's tables take a moment

    return run_import(arguments)


def checked(folder: Path) -> tuple[Catalogue, list[Finding]]:
    """A catalogue folder, and what is wrong with it.

    Raises:
        CatalogueErrors: it cannot be read.
    """
    catalogue = loader.load(folder)
    load_regions(folder)
    load_hotlines(folder)
    return catalogue, check(
        catalogue,
        has_connector=lambda department: (folder / department / loader.CONNECTOR).is_file(),
        today=dt.date.today(),
    )


def run_check(
    arguments: argparse.Namespace, more: MoreChecks = lambda catalogue, folder: []
) -> int:
    """Print all findings and a closing line; returns the exit code."""
    try:
        folder = arguments.folder or settings.load().catalogue
        catalogue, findings = checked(folder)
    except SettingsError as error:
        print(error, file=sys.stderr)
        return UNREADABLE
    except CatalogueErrors as errors:
        print(errors, file=sys.stderr)
        count = _counted(len(errors.problems), "problem")
        print(f"The catalogue cannot be read: {count}.", file=sys.stderr)
        return UNREADABLE
    findings = sorted([*findings, *more(catalogue, folder)], key=lambda f: (f.file, f.level))
    for file, group in groupby(findings, key=lambda finding: finding.file):
        print(file)
        for finding in group:
            print(f"  {finding.level}: {finding.sentence}")
    print(closing_line(catalogue, findings))
    return BROKEN_RULES if any(finding.level == "error" for finding in findings) else PASSED


def run_reload(arguments: argparse.Namespace) -> int:
    """Ask the running gateway of this environment to reload; returns the exit code."""
    here = settings.load()
    secret, _ = find_secret(here.secret_key.get_secret_value(), here.home)
    token = Cipher(secret).digest("control", "reload")
    address = f"http://{here.host}:{here.port}"
    try:
        answer = requests.post(
            f"{address}/control/reload", headers={"Authorization": f"Bearer {token}"}, timeout=60
        )
        told = answer.json()
    except requests.RequestException:
        print(
            f"No gateway answers at {address}. Start one with scripts/run, or set GATEWAY_PORT.",
            file=sys.stderr,
        )
        return UNREADABLE
    if answer.status_code == 401:
        print("The gateway has another key: use its GATEWAY_HOME or GATEWAY_SECRET_KEY.", file=sys.stderr)
        return UNREADABLE
    if "error" in told:
        print(f"Nothing was changed.\n{told['error']}", file=sys.stderr)
        return BROKEN_RULES
    print(told["change"])
    return PASSED


def closing_line(catalogue: Catalogue, findings: list[Finding]) -> str:
    """How much there is, and how much of it is wrong."""
    errors = sum(finding.level == "error" for finding in findings)
    events = f", {_counted(len(catalogue.events), 'life event')}" if catalogue.events else ""
    return (
        f"{_counted(len(catalogue.items), 'item')} of "
        f"{_counted(len(catalogue.departments), 'department')}, "
        f"{_counted(len(catalogue.elements), 'data element')}{events}: "
        f"{_counted(errors, 'error')}, {_counted(len(findings) - errors, 'warning')}."
    )


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
