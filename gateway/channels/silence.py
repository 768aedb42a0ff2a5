"""Coming back after hours: what is said to remind, and what is no longer meant.

A draft and the service talked about are kept for good. An offer or a list of choices is not: 好的, three days
later, must not begin an application.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from rasa.shared.core.events import Event, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

REMINDED_AFTER = dt.timedelta(hours=2)
FORGOTTEN_AFTER = dt.timedelta(days=1)
SHORT_LIVED = ("candidates", "pending", "offer")


def after_silence(tracker: DialogueStateTracker, now: dt.datetime) -> Iterator[Event]:
    """What to remember at the beginning of a turn: when it was, and whether somebody came back
    (slot ``returned``, for this turn only)."""
    seen = tracker.get_slot("seen")
    silence = now - dt.datetime.fromisoformat(seen) if seen else dt.timedelta()
    returned = silence >= REMINDED_AFTER or None
    if returned != tracker.get_slot("returned"):
        yield SlotSet("returned", returned)
    if silence >= FORGOTTEN_AFTER:
        yield from (SlotSet(name, None) for name in SHORT_LIVED if tracker.get_slot(name))
    yield SlotSet("seen", now.isoformat(timespec="seconds"))
