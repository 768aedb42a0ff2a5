"""Each figure of an evaluation, on cases small enough to count by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Optional

import pytest

from gateway.errors import OurFault
from gateway.understanding.evaluate import read_lines, table
from gateway.understanding.scores import Result, Seen, score


def seen(
    act: str = "consult", *items: tuple[str, float], aspect: Optional[str] = None,
    offered: tuple[str, ...] = (), milliseconds: float = 1.0,
) -> Seen:
    return Seen(act, aspect, items, offered, milliseconds)


def one(line: dict[str, Any], understood: Seen) -> Result:
    return score([line], [understood])


THREE = (("a", 0.5), ("b", 0.3), ("c", 0.1), ("d", 0.05))


def test_what_no_line_asks_for_is_no_figure() -> None:
    result = one({"text": "x"}, seen("consult", ("a", 0.9)))
    figures = ("act", "aspect", "first", "first_three", "settled", "asked", "calibration_error",
               "out_of_scope", "wrongly_refused")
    assert {getattr(result, figure) for figure in figures} == {None}
    assert result.act_confusions == result.item_confusions == []


def test_the_act_is_the_share_of_lines_with_an_act_that_got_it() -> None:
    lines = [{"act": "apply"}, {"act": "apply"}, {"act": "greet"}, {}]
    result = score(lines, [seen("apply"), seen("consult"), seen("greet"), seen("stop")])
    assert result.lines == 4
    assert result.act == pytest.approx(2 / 3)
    assert result.act_confusions == [("apply → consult", 1)]


def test_the_aspect_counts_only_where_a_line_names_one() -> None:
    lines = [{"act": "consult", "aspect": "fee"}, {"act": "consult", "aspect": "fee"}, {"act": "consult"}]
    result = score(lines, [seen(aspect="fee"), seen(aspect="limit"), seen(aspect="hours")])
    assert result.aspect == 0.5


@pytest.mark.parametrize(("line", "first", "first_three"), [
    ({"item": "a"}, 1.0, 1.0), ({"item": "c"}, 0.0, 1.0), ({"item": "d"}, 0.0, 0.0),
    ({"candidates": ["x", "a"]}, 1.0, 1.0), ({"candidates": ["c", "x"]}, 0.0, 1.0),
    ({"candidates": ["d"]}, 0.0, 0.0), ({"item": "d", "candidates": ["a"]}, 0.0, 0.0),
])
def test_an_item_is_first_or_among_the_first_three(
    line: dict[str, Any], first: float, first_three: float
) -> None:
    result = one(line, seen("consult", *THREE))
    assert (result.first, result.first_three) == (first, first_three)


def test_an_item_that_was_not_found_at_all_is_wrong() -> None:
    result = one({"item": "a"}, seen())
    assert (result.first, result.first_three, result.settled) == (0.0, 0.0, 0.0)
    assert result.item_confusions == [("a → nothing", 1)]


@pytest.mark.parametrize(("item", "offered", "settled"), [
    ("a", (), 1.0), ("b", (), 0.0), ("b", ("a", "b"), 1.0), ("x", ("a", "b"), 0.0),
    ("e", ("a", "b", "c", "d", "e"), 0.0),
])
def test_an_item_is_settled_at_once_or_among_the_four_choices_of_one_question(
    item: str, offered: tuple[str, ...], settled: float
) -> None:
    result = one({"item": item}, seen("consult", *THREE, offered=offered))
    assert result.settled == settled
    assert result.asked == float(bool(offered))


def test_chances_that_come_true_as_often_as_they_say_have_no_calibration_error() -> None:
    lines = [{"item": "a"}] * 3 + [{"item": "b"}]
    assert score(lines, [seen("consult", ("a", 0.75))] * 4).calibration_error == pytest.approx(0.0)


def test_the_calibration_error_is_the_mean_gap_of_the_bins() -> None:
    sure_and_wrong, unsure_and_right = seen("consult", ("b", 0.9)), seen("consult", ("a", 0.3))
    result = score([{"item": "a"}] * 2, [sure_and_wrong, unsure_and_right])
    assert result.calibration_error == pytest.approx((0.9 + 0.7) / 2)


def test_a_chance_of_one_has_a_bin() -> None:
    assert one({"item": "a"}, seen("consult", ("a", 1.0))).calibration_error == pytest.approx(0.0)


def test_refusals_are_right_beside_the_matter_and_wrong_for_a_wish() -> None:
    lines = [{"act": act} for act in ("out_of_scope", "out_of_scope", "apply", "consult", "chitchat")]
    acts = ("out_of_scope", "apply", "out_of_scope", "consult", "out_of_scope")
    result = score(lines, [seen(act) for act in acts])
    assert result.out_of_scope == 0.5
    assert result.wrongly_refused == 0.5  # idle chat is no wish


@pytest.mark.parametrize(("times", "p50", "p95"), [
    ([7], 7, 7), ([2, 1], 1, 2), ([1, 2, 3, 4, 5], 3, 5), (list(range(12, 0, -1)), 6, 12),
    (list(range(1, 101)), 50, 95), ([], 0, 0),
])
def test_times_are_the_nearest_rank_of_all_lines(times: list[float], p50: float, p95: float) -> None:
    result = score([{}] * len(times), [seen(milliseconds=t) for t in times])
    assert (result.p50, result.p95) == (p50, p95)


def test_the_commonest_confusions_come_first() -> None:
    lines = [{"act": "apply"}] * 3
    result = score(lines, [seen("stop"), seen("consult"), seen("consult")])
    assert result.act_confusions == [("apply → consult", 2), ("apply → stop", 1)]


def test_the_table_shows_a_dash_for_what_was_not_asked() -> None:
    shown = table(one({"act": "apply"}, seen("consult")))
    rows = {line[:36].strip(): line[36:].strip() for line in shown.splitlines()}
    assert rows["act"] == "0.0%"
    assert rows["item first"] == rows["calibration error"] == "—"
    assert "   1  apply → consult" in shown


def test_empty_lines_of_a_file_are_skipped(tmp_path: Path) -> None:
    file = tmp_path / "lines.jsonl"
    file.write_text('{"text": "你好"}\n\n  \n{"text": "再见", "act": "goodbye"}\n', encoding="utf-8")
    assert [line["text"] for line in read_lines(file)] == ["你好", "再见"]


@pytest.mark.parametrize(("content", "told"), [
    (b'{"text": "x"}\n{"text": ', "line 2 is not JSON"),
    (b'\n{"act": "apply"}', "line 2 has no text. Allowed keys: act, aspect, candidates, item, text."),
    (b'["x"]', "line 1 has no text"),
    (b'{"text": 5}', "line 1 has no text"),
    (b"", "holds no lines"),
    (b"\n \n", "holds no lines"),
    (b'{"text": "\xff\xfe"}', "cannot be read"),
])
def test_a_line_that_cannot_be_used_is_named(tmp_path: Path, content: bytes, told: str) -> None:
    file = tmp_path / "lines.jsonl"
    file.write_bytes(content)
    with pytest.raises(OurFault, match=told) as caught:
        read_lines(file)
    assert str(file) in str(caught.value)


def test_a_file_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(OurFault, match=r"none\.jsonl cannot be read"):
        read_lines(tmp_path / "none.jsonl")
