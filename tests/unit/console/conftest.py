"""A console on a real socket, over a store with a few made-up conversations."""

from __future__ import annotations

import asyncio
import datetime as dt
import re
import socket
import threading
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests
from argon2 import PasswordHasher
from sanic import Sanic

from gateway.cases.submissions import Submissions
from gateway.catalogue.model import Catalogue, Department, ServiceItem
from gateway.console.blueprint import blueprint
from gateway.console.records import Records
from gateway.conversations.review import Review
from gateway.identity.staff import Staff
from gateway.privacy.cipher import Cipher
from gateway.store.staff_tables import Conversation, HandOff, Turn
from gateway.store.store import Store
from gateway.store.tables import Case, Citizen, Submission

# Sanic rewrites its own methods when an app starts, and only in test mode can it do so twice in a
# process. Set before any test of the process has started an app.
Sanic.test_mode = True

NOW = dt.datetime(2026, 11, 23, 10, 40, tzinfo=dt.timezone.utc)
PASSWORD = "right horse battery"  # noqa: S105 - made up
CITIZEN = "c" * 32


@dataclass
class Clock:
    """A clock that stands still until it is moved."""

    now: dt.datetime = NOW

    def __call__(self) -> dt.datetime:
        return self.now


@dataclass
class Console:
    """A running console and a browser's view of it."""

    base: str
    store: Store
    clock: Clock
    staff: Staff
    browser: requests.Session = field(default_factory=requests.Session)

    def get(self, path: str, **kwargs: Any) -> requests.Response:
        kwargs.setdefault("allow_redirects", False)
        return self.browser.get(self.base + path, timeout=10, **kwargs)

    def post(self, path: str, data: dict[str, str], **kwargs: Any) -> requests.Response:
        kwargs.setdefault("allow_redirects", False)
        return self.browser.post(self.base + path, data=data, timeout=10, **kwargs)

    def token(self, path: str) -> str:
        """The CSRF token of the first form of a page."""
        found = re.search(r'name="csrf" value="([^"]+)"', self.get(path).text)
        assert found, f"{path} has no form with a token"
        return found.group(1)

    def sign_in(self, password: str = PASSWORD, **more: str) -> requests.Response:
        form = {"name": "admin", "password": password, "csrf": self.token("/staff/sign-in"), **more}
        return self.post("/staff/sign-in", form)


def _item(item: str, name: str, department: str) -> ServiceItem:
    return ServiceItem.parse_obj({
        "item": item, "name": name, "department": department, "aliases": (name[:4],),
        "utterances": tuple(f"{name}怎么办{n}" for n in range(8)), "type": "public_service",
        "kind": "promised", "audience": "personal", "flow": "apply", "assurance": "real_name", "forms": ("window",),
        "online_depth": "full", "visits": {"count": 0}, "summary": name, "conditions": ("本人",),
        "steps": ({"name": "申请", "does": "提交"},), "statutory_limit": {"n": 60, "unit": "days"},
        "promised_limit": {"n": 20, "unit": "working_days"}, "fee": {"charged": False},
        "places": ({"name": "大厅", "address": "和平路 1 号", "hours": "9:00 到 17:00"},),
        "phone": "12345", "supervision": "12345", "online": "可以",
        "legal_basis": ({"law": "居民身份证法", "article": "第十三条"},),
        "result": {"name": "证件"}, "checked_on": "2026-10-08",
    })


def _department(code: str, short: str) -> Department:
    return Department(
        department=code, name=f"云州市{short}", short_name=short, name_en=code, about=short,
        phone="12345", supervision="12345", address="和平路 1 号", hours="9:00 到 17:00",
    )


CATALOGUE = Catalogue(
    departments={
        "public-security": _department("public-security", "公安局"),
        "human-resources": _department("human-resources", "人社局"),
    },
    items={
        "id-card-lost": _item("id-card-lost", "居民身份证丢失补领", "public-security"),
        "id-card-renew": _item("id-card-renew", "居民身份证有效期满换领", "public-security"),
        "social-card-loss": _item("social-card-loss", "社会保障卡挂失", "human-resources"),
    },
    elements={}, digest="made-up",
)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[Store]:
    store = Store(f"sqlite:///{tmp_path / 'gateway.db'}", Cipher("k" * 40), clock)
    store.migrate()
    with store.write() as session:
        session.add(Citizen(
            id=CITIZEN, channel="widget", sender_digest="d", sender_sealed=b"s", created_at=NOW,
        ))
    yield store
    store.close()


@pytest.fixture
def talk(store: Store) -> Callable[..., str]:
    """Writes a conversation with turns given as keyword sets; returns its id."""

    def write(*turns: dict[str, Any], **of_talk: Any) -> str:
        at = of_talk.pop("at", NOW)
        values = {
            "channel": "widget", "department": "public-security", "item": "id-card-lost",
            "outcome": "consulted", "least_confidence": 0.91, "turn_count": len(turns), **of_talk,
        }
        with store.write() as session:
            row = Conversation(
                id=uuid.uuid4().hex, citizen_id=CITIZEN, started_at=at, last_turn_at=at, **values
            )
            session.add(row)
            session.flush()
            for number, turn in enumerate(turns, 1):
                session.add(Turn(**{
                    "conversation_id": row.id, "number": number, "at": at,
                    "text_masked": "身份证丢了补办要带什么",
                    "replies_masked": [{"text": "带上户口本。", "buttons": []}],
                    "act": "consult", "confidence": 0.91, "aspect": "materials",
                    "item": "id-card-lost", "milliseconds": 7.6,
                    "candidates": [{"item": "id-card-lost", "score": 0.93}],
                    "actions": ["action_consult"], **turn,
                }))
            return str(row.id)

    return write


@pytest.fixture
def case(store: Store) -> str:
    """A case whose submission failed for good; returns its id."""
    with store.write() as session:
        row = Case(
            id="a" * 32, receipt="YW261123482913K", citizen_id=CITIZEN, item="id-card-lost",
            item_name="居民身份证丢失补领", department="public-security", status="submitted",
            answers_sealed=b"x", due_on="2026-12-21", created_at=NOW, updated_at=NOW,
        )
        session.add(row)
        session.flush()
        session.add(Submission(
            case_id=row.id, department="public-security", operation="submit",
            idempotency_key="k", state="dead", attempts=7, due_at=NOW, created_at=NOW,
            updated_at=NOW,
        ))
        return str(row.id)


@pytest.fixture
def hand_off(store: Store) -> int:
    """An open request for a human; returns its number."""
    with store.write() as session:
        row = HandOff(citizen_id=CITIZEN, item="id-card-lost", at=NOW)
        session.add(row)
        session.flush()
        return int(row.id)


class Server:
    """A Sanic app on a free port, on a loop of its own in a thread of its own."""

    def __init__(self, app: Sanic) -> None:
        self._app, self._ready = app, threading.Event()
        self._sock = socket.socket()
        self._sock.bind(("127.0.0.1", 0))
        self.base = f"http://127.0.0.1:{self._sock.getsockname()[1]}"
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)
        self._thread.start()
        assert self._ready.wait(5), "the console did not start"

    async def _serve(self) -> None:
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        server: Any = await self._app.create_server(
            sock=self._sock, return_asyncio_server=True, access_log=False
        )
        await server.startup()
        await server.start_serving()
        self._ready.set()
        await self._end.wait()
        server.close()
        await server.wait_closed()
        while server.connections:
            for connection in list(server.connections):
                connection.abort()
            await asyncio.sleep(0)

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join(20)
        assert not self._thread.is_alive(), "the console did not stop"


@pytest.fixture
def serve(store: Store, clock: Clock) -> Iterator[Callable[..., Console]]:
    """Starts a console on a free port; keyword arguments go to the blueprint."""
    running: list[tuple[Server, Console]] = []

    def start(**kwargs: Any) -> Console:
        staff = Staff(store, PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
        staff.ensure_first(PASSWORD)
        app = Sanic(f"console-{uuid.uuid4().hex}", configure_logging=False)
        app.blueprint(blueprint(
            Review(store, lambda text: text.replace("13800138000", "138****8000")), staff,
            Records(store), Submissions(store, lambda: None), lambda: CATALOGUE, clock=clock,
            case_status_labels={"submitted": "已提交"}, **kwargs,
        ))
        server = Server(app)
        console = Console(server.base, store, clock, staff)
        running.append((server, console))
        return console

    yield start
    for server, console in running:
        console.browser.close()
        server.stop()


@pytest.fixture
def console(serve: Callable[..., Console]) -> Console:
    return serve()


@pytest.fixture
def signed(console: Console) -> Console:
    """A console with admin signed in."""
    assert console.sign_in().status_code == 303
    return console
