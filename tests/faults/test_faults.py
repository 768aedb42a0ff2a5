"""Exactly once in effect, whatever breaks: nothing lost, nothing doubled, every word true.

``benchmarks/faults.py`` does the same with 300 applications and more kills.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import pytest

from tests.faults.storm import FAILS, Storm, wrongs
from tests.support.departments import Departments, start_departments
from tests.support.servers import RABBIT, need, postgres_database

SETTLE_SECONDS = 60.0


@pytest.fixture
def departments(tmp_path: Path) -> Iterator[Departments]:
    """Departments of our own: their lists hold nothing but this test's cases."""
    running = start_departments(tmp_path / "departments")
    yield running
    running.stop()


@contextmanager
def store_of(kind: str) -> Iterator[dict[str, str]]:
    """The settings of one way to run the gateway."""
    with postgres_database() if kind == "postgresql" else nullcontext("") as url:
        at_scale = {
            "GATEWAY_DATABASE_URL": url, "GATEWAY_BROKER_URL": need(RABBIT, "RabbitMQ"),
        } if url else {}
        yield {**at_scale, "GATEWAY_SECRET_KEY": "made up for a test, and long enough for it"}


@pytest.mark.parametrize(("kind", "count"), [("sqlite", 40), ("postgresql", 24)])
def test_nothing_is_lost_doubled_or_untold_though_everything_breaks(
    tmp_path: Path, departments: Departments, kind: str, count: int
) -> None:
    with store_of(kind) as environment:
        storm = Storm(
            tmp_path / "home", departments, environment, workers=1, gateway_every=60,
            worker_every=4, random=random.Random(count),  # noqa: S311
        )
        try:
            applications = storm.run(count)
            assert storm.settled(applications, SETTLE_SECONDS), [
                a for a in applications if "已提交" in a.words
            ]
            assert wrongs(applications, departments) == []
            storm.move(applications)
            assert wrongs(applications, departments) == []
            assert storm.damage.kills["gateway"] >= 1
            assert set(storm.damage.faults) >= set(FAILS)
        finally:
            storm.close()
