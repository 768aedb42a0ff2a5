"""Rasa's tracker store on our own database: one compact, sealed snapshot a conversation.

A snapshot holds the last few turns as events, and what came before them as the slots and the loop
it left behind. Reading and writing it costs the same at turn 300 as at turn 10.
"""

from __future__ import annotations

import asyncio
import json
import zlib
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any, Optional

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.utils.common import all_subclasses
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from gateway import settings
from gateway.privacy.cipher import Cipher, find_secret
from gateway.store.store import Store
from gateway.store.tables import Tracker

KEPT_TURNS = 3
HIDDEN = "••••••"
OnSave = Callable[[Session, DialogueStateTracker], None]


class SnapshotTrackerStore(TrackerStore):
    """Keeps :data:`KEPT_TURNS` turns of every conversation.

    ``on_save`` runs inside the transaction that saves the snapshot. Without ``store`` (the ordinary
    ``rasa run``) the database of the environment's settings is opened.
    """

    def __init__(
        self, domain: Optional[Domain], event_broker: Optional[EventBroker] = None,
        host: Optional[str] = None, store: Optional[Store] = None,
        on_save: Optional[OnSave] = None, **kwargs: Any,
    ) -> None:
        super().__init__(domain, event_broker, **kwargs)
        self.store = store or _store_of_settings()
        self.on_save = on_save
        self._classes = {c.type_name: c for c in all_subclasses(Event)}

    async def create_tracker(
        self, sender_id: str, append_action_listen: bool = True
    ) -> DialogueStateTracker:
        """A new tracker; it is first written at the end of its first turn."""
        tracker = self.init_tracker(sender_id)
        if append_action_listen:
            tracker.update(ActionExecuted("action_listen"))
        return tracker

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Write the snapshot, and whatever ``on_save`` adds, in one transaction."""
        await asyncio.to_thread(self._save, tracker)
        if self.event_broker is not None:
            await self.stream_events(tracker)

    async def retrieve(self, sender_id: str) -> Optional[DialogueStateTracker]:
        """The tracker as the last turn left it, or None."""
        snapshot = await asyncio.to_thread(self._read, sender_id)
        if snapshot is None:
            return None
        return DialogueStateTracker.from_events(
            sender_id, self._events(snapshot), slots=self.domain.slots, domain=self.domain
        )

    async def keys(self) -> Iterable[str]:
        """All sender ids."""
        def read() -> list[str]:
            with self.store.read() as session:
                return [self.store.cipher.open(s) for s in session.scalars(select(Tracker.sender_sealed))]

        return await asyncio.to_thread(read)

    def _save(self, tracker: DialogueStateTracker) -> None:
        cipher = self.store.cipher
        digest = cipher.digest("tracker", tracker.sender_id)
        sealed = cipher.seal(_pack(snapshot_of(tracker)))
        with self.store.write() as session:
            kept = {"snapshot_sealed": sealed, "updated_at": self.store.clock()}
            known = session.execute(
                update(Tracker).where(Tracker.sender_digest == digest).values(**kept)
                .execution_options(synchronize_session=False)
            )
            if not known.rowcount:
                sender = cipher.seal(tracker.sender_id)
                session.execute(
                    insert(Tracker).values(sender_digest=digest, sender_sealed=sender, **kept)
                )
            if self.on_save is not None:
                self.on_save(session, tracker)

    def _read(self, sender_id: str) -> Optional[dict[str, Any]]:
        digest = self.store.cipher.digest("tracker", sender_id)
        with self.store.read() as session:
            sealed = session.execute(
                select(Tracker.snapshot_sealed).where(Tracker.sender_digest == digest)
            ).scalar()
        return None if sealed is None else _unpack(self.store.cipher.open(sealed))

    def _events(self, snapshot: dict[str, Any]) -> list[Event]:
        events: list[Event] = [ActionExecuted("action_listen")]
        events += [SlotSet(k, v) for k, v in snapshot["slots"].items()]
        if snapshot["loop"]:
            events.append(ActiveLoop(snapshot["loop"]))
        for fields in snapshot["events"]:
            event = self._classes[fields["event"]]._from_parameters(fields)
            if event is not None:
                events.append(event)
        return events


def snapshot_of(tracker: DialogueStateTracker) -> dict[str, Any]:
    """What is kept of a conversation: ``events`` of the last turns, and ``slots`` and ``loop`` at their start."""
    events = list(tracker.events)
    starts = [i for i, e in enumerate(events) if isinstance(e, UserUttered)]
    cut = starts[-KEPT_TURNS] if len(starts) > KEPT_TURNS else (starts[0] if starts else 0)
    slots: dict[str, Any] = {}
    loop = None
    for event in islice(events, cut):
        if isinstance(event, SlotSet):
            slots[event.key] = event.value
        elif isinstance(event, ActiveLoop):
            loop = event.name
    return {
        "slots": {k: v for k, v in slots.items() if v is not None},
        "loop": loop,
        "events": [_lean(event) for event in events[cut:]],
    }


def _lean(event: Event) -> dict[str, Any]:
    """An event without what no later turn reads; a password (口令) is not kept at all."""
    fields: dict[str, Any] = event.as_dict()
    if isinstance(event, UserUttered):
        parse = fields["parse_data"]
        parse.pop("intent_ranking", None)
        parse.pop("text_tokens", None)
        if ((event.metadata or {}).get("expects") or {}).get("type") == "secret":
            fields["text"] = parse["text"] = HIDDEN
    elif isinstance(event, SlotSet) and event.key == "answer" and isinstance(event.value, str):
        fields["value"] = HIDDEN
    return fields


def _pack(snapshot: dict[str, Any]) -> str:
    raw = json.dumps(snapshot, ensure_ascii=False, separators=(",", ":")).encode()
    return b64encode(zlib.compress(raw, 1)).decode()


def _unpack(packed: str) -> dict[str, Any]:
    snapshot: dict[str, Any] = json.loads(zlib.decompress(b64decode(packed)))
    return snapshot


def _store_of_settings() -> Store:
    here = settings.load()
    here.home.mkdir(parents=True, exist_ok=True)
    secret, _ = find_secret(here.secret_key.get_secret_value(), here.home)
    store = Store(here.database, Cipher(secret))
    store.migrate()
    return store
