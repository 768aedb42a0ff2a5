"""Files of every kind give the same lines, and a file that cannot be a list is refused in words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gateway.catalogue.importing.tables import read_table
from gateway.catalogue.importing.xlsx import NotAWorkbook, read_xlsx
from gateway.errors import CatalogueError
from tests.support.lists import FUND_ROW, PERMIT_ROW, csv_bytes, xlsx_bytes, zipped

ROWS = [PERMIT_ROW, FUND_ROW]
SHEET = [list(PERMIT_ROW), list(PERMIT_ROW.values()), list(FUND_ROW.values())]
KINDS = [
    ("utf-8", "list.csv", csv_bytes(ROWS), (2, 3)),
    ("utf-8 with a mark", "list.csv", csv_bytes(ROWS, "utf-8-sig"), (2, 3)),
    ("gbk", "list.CSV", csv_bytes(ROWS, "gbk"), (2, 3)),
    ("gb18030", "list.txt", csv_bytes(ROWS, "gb18030"), (2, 3)),
    ("utf-16 with tabs, as Excel's Unicode text", "list.txt", csv_bytes(ROWS, "utf-16", "\t"), (2, 3)),
    ("semicolons", "list.csv", csv_bytes(ROWS, delimiter=";"), (2, 3)),
    ("xlsx", "list.xlsx", xlsx_bytes(SHEET), (2, 3)),
    ("json", "list.json", json.dumps(ROWS).encode(), (1, 2)),
    ("json in gbk", "list.json", json.dumps(ROWS, ensure_ascii=False).encode("gbk"), (1, 2)),
]


@pytest.mark.parametrize(("kind", "name", "raw", "numbers"), KINDS, ids=[row[0] for row in KINDS])
def test_every_kind_of_file_gives_the_same_lines(
    tmp_path: Path, kind: str, name: str, raw: bytes, numbers: tuple[int, int]
) -> None:
    (tmp_path / name).write_bytes(raw)
    table = read_table(tmp_path / name)
    assert table.columns == list(PERMIT_ROW)
    assert [line.cells for line in table.lines] == ROWS
    assert tuple(line.number for line in table.lines) == numbers


def test_a_line_break_inside_a_cell_keeps_the_numbers_of_the_lines_right(tmp_path: Path) -> None:
    rows = [{**PERMIT_ROW, "条件": "住满半年\n有住处"}, FUND_ROW]
    (tmp_path / "list.csv").write_bytes(csv_bytes(rows))
    table = read_table(tmp_path / "list.csv")
    assert [(line.number, line.cells["条件"]) for line in table.lines] == [(2, "住满半年\n有住处"), (4, "")]


def test_titles_above_the_header_and_empty_lines_are_passed_over(tmp_path: Path) -> None:
    sheet = [["某区政务服务事项清单"], [None], *SHEET[:2], [None, " "], SHEET[2]]
    (tmp_path / "list.xlsx").write_bytes(xlsx_bytes(sheet))
    table = read_table(tmp_path / "list.xlsx", header_line=3)
    assert [line.number for line in table.lines] == [4, 6]


def test_invisible_characters_are_no_part_of_a_cell(tmp_path: Path) -> None:
    rows = [{"事项名称\u200b": "\ufeff居住证 \u00a0 申领\x07"}]
    (tmp_path / "list.json").write_text(json.dumps(rows), encoding="utf-8")
    assert read_table(tmp_path / "list.json").lines[0].cells == {"事项名称": "居住证 申领"}


def test_the_second_column_of_a_name_can_be_told_from_the_first(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("名称,电话,电话\n居住证,1,2\n", encoding="utf-8")
    assert read_table(tmp_path / "list.csv").lines[0].cells == {"名称": "居住证", "电话": "1", "电话（2）": "2"}


def test_numbers_of_a_sheet_are_written_as_people_write_them(tmp_path: Path) -> None:
    rows = [["n"], [20], ["20.0"], ["x"]]
    raw = xlsx_bytes(rows)
    (tmp_path / "list.xlsx").write_bytes(raw)
    assert [line.cells["n"] for line in read_table(tmp_path / "list.xlsx").lines] == ["20", "20.0", "x"]


def test_inner_objects_and_lists_of_objects_are_reached_by_dotted_names(tmp_path: Path) -> None:
    entry = {"name": "x", "dept": {"name": "公安局", "code": 7}, "tags": ["a", 1],
             "materials": [{"m": "身份证"}, {"m": "照片"}], "none": None, "yes": True}
    (tmp_path / "list.json").write_text(json.dumps({"data": {"rows": [entry]}}), encoding="utf-8")
    assert read_table(tmp_path / "list.json", list_path="data.rows").lines[0].cells == {
        "name": "x", "dept.name": "公安局", "dept.code": "7", "tags": ["a", "1"],
        "materials.m": ["身份证", "照片"], "none": "", "yes": "true",
    }


@pytest.mark.parametrize(("name", "raw"), [
    ("list.csv", csv_bytes([PERMIT_ROW]) + b"a,b,c,d,e\n"),
    ("list.xlsx", xlsx_bytes([*SHEET[:2], ["a", "b", "c", "d", "e"]])),
])
def test_a_line_with_more_cells_than_columns_is_not_guessed_at(
    tmp_path: Path, name: str, raw: bytes
) -> None:
    (tmp_path / name).write_bytes(raw)
    broken = read_table(tmp_path / name).lines[1]
    assert (broken.number, broken.cells) == (3, {})
    assert "5 cells, but there are 4 columns" in broken.broken


WORKBOOK = {"xl/workbook.xml": "<workbook/>"}
BOMB = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><workbook>&b;</workbook>'
BAD_FILES = [
    # kind, name, bytes, words of the sentence
    ("old excel", "list.xls", b"\xd0\xcf\x11\xe0", "files that end in '.xls' are not read. Allowed: .csv"),
    ("no ending", "list", b"", "files that end in '' are not read"),
    ("password", "list.xlsx", b"\xd0\xcf\x11\xe0" * 99, "an old .xls, or protected by a password"),
    ("no workbook", "list.xlsx", zipped({"a": "b"}), "a part of it is missing"),
    ("no sheet", "list.xlsx", zipped(WORKBOOK), "it has no sheet"),
    ("broken part", "list.xlsx", zipped({"xl/workbook.xml": "<workbook>"}), "not readable as a sheet"),
    ("entities", "list.xlsx", zipped({"xl/workbook.xml": BOMB}), "not readable as a sheet"),
    ("binary", "list.csv", b"\x00\xff\xfe\x80\x81", "neither UTF-8 nor GBK"),
    ("empty", "list.csv", b"", "holds no line below its header"),
    ("only a header", "list.csv", "名称,部门\n".encode(), "holds no line below its header"),
    ("an open quotation mark", "list.csv", '名称,部门\n"居住证,公安局\n身份证,公安局\n'.encode(),
     "cannot be read from line 2 on"),
    ("broken json", "list.json", b'[{"a": 1},\n{"a"]', "not valid JSON at line 2"),
    ("deep json", "list.json", b"[" * 200_000, "not valid JSON"),
    ("json of one value", "list.json", b"7", "is not a list. Allowed: a list of objects"),
    ("json with its list inside", "list.json", b'{"code": 0, "data": {"rows": [], "more": []}}',
     "is not a list. Allowed: data.rows, data.more"),
    ("empty json", "list.json", b"[]", "its list is empty"),
]


@pytest.mark.parametrize(("kind", "name", "raw", "words"), BAD_FILES, ids=[row[0] for row in BAD_FILES])
def test_a_file_that_is_no_list_is_refused_with_the_reason(
    tmp_path: Path, kind: str, name: str, raw: bytes, words: str
) -> None:
    (tmp_path / name).write_bytes(raw)
    with pytest.raises(CatalogueError) as caught:
        read_table(tmp_path / name)
    assert words in str(caught.value)
    assert str(tmp_path / name) in str(caught.value)


@pytest.mark.parametrize(("name", "options", "words"), [
    ("nowhere.csv", {}, "cannot be read: No such file"),
    ("list.csv", {"list_path": "data"}, "the mapping names a list inside it ('data')"),
    ("list.csv", {"header_line": 3}, "holds no line below its header"),
    ("list.csv", {"header_line": 2}, "line 2 is empty, and should name the columns"),
    ("list.json", {"list_path": "data.rows"}, "'data.rows' leads to no list"),
])
def test_options_that_do_not_fit_the_file_are_refused(
    tmp_path: Path, name: str, options: dict[str, object], words: str
) -> None:
    (tmp_path / "list.csv").write_text("某区清单\n\n名称,部门\n", encoding="utf-8")
    (tmp_path / "list.json").write_text('{"data": 7}', encoding="utf-8")
    with pytest.raises(CatalogueError) as caught:
        read_table(tmp_path / name, **options)  # type: ignore[arg-type]
    assert words in str(caught.value)


def test_a_workbook_that_unpacks_to_too_much_is_refused() -> None:
    with pytest.raises(NotAWorkbook, match="unpacks to more than 100 bytes"):
        list(read_xlsx(xlsx_bytes(SHEET), most_bytes=100))


def test_inline_strings_truth_values_results_and_errors_of_a_sheet_are_read(tmp_path: Path) -> None:
    cells = (
        '<c t="inlineStr"><is><t>名</t><r><t>称</t></r></is></c><c t="b"><v>1</v></c>'
        '<c t="str"><v>甲</v></c><c t="e"><v>#REF!</v></c><c r="G1"><v>5.11602E+17</v></c>'
    )
    raw = zipped({
        "xl/workbook.xml": '<workbook xmlns:r="r"><sheet name="a" r:id="1"/></workbook>',
        "xl/_rels/workbook.xml.rels": '<R><Relationship Id="1" Target="/xl/s.xml"/></R>',
        "xl/s.xml": "<s><row><c t='str'><v>a</v></c><c t='str'><v>b</v></c><c t='str'><v>c</v></c>"
        "<c t='str'><v>d</v></c><c r='G1' t='str'><v>g</v></c></row>" + f"<row>{cells}</row></s>",
    })
    (tmp_path / "list.xlsx").write_bytes(raw)
    assert read_table(tmp_path / "list.xlsx").lines[0].cells == {
        "a": "名称", "b": "1", "c": "甲", "d": "", "g": "5.11602E+17",
    }
