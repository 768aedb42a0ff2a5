"""With three URLs set: PostgreSQL, Redis and RabbitMQ, a gateway without workers, and a worker apart."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.cases.broker import BrokerDoorbell
from gateway.settings import ROOT
from tests.http.test_bad_input import apply_for_lost_card
from tests.support.departments import Departments
from tests.support.gateway import Gateway, start_gateway
from tests.support.servers import RABBIT, REDIS, need, postgres_database

KEY = uuid.uuid4().hex + uuid.uuid4().hex


@pytest.fixture(scope="module")
def at_scale(tmp_path_factory: pytest.TempPathFactory, departments: Departments) -> Iterator[Gateway]:
    """A gateway that only talks; nothing in its process delivers."""
    with postgres_database() as url:
        gateway = start_gateway(
            tmp_path_factory.mktemp("scale"), departments, GATEWAY_DATABASE_URL=url,
            GATEWAY_REDIS_URL=need(REDIS, "Redis"), GATEWAY_BROKER_URL=need(RABBIT, "RabbitMQ"),
            GATEWAY_SECRET_KEY=KEY, GATEWAY_WORKERS="0",
        )
        yield gateway
        gateway.stop()


@pytest.fixture
def worker(at_scale: Gateway) -> Iterator[subprocess.Popen[bytes]]:
    """``python -m gateway worker`` in the same environment."""
    process = subprocess.Popen(
        [sys.executable, "-m", "gateway", "worker"], cwd=ROOT,
        env={**os.environ, **at_scale.environment}, stdout=subprocess.DEVNULL,
    )
    yield process
    process.terminate()
    process.wait(20)


def test_a_worker_process_delivers_what_the_gateway_took(
    at_scale: Gateway, worker: subprocess.Popen[bytes], departments: Departments
) -> None:
    sender = uuid.uuid4().hex
    receipt = apply_for_lost_card(at_scale, sender)
    end = time.monotonic() + 20
    while time.monotonic() < end:
        words = at_scale.say(sender, "办到哪了")[0]["text"]
        if "待受理" in words:
            break
        time.sleep(0.2)
    assert "待受理" in words
    ledger = departments.ledger("public-security")
    assert sum(receipt in str(row.values()) for row in ledger) == 1
    assert worker.poll() is None


def test_without_a_worker_the_application_is_kept_and_the_citizen_told(at_scale: Gateway) -> None:
    sender = uuid.uuid4().hex
    receipt = apply_for_lost_card(at_scale, sender)
    words = at_scale.say(sender, f"查进度 {receipt}")[0]["text"]
    assert "已提交" in words


def test_a_ring_is_heard_in_another_connection() -> None:
    queue = f"yiwen.test.{uuid.uuid4().hex}"
    here, there = (BrokerDoorbell(need(RABBIT, "RabbitMQ"), queue) for _ in range(2))
    there.wait(0.2)
    here.ring()
    started = time.monotonic()
    there.wait(10)
    there.close()
    assert time.monotonic() - started < 5


def test_a_broker_that_is_away_only_makes_delivery_slower(tmp_path: Path) -> None:
    bell = BrokerDoorbell("amqp://guest:guest@127.0.0.1:1//")
    bell.ring()
    started = time.monotonic()
    bell.wait(10)
    assert time.monotonic() - started < 9
