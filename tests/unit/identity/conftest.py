"""A store, a clock that is moved by hand, and staff with a quick hash."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from gateway.identity.staff import Staff
from gateway.privacy.cipher import Cipher
from gateway.store.store import Store

QUICK = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)


@dataclass
class Clock:
    """A clock that stands still until it is moved."""

    now: dt.datetime = dt.datetime(2026, 11, 23, 10, 0, tzinfo=dt.timezone.utc)

    def __call__(self) -> dt.datetime:
        return self.now

    def forward(self, **spans: float) -> None:
        self.now += dt.timedelta(**spans)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[Store]:
    store = Store(f"sqlite:///{tmp_path / 'gateway.db'}", Cipher("k" * 40), clock)
    store.migrate()
    yield store
    store.close()


@pytest.fixture
def staff(store: Store) -> Staff:
    return Staff(store, QUICK)
