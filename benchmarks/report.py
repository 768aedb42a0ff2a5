"""The table that people read, and the same as plain values for JSON."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any, Optional

from benchmarks.figures import Level, Measured

RATE_GOAL = 5.0
P95_GOAL = 0.2
GROWTH_GOAL = 1.3
ENOUGH_HEALTH = 5.0
"""The client must manage so many times the measured rate on a route that does nothing."""
WIDTHS = (34, 14, 14, 9)
Row = tuple[str, str, str, str]


def table(gateway: Optional[Measured], plain: Optional[Measured]) -> str:
    """Both columns and, where both were measured, gateway divided by plain Rasa."""
    sides = (gateway, plain)
    rows: list[Row] = [("", "gateway", "plain Rasa", "ratio")]

    def add(label: str, number: Callable[[Measured], Optional[float]], form: str) -> None:
        found = [number(s) if s else None for s in sides]
        rows.append((label, _shown(found[0], form), _shown(found[1], form), _ratio(*found)))

    add("training, s (plain: once, cached)", lambda m: m.training_seconds, ".0f")
    add("start to first healthy answer, s", lambda m: m.start_seconds, ".1f")
    add("memory after the run, MB", lambda m: m.memory_mb, ".0f")
    for senders in _levels(gateway, plain):
        for label, name, form in (
            ("messages a second", "rate", ".1f"), ("turn p50, ms", "p50", ".1f"),
            ("turn p95, ms", "p95", ".1f"), ("slowest turn, ms", "slowest", ".0f"),
        ):
            add(f"{senders} at a time: {label}", _of_level(senders, name), form)
    add("early turns (5-15), median ms", lambda m: m.growth.early if m.growth else None, ".1f")
    add(_late_label(gateway, plain), lambda m: m.growth.late if m.growth else None, ".1f")
    add("late / early", lambda m: m.growth.ratio if m.growth else None, ".2f")
    lines = [_line(row) for row in rows]
    return "\n".join([lines[0], "-" * sum(WIDTHS), *lines[1:]])


def checks(measured: Measured) -> list[str]:
    """What shows that the figures mean something: nothing failed, nothing was lost, no idle client."""
    failed = sum(level.failed for level in measured.levels)
    least = min((lv.health_rate / lv.rate for lv in measured.levels), default=0.0)
    verdict = "the client is no bottleneck" if least >= ENOUGH_HEALTH else "THE CLIENT IS TOO SLOW"
    kept = "equal" if measured.logged == measured.sent else "NOT EQUAL"
    return [
        f"{measured.name}: {measured.logged} rows of messages in its database, {measured.sent} sent "
        f"({kept}); {failed} without an answer",
        f"{measured.name}: {measured.applications} applications submitted of "
        f"{measured.expected_applications} completed in the script",
        f"{measured.name}: a route that does nothing answers {least:.0f} times as often or more: {verdict}",
    ]


def goals(gateway: Optional[Measured], plain: Optional[Measured]) -> list[tuple[str, bool]]:
    """Each goal that could be judged, in words with its figures, and whether it is met."""
    judged: list[tuple[str, bool]] = []
    for senders in _levels(gateway, plain):
        ours, theirs = (_level(side, senders) for side in (gateway, plain))
        if ours and theirs:
            times, share = ours.rate / theirs.rate, ours.p95 / theirs.p95
            judged.append((
                f"messages a second at {senders} at a time: {times:.1f} times (goal {RATE_GOAL:g})",
                times >= RATE_GOAL,
            ))
            judged.append((
                f"p95 at {senders} at a time: {share:.3f} of plain (goal {P95_GOAL:g})",
                share <= P95_GOAL,
            ))
    if gateway and gateway.growth:
        ratio = gateway.growth.ratio
        judged.append((
            f"turn {gateway.growth.last_turn}: {ratio:.2f} of turn 10 (goal {GROWTH_GOAL:g})",
            ratio <= GROWTH_GOAL,
        ))
    return judged


def as_values(
    machine: dict[str, Any], gateway: Optional[Measured], plain: Optional[Measured]
) -> dict[str, Any]:
    """Everything measured, for ``--json``."""
    values: dict[str, Any] = {"machine": machine}
    for key, side in (("gateway", gateway), ("plain", plain)):
        if side:
            values[key] = dataclasses.asdict(side)
            if side.growth:
                values[key]["growth"]["ratio"] = side.growth.ratio
    values["goals"] = [{"goal": words, "met": met} for words, met in goals(gateway, plain)]
    return values


def _levels(*sides: Optional[Measured]) -> list[int]:
    return sorted({level.senders for side in sides if side for level in side.levels})


def _level(side: Optional[Measured], senders: int) -> Optional[Level]:
    found = [lv for lv in side.levels if lv.senders == senders] if side else []
    return found[0] if found else None


def _of_level(senders: int, name: str) -> Callable[[Measured], Optional[float]]:
    def number(side: Measured) -> Optional[float]:
        level = _level(side, senders)
        return None if level is None else float(getattr(level, name))

    return number


def _late_label(*sides: Optional[Measured]) -> str:
    last = next((s.growth.last_turn for s in sides if s and s.growth), 0)
    return f"late turns ({last - 10}-{last}), median ms"


def _shown(number: Optional[float], form: str) -> str:
    return "-" if number is None else format(number, form)


def _ratio(ours: Optional[float], theirs: Optional[float]) -> str:
    return f"{ours / theirs:.3g}" if ours is not None and theirs else "-"


def _line(row: Row) -> str:
    label, *numbers = row
    return label.ljust(WIDTHS[0]) + "".join(
        n.rjust(w) for n, w in zip(numbers, WIDTHS[1:], strict=True)
    )
