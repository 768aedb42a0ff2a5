"""A core on a fresh database, SQLite and PostgreSQL, with the sample departments behind it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.cases.drafts import DraftView
from gateway.core import Core, open_core
from gateway.settings import load
from tests.support.departments import Departments
from tests.support.servers import emptied

ANSWERS = {
    "name": "王小明", "id_number": "11010519491231002X", "phone": "13800138000",
    "lost_on": "2026-10-08", "lost_place": "", "delivery_way": "post",
    "mailing_address": "文昌路8号2单元301",
}


class Clock:
    """A clock that moves when told."""

    def __init__(self) -> None:
        self.now = dt.datetime(2026, 11, 23, 2, 0, tzinfo=dt.timezone.utc)

    def __call__(self) -> dt.datetime:
        return self.now

    def forward(self, seconds: float) -> None:
        """Let time pass."""
        self.now += dt.timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    """The time in these tests."""
    return Clock()


@pytest.fixture(params=["sqlite", "postgresql"])
def core(
    request: pytest.FixtureRequest, tmp_path: Path, departments: Departments, clock: Clock
) -> Iterator[Core]:
    """Services on one database engine, without workers: tests step the delivery themselves."""
    if request.param == "sqlite":
        yield from _core(f"sqlite:///{tmp_path / 'test.db'}", tmp_path, departments, clock)
    else:
        yield from _core(emptied(request.getfixturevalue("postgres")), tmp_path, departments, clock)


def _core(url: str, home: Path, departments: Departments, clock: Clock) -> Iterator[Core]:
    addresses = ",".join(f"{k}={v}" for k, v in departments.addresses.items())
    core = open_core(load(
        home=home, database_url=url, connector_addresses=addresses,
        connector_secrets=departments.secrets_file,
    ))
    core.store.clock = clock
    yield core
    core.close()


@pytest.fixture
def citizen(core: Core) -> str:
    """Somebody."""
    return core.citizens.of("rest:somebody")


@pytest.fixture
def draft(core: Core, citizen: str) -> DraftView:
    """A complete draft of a lost identity card."""
    item = core.live.current.items["id-card-lost"]
    draft = core.drafts.start(citizen, item)
    for element, value in ANSWERS.items():
        draft = core.drafts.answer(citizen, draft.id, element, value)
    return draft
