"""The second opinion on acts is learned from a share of the lines, and read back as it was."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gateway.understanding.act_meaning import LINES, ActMeaning, lines_of
from tests.support.encoders import CharacterEncoder

SAID = {
    "stop": ["不办了", "算了不办了", "不想办了", "我不办了"], "thanks": ["谢谢", "谢谢你", "多谢", "谢谢啊"],
    "rate": ["给五星", "打五星", "五星好评", "评五星"],
}
ENCODER = CharacterEncoder()


def learned(*acts: str) -> ActMeaning:
    lines = [(text, act) for act in acts for text in SAID[act]]
    vectors = ENCODER.encode([text for text, _ in lines])
    return ActMeaning.learn(ENCODER.name, vectors, [act for _, act in lines])


@pytest.mark.parametrize("acts", [("stop", "thanks"), ("stop", "thanks", "rate")])
def test_what_is_like_the_lines_of_an_act_is_likely_that_act(acts: tuple[str, ...], tmp_path: Path) -> None:
    meaning = learned(*acts)
    meaning.write(tmp_path / "meaning.npz")
    again = ActMeaning.read(tmp_path / "meaning.npz")
    assert again.encoder == ENCODER.name
    for text, act in (("还是不办了", "stop"), ("谢谢您", "thanks")):
        [vector] = ENCODER.encode([text])
        chances = meaning.chances(vector)
        assert max(chances, key=chances.__getitem__) == act
        assert sum(chances.values()) == pytest.approx(1.0)
        assert again.chances(vector) == pytest.approx(chances)


def test_lines_are_spread_over_all_of_an_act_and_said_once_in_normal_form() -> None:
    many = [(f"第{n}句", "repeat") for n in range(LINES * 3)]
    lines = lines_of([*many, ("謝謝", "thanks"), ("谢谢", "thanks"), ("你好，我想办身份证", "apply"), ("  ", "deny")])
    of_repeat = [text for text, act in lines if act == "repeat"]
    assert len(of_repeat) == LINES
    assert of_repeat[0] == "第0句"
    assert int(of_repeat[-1][1:-1]) >= LINES * 3 - 4
    assert [line for line in lines if line[1] != "repeat"] == [("谢谢", "thanks"), ("我想办身份证", "apply")]


def test_no_line_is_dropped_while_there_are_few() -> None:
    lines = [(f"第{n}句", "repeat") for n in range(LINES - 1)]
    assert lines_of(lines) == lines
    assert np.array(lines_of([])).size == 0
