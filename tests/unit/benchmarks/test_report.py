"""The benchmark's table and its verdicts."""

from __future__ import annotations

from benchmarks import report
from benchmarks.figures import Growth, Level, Measured


def _measured(name: str, rate: float, p95: float, late: float, logged: int = 100) -> Measured:
    level = Level(4, 100, 0, 100 / rate, rate, p95 / 2, p95, p95 * 2, health_rate=rate * 20)
    return Measured(
        name, start_seconds=10.0, levels=[level], growth=Growth(10.0, late, 300),
        memory_mb=500.0, sent=100, logged=logged, applications=5, expected_applications=5,
    )


def test_goals_are_met_at_five_times_the_rate_and_a_fifth_of_the_p95() -> None:
    plain = _measured("plain Rasa", 10, 500, 60)
    met = report.goals(_measured("gateway", 50, 100, 13), plain)
    missed = report.goals(_measured("gateway", 49, 101, 13.1), plain)
    assert [m for _, m in met] == [True, True, True]
    assert [m for _, m in missed] == [False, False, False]


def test_with_one_side_only_its_own_goal_is_judged() -> None:
    assert len(report.goals(_measured("gateway", 50, 100, 13), None)) == 1
    assert report.goals(None, _measured("plain Rasa", 10, 500, 60)) == []


def test_the_table_has_both_columns_and_the_ratio() -> None:
    text = report.table(_measured("gateway", 50, 100, 13), _measured("plain Rasa", 10, 500, 60))
    row = next(line for line in text.splitlines() if "messages a second" in line)
    assert row.split()[-3:] == ["50.0", "10.0", "5"]


def test_a_row_too_many_or_too_few_in_the_turn_log_is_said() -> None:
    assert "(equal)" in report.checks(_measured("gateway", 50, 100, 13))[0]
    for logged in (99, 101):
        assert "(NOT EQUAL)" in report.checks(_measured("gateway", 50, 100, 13, logged))[0]


def test_a_client_that_cannot_keep_up_is_said() -> None:
    slow = _measured("gateway", 50, 100, 13)
    slow.levels = [Level(1, 100, 0, 2.0, 50, 10, 20, 30, health_rate=60)]
    assert "TOO SLOW" in report.checks(slow)[-1]
