"""What the review of conversations takes and gives: plain records, free of the database."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

PAGE_SIZE = 50

Row = TypeVar("Row")


@dataclass(frozen=True)
class Filters:
    """Which conversations to list. Dates are days in China, both included."""

    date_from: dt.date | None = None
    date_to: dt.date | None = None
    department: str = ""
    item: str = ""
    outcome: str = ""
    confidence_below: float | None = None
    handed_off: bool = False
    unreviewed: bool = False


@dataclass(frozen=True)
class Page(Generic[Row]):
    """One page of a list; ``number`` counts from 1, ``total`` counts all rows."""

    rows: list[Row]
    number: int
    total: int

    @property
    def last(self) -> int:
        """The number of the last page that holds rows; 1 for an empty list."""
        return max(1, -(-self.total // PAGE_SIZE))


@dataclass(frozen=True)
class ConversationLine:
    """One conversation in the list; ``reviewed`` counts its turns with a verdict."""

    id: str
    at: dt.datetime
    channel: str
    department: str | None
    item: str | None
    outcome: str
    least_confidence: float | None
    turns: int
    reviewed: int
    handed_off: bool


@dataclass(frozen=True)
class CaseLine:
    """The case that a turn was about."""

    receipt: str
    item_name: str
    status: str


@dataclass(frozen=True)
class TurnView:
    """One turn, with what was understood and what staff said about it."""

    id: int
    number: int
    at: dt.datetime
    text: str
    replies: list[Any]
    act: str | None
    confidence: float | None
    aspect: str | None
    item: str | None
    candidates: list[Any]
    actions: list[str]
    case: CaseLine | None
    state: str | None
    milliseconds: float | None
    verdict: str | None
    note: str | None
    judge: str | None
    judged_at: dt.datetime | None


@dataclass(frozen=True)
class Transcript:
    """A conversation and all its turns, oldest first."""

    conversation: ConversationLine
    turns: list[TurnView]


@dataclass(frozen=True)
class HandOffLine:
    """One request for a human; ``channel`` is None when its conversation is not known."""

    id: int
    at: dt.datetime
    conversation: str | None
    channel: str | None
    item: str | None
    settled_at: dt.datetime | None
    settled_by: str | None


@dataclass(frozen=True)
class Counts:
    """The numbers of the overview. ``undelivered`` counts submissions by state."""

    conversations_today: int
    hand_offs_waiting: int
    low_confidence_unreviewed: int
    undelivered: dict[str, int] = field(default_factory=dict)
