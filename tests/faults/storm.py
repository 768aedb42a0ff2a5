"""Everything that can go wrong at once, and the question whether all of it came out right.

Citizens apply at all sample departments while every fault dial turns at random and gateway and worker
processes are killed at random moments. Afterwards the departments' own lists are held against what
each citizen was told.
"""

from __future__ import annotations

import itertools
import os
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests
from stdnum.cn import ric

from connectors.manifest_file import FILE_NAME, load_manifest
from gateway.cases.statuses import labels
from gateway.catalogue.loader import load
from gateway.catalogue.model import Flow
from gateway.settings import ROOT
from simulators.department import FAILS as PASSING
from simulators.department import GARBLED
from tests.support.applicant import RECEIPT, next_answer
from tests.support.departments import Departments
from tests.support.gateway import Gateway, start_gateway

QUICK = {"GATEWAY_RETRY_SECONDS": "0.3", "GATEWAY_LEASE_SECONDS": "5"}
"""Settings that make a test short: nothing else differs from the product."""
FAILS = (*PASSING, *GARBLED)
"""Every fault of the dial; the time of an answer is another one."""
MOST_TURNS = 200
OUTAGE = 120.0  # seconds that a citizen waits for the gateway to be back
SEEN_AS = {"submitted": "received"}
"""Our status for a department's, where it is another one."""


@dataclass
class Damage:
    """What was done: faults by name, kills by what was killed."""

    faults: Counter[str] = field(default_factory=Counter)
    kills: Counter[str] = field(default_factory=Counter)


@dataclass
class Application:
    """One citizen's application: as the citizen knows it, and what the gateway said of it at the end."""

    sender: str
    item: str
    department: str
    flow: Flow
    receipt: str = ""
    words: str = ""


@dataclass
class Storm:
    """``workers``: worker processes beside the gateway. ``gateway_every``, ``worker_every``: mean seconds
    between two kills."""

    home: Path
    departments: Departments
    environment: Mapping[str, str]
    workers: int
    gateway_every: float
    worker_every: float
    random: random.Random
    damage: Damage = field(default_factory=Damage)

    def __post_init__(self) -> None:
        self._over = threading.Event()
        self._processes: list[subprocess.Popen[bytes]] = []
        self.gateway: Gateway = start_gateway(
            self.home, self.departments, **{**QUICK, **self.environment}
        )
        self._processes = [self._worker() for _ in range(self.workers)]

    def run(self, count: int, citizens: int = 4) -> list[Application]:
        """Let ``count`` citizens apply in bad weather; returns when all have a receipt number."""
        applications = planned(count)
        weather = [
            threading.Thread(target=self._turn_dials), threading.Thread(target=self._kill_workers),
            threading.Thread(target=self._kill_gateway),
        ]
        for thread in weather:
            thread.start()
        try:
            with ThreadPoolExecutor(citizens) as pool:
                list(pool.map(self._apply, applications))
        finally:
            self._over.set()
            for thread in weather:
                thread.join()
            for department in self.departments.addresses:
                self.departments.faults(department)
        return applications

    def settled(self, applications: list[Application], seconds: float) -> bool:
        """Wait until no citizen hears that something is still on its way."""
        end = time.monotonic() + seconds
        waiting = list(applications)
        while waiting and time.monotonic() < end:
            waiting = [a for a in waiting if labels()["submitted"] in self.progress(a)]
            time.sleep(0.3 if waiting else 0)
        return not waiting

    def progress(self, application: Application) -> str:
        """What the citizen reads of the case now."""
        replies = self._say(application.sender, f'/query_progress{{"receipt": "{application.receipt}"}}')
        application.words = "\n".join(r["text"] for r in replies or [])
        return application.words

    def move(self, applications: list[Application]) -> None:
        """Departments go on with every third case, and each citizen asks for progress again."""
        for application in applications[::3]:
            cases = self.departments.ledger(application.department)
            case = next((c for c in cases if c["receipt"] == application.receipt), None)
            if case is not None and application.flow is Flow.apply:
                self.departments.advance(application.department, case["reference"])
        for application in applications:
            self.progress(application)

    def calm(self, count: int) -> list[Application]:
        """Let ``count`` citizens apply one after the other, with nothing in their way."""
        applications = planned(count)
        for application in applications:
            application.sender = f"calm-{application.sender}"
            self._apply(application)
        return applications

    def close(self) -> None:
        """End all that was started."""
        self._over.set()
        for process in self._processes:
            process.kill()
            process.wait(20)
        self.gateway.stop()

    # --- citizens

    def _apply(self, application: Application) -> None:
        """Apply as a person would: after an outage ask where one was, never fill in twice."""
        begin = f'/apply{{"item": "{application.item}"}}'
        message, number = begin, id_number(self.random)
        for _ in range(MOST_TURNS):
            replies = self._say(application.sender, message)
            if replies is None:
                message = "/resume_draft"
                continue
            custom = replies[-1].get("custom") or {}
            if custom.get("state") in ("submitted", "cases", "progress"):
                receipts = RECEIPT.findall("\n".join(r["text"] for r in replies))
                if receipts:
                    application.receipt = receipts[0]
                    return
                message = begin
            elif custom.get("expects") and _can_be_answered(replies):
                message = next_answer(replies, custom["expects"], {"id_number": number}, self.random.choice)
            elif message == "/resume_draft":
                message = "/query_progress"
            elif message == "/query_progress":
                message = begin
            else:
                message = "/resume_draft"
        raise AssertionError(f"{application.item}: no end of the application: {replies}")

    def _say(self, sender: str, message: str) -> list[dict[str, Any]] | None:
        """The replies; None when the gateway went away, after it is back."""
        try:
            return self.gateway.say(sender, message)
        except requests.RequestException:
            self._wait_for_gateway()
            return None

    def _wait_for_gateway(self) -> None:
        end = time.monotonic() + OUTAGE
        while time.monotonic() < end:
            with suppress(requests.RequestException):
                if requests.get(f"{self.gateway.url}/ready", timeout=5).status_code == 200:
                    return
            time.sleep(0.2)
        raise AssertionError(f"the gateway did not come back:\n{self.gateway.log()[-3000:]}")

    # --- weather

    def _turn_dials(self) -> None:
        while not self._over.wait(self.random.uniform(0.05, 0.3)):
            department = self.random.choice(list(self.departments.addresses))
            fault = self.random.choice([*FAILS, "latency"])
            dial = {"times": self.random.randint(1, 2)}
            if fault == "latency":
                self.departments.faults(department, latency_ms=self.random.randint(50, 600), **dial)
            else:
                self.departments.faults(department, fail=fault, **dial)
            self.damage.faults[fault] += 1

    def _kill_workers(self) -> None:
        while self._processes and not self._over.wait(self.random.expovariate(1 / self.worker_every)):
            place = self.random.randrange(len(self._processes))
            self._processes[place].kill()
            self._processes[place].wait(20)
            self._processes[place] = self._worker()
            self.damage.kills["worker"] += 1

    def _kill_gateway(self) -> None:
        # At least one kill, however short the storm is: the first comes early.
        pause = self.random.uniform(1, 4)
        while not self._over.wait(pause):
            self.gateway.process.kill()
            self.gateway.process.wait(20)
            self.damage.kills["gateway"] += 1
            self.gateway.process = self._started("serve")
            self._wait_for_gateway()
            pause = self.random.expovariate(1 / self.gateway_every)

    def _worker(self) -> subprocess.Popen[bytes]:
        return self._started("worker")

    def _started(self, command: str) -> subprocess.Popen[bytes]:
        with (self.home / "gateway.log").open("ab") as log:
            return subprocess.Popen(  # noqa: S603 (our own program)
                [sys.executable, "-m", "gateway", command], cwd=ROOT,
                env={**os.environ, **self.gateway.environment}, stdout=log, stderr=log,
            )


def _can_be_answered(replies: list[dict[str, Any]]) -> bool:
    """Whether the open question has its buttons: free times are not shown while the department is away."""
    expects = replies[-1]["custom"]["expects"]
    return bool(expects.get("example")) or expects.get("type") == "confirm" or any(
        r.get("buttons") for r in replies
    )


def planned(count: int) -> list[Application]:
    """``count`` applications and appointments, over all departments in turn."""
    by_department: dict[str, list[Application]] = {}
    for item in load(ROOT / "catalogue").items.values():
        if item.flow in (Flow.apply, Flow.appointment):
            by_department.setdefault(item.department, []).append(
                Application("", item.item, item.department, item.flow)
            )
    rows = itertools.cycle([a for row in itertools.zip_longest(*by_department.values()) for a in row if a])
    return [
        Application(f"storm-{n}-{os.getpid()}", a.item, a.department, a.flow)
        for n, a in enumerate(itertools.islice(rows, count))
    ]


def id_number(chance: random.Random) -> str:
    """A made-up identity number with a right check digit."""
    body = f"11010519{chance.randint(50, 99)}{chance.randint(1, 12):02d}{chance.randint(1, 28):02d}{chance.randint(0, 999):03d}"
    return body + ric.calc_check_digit(body + "0")


def wrongs(applications: list[Application], departments: Departments) -> list[str]:
    """What did not come out right, one line each; empty when nothing was lost, doubled or untrue."""
    lists = {d: departments.ledger(d) for d in departments.addresses}
    found = []
    told = Counter(a.receipt for a in applications)
    found += [f"{receipt} was given to {n} citizens" for receipt, n in told.items() if n > 1]
    for application in applications:
        cases = [c for c in lists[application.department] if c["receipt"] == application.receipt]
        found += _judged(application, cases)
    known = set(told)
    found += [
        f"{d} has {c['receipt']}, of which no citizen knows"
        for d, cases in lists.items() for c in cases if c["receipt"] not in known
    ]
    return found


def _judged(application: Application, cases: list[dict[str, Any]]) -> list[str]:
    here = f"{application.item} {application.receipt}"
    if len(cases) > 1:
        return [f"{here} is doubled: {len(cases)} cases"]
    if not cases:
        refused = labels()["not_accepted"] in application.words
        return [] if refused else [f"{here} is lost; the citizen reads: {application.words}"]
    statuses = load_manifest(ROOT / "catalogue" / application.department / FILE_NAME).statuses
    status = statuses[cases[0]["status"]]
    status = SEEN_AS.get(status, status)
    if application.flow is Flow.appointment and status in ("accepted", "received"):
        status = "booked"
    if labels()[status] not in application.words:
        return [f"{here} stands at {status}; the citizen reads: {application.words}"]
    return []
