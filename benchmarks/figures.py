"""The numbers: rates, percentiles, and what a turn costs early and late in a long conversation."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Optional

EARLY = (5, 15)
"""Turns, counted from 1 and both included, that stand for the beginning of a conversation."""


@dataclass(frozen=True)
class Level:
    """What ``senders`` conversations at a time gave. Times in milliseconds."""

    senders: int
    messages: int
    failed: int
    seconds: float
    rate: float
    p50: float
    p95: float
    slowest: float
    health_rate: float


@dataclass(frozen=True)
class Growth:
    """Medians in milliseconds of early turns and of the same messages late in the conversation."""

    early: float
    late: float
    last_turn: int

    @property
    def ratio(self) -> float:
        """How many times dearer a late turn is."""
        return self.late / self.early


@dataclass
class Measured:
    """Everything measured of one side. ``logged`` counts the messages found in its database."""

    name: str
    start_seconds: float
    levels: list[Level] = field(default_factory=list)
    growth: Optional[Growth] = None
    memory_mb: float = 0.0
    sent: int = 0
    logged: int = 0
    applications: int = 0
    expected_applications: int = 0
    training_seconds: Optional[float] = None


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest-rank percentile: the least value that ``share`` of all values do not exceed."""
    if not values:
        raise ValueError("there is nothing to take a percentile of")
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def level(
    senders: int, times: Sequence[float], failed: int, seconds: float, health_rate: float
) -> Level:
    """Sum up one level; ``times`` are milliseconds of every message, ``seconds`` the whole run."""
    return Level(
        senders=senders, messages=len(times), failed=failed, seconds=seconds,
        rate=len(times) / seconds, p50=percentile(times, 0.5), p95=percentile(times, 0.95),
        slowest=max(times), health_rate=health_rate,
    )


def windows(script: int, turns: int) -> tuple[range, range]:
    """Indexes of early turns, and of late ones that hold the same messages of the script.

    The script of ``script`` messages is said again and again; comparing other messages would
    compare other work.

    Raises:
        ValueError: the conversation is too short to hold both.
    """
    first, last = EARLY
    rounds = (turns - last) // script
    if rounds < 1:
        raise ValueError(f"{turns} turns are too few: take {last + script} or more")
    shift = rounds * script
    return range(first - 1, last), range(first - 1 + shift, last + shift)


def growth(times: Sequence[float], script: int) -> Growth:
    """Early and late cost of a turn in one long conversation."""
    early, late = windows(script, len(times))
    return Growth(
        early=statistics.median(times[i] for i in early),
        late=statistics.median(times[i] for i in late),
        last_turn=late.stop,
    )
