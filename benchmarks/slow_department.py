"""What a department that takes 8 seconds an answer does to turns that have nothing to do with it.

    .venv/bin/python benchmarks/slow_department.py

Citizens talk about and apply at one department, while others apply at a second one at a steady pace. In
every other round the second one takes 8 seconds for each call. Compared is the 95th percentile of the
first citizens' turns. Rounds alternate, so that a machine that changes its speed changes both sides.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import sqlalchemy as sa

from benchmarks.figures import percentile
from benchmarks.load import Heard, talk
from benchmarks.script import conversation
from benchmarks.servers import train_gateway
from gateway.cases.claims import OPEN
from gateway.catalogue.loader import load as load_catalogue
from gateway.privacy.cipher import Cipher
from gateway.settings import ROOT
from gateway.store.store import Store
from gateway.store.tables import Submission
from tests.support.applicant import apply_for
from tests.support.departments import Departments, start_departments
from tests.support.gateway import Gateway, start_gateway

KEY = "made up for a measurement, and long enough"
SLOW, ITEM = "health", "birth-registration"
SLOW_MS = 8000
GOAL = 1.10
SENDERS = 2
QUIET_SECONDS = 300.0


def main() -> int:
    """Measure and print; 0 when it could be measured, met or not."""
    options = _options()
    train_gateway()
    print(f"load before: {os.getloadavg()[0]:.1f}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        departments = start_departments(Path(folder) / "departments")
        home = Path(folder) / "home"
        gateway = start_gateway(home, departments, GATEWAY_SECRET_KEY=KEY)
        store = Store(f"sqlite:///{home / 'gateway.db'}", Cipher(KEY))
        try:
            _round("warm", gateway, departments, store, 0, options)
            rounds = [
                _round(f"{number}{'s' if late else 'q'}", gateway, departments, store, late, options)
                for number in range(options.rounds) for late in (0, SLOW_MS)
            ]
        finally:
            store.close()
            gateway.stop()
            departments.stop()
    _print(rounds[0::2], rounds[1::2])
    return 0


def _round(
    name: str, gateway: Gateway, departments: Departments, store: Store, late: int, options: argparse.Namespace
) -> Heard:
    """One round: the measured conversations, beside them a new application every so many seconds."""
    departments.faults(SLOW, latency_ms=late)
    over = threading.Event()
    others = [
        threading.Thread(target=_others, args=(name, number, gateway, over, options.every))
        for number in range(options.others)
    ]
    for thread in others:
        thread.start()
    said = conversation(load_catalogue(ROOT / "catalogue"))
    talks = [(f"{name}-{n}", said) for n in range(options.conversations)]
    try:
        heard = asyncio.run(talk(f"{gateway.url}/webhooks/rest/webhook", talks, SENDERS))
    finally:
        over.set()
        for thread in others:
            thread.join()
        departments.faults(SLOW)
    _until_quiet(store)
    p95 = percentile(heard.times, 0.95)
    print(f"  {'8 s   ' if late else 'prompt'}  p95 {p95:6.1f} ms, {len(heard.times)} turns, {heard.failed} failed", flush=True)
    return heard


def _others(name: str, number: int, gateway: Gateway, over: threading.Event, every: float) -> None:
    count = 0
    while not over.is_set():
        due = time.monotonic() + every
        apply_for(gateway.say, f"other-{name}-{number}-{count}", ITEM)
        count += 1
        over.wait(max(0.0, due - time.monotonic()))


def _until_quiet(store: Store) -> None:
    """Wait until nothing is on its way, so that no round works off what another left."""
    end = time.monotonic() + QUIET_SECONDS
    waiting = sa.select(sa.func.count()).where(Submission.state.in_(OPEN))
    while time.monotonic() < end:
        with store.read() as session:
            if not session.scalar(waiting):
                return
        time.sleep(0.2)
    raise SystemExit("Submissions of the last round did not come to an end.")


def _print(prompt: list[Heard], slow: list[Heard]) -> None:
    before, after = ([t for heard in side for t in heard.times] for side in (prompt, slow))
    ratio = percentile(after, 0.95) / percentile(before, 0.95)
    failed = sum(heard.failed for heard in (*prompt, *slow))
    print(
        f"{'':12} {'p50 ms':>8} {'p95 ms':>8} {'turns':>7}\n"
        f"{'prompt':12} {percentile(before, 0.5):8.1f} {percentile(before, 0.95):8.1f} {len(before):7}\n"
        f"{'8 s':12} {percentile(after, 0.5):8.1f} {percentile(after, 0.95):8.1f} {len(after):7}\n"
        f"p95, 8 s / prompt     {ratio:.3f} (goal below {GOAL}: {'met' if ratio < GOAL else 'MISSED'})\n"
        f"failed turns          {failed}"
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=4, help="of each kind (default 4)")
    parser.add_argument("--conversations", type=int, default=20, help="measured in a round (default 20)")
    parser.add_argument("--others", type=int, default=2, help="citizens at the slow department at a time (default 2)")
    parser.add_argument("--every", type=float, default=4.0, help="seconds from one of their applications to the next")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
