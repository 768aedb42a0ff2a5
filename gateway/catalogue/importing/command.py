"""``python -m gateway catalogue import``: at the terminal."""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from pathlib import Path

from gateway.catalogue.cli import BROKEN_RULES, PASSED, UNREADABLE, checked, closing_line
from gateway.catalogue.importing.run import Imported, import_list
from gateway.errors import CatalogueError, CatalogueErrors


def run_import(arguments: argparse.Namespace) -> int:
    """Import, write the report, print the summary; returns the exit code."""
    out: Path = arguments.out
    try:
        done = import_list(arguments.file, arguments.mapping, out, dt.date.today())
    except (CatalogueError, CatalogueErrors) as error:
        print(error, file=sys.stderr)
        print("Nothing was imported.", file=sys.stderr)
        return UNREADABLE
    _print_summary(arguments.file, out, done)
    if arguments.report:
        try:
            lines = "".join(f"{line}\n" for line in done.report.json_lines())
            arguments.report.write_text(lines, encoding="utf-8")
        except OSError as error:
            print(
                f"{arguments.report}: the report cannot be written: {error.strerror}. The items were "
                "imported; name another file with --report and import again.", file=sys.stderr,
            )
            return UNREADABLE
    return _print_check(out) or (BROKEN_RULES if done.report.count("refused", "left_out") else PASSED)


def _print_summary(file: Path, out: Path, done: Imported) -> None:
    table = done.table
    counted = ("entry", "entries") if table.kind == "JSON" else ("line", "lines")
    print(f"{len(table.lines)} {counted[len(table.lines) != 1]} read from {file} ({table.kind}), into {out}")
    print(f"  departments {done.departments}")
    for line in done.report.screen(counted[0]):
        print(line)
    if done.unused:
        print(f"  columns that the mapping does not name: {', '.join(done.unused)}")


def _print_check(out: Path) -> int:
    """Hold the folder against the rules, as ``catalogue check`` does."""
    try:
        catalogue, findings = checked(out)
    except CatalogueErrors as errors:
        print(errors, file=sys.stderr)
        return UNREADABLE
    errors_found = [finding for finding in findings if finding.level == "error"]
    for finding in errors_found:
        print(f"{finding.file}\n  error: {finding.sentence}")
    print(closing_line(catalogue, findings))
    return BROKEN_RULES if errors_found else PASSED
