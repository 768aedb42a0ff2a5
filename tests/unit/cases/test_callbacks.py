"""What a department tells by itself counts once, whenever and however often it comes; of strangers nothing does."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from connectors.auth import sign
from connectors.bodies import Unreadable
from connectors.callback import NotTheirs
from gateway.cases.cases import CaseView
from gateway.core import Core
from gateway.store.store import utc_now
from tests.support.departments import Departments
from tests.unit.cases.conftest import Clock
from tests.unit.cases.test_delivery import complete_draft, deliver

DEPARTMENT = "medical-insurance"
PATIENCE = 10.0
DOOR = f"/callbacks/{DEPARTMENT}"


@pytest.fixture
def case(core: Core, citizen: str) -> CaseView:
    """An application to an office that calls back; not delivered yet."""
    return core.cases.submit(citizen, complete_draft(core, citizen, "medical-remote-filing"))


@pytest.fixture
def secret(departments: Departments) -> str:
    """What the office signs its callbacks with."""
    return departments.secrets["medical-insurance-callback"]


def told(case: CaseView, event: str, state: str, at: str = "2026-11-23T10:00:00", **more: str) -> bytes:
    body = {"eventId": event, "at": at, "outerNo": case.receipt, "caseNo": "YB1", "state": state, **more}
    return json.dumps(body).encode()


def headers(core: Core, secret: str, body: bytes, target: str = DOOR, age: float = 0) -> dict[str, str]:
    stamp = str(int(core.store.clock().timestamp() - age))
    signature = sign(secret, "POST", target, stamp, "0" * 32, body)
    return {"x-app-id": DEPARTMENT, "X-TIMESTAMP": stamp, "X-Nonce": "0" * 32, "X-Signature": signature}


def take(core: Core, secret: str, body: bytes) -> str:
    return core.callbacks.take(DEPARTMENT, DOOR, headers(core, secret, body), body)


def status(core: Core, citizen: str, case: CaseView) -> str:
    return core.cases.by_receipt(citizen, case.receipt).status


def test_an_event_that_comes_twice_counts_once(
    core: Core, clock: Clock, citizen: str, case: CaseView, secret: str
) -> None:
    deliver(core, clock, rounds=1)
    asked = told(case, "e1", "22", note="补一张照片")
    assert [take(core, secret, asked), take(core, secret, asked)] == ["changed", "known"]
    core.cases.supplement(citizen, case.receipt, {"supplement_note": "补好了"})
    deliver(core, clock, rounds=1)
    assert take(core, secret, told(case, "e2", "21", "2026-11-23T11:00:00")) in ("changed", "no_news")
    assert take(core, secret, asked) == "known"
    assert status(core, citizen, case) == "in_progress", "the old request does not come back"


def test_an_event_that_comes_after_a_newer_one_changes_nothing(
    core: Core, clock: Clock, citizen: str, case: CaseView, secret: str
) -> None:
    deliver(core, clock, rounds=1)
    assert take(core, secret, told(case, "e2", "21", "2026-11-23T10:05:00+08:00")) == "changed"
    assert take(core, secret, told(case, "e1", "22", "2026-11-23T10:04:59+08:00")) == "late"
    assert status(core, citizen, case) == "in_progress"


def test_an_event_may_come_before_the_answer_to_our_own_call(
    core: Core, clock: Clock, citizen: str, case: CaseView, secret: str
) -> None:
    assert take(core, secret, told(case, "e1", "12")) == "changed"
    deliver(core, clock)
    shown = core.cases.by_receipt(citizen, case.receipt)
    assert (shown.status, shown.delivery) == ("accepted", "delivered")


def test_a_case_of_another_department_or_of_nobody_is_not_touched(
    core: Core, citizen: str, draft: object, secret: str
) -> None:
    other = core.cases.submit(citizen, complete_draft(core, citizen, "social-security-card-lost"))
    assert take(core, secret, told(other, "e1", "31")) == "no_case"
    assert status(core, citizen, other) == "submitted"


FORGERIES = ["secret", "body", "path", "age", "department", "nothing"]


@pytest.mark.parametrize("how", FORGERIES)
def test_a_forged_callback_is_refused(
    core: Core, citizen: str, case: CaseView, secret: str, how: str
) -> None:
    body = told(case, "e1", "31")
    department = "public-security" if how == "department" else DEPARTMENT
    sent = {
        "secret": headers(core, "guessed", body),
        "body": headers(core, secret, told(case, "e1", "32")),
        "path": headers(core, secret, body, "/callbacks/other"),
        "age": headers(core, secret, body, age=301),
        "nothing": {},
    }.get(how, headers(core, secret, body))
    with pytest.raises(NotTheirs):
        core.callbacks.take(department, DOOR, sent, body)
    assert status(core, citizen, case) == "submitted"


@pytest.mark.parametrize("body", [
    b"{", b"[]", b'{"eventId": "e", "at": "yesterday", "outerNo": "R", "state": "12"}',
    b'{"eventId": "e", "at": "2026-11-23T10:00:00", "outerNo": "R", "state": "77"}',
    b'{"eventId": "", "at": "2026-11-23T10:00:00", "outerNo": "R", "state": "12"}',
])
def test_a_callback_that_is_not_what_the_manifest_says_is_unreadable(
    core: Core, secret: str, body: bytes
) -> None:
    with pytest.raises(Unreadable):
        take(core, secret, body)


@pytest.fixture
def door(core: Core) -> Iterator[str]:
    """A gateway's address with nothing but the callback door, for the office's own calls."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            core.callbacks.take(DEPARTMENT, self.path, dict(self.headers), body)
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize("way", ["", "twice", "late"])
def test_an_offices_own_callbacks_bring_a_case_to_its_end(
    core: Core, citizen: str, case: CaseView, departments: Departments, door: str, way: str
) -> None:
    core.store.clock = utc_now  # the office signs by the real clock
    departments.call_back(DEPARTMENT, door)
    departments.faults(DEPARTMENT, callbacks=way or None)
    try:
        assert core.delivery.step()
        reference = core.cases.by_receipt(citizen, case.receipt).reference
        for state in ("in_progress", "supplement", "in_progress"):
            departments.advance(DEPARTMENT, reference, state)
        departments.faults(DEPARTMENT)
        departments.advance(DEPARTMENT, reference, "done_granted")
        ends = time.monotonic() + PATIENCE
        while status(core, citizen, case) != "done_granted" and time.monotonic() < ends:
            time.sleep(0.02)
        assert status(core, citizen, case) == "done_granted"
    finally:
        departments.call_back(DEPARTMENT, "")
        departments.faults(DEPARTMENT)
