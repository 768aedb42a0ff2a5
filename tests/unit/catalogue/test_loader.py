"""Reading the catalogue: what is kept as written, and what is refused, where and why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gateway.catalogue.loader import load
from gateway.catalogue.model import Flow
from gateway.errors import CatalogueError, CatalogueErrors
from tests.support.sample_catalogue import (
    BALANCE,
    PERMIT,
    REMOVED,
    sample_department,
    sample_elements,
    sample_fund,
    sample_item,
    sample_query,
    write_catalogue,
    write_yaml,
)

ITEM_FILE = f"public-security/{PERMIT}.yml"


def problems_of(folder: Path) -> list[CatalogueError]:
    with pytest.raises(CatalogueErrors) as caught:
        load(folder)
    return caught.value.problems


def only_problem(folder: Path) -> CatalogueError:
    problems = problems_of(folder)
    assert len(problems) == 1, "\n".join(map(str, problems))
    return problems[0]


def with_item(folder: Path, **changes: Any) -> Path:
    return write_catalogue(folder, items={"public-security": [sample_item(**changes)]})


def append(folder: Path, file: str, text: str) -> None:
    with (folder / file).open("a", encoding="utf-8") as stream:
        stream.write(text)


def test_a_valid_folder_gives_every_department_item_and_element_by_id(tmp_path: Path) -> None:
    catalogue = load(write_catalogue(tmp_path))
    assert set(catalogue.departments) == {"public-security", "housing-fund"}
    assert set(catalogue.items) == {PERMIT, BALANCE}
    assert set(catalogue.elements) == {e["element"] for e in sample_elements()}
    assert catalogue.items[BALANCE].flow is Flow.query
    assert catalogue.items[PERMIT].checked_on == dt.date(2025, 10, 8)


def test_an_item_belongs_to_the_department_of_its_folder(tmp_path: Path) -> None:
    catalogue = load(write_catalogue(tmp_path))
    assert catalogue.department_of(catalogue.items[PERMIT]).short_name == "公安局"


def test_text_that_looks_like_a_number_or_an_hour_stays_as_written(tmp_path: Path) -> None:
    write_catalogue(tmp_path, items={"public-security": [sample_item(phone=REMOVED, version=REMOVED)]})
    append(tmp_path, ITEM_FILE, "phone: 0571\nversion: 1.10\nflow_reason: 9:00\n")
    item = load(tmp_path).items[PERMIT]
    assert (item.phone, item.version, item.flow_reason) == ("0571", "1.10", "9:00")


def test_a_byte_order_mark_is_no_part_of_the_first_key(tmp_path: Path) -> None:
    file = write_catalogue(tmp_path) / ITEM_FILE
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    assert PERMIT in load(tmp_path).items


def test_connectors_and_hidden_files_are_not_read(tmp_path: Path) -> None:
    write_catalogue(tmp_path)
    before = load(tmp_path).digest
    (tmp_path / "public-security" / "connector.yml").write_text("[", encoding="utf-8")
    (tmp_path / "public-security" / ".draft.yml").write_text("[", encoding="utf-8")
    (tmp_path / ".git").mkdir()
    assert load(tmp_path).digest == before


def test_the_digest_is_the_same_for_the_same_files_and_changes_with_a_remark(tmp_path: Path) -> None:
    write_catalogue(tmp_path / "a")
    write_catalogue(tmp_path / "b")
    first = load(tmp_path / "a").digest
    assert load(tmp_path / "b").digest == first
    append(tmp_path / "b", ITEM_FILE, "# a remark\n")
    assert load(tmp_path / "b").digest != first


WRONG_ITEMS: list[tuple[dict[str, Any], str, str, str, str]] = [
    # change, key, what was found, what is allowed, what to do
    ({"materials": [{"name": "户口簿"}, {"name": "证明", "source": "citizn"}]},
     "materials.1.source", "'citizn'", "citizen (申请人自备), department", "Did you mean 'citizen'"),
    ({"flow": "teleport"}, "flow", "'teleport'", "apply (在这里申请), query", "one of these"),
    ({"aliasses": ["x"]}, "aliasses", "not a known key", "aliases", "Did you mean 'aliases'"),
    ({"fee": {"charged": False, "line": []}}, "fee.line", "not a known key", "lines", "'lines'"),
    ({"zzz": 1}, "zzz", "not a known key", "summary", "Remove it"),
    ({"summary": REMOVED}, "summary", "is missing", "one or two sentences", "Add it"),
    ({"visits": {}}, "visits.count", "is missing", "", "Add it"),
    ({"phone": ""}, "phone", "is empty", "", "Write a value, or remove the line"),
    ({"phone": None}, "phone", "is empty", "", "Write a value, or remove the line"),
    ({"kind": None}, "kind", "is empty", "immediate (即办件)", "Write a value"),
    ({"conditions": "住满半年"}, "conditions", "not a list", "a list", "'- '"),
    ({"conditions": []}, "conditions", "has 0, needs 1 or more entries", "", ""),
    ({"utterances": ["办居住证"]}, "utterances", "has 1, needs 8 or more entries", "", ""),
    ({"aliases": ["居住证", "居住证"]}, "aliases", "居住证 stands there twice", "", ""),
    ({"name": ["居住证"]}, "name", "a list or keys", "one text", ""),
    ({"result": "一张卡"}, "result", "not a set of keys", "keys with values", ""),
    ({"visits": {"count": "两次"}}, "visits.count", "'两次'", "whole number", ""),
    ({"visits": {"count": -1}}, "visits.count", "'-1' is too small", "0 or more", ""),
    ({"fee": {"charged": "也许"}}, "fee.charged", "'也许'", "true, false", ""),
    ({"fee": {"charged": True, "lines": [{"name": "工本费", "amount": "二十", "basis": "x"}]}},
     "fee.lines.0.amount", "'二十'", "a number", ""),
    ({"fee": {"charged": True, "lines": [{"name": "工本费", "amount": "inf", "basis": "x"}]}},
     "fee.lines.0.amount", "'inf'", "a number", ""),
    ({"checked_on": "10 月 8 日"}, "checked_on", "'10 月 8 日'", "2025-10-08", ""),
    ({"checked_on": "2025"}, "checked_on", "'2025'", "2025-10-08", ""),
    ({"checked_on": "2025-02-30"}, "checked_on", "'2025-02-30'", "2025-10-08", ""),
    ({"department": "housing-fund"}, "department", "'housing-fund'", "public-security", "Remove"),
    ({"fields": [{"element": "id_numbr"}]}, "fields.0.element", "'id_numbr' is not a data element",
     "elements.yml", "Did you mean 'id_number'"),
    ({"fields": [{"element": "id_number"}, {"element": "id_number"}]},
     "fields.1.element", "asked twice", "each element once", "Remove one"),
    ({"fields": [{"element": "employer", "when": {"element": "stay_reason", "in": ["work"]}},
                 {"element": "stay_reason"}]},
     "fields.0.when.element", "not asked before", "nothing, as this is the first field", "earlier"),
    ({"fields": [{"element": "stay_reason"},
                 {"element": "employer", "when": {"element": "stay_reason", "in": ["home", "wrk"]}}]},
     "fields.1.when.in.1", "'wrk' is not a choice of stay_reason", "work, home, study", "'work'"),
    ({"fields": [{"element": "id_number"},
                 {"element": "employer", "when": {"element": "id_number", "in": ["1"]}}]},
     "fields.1.when.in.0", "not a choice of id_number", "no choices", ""),
    ({"fields": [{"element": "stay_reason"},
                 {"element": "employer", "when": {"element": "stay_reason", "is": ["work"]}}]},
     "fields.1.when.is", "not a known key", "element, in", ""),
]


@pytest.mark.parametrize(("change", "key", "found", "allowed", "remedy"), WRONG_ITEMS)
def test_a_wrong_item_is_refused_with_key_value_choices_and_remedy(
    tmp_path: Path, change: dict[str, Any], key: str, found: str, allowed: str, remedy: str
) -> None:
    problem = next(p for p in problems_of(with_item(tmp_path, **change)) if p.key == key)
    assert problem.file == ITEM_FILE
    assert found in problem.problem
    assert allowed in problem.allowed
    assert remedy in problem.remedy


def test_a_problem_names_the_line_on_which_it_stands(tmp_path: Path) -> None:
    file = with_item(tmp_path, kind="quick") / ITEM_FILE
    lines = file.read_text(encoding="utf-8").splitlines()
    problem = only_problem(tmp_path)
    assert problem.line == lines.index("kind: quick") + 1
    assert str(problem).startswith(f"{ITEM_FILE} line {problem.line}: kind: 'quick'")


def test_a_problem_deep_in_a_list_names_the_line_of_its_entry(tmp_path: Path) -> None:
    file = with_item(tmp_path, materials=[{"name": "a"}, {"name": "b", "source": "x"}]) / ITEM_FILE
    lines = file.read_text(encoding="utf-8").splitlines()
    assert only_problem(tmp_path).line == lines.index("  source: x") + 1


WRONG_FILES: list[tuple[str, bytes, int, str]] = [
    # kind of damage, the file's bytes, the line blamed, words of the problem
    ("empty file", b"", 0, "the file is empty"),
    ("only remarks", b"# nothing\n", 0, "the file is empty"),
    ("a bare text", b"hello", 0, "not a list of keys"),
    ("a list", b"- a\n- b\n", 0, "not a list of keys"),
    ("gbk", "item: x\nname: 居住证\n".encode("gbk"), 2, "is not UTF-8"),
    ("open bracket", b"item: x\naliases: [a\n", 3, "line 3, column 1"),
    ("a tab", b"item: x\nfee:\n\tcharged: true\n", 3, "line 3, column 1"),
    ("colon in text", b"item: x\nsummary: a: b\n", 2, "line 2, column 11"),
    ("control character", b"item: x\nname: a\x07b\n", 2, "line 2, column 8: the character U+0007"),
    ("duplicate key", b"item: x\nname: a\nname: b\n", 3, "this key stands here twice"),
    ("duplicate inner key", b"fee:\n  charged: true\n  charged: false\n", 3, "twice"),
    ("two documents", b"item: x\n---\nitem: y\n", 2, "a second document begins"),
    ("anchor", b"aliases: &a [x]\nutterances: *a\n", 1, "an anchor (&) or alias (*)"),
    ("list as key", b"? [a, b]\n: c\n", 1, "a key is not a plain word"),
    ("a hundred thousand brackets", b"item: " + b"[" * 100_000, 1, "deeper than 20 levels"),
]


@pytest.mark.parametrize(("damage", "raw", "line", "words"), WRONG_FILES,
                         ids=[row[0] for row in WRONG_FILES])
def test_a_damaged_file_is_refused_with_the_place_of_the_damage(
    tmp_path: Path, damage: str, raw: bytes, line: int, words: str
) -> None:
    (write_catalogue(tmp_path) / ITEM_FILE).write_bytes(raw)
    problem = problems_of(tmp_path)
    matching = [p for p in problem if words in p.problem]
    assert matching, "\n".join(map(str, problem))
    assert (matching[0].file, matching[0].line) == (ITEM_FILE, line)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    problem = only_problem(tmp_path / "nowhere")
    assert "nowhere" in problem.file
    assert "no such folder" in problem.problem


def test_a_folder_without_elements_is_refused_without_blaming_its_items(tmp_path: Path) -> None:
    (write_catalogue(tmp_path) / "elements.yml").unlink()
    problem = only_problem(tmp_path)
    assert (problem.file, problem.problem) == ("elements.yml", "the file is missing")


def test_a_department_folder_needs_its_department_file(tmp_path: Path) -> None:
    (write_catalogue(tmp_path) / "public-security" / "department.yml").unlink()
    assert only_problem(tmp_path).file == "public-security/department.yml"


def test_a_file_is_named_after_its_item(tmp_path: Path) -> None:
    write_catalogue(tmp_path)
    (tmp_path / ITEM_FILE).rename(tmp_path / "public-security" / "permit.yml")
    problem = only_problem(tmp_path)
    assert (problem.key, problem.allowed) == ("item", "permit")


def test_a_folder_is_named_after_its_department(tmp_path: Path) -> None:
    write_catalogue(tmp_path)
    write_yaml(tmp_path / "public-security" / "department.yml", sample_department(department="police"))
    problem = only_problem(tmp_path)
    assert (problem.key, problem.allowed) == ("department", "public-security")


def test_an_id_with_capitals_is_refused_with_the_shape_of_an_id(tmp_path: Path) -> None:
    write_catalogue(tmp_path, departments=[sample_department(department="Police"), sample_fund()],
                    items={})
    problem = only_problem(tmp_path)
    assert problem.key == "department"
    assert "small letters" in problem.allowed


def test_two_departments_cannot_have_an_item_of_one_id(tmp_path: Path) -> None:
    write_catalogue(tmp_path, items={
        "housing-fund": [sample_item(aliases=["甲"])], "public-security": [sample_item(aliases=["乙"])],
    })
    problem = only_problem(tmp_path)
    assert problem.key == "item"
    assert f"housing-fund/{PERMIT}.yml" in problem.problem


@pytest.mark.parametrize("alias", ["公积金余额", "住房公积金余额查询"])
def test_an_alias_cannot_mean_two_items(tmp_path: Path, alias: str) -> None:
    write_catalogue(tmp_path, items={
        "housing-fund": [sample_query()], "public-security": [sample_item(aliases=["居住证", alias])],
    })
    assert alias in only_problem(tmp_path).problem


@pytest.mark.parametrize("file", ["public-security/extra.yaml", "public-security/sub/x.yml", "x.yml"])
def test_a_file_that_nobody_would_read_is_refused(tmp_path: Path, file: str) -> None:
    write_yaml(write_catalogue(tmp_path) / file, {"item": "x"})
    problem = only_problem(tmp_path)
    assert (problem.file, "nobody reads" in problem.problem) == (file, True)


def broken_elements(change: Callable[[list[dict[str, Any]]], None]) -> list[dict[str, Any]]:
    elements = sample_elements()
    change(elements)
    return elements


@pytest.mark.parametrize(("elements", "key", "words"), [
    (broken_elements(lambda e: e.append(e[0])), "elements.5.element", "stands here twice"),
    (broken_elements(lambda e: e[3].update(pattern="[")), "elements.3.pattern", "regular expression"),
    (broken_elements(lambda e: e[2].update(type="choise")), "elements.2.type", "'choise'"),
    (broken_elements(lambda e: e[2]["choices"][0].update(lable="x")),
     "elements.2.choices.0.lable", "not a known key"),
    ([*sample_elements(), "姓名"], "elements.5", "not a set of keys"),
])
def test_a_wrong_element_is_refused_without_blaming_the_items_that_ask_it(
    tmp_path: Path, elements: list[Any], key: str, words: str
) -> None:
    problem = only_problem(write_catalogue(tmp_path, elements=elements))
    assert (problem.file, problem.key) == ("elements.yml", key)
    assert words in problem.problem


def test_all_problems_of_all_files_are_told_at_once_one_a_line(tmp_path: Path) -> None:
    write_catalogue(tmp_path, items={
        "public-security": [sample_item(kind="quick", flow="fly")],
        "housing-fund": [sample_query(phone=REMOVED)],
    })
    append(tmp_path, "elements.yml", "others: []\n")
    (tmp_path / "housing-fund" / "department.yml").write_bytes(b"\xff")
    with pytest.raises(CatalogueErrors) as caught:
        load(tmp_path)
    files = [problem.file for problem in caught.value.problems]
    assert files == ["elements.yml", "housing-fund/department.yml", f"housing-fund/{BALANCE}.yml",
                     ITEM_FILE, ITEM_FILE]
    assert len(str(caught.value).splitlines()) == 5
