"""How well messages were understood: the figures of ``python -m gateway evaluate``. Pure functions.

A line of an evaluation file says what is right: ``text``, ``act``, ``aspect``, ``item`` and, where several
items fit, ``candidates`` in place of ``item``. What a line does not say is not scored.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Optional

OUT_OF_SCOPE = "out_of_scope"
IDLE = frozenset({OUT_OF_SCOPE, "chitchat"})
"""Acts that are not counted when it is asked how often a real wish was refused."""
MOST_OFFERED = 4
BINS = 10
CONFUSIONS = 10


@dataclass(frozen=True)
class Seen:
    """What was understood of one line. ``items``: (item, score), best first; ``offered``: the items
    of the clarifying question, empty when none was asked."""

    act: str
    aspect: Optional[str]
    items: tuple[tuple[str, float], ...]
    offered: tuple[str, ...]
    milliseconds: float


@dataclass
class Result:
    """The figures; a share is None when no line asked for it."""

    lines: int
    act: Optional[float] = None
    aspect: Optional[float] = None
    first: Optional[float] = None
    first_three: Optional[float] = None
    settled: Optional[float] = None
    asked: Optional[float] = None
    calibration_error: Optional[float] = None
    out_of_scope: Optional[float] = None
    wrongly_refused: Optional[float] = None
    p50: float = 0.0
    p95: float = 0.0
    act_confusions: list[tuple[str, int]] = field(default_factory=list)
    item_confusions: list[tuple[str, int]] = field(default_factory=list)


def score(expected: Sequence[dict[str, Any]], seen: Sequence[Seen]) -> Result:
    """All figures of one evaluation."""
    pairs = list(zip(expected, seen, strict=True))
    acts = [(e, s) for e, s in pairs if e.get("act")]
    items = [(e, s) for e, s in pairs if right_items(e)]
    times = sorted(s.milliseconds for s in seen)
    return Result(
        lines=len(pairs),
        act=_share(acts, lambda e, s: s.act == e["act"]),
        aspect=_share([(e, s) for e, s in acts if e.get("aspect")], lambda e, s: s.aspect == e["aspect"]),
        first=_share(items, lambda e, s: bool(right_items(e) & _best(s, 1))),
        first_three=_share(items, lambda e, s: bool(right_items(e) & _best(s, 3))),
        settled=_share(items, _is_settled),
        asked=_share(items, lambda e, s: bool(s.offered)),
        calibration_error=_calibration_error(items),
        out_of_scope=_share([p for p in acts if p[0]["act"] == OUT_OF_SCOPE], _is_refused),
        wrongly_refused=_share([p for p in acts if p[0]["act"] not in IDLE], _is_refused),
        p50=_percentile(times, 0.5), p95=_percentile(times, 0.95),
        act_confusions=_confusions((e["act"], s.act) for e, s in acts),
        item_confusions=_confusions(
            (e["item"], s.items[0][0] if s.items else "nothing") for e, s in items if e.get("item")
        ),
    )


def right_items(line: dict[str, Any]) -> set[str]:
    """The items that a line takes for right: its ``item``, else any of its ``candidates``."""
    return {line["item"]} if line.get("item") else set(line.get("candidates") or ())


def _best(seen: Seen, most: int) -> set[str]:
    return {item for item, _ in seen.items[:most]}


def _is_settled(line: dict[str, Any], seen: Seen) -> bool:
    """Right at once, or among the choices of the one question."""
    return bool(right_items(line) & (set(seen.offered[:MOST_OFFERED]) if seen.offered else _best(seen, 1)))


def _is_refused(line: dict[str, Any], seen: Seen) -> bool:
    return seen.act == OUT_OF_SCOPE


def _share(
    pairs: Sequence[tuple[dict[str, Any], Seen]], good: Callable[[dict[str, Any], Seen], bool]
) -> Optional[float]:
    return sum(good(e, s) for e, s in pairs) / len(pairs) if pairs else None


def _calibration_error(pairs: Sequence[tuple[dict[str, Any], Seen]]) -> Optional[float]:
    """Expected calibration error of the best item's score, in ten bins of equal width."""
    bins: list[list[tuple[float, bool]]] = [[] for _ in range(BINS)]
    for line, seen in pairs:
        if seen.items:
            item, chance = seen.items[0]
            bins[min(int(chance * BINS), BINS - 1)].append((chance, item in right_items(line)))
    total = sum(map(len, bins))
    if not total:
        return None
    gaps = [abs(sum(c for c, _ in b) - sum(right for _, right in b)) for b in bins if b]
    return sum(gaps) / total


def _percentile(ordered: Sequence[float], share: float) -> float:
    """Nearest rank."""
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else 0.0


def _confusions(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, int]]:
    wrong = Counter(f"{right} → {got}" for right, got in pairs if right != got)
    return wrong.most_common(CONFUSIONS)
