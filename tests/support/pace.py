"""Time as a multiple of a fixed piece of work on the same machine, so that a limit means the same everywhere."""

from __future__ import annotations

import time
from collections.abc import Callable

ROUNDS = 7


def paced(work: Callable[[int], object], enough: float = 0) -> float:
    """How often the fixed work fits into ``work(round)``; the best of some rounds, both taken in turn. A round that
    comes below ``enough`` is the last.

    The fixed work takes some 15 ms of a processor of 2024.
    """
    works, fixed = [], []
    for number in range(ROUNDS):
        fixed.append(_seconds(_fixed, number))
        works.append(_seconds(work, number))
        if min(works) / min(fixed) < enough:
            break
    return min(works) / min(fixed)


def _seconds(work: Callable[[int], object], number: int) -> float:
    started = time.process_time()
    work(number)
    return time.process_time() - started


def _fixed(_: int) -> object:
    counted = {str(number): number % 7 for number in range(20_000)}
    return sorted(counted.items(), key=lambda pair: (pair[1], pair[0]))
