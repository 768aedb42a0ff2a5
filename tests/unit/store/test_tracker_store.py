"""The conversation's memory: compact, sealed, and as dear at turn 300 as at turn 10."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from gateway.privacy.cipher import Cipher
from gateway.store.store import Store
from tests.support.servers import emptied

# Rasa and TensorFlow warn of their own old ways when they are imported; ours stay errors elsewhere.
pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A fresh store on each engine."""
    if request.param == "sqlite":
        store = Store(f"sqlite:///{tmp_path / 't.db'}", Cipher("k" * 40))
        store.migrate()
        yield store
        store.close()
        return
    store = Store(emptied(request.getfixturevalue("postgres")), Cipher("k" * 40))
    store.migrate()
    yield store
    store.close()


def domain() -> object:
    """A domain with one slot, one form and two acts."""
    from rasa.shared.core.domain import Domain

    return Domain.from_yaml(
        "version: '3.1'\nintents: [say, ask]\nslots:\n  topic:\n    type: any\n"
        "    mappings: [{type: custom}]\n  answer:\n    type: any\n    mappings: [{type: custom}]\n"
        "forms:\n  service_form:\n    required_slots: [answer]\nresponses:\n  utter_a: [{text: a}]\n"
    )


def take_turn(tracker: object, number: int) -> None:
    """One turn: the citizen says something, the assistant answers."""
    from rasa.shared.core.events import ActionExecuted, BotUttered, SlotSet, UserUttered

    for event in (
        UserUttered(f"message {number}", {"name": "say", "confidence": 1.0}),
        SlotSet("topic", f"topic {number}"), ActionExecuted("utter_a"), BotUttered("a"),
        ActionExecuted("action_listen"),
    ):
        tracker.update(event)  # type: ignore[attr-defined]


async def test_slots_loop_and_last_turns_come_back(store: Store) -> None:
    from rasa.shared.core.events import ActiveLoop, SlotSet

    from gateway.store.tracker_store import SnapshotTrackerStore

    trackers = SnapshotTrackerStore(domain(), store=store)
    tracker = await trackers.get_or_create_tracker("rest:a")
    tracker.update(SlotSet("answer", ["kept"]))
    tracker.update(ActiveLoop("service_form"))
    for number in range(20):
        take_turn(tracker, number)
        await trackers.save(tracker)
        tracker = await trackers.retrieve("rest:a")
    assert tracker.get_slot("topic") == "topic 19"
    assert tracker.get_slot("answer") == ["kept"]
    assert tracker.active_loop_name == "service_form"
    assert tracker.latest_message.text == "message 19"
    assert tracker.latest_action_name == "action_listen"


async def test_a_snapshot_does_not_grow_with_the_conversation(store: Store) -> None:
    from gateway.store.tracker_store import SnapshotTrackerStore, snapshot_of

    trackers = SnapshotTrackerStore(domain(), store=store)
    tracker = await trackers.get_or_create_tracker("rest:a")
    sizes = {}
    for number in range(60):
        take_turn(tracker, number)
        await trackers.save(tracker)
        tracker = await trackers.retrieve("rest:a")
        sizes[number] = len(snapshot_of(tracker)["events"])
    assert sizes[59] == sizes[10]


async def test_a_snapshot_is_sealed_and_its_sender_is_not_readable(store: Store) -> None:
    from gateway.store.tracker_store import SnapshotTrackerStore

    trackers = SnapshotTrackerStore(domain(), store=store)
    tracker = await trackers.get_or_create_tracker("rest:13800138000")
    take_turn(tracker, 1)
    await trackers.save(tracker)
    with store.engine.connect() as connection:
        rows = connection.execute(sa.text("select * from trackers")).all()
    kept = repr([[bytes(v) if isinstance(v, memoryview) else v for v in row] for row in rows])
    assert "13800138000" not in kept
    assert "message 1" not in kept
    assert list(await trackers.keys()) == ["rest:13800138000"]


async def test_a_password_is_not_even_in_the_snapshot(store: Store) -> None:
    from rasa.shared.core.events import SlotSet, UserUttered

    from gateway.store.tracker_store import SnapshotTrackerStore, snapshot_of

    trackers = SnapshotTrackerStore(domain(), store=store)
    tracker = await trackers.get_or_create_tracker("rest:a")
    tracker.update(UserUttered("654321", metadata={"expects": {"type": "secret"}}))
    tracker.update(SlotSet("answer", "654321"))
    assert "654321" not in str(snapshot_of(tracker))


async def test_what_the_turn_adds_is_written_in_the_same_transaction(store: Store) -> None:
    from gateway.store.tables import Tracker
    from gateway.store.tracker_store import SnapshotTrackerStore

    def fail(session: object, tracker: object) -> None:
        raise RuntimeError("the turn could not be logged")

    trackers = SnapshotTrackerStore(domain(), store=store, on_save=fail)
    tracker = await trackers.get_or_create_tracker("rest:a")
    take_turn(tracker, 1)
    with pytest.raises(RuntimeError):
        await trackers.save(tracker)
    with store.read() as session:
        assert session.query(Tracker).count() == 0


def test_another_key_is_told_apart_from_a_broken_store(store: Store) -> None:
    from gateway.errors import StoreError

    sealed = store.cipher.seal({"a": 1})
    with pytest.raises(StoreError, match="GATEWAY_SECRET_KEY"):
        Cipher("x" * 40).open(sealed)
