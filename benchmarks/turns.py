"""Measure a turn: this gateway against a plain Rasa project, on this machine, one after the other.

Both hold the same conversation (see script.py) over Rasa's REST channel: so many senders at a time,
then one sender for a long talk. Prints a table; --json FILE keeps the figures.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import shutil
import sys
import tempfile
import uuid
from importlib.metadata import version
from pathlib import Path
from typing import Any

if not __package__:  # run as a file: python benchmarks/turns.py
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import figures, load, report
from benchmarks.plain_model import NotTrained, trained_model
from benchmarks.plain_rasa import read_product, write_project
from benchmarks.script import conversation
from benchmarks.servers import (
    NotStarted,
    Server,
    count,
    free_ports,
    start_gateway,
    start_plain,
    train_gateway,
)
from gateway.catalogue.loader import load as load_catalogue
from gateway.errors import YiwenError
from gateway.privacy.cipher import Cipher
from gateway.settings import ROOT
from gateway.store.store import Store
from simulators.town import ORDER

SYNCHRONOUS = {0: "OFF", 1: "NORMAL", 2: "FULL", 3: "EXTRA"}
Rows = tuple[str, str, str, str]
"""(database, question) of the messages kept, then of the applications submitted."""
QUICK = {"turns": 60, "conversations": 4}
PORTS_A_SIDE = 2 + len(ORDER)
"""The gateway, the base of the sample departments, and theirs; plain Rasa needs fewer."""
GATEWAY_ROWS: Rows = (
    "home/gateway.db", "select count(*) from turns",
    "home/gateway.db", "select count(*) from cases",
)
PLAIN_ROWS: Rows = (
    "project/tracker.db", "select count(*) from events where type_name = 'user'",
    "project/applications.db", "select count(*) from applications",
)


def main(arguments: list[str] | None = None) -> int:
    """Measure what is asked for; 0 when it could be measured, met goals or not."""
    options = _options(arguments)
    folder = Path(tempfile.mkdtemp(prefix="yiwen-turns-"))
    machine = _machine()
    try:
        gateway = _gateway(options, folder) if options.only != "plain" else None
        plain = _plain(options, folder) if options.only != "gateway" else None
    except (NotStarted, NotTrained, YiwenError) as error:
        print(f"turns: {error}", file=sys.stderr)
        return 1
    finally:
        if options.keep:
            print(f"  kept: {folder}", file=sys.stderr)
        else:
            shutil.rmtree(folder, ignore_errors=True)
    _print(machine, gateway, plain)
    if options.json:
        values = report.as_values(machine, gateway, plain)
        options.json.write_text(json.dumps(values, indent=1) + "\n", encoding="utf-8")
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks/turns.py", description=__doc__)
    parser.add_argument("--only", choices=("gateway", "plain"), help="measure one side only")
    parser.add_argument("--turns", type=int, default=300, help="turns of the long talk (300)")
    parser.add_argument(
        "--concurrency", type=_numbers, default=[1, 4, 8], metavar="N,N",
        help="senders at a time (1,4,8)",
    )
    parser.add_argument(
        "--conversations", type=int, default=24, help="conversations at each concurrency (24)"
    )
    parser.add_argument(
        "--ports", type=int, metavar="FIRST", help=f"first of {PORTS_A_SIDE} ports (free ones)"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there")
    parser.add_argument("--keep", action="store_true", help="keep the folder: databases, logs, talk.txt")
    parser.add_argument("--retrain", action="store_true", help="train plain Rasa's model anew")
    parser.add_argument("--quick", action="store_true", help="small numbers, for a first look")
    options = parser.parse_args(arguments)
    if options.quick:
        vars(options).update(QUICK)
    return options


def _numbers(text: str) -> list[int]:
    numbers = [int(n) for n in text.split(",") if n.strip().isdigit() and int(n) > 0]
    if not numbers:
        raise argparse.ArgumentTypeError(f"{text} is not a list of numbers such as 1,4,8")
    return numbers


def _gateway(options: argparse.Namespace, folder: Path) -> figures.Measured:
    train_gateway()
    _told("gateway: starting")
    ours = folder / "gateway"
    server = start_gateway(ours, free_ports(PORTS_A_SIDE, options.ports))
    return _measured(options, server, GATEWAY_ROWS)


def _plain(options: argparse.Namespace, folder: Path) -> figures.Measured:
    theirs = folder / "plain"
    write_project(theirs / "project", read_product(load_catalogue(ROOT / "catalogue")))
    model, seconds = trained_model(theirs / "project", options.retrain)
    _told("plain Rasa: starting")
    ports = free_ports(PORTS_A_SIDE, options.ports)
    server = start_plain(theirs, theirs / "project", model, ports)
    measured = _measured(options, server, PLAIN_ROWS)
    measured.training_seconds = seconds
    return measured


def _measured(
    options: argparse.Namespace, server: Server, rows: Rows
) -> figures.Measured:
    measured = figures.Measured(server.name, server.start_seconds)
    try:
        asyncio.run(_run(options, server, measured))
        measured.memory_mb = server.memory_mb()
        measured.logged = count(server.folder / rows[0], rows[1])
        measured.applications = count(server.folder / rows[2], rows[3])
    finally:
        server.stop()
    return measured


async def _run(options: argparse.Namespace, server: Server, measured: figures.Measured) -> None:
    script = conversation(load_catalogue(ROOT / "catalogue"))

    async def held(talks: int, senders: int, turns: int) -> load.Heard:
        said = [script[n % len(script)] for n in range(turns)]
        pairs = [(uuid.uuid4().hex, said) for _ in range(talks)]
        heard = await load.talk(server.url, pairs, senders)
        measured.sent += talks * turns
        measured.expected_applications += talks * _ends(script, turns)
        return heard

    _told(f"{server.name}: warming up")
    await held(2, 2, len(script))
    for senders in options.concurrency:
        _told(f"{server.name}: {options.conversations} conversations, {senders} at a time")
        idle = await load.health_rate(server.health, senders)
        heard = await held(options.conversations, senders, len(script))
        measured.levels.append(
            figures.level(senders, heard.times, heard.failed, heard.seconds, idle)
        )
    _told(f"{server.name}: one conversation of {options.turns} turns")
    long = await held(1, 1, options.turns)
    measured.growth = figures.growth(long.times, len(script))
    pairs = zip(script, long.words, strict=False)
    said = "\n\n".join(f"> {message}\n{reply}" for message, reply in pairs)
    (server.folder / "talk.txt").write_text(said + "\n", encoding="utf-8")


def _ends(script: list[str], turns: int) -> int:
    """How many times the confirmation is said within ``turns``."""
    return sum(script[n % len(script)] == "对" for n in range(turns))


def _machine() -> dict[str, Any]:
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        names = [line.partition(":")[2].strip() for line in file if line.startswith("model name")]
    return {
        "cores": os.cpu_count(), "processor": names[0] if names else platform.machine(),
        "python": platform.python_version(), "rasa": version("rasa"),
        "load_before": round(os.getloadavg()[0], 2),
    }


def _durability(folder: Path) -> str:
    """How the gateway's store writes: asked of a store opened as the gateway opens its own."""
    store = Store(f"sqlite:///{folder / 'probe.db'}", Cipher("benchmark" * 4))
    with store.engine.connect() as connection:
        mode = connection.exec_driver_sql("pragma synchronous").scalar()
    store.close()
    return SYNCHRONOUS[int(mode or 0)]


def _print(
    machine: dict[str, Any], gateway: figures.Measured | None, plain: figures.Measured | None
) -> None:
    print(
        f"{machine['cores']} cores ({machine['processor']}), Python {machine['python']}, "
        f"Rasa {machine['rasa']}, load before the run {machine['load_before']}\n"
    )
    print(report.table(gateway, plain), "\n")
    for side in (gateway, plain):
        print(*report.checks(side) if side else (), sep="\n", end="\n" if side else "")
    with tempfile.TemporaryDirectory() as folder:
        print(f"gateway: turn log in SQLite, synchronous={_durability(Path(folder))}\n")
    for words, met in report.goals(gateway, plain):
        print(f"{'met   ' if met else 'MISSED'}  {words}")


def _told(words: str) -> None:
    print(f"  {words}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
