"""``python -m gateway evaluate`` from end to end, with the trained model."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gateway.errors import OurFault
from gateway.understanding.evaluate import read_lines
from tests.support.evaluation import evaluate

LINES = (
    {"text": "身份证丢了怎么补", "act": "consult", "item": "id-card-lost"},
    {"text": "补办身份证要带什么材料", "act": "consult", "aspect": "materials", "item": "id-card-lost"},
    {"text": "帮我申请补领身份证", "act": "apply", "item": "id-card-lost"},
    {"text": "你好", "act": "greet"},
    {"text": "明天会下雨吗", "act": "out_of_scope"},
    {"text": "身份证丢了怎么补", "act": "abuse", "item": "no-such-item"},
)


def test_the_command_prints_figures_for_machines_and_writes_what_was_not_understood(
    tmp_path: Path,
) -> None:
    file, wrong = tmp_path / "lines.jsonl", tmp_path / "wrong.jsonl"
    file.write_text("\n".join(json.dumps(line) for line in LINES), encoding="utf-8")
    done = evaluate(file, tmp_path / "home", "--json", "--wrong", str(wrong))
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    assert figures["lines"] == 6
    assert figures["act"] == 5 / 6
    assert figures["first"] == 3 / 4
    assert figures["aspect"] == figures["out_of_scope"] == 1.0
    assert 0 < figures["p50"] <= figures["p95"]
    assert figures["act_confusions"] == [["abuse → consult", 1]]
    assert figures["item_confusions"] == [["no-such-item → id-card-lost", 1]]
    [left] = [json.loads(line) for line in wrong.read_text(encoding="utf-8").splitlines()]
    assert left["act"] == "abuse"
    assert left["understood"]["act"] == "consult"
    assert left["understood"]["items"][0][0] == "id-card-lost"


def test_a_line_with_several_right_items_is_only_wrong_when_none_of_them_is_found(tmp_path: Path) -> None:
    lines = [
        {"text": "身份证丢了怎么补", "candidates": ["id-card-lost", "id-card-temporary"]},
        {"text": "身份证丢了怎么补", "candidates": ["passport", "residence-permit"]},
    ]
    file, wrong = tmp_path / "lines.jsonl", tmp_path / "wrong.jsonl"
    file.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    done = evaluate(file, tmp_path / "home", "--json", "--wrong", str(wrong))
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["first"] == 1 / 2
    [left] = [json.loads(line) for line in wrong.read_text(encoding="utf-8").splitlines()]
    assert left["candidates"] == ["passport", "residence-permit"]


@pytest.mark.parametrize(("line", "complaint"), [
    ({"text": "你好", "itme": "id-card-lost"}, "line 2: itme is not a key. Allowed: act, aspect, candidates, item, text. Did you mean item?"),
    ({"text": "你好", "note": ""}, "line 2: note is not a key. Allowed: act, aspect, candidates, item, text."),
    ({"text": "你好", "candidates": "id-card-lost"}, "line 2: candidates is not a list of items."),
    ({"text": "你好", "act": 3}, "line 2: act is 3. Allowed: a text in quotes."),
    ({"act": "greet"}, "line 2 has no text. Allowed keys: act, aspect, candidates, item, text."),
    (["你好"], "line 2 has no text."),
])
def test_a_line_with_anything_else_is_refused_with_its_place(line: object, complaint: str, tmp_path: Path) -> None:
    file = tmp_path / "lines.jsonl"
    file.write_text('{"text": "你好"}\n' + json.dumps(line, ensure_ascii=False), encoding="utf-8")
    with pytest.raises(OurFault) as caught:
        read_lines(file)
    assert complaint in str(caught.value)
    assert str(file) in str(caught.value)


def test_a_file_that_is_not_there_ends_the_command_with_one_sentence(tmp_path: Path) -> None:
    done = evaluate(tmp_path / "none.jsonl", tmp_path, "--json")
    assert done.returncode == 2
    assert done.stdout == ""
    assert "none.jsonl cannot be read" in done.stderr
    assert "Traceback" not in done.stderr
