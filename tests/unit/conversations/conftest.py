"""A store with a clock that stands still, and a writer of made-up conversations."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from gateway.conversations.review import Review
from gateway.privacy.cipher import Cipher
from gateway.store.staff_tables import Conversation, StaffUser, Turn
from gateway.store.store import Store
from gateway.store.tables import Citizen

# 00:30 on 24 November in China, still 23 November in UTC.
NOW = dt.datetime(2026, 11, 23, 16, 30, tzinfo=dt.timezone.utc)
CITIZEN, STAFF, COLLEAGUE = "c" * 32, "1" * 32, "2" * 32


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(f"sqlite:///{tmp_path / 'gateway.db'}", Cipher("k" * 40), lambda: NOW)
    store.migrate()
    with store.write() as session:
        session.add(Citizen(
            id=CITIZEN, channel="widget", sender_digest="d", sender_sealed=b"s", created_at=NOW,
        ))
        for staff_id, name in ((STAFF, "admin"), (COLLEAGUE, "li")):
            session.add(StaffUser(id=staff_id, name=name, password_hash="", created_at=NOW))
    yield store
    store.close()


@pytest.fixture
def review(store: Store) -> Review:
    return Review(store, lambda text: text.replace("13800138000", "138****8000"))


@pytest.fixture
def talk(store: Store) -> Callable[..., str]:
    """Writes a conversation with ``turns`` turns; other keywords are its columns."""

    def write(turns: int = 1, at: dt.datetime = NOW, **columns: Any) -> str:
        values = {
            "channel": "widget", "outcome": "consulted", "least_confidence": 0.9, **columns,
        }
        with store.write() as session:
            row = Conversation(
                id=uuid.uuid4().hex, citizen_id=CITIZEN, started_at=at, last_turn_at=at,
                turn_count=turns, **values,
            )
            session.add(row)
            session.flush()
            for number in range(1, turns + 1):
                session.add(Turn(
                    conversation_id=row.id, number=number, at=at, text_masked=f"问 {number}",
                    replies_masked=[{"text": f"答 {number}", "buttons": []}], act="consult",
                    confidence=0.9, candidates=[], actions=[],
                ))
            return str(row.id)

    return write
