"""The benchmark's numbers mean what they say."""

from __future__ import annotations

import pytest

from benchmarks import figures


def test_a_percentile_is_a_time_that_was_measured() -> None:
    times = [float(n) for n in range(1, 101)]
    assert figures.percentile(times, 0.5) == 50
    assert figures.percentile(times, 0.95) == 95
    assert figures.percentile([7.0], 0.95) == 7
    with pytest.raises(ValueError, match="nothing"):
        figures.percentile([], 0.5)


def test_the_rate_counts_messages_of_all_senders_over_the_whole_run() -> None:
    level = figures.level(4, [10.0, 30.0, 20.0, 40.0], failed=1, seconds=0.5, health_rate=900)
    assert (level.rate, level.p50, level.p95, level.slowest) == (8, 20, 40, 40)
    assert level.failed == 1


@pytest.mark.parametrize(
    ("script", "turns", "late"),
    [(19, 300, (290, 300)), (19, 299, (271, 281)), (5, 20, (10, 20)), (19, 60, (43, 53))],
)
def test_early_and_late_turns_hold_the_same_messages(
    script: int, turns: int, late: tuple[int, int]
) -> None:
    early, found = figures.windows(script, turns)
    assert (early.start + 1, early.stop) == figures.EARLY
    assert (found.start + 1, found.stop) == late
    assert [i % script for i in early] == [i % script for i in found]


def test_a_conversation_too_short_for_both_is_refused_with_the_least_length() -> None:
    with pytest.raises(ValueError, match="take 34 or more"):
        figures.windows(19, 33)


def test_growth_compares_medians_so_that_one_slow_turn_does_not_count() -> None:
    times = [10.0] * 300
    times[294] = 5000.0
    assert figures.growth(times, 19).ratio == 1
    assert figures.growth([10.0] * 200 + [20.0] * 100, 19).ratio == 2
