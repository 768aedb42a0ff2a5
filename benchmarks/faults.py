"""Exactly once in effect: 300 applications over all sample departments with every fault on and kills at
random moments; then what a submission itself costs in calm weather.

    .venv/bin/python benchmarks/faults.py --store sqlite
    .venv/bin/python benchmarks/faults.py --store postgresql     # with RabbitMQ and two worker processes

The exit code is 0 when nothing was lost, doubled or untrue.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import sys
import tempfile
import time
from contextlib import nullcontext
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import sqlalchemy as sa

from benchmarks.servers import train_gateway
from gateway.privacy.cipher import Cipher
from gateway.store.store import Store
from gateway.store.tables import Attempt, Case, Submission
from tests.faults.storm import Storm, wrongs
from tests.support.departments import start_departments
from tests.support.servers import RABBIT, postgres_database

KEY = "made up for a measurement, and long enough"
GOAL_MS = 30.0
SETTLE_SECONDS = 180.0
CALM = 40


def main() -> int:
    """Run the storm, print the table; see the module's docstring for the exit code."""
    options = _options()
    train_gateway()
    print(f"load before: {os.getloadavg()[0]:.1f}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        departments = start_departments(Path(folder) / "departments")
        try:
            with postgres_database() if options.store == "postgresql" else nullcontext("") as url:
                return _measure(options, Path(folder) / "home", departments, url)
        finally:
            departments.stop()


def _measure(options: argparse.Namespace, home: Path, departments: object, url: str) -> int:
    environment = {"GATEWAY_SECRET_KEY": KEY}
    if url:
        environment |= {"GATEWAY_DATABASE_URL": url, "GATEWAY_BROKER_URL": RABBIT}
    chance = random.Random(options.seed)  # noqa: S311 (weather, no secret)
    storm = Storm(
        home, departments, environment, workers=2, gateway_every=25, worker_every=4, random=chance,  # type: ignore[arg-type]
    )
    try:
        started = time.monotonic()
        applications = storm.run(options.applications)
        stormed = time.monotonic() - started
        quiet = storm.settled(applications, SETTLE_SECONDS)
        settled = time.monotonic() - started - stormed
        storm.move(applications)
        found = wrongs(applications, storm.departments)
        calm = storm.calm(CALM)
        storm.settled(calm, SETTLE_SECONDS)
        store = Store(url or f"sqlite:///{home / 'gateway.db'}", Cipher(KEY))
        own = _overheads(store, [a.receipt for a in calm])
        store.close()
    finally:
        storm.close()
    faults = ", ".join(f"{name} {n}" for name, n in sorted(storm.damage.faults.items()))
    median = statistics.median(own)
    met = "met" if median <= GOAL_MS else "MISSED"
    print(
        f"store                 {options.store}\n"
        f"applications          {len(applications)} at {len({a.department for a in applications})} departments\n"
        f"storm, then settling  {stormed:.0f} s, {settled:.0f} s{'' if quiet else ' (NOT settled)'}\n"
        f"faults set            {faults}\n"
        f"SIGKILL               gateway {storm.damage.kills['gateway']}, worker {storm.damage.kills['worker']}\n"
        f"lost, doubled, untrue {len(found)}\n"
        f"commit to door        {median:.1f} ms median, {max(own):.1f} ms slowest of {len(own)}"
        f" (goal {GOAL_MS:.0f} ms: {met})"
    )
    print("\n".join(found))
    return 1 if found or not quiet else 0


def _overheads(store: Store, receipts: list[str]) -> list[float]:
    """Milliseconds from writing a submission until its first call was made, the commit included."""
    with store.read() as session:
        rows = session.execute(
            sa.select(Submission.created_at, Attempt.at, Attempt.milliseconds)
            .join(Attempt, Attempt.submission_id == Submission.id)
            .join(Case, Case.id == Submission.case_id)
            .where(Case.receipt.in_(receipts), Submission.attempts == 1)
        ).all()
    return [(at - written).total_seconds() * 1000 - took for written, at, took in rows]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--applications", type=int, default=300, help="how many (default 300)")
    parser.add_argument("--store", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--seed", type=int, default=1, help="of the weather (default 1)")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
