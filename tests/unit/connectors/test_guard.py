"""A department that is down, full, closed or in a hurry is left alone, and whoever called learns it at once."""

from __future__ import annotations

import datetime as dt
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from connectors.answers import Answer
from connectors.client import Connector
from connectors.guard import Guard, HeldBack
from connectors.hours import CHINA
from connectors.metrics import Metrics
from gateway.errors import DepartmentClosed, DepartmentRefused, OutcomeUnknown, RetryLater
from tests.unit.connectors.samples import http, office, parsed

GOOD = http(200, '{"code":"0","no":"N1","state":"new"}')
REFUSED = http(200, '{"code":"refused"}')
BUSY = http(503, '{"code":"later"}')


def submit(connector: Connector) -> Answer:
    return connector.call("submit", {}, item="leave", receipt="R", key="K")


def fails(connector: Connector, kind: type[Exception], times: int) -> None:
    for _ in range(times):
        with pytest.raises(kind):
            submit(connector)


@pytest.mark.parametrize("answer", [http(500), b"", b"hold"])
def test_a_department_that_does_not_answer_is_called_no_more_until_one_call_found_it_up(
    tmp_path: Path, answer: bytes
) -> None:
    manifest = parsed(tmp_path, timeouts={"connect": "1", "read": "0.05"})
    guard = Guard(manifest, failures=3, pause=0.2)
    with office(manifest, answer, answer, answer, GOOD, guard=guard) as (connector, script):
        fails(connector, OutcomeUnknown, 3)
        with pytest.raises(HeldBack) as told:
            submit(connector)
        assert not isinstance(told.value, OutcomeUnknown), "nothing was sent, so nothing is unknown"
        assert (told.value.reason, told.value.after) == ("down", 1)
        assert len(script.requests) == 3
        ends = time.monotonic() + 5
        while time.monotonic() < ends:
            try:
                answered = submit(connector)
                break
            except HeldBack:
                continue
        assert answered.reference == "N1"
        assert submit(connector).reference == "N1"


@pytest.mark.parametrize("answer", [REFUSED, BUSY])
def test_a_department_that_says_no_or_later_is_up(tmp_path: Path, answer: bytes) -> None:
    manifest = parsed(tmp_path)
    with office(manifest, answer, guard=Guard(manifest, failures=2)) as (connector, script):
        fails(connector, DepartmentRefused if answer is REFUSED else RetryLater, 6)
        assert len(script.requests) == 6


def test_after_the_pause_one_call_goes_alone(tmp_path: Path) -> None:
    manifest = parsed(tmp_path)
    guard = Guard(manifest, failures=1, pause=0.05)
    with office(manifest, b"", b"hold", guard=guard) as (connector, script), ThreadPoolExecutor(4) as pool:
        fails(connector, OutcomeUnknown, 1)
        ends = time.monotonic() + 5
        while len(script.requests) < 2 and time.monotonic() < ends:
            list(pool.map(lambda _: fails(connector, RetryLater, 1), range(4)))
        assert len(script.requests) == 2, "of four at once one was sent"


def test_a_department_gets_no_more_calls_at_once_than_it_may_have(tmp_path: Path) -> None:
    manifest = parsed(tmp_path, at_once="2", timeouts={"connect": "1", "read": "2"})
    with office(manifest, b"hold") as (connector, script), ThreadPoolExecutor(6) as pool:
        began = time.monotonic()
        kinds = [type(f.exception()) for f in [pool.submit(submit, connector) for _ in range(6)]]
        assert (kinds.count(HeldBack), kinds.count(OutcomeUnknown)) == (4, 2)
        assert len(script.requests) == 2
        assert time.monotonic() - began < 6, "those without room did not wait for those with"


def test_calls_keep_the_pace_that_the_manifest_says(tmp_path: Path) -> None:
    manifest = parsed(tmp_path, calls_per_minute="60")
    with office(manifest, GOOD) as (connector, script):
        submit(connector)
        with pytest.raises(HeldBack) as told:
            submit(connector)
    assert told.value.reason == "too_fast"
    assert len(script.requests) == 1


def test_a_call_with_its_repetitions_ends_by_its_deadline(tmp_path: Path) -> None:
    manifest = parsed(tmp_path, timeouts={"connect": "0.3", "read": "0.3"}, retries="2")
    with office(manifest, b"drip") as (connector, _):
        began = time.monotonic()
        with pytest.raises(RetryLater):
            connector.call("look_up", {}, item="leave", receipt="R", key="K")
        assert time.monotonic() - began < 1.0


HOURS = {"days": "working", "from": "08:30", "to": "17:30"}
BREAK = {"from": "2026-10-19T12:00", "to": "2026-10-19T14:00"}
CALENDAR = [
    ("2026-10-19T09:00", None),
    ("2026-10-19T08:29", "2026-10-19T08:30"),
    ("2026-10-19T12:00", "2026-10-19T14:00"),
    ("2026-10-19T14:00", None),
    ("2026-10-19T17:30", "2026-10-20T08:30"),
    ("2026-10-23T18:00", "2026-10-26T08:30"),
    ("2026-09-30T18:00", "2026-10-08T08:30"),
    ("2026-10-10T10:00", None),
]
"""10 October 2026 is a Saturday on which China works, for the holiday of 1 to 7 October."""


@pytest.mark.parametrize(("now", "opens"), CALENDAR)
def test_a_closed_department_says_when_it_opens_and_is_not_called(
    tmp_path: Path, now: str, opens: str | None
) -> None:
    manifest = parsed(tmp_path, hours=HOURS, maintenance=[BREAK])
    at = dt.datetime.fromisoformat(now).replace(tzinfo=CHINA)
    with office(manifest, GOOD, clock=lambda: at) as (connector, script):
        if opens is None:
            assert submit(connector).reference == "N1"
            return
        with pytest.raises(DepartmentClosed) as told:
            submit(connector)
        assert told.value.opens == dt.datetime.fromisoformat(opens).replace(tzinfo=CHINA)
        assert told.value.after == (told.value.opens - at).total_seconds()
        assert script.requests == []


def test_every_call_is_counted_once_by_its_outcome(tmp_path: Path) -> None:
    metrics, manifest = Metrics(), parsed(tmp_path)
    with office(manifest, GOOD, REFUSED, http(500), metrics=metrics) as (connector, _):
        submit(connector)
        fails(connector, DepartmentRefused, 1)
        fails(connector, OutcomeUnknown, 2)
    counted = {line for line in metrics.text().splitlines() if line.startswith("yiwen_connector_calls_total")}
    name = 'yiwen_connector_calls_total{department="sample-office",operation="submit",outcome='
    assert counted == {f'{name}"ok"}} 1.0', f'{name}"refused"}} 1.0', f'{name}"unknown"}} 2.0'}
