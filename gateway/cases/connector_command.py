"""``python -m gateway connector test DEPARTMENT``: hold a department's system to the contract."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import partial

from connectors.registry import Connectors
from gateway.cases import form
from gateway.cases.acceptance import STRANGER, Trial, report
from gateway.cases.examples import example_answers
from gateway.catalogue.loader import load
from gateway.catalogue.model import Catalogue, Flow, ServiceItem
from gateway.errors import OurFault
from gateway.settings import Settings

OPERATIONS = {Flow.apply: "submit", Flow.appointment: "book"}


def add_connector_commands(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    settings: Callable[[], tuple[Settings, Mapping[str, str], Mapping[str, str]]],
) -> None:
    """Add ``connector test``; ``settings`` gives the settings, the secrets and the addresses in force."""
    connector = commands.add_parser("connector", help="try a department's system")
    inner = connector.add_subparsers(required=True, metavar="COMMAND")
    test = inner.add_parser("test", help="hold it to the contract with example answers; prints a report")
    test.add_argument("department", help="the name of its folder in the catalogue")
    test.add_argument("--address", default="", help="base address, in place of the manifest's")
    test.add_argument("--item", default="", help="the item to try (default: its first)")
    test.set_defaults(run=partial(_test, settings))


def _test(
    settings: Callable[[], tuple[Settings, Mapping[str, str], Mapping[str, str]]], args: argparse.Namespace
) -> int:
    given, secrets, addresses = settings()
    catalogue = load(given.catalogue)
    item = _item(catalogue, args.department, args.item)
    own = args.address or addresses.get(args.department, "")
    addresses = {args.department: own} if own else {}
    with ExitStack() as opened:
        def connectors(secrets: Mapping[str, str]) -> Connectors:
            made = Connectors(
                given.catalogue, given.environment, secrets, addresses, only=args.department
            )
            opened.callback(made.close)
            return made

        connector, stranger = connectors(secrets).get(args.department), None
        if connector is None:
            raise OurFault(f"{args.department} has no connector.yml")
        if connector.manifest.auth.scheme != "none":
            wrong = {**secrets, connector.manifest.auth.secret: STRANGER}
            stranger = connectors(wrong).get(args.department)
        answers = form.to_send(catalogue, example_answers(catalogue, item))
        steps = Trial(connector, stranger, item.item, OPERATIONS[item.flow], answers).run()
    print(report(args.department, connector.address, steps))
    return 0 if all(step.passed for step in steps) else 1


def _item(catalogue: Catalogue, department: str, wanted: str) -> ServiceItem:
    items = [
        i for i in catalogue.items.values() if i.department == department and i.flow in OPERATIONS
    ]
    chosen = next((i for i in items if i.item == wanted or not wanted), None)
    if chosen is None:
        known = ", ".join(sorted(i.item for i in items)) or "none"
        raise OurFault(f"{department} has no item {wanted or 'that can be applied for'}; there are: {known}")
    return chosen
