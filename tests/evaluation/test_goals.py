"""The goals of understanding, on the lines that were kept for development. Takes about 40 seconds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.evaluation import evaluate

LINES = Path(__file__).parent / "dev.jsonl"


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    done = evaluate(LINES, tmp_path_factory.mktemp("home"), "--json")
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize(("figure", "least"), [
    ("act", 0.93), ("first", 0.90), ("first_three", 0.97), ("settled", 0.96),
])
def test_messages_are_understood_as_often_as_promised(
    figures: dict[str, Any], figure: str, least: float
) -> None:
    assert figures[figure] >= least, figures


def test_a_real_wish_is_hardly_ever_taken_for_talk_beside_the_matter(figures: dict[str, Any]) -> None:
    assert figures["wrongly_refused"] <= 0.03, figures
