"""The talk about nothing that the matcher keeps is spread over all that was learned."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Spread = Callable[[list[list[str]], int], list[str]]


@pytest.fixture
def spread(matcher_module: Any) -> Spread:
    found: Spread = matcher_module._spread
    return found


def texts(name: str, count: int) -> list[str]:
    return [f"{name}{n}" for n in range(count)]


def test_every_group_has_an_even_share(spread: Spread) -> None:
    kept = spread([texts("a", 100), texts("b", 100), texts("c", 100)], 30)
    assert [sum(t.startswith(name) for t in kept) for name in "abc"] == [10, 10, 10]


def test_a_long_group_is_taken_from_end_to_end(spread: Spread) -> None:
    kept = spread([texts("a", 100)], 10)
    assert kept[0] == "a0"
    assert int(kept[-1][1:]) >= 90


def test_a_short_group_is_taken_whole_and_once(spread: Spread) -> None:
    assert spread([texts("a", 3), texts("b", 100)], 20)[:3] == ["a0", "a1", "a2"]
    assert len(set(spread([texts("a", 3)], 20))) == 3


def test_no_more_is_kept_than_was_asked_for_and_nothing_of_nothing(spread: Spread) -> None:
    assert len(spread([texts(n, 37) for n in "abc"], 10)) <= 10
    assert spread([], 10) == []
    assert spread([[], texts("a", 2)], 10) == ["a0", "a1"]
