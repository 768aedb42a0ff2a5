"""The real PostgreSQL, Redis and RabbitMQ, where they can be reached.

Elsewhere a test that needs one is skipped with the reason; with ``CI=true`` that is a failure.
"""

from __future__ import annotations

import os
import socket
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa

POSTGRES = os.environ.get("TEST_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432/postgres")
REDIS = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/9")
RABBIT = os.environ.get("TEST_RABBIT_URL", "amqp://guest:guest@127.0.0.1:5672//")


def need(url: str, name: str) -> str:
    """``url``, if somebody listens there."""
    parts = urlsplit(url)
    try:
        socket.create_connection((parts.hostname or "", parts.port or 0), timeout=2).close()
    except OSError as error:
        reason = f"{name} cannot be reached at {parts.hostname}:{parts.port} ({error})"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return url


@contextmanager
def postgres_database() -> Iterator[str]:
    """The URL of a fresh database, dropped at the end."""
    url = need(POSTGRES, "PostgreSQL")
    name = f"yiwen_test_{uuid.uuid4().hex[:12]}"
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", future=True)
    with engine.connect() as connection:
        connection.execute(sa.text(f"create database {name}"))
    try:
        yield str(sa.engine.make_url(url).set(database=name))
    finally:
        with engine.connect() as connection:
            connection.execute(sa.text(f"drop database {name} with (force)"))
        engine.dispose()


def emptied(url: str) -> str:
    """``url``, every table of which has been emptied and counts from 1 again; what cannot be deleted in service, such
    as the sharing ledger, is. Much cheaper than a fresh database with its tables."""
    engine = sa.create_engine(url, future=True)
    with engine.begin() as connection:
        connection.execute(sa.text("set local session_replication_role = replica"))  # no triggers, no foreign keys
        inspector = sa.inspect(connection)
        for table in inspector.get_table_names():
            if table != "alembic_version":
                connection.execute(sa.text(f'delete from "{table}"'))  # noqa: S608 (a name of ours)
        for sequence in inspector.get_sequence_names():
            connection.execute(sa.text(f'alter sequence "{sequence}" restart'))
    engine.dispose()
    return url
