"""What was learned is the same after it was written and read, and its file cannot run anything."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gateway.understanding.label_ranker import RANKED, Ranker

PAIRS = [
    ("身份证怎么办", "consult"), ("护照要多少钱", "consult"), ("社保卡要带什么", "consult"),
    ("帮我办身份证", "apply"), ("我要申请护照", "apply"), ("给我补一张社保卡", "apply"),
    ("你好", "greet"), ("您好呀", "greet"), ("早上好", "greet"),
]
TEXTS = ["身份证怎么办", "我要办居住证", "你好呀", "完全不同 xyz", ""]


@pytest.fixture(scope="module")
def ranker() -> Ranker:
    return Ranker.learn(PAIRS, longest=3, c=10.0)


@pytest.mark.parametrize(("text", "label"), [
    ("社保卡怎么办", "consult"), ("我要申请身份证", "apply"), ("你好呀", "greet"),
])
def test_a_text_like_the_examples_of_a_label_is_ranked_under_it(
    ranker: Ranker, text: str, label: str
) -> None:
    assert ranker.rank(text)[0]["name"] == label


@pytest.mark.parametrize("text", TEXTS)
def test_chances_add_up_to_one_and_fall(ranker: Ranker, text: str) -> None:
    chances = [label["confidence"] for label in ranker.rank(text)]
    assert sum(chances) == pytest.approx(1.0)
    assert chances == sorted(chances, reverse=True)


def test_no_more_labels_are_named_than_are_needed() -> None:
    many = Ranker.learn([(f"第{n}件事", f"label-{n}") for n in range(2 * RANKED)], longest=2, c=1.0)
    assert len(many.rank("第3件事")) == RANKED


def test_a_ranker_that_was_read_ranks_as_the_one_that_was_written(
    ranker: Ranker, tmp_path: Path
) -> None:
    ranker.write(tmp_path / "acts.npz")
    read = Ranker.read(tmp_path / "acts.npz")
    for text in TEXTS:
        before, after = ranker.rank(text), read.rank(text)
        assert [r["name"] for r in after] == [r["name"] for r in before]
        assert [r["confidence"] for r in after] == pytest.approx(
            [r["confidence"] for r in before], abs=1e-5
        )


def test_the_file_holds_no_pickles(ranker: Ranker, tmp_path: Path) -> None:
    ranker.write(tmp_path / "acts.npz")
    with np.load(tmp_path / "acts.npz", allow_pickle=False) as kept:
        assert kept.files
        assert all(kept[name].dtype.kind != "O" for name in kept.files)
