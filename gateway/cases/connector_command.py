"""``python -m gateway connector test DEPARTMENT``: hold a department's system to the contract."""

from __future__ import annotations

import argparse
import datetime as dt
from collections.abc import Callable, Mapping
from contextlib import ExitStack, nullcontext
from functools import partial
from pathlib import Path

from connectors.client import Connector
from connectors.contract import REQUIREMENTS, hold
from connectors.contract.listener import Listener
from connectors.contract.live import live_bench
from connectors.contract.quiet import heard
from connectors.hours import CHINA, check_open
from connectors.registry import Connectors
from gateway.cases import form
from gateway.cases.connector_report import Report
from gateway.cases.examples import example_answers
from gateway.catalogue.loader import load
from gateway.catalogue.model import Catalogue, Flow, ServiceItem
from gateway.errors import DepartmentClosed, OurFault, RetryLater
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
    test.add_argument("--report", type=Path, help="write the report into this file, too; JSON when its name ends in .json")
    test.add_argument(
        "--listen", type=_host_and_port, metavar="[HOST:]PORT",
        help="take callbacks there; the test system must call /callbacks/DEPARTMENT at that address",
    )
    test.add_argument("--calls", action="store_true", help="print the log line of every call, too")
    test.set_defaults(run=partial(_test, settings))


def _host_and_port(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not (port.isascii() and port.isdigit() and int(port) < 65536):
        raise argparse.ArgumentTypeError(f"{text} is no port such as 8090, and no address such as 0.0.0.0:8090")
    return host or "127.0.0.1", int(port)


def _test(
    settings: Callable[[], tuple[Settings, Mapping[str, str], Mapping[str, str]]], args: argparse.Namespace
) -> int:
    given, secrets, addresses = settings()
    catalogue = load(given.catalogue)
    item = _item(catalogue, args.department, args.item)
    own = args.address or addresses.get(args.department, "")
    addresses = {args.department: own} if own else {}
    connectors = Connectors(given.catalogue, given.environment, secrets, addresses, only=args.department)
    try:
        connector = connectors.get(args.department)
        if connector is None:
            raise OurFault(f"{args.department} has no connector.yml")
        _check_reachable(connectors, connector)
        # Some hundred calls are made: their log lines would hide the report.
        with nullcontext() if args.calls else heard():
            report = _tried(connector, secrets, catalogue, item, args.listen)
    finally:
        connectors.close()
    print(report.text())
    if args.report:
        try:
            report.write(args.report)
        except OSError as error:
            raise OurFault(f"The report cannot be written to {args.report}: {error.strerror}.") from None
    return 0 if report.passed else 1


def _check_reachable(connectors: Connectors, connector: Connector) -> None:
    """One sentence instead of a report in which everything failed for the same reason."""
    try:
        connectors.check(connector.department)
        check_open(connector.manifest, connector.clock())
    except DepartmentClosed as closed:
        opens = closed.opens.astimezone(CHINA).strftime("%Y-%m-%d %H:%M")
        raise OurFault(f"{connector.department} takes no calls until {opens}, says its connector.yml.") from None
    except RetryLater:
        raise OurFault(
            f"Nobody answers at {connector.address}. Start {connector.department}, or give its address with --address."
        ) from None


def _tried(
    connector: Connector, secrets: Mapping[str, str], catalogue: Catalogue, item: ServiceItem,
    listen: tuple[str, int] | None,
) -> Report:
    manifest = connector.manifest
    answers = form.to_send(catalogue, example_answers(catalogue, item))
    with ExitStack() as opened:
        listener = None
        if listen and manifest.callback is not None:
            listener = _listening(opened, connector, secrets.get(manifest.callback.secret, ""), listen)
        bench = opened.enter_context(live_bench(
            manifest, connector.address, secrets, item=item.item, operation=OPERATIONS[item.flow],
            answers=answers, listener=listener,
        ))
        findings = [hold(bench, requirement) for requirement in REQUIREMENTS]
    return Report(connector.department, connector.address, item.item, dt.datetime.now(dt.timezone.utc), findings)


def _listening(
    opened: ExitStack, connector: Connector, secret: str, listen: tuple[str, int]
) -> Listener:
    host, port = listen
    try:
        return opened.enter_context(Listener(connector.manifest, secret, host, port))
    except OSError as error:
        raise OurFault(f"Callbacks cannot be taken at {host}:{port}: {error.strerror}.") from None


def _item(catalogue: Catalogue, department: str, wanted: str) -> ServiceItem:
    items = [
        i for i in catalogue.items.values() if i.department == department and i.flow in OPERATIONS
    ]
    chosen = next((i for i in items if i.item == wanted or not wanted), None)
    if chosen is None:
        known = ", ".join(sorted(i.item for i in items)) or "none"
        raise OurFault(f"{department} has no item {wanted or 'that can be applied for'}; there are: {known}")
    return chosen
