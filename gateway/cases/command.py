"""``python -m gateway submissions``: list what has to be looked at, and send it again."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial

from gateway.cases.submissions import STATES, SubmissionRow, Submissions
from gateway.errors import StaffError

ACTOR = "system"
Opened = Callable[[], AbstractContextManager[Submissions]]


def add_submission_commands(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], opened: Opened
) -> None:
    """Add ``submissions list`` and ``submissions resend ID``; ``opened`` opens the store for one."""
    submissions = commands.add_parser("submissions", help="list submissions, send a dead one again")
    inner = submissions.add_subparsers(required=True, metavar="COMMAND")
    listed = inner.add_parser("list", help="list submissions: those that need a person, or --state")
    listed.add_argument(
        "--state", action="append", choices=STATES, help="of this state; may be given again"
    )
    listed.set_defaults(run=partial(_list, opened))
    resend = inner.add_parser("resend", help="send a dead submission again, after asking the department")
    resend.add_argument("id", help="as `submissions list` prints it")
    resend.set_defaults(run=partial(_resend, opened))


def _list(opened: Opened, args: argparse.Namespace) -> int:
    with opened() as submissions:
        rows = submissions.listed(args.state or ())
    print("\n".join(_line(row) for row in rows) or "None.")
    return 0


def _line(row: SubmissionRow) -> str:
    tries = f"{row.attempts} tries" if row.attempts != 1 else "1 try"
    code = f", last: {row.code}" if row.code else ""
    return f"{row.id}  {row.receipt}  {row.department}  {row.operation}  {row.state}  {tries}{code}"


def _resend(opened: Opened, args: argparse.Namespace) -> int:
    try:
        with opened() as submissions:
            receipt = submissions.resend(args.id, ACTOR)
    except StaffError as error:
        print(f"gateway: {error.sentence}", file=sys.stderr)
        return 1
    print(f"{receipt} is sent again.")
    return 0
