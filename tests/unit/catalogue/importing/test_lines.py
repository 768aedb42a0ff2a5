"""What one line says reaches its file; a line or cell that cannot be used is reported, never dropped."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gateway.catalogue.loader import load
from gateway.catalogue.model import ServiceItem
from tests.support.lists import FUND_ROW, PERMIT_ROW, notes, take

GOOD = {"name": "好事项", "dept": "公安局", "code": "G1"}
ALL = {
    "name": "name", "department": "dept", "code": "code", "type": "type", "kind": "kind",
    "audience": "audience", "flow": "flow", "status": "status", "level": "level", "scope": "scope",
    "forms": "forms", "online_depth": "depth", "visits": "visits", "visits_reason": "why",
    "promised_limit": "promised", "promised_limit_unit": "unit", "statutory_limit": "statutory",
    "fee": "fee", "fee_note": "price", "phone": "phone", "supervision": "complaints",
    "address": "address", "hours": "hours", "place": "window", "conditions": "conditions",
    "materials": "materials", "steps": "steps", "legal_basis": "law", "result": "result",
    "link": "link", "aliases": "aliases", "area_code": "area", "summary": "about", "online": "online",
    "department_phone": "dphone", "department_supervision": "dcomplaints",
}


def rows_of(*rows: dict[str, Any]) -> list[dict[str, Any]]:
    """Rows with every column, so that the mapping fits."""
    return [{**dict.fromkeys(ALL.values(), ""), **row} for row in rows]


def item_of(folder: Path, **cells: Any) -> ServiceItem:
    done = take(folder, rows_of({**GOOD, **cells}), columns=ALL)
    assert notes(done, "refused", "left_out") == []
    return load(folder / "out").items["c-g1"]


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("no name", {"name": " ", "code": "B"}, "No name in column 'name'. Fill it in."),
    ("no department", {"dept": ""}, "No department in column 'dept'. Fill it in; if its cell is merged"),
    ("a name that is a text", {"name": "很" * 201}, "201 characters, more than 200"),
    ("an unknown type", {"type": "XK"}, "'XK' is not a known type. Known: permit (行政许可)"),
    ("an unknown kind", {"kind": "9"}, "'9' is not a known kind"),
    ("an unknown audience", {"audience": "1,火星人"}, "'火星人' is not a known audience"),
    ("an unknown status", {"status": "?"}, "values.status in the mapping"),
    ("an unknown flow", {"flow": "fly"}, "'fly' is not a known flow"),
    ("an unknown depth", {"depth": "Ⅴ"}, "'Ⅴ' is not a known online_depth"),
    ("a code that is there", {"name": "别名", "code": "g1"}, "Its code g1 is that of number 1 (好事项) already"),
    ("a name that is there", {"name": "好事项", "code": "G2"}, "公安局 has another service of this name at number 1"),
]


@pytest.mark.parametrize(("what", "cells", "words"), REFUSED, ids=[row[0] for row in REFUSED])
def test_a_line_that_cannot_be_used_is_reported_with_number_and_reason_and_the_others_are_taken(
    tmp_path: Path, what: str, cells: dict[str, Any], words: str
) -> None:
    bad = {"name": "坏事项", "dept": "公安局", "code": "B1", **cells}
    done = take(tmp_path, rows_of(GOOD, bad), columns=ALL)
    refused = notes(done, "refused")
    assert [note.line for note in refused] == [2]
    assert words in refused[0].sentence
    assert list(load(tmp_path / "out").items) == ["c-g1"]


def test_an_entry_that_is_no_object_is_reported(tmp_path: Path) -> None:
    done = take(tmp_path, [PERMIT_ROW, "居住证"])  # type: ignore[list-item]
    assert [(n.line, n.sentence) for n in notes(done, "refused")] == [
        (2, "It is not an object with keys and values.")
    ]


LEFT_OUT: list[tuple[str, dict[str, Any], str, str]] = [
    # what, cells, the fact that stays unknown, words of the sentence
    ("a limit in words", {"promised": "见说明"}, "promised_limit", "promised_limit: '见说明' is not a number"),
    ("a limit in months", {"statutory": "3个月"}, "statutory_limit", "Months and years are left to a person"),
    ("a fee in words", {"fee": "按规定"}, "fee", "fee: '按规定' is neither"),
    ("visits in words", {"visits": "多次"}, "visits", "visits: '多次'"),
    ("a shortened code", {"code": "5.1E+17"}, "implementation_code", "Excel has shortened"),
    ("a link without http", {"link": "www.example.cn"}, "link", "link: 'www.example.cn' is not a web address"),
    ("a law in words", {"law": "有关规定"}, "legal_basis", "legal_basis: '有关规定'"),
    ("a flow of ours", {"flow": "apply"}, "fields", "flow: it is apply, but an item of which only"),
    ("one line for all", {"phone": "1", "complaints": "1"}, "supervision", "supervision: The enquiry line and"),
    ("at once in 20 days", {"kind": "1", "promised": "20日"}, "kind", "kind, promised_limit: The kind is immediate"),
    ("later than the law", {"promised": "9日", "statutory": "5日"}, "promised_limit", "longer than the statutory"),
    ("no visit with two", {"depth": "Ⅳ", "visits": "2", "why": "按指纹"}, "visits", "online_depth, visits: The"),
    ("an alias of another", {"aliases": "好事项"}, "aliases", "aliases: 好事项 also means c-g1"),
    ("a department's line twice", {"dphone": "110", "dcomplaints": "110"}, "supervision",
     "department_supervision: it is 110"),
]


@pytest.mark.parametrize(("what", "cells", "fact", "words"), LEFT_OUT, ids=[row[0] for row in LEFT_OUT])
def test_a_cell_that_cannot_be_used_is_left_out_and_reported_and_the_line_is_taken(
    tmp_path: Path, what: str, cells: dict[str, Any], fact: str, words: str
) -> None:
    other = {"name": "某事项", "dept": "民政局", "code": "M1", **cells}
    done = take(tmp_path, rows_of(GOOD, other), columns=ALL)
    left_out = notes(done, "left_out")
    assert len(left_out) == 1
    assert words in left_out[0].sentence
    assert not notes(done, "refused")
    item = next(i for i in load(tmp_path / "out").items.values() if i.name == "某事项")
    assert not getattr(item, fact)


def test_everything_that_a_list_says_reaches_the_item(tmp_path: Path) -> None:
    item = item_of(
        tmp_path, area="511602000000", type="01", kind="2", audience="自然人、企业法人", status="1",
        level="县级", scope="全市", forms="1,2", depth="Ⅲ", visits="1次", why="按指纹", about="一句话。",
        conditions="1.满18周岁；2.有住处", materials=["身份证", "照片"], steps="受理：收件\n领证",
        promised="20", unit="工作日", statutory="30日", fee="40元", window="三号窗口",
        address="城东路 1 号", hours="9:00—17:00", phone="0600-1", complaints="12345", online="网上提交。",
        link="https://example.gov.cn/1", law="《条例》第九条", result="许可证", aliases="好事，好事儿|好事情、好事项",
    )
    assert item.dict(exclude_defaults=True, exclude={"checked_on", "item", "department"}) == {
        "listed": True, "name": "好事项", "implementation_code": "G1", "area_code": "511602000000",
        "aliases": ("好事", "好事儿", "好事情"), "type": "permit", "kind": "promised", "audience": "both",
        "level": "county", "scope": "municipal", "forms": ("window", "online"), "online_depth": "precheck",
        "visits": {"count": 1, "reason": "按指纹"}, "summary": "一句话。",
        "conditions": ("满18周岁", "有住处"),
        "materials": ({"name": "身份证"}, {"name": "照片"}),
        "steps": ({"name": "受理", "does": "收件"}, {"name": "第 2 步", "does": "领证"}),
        "statutory_limit": {"n": 30, "unit": "days"}, "promised_limit": {"n": 20, "unit": "working_days"},
        "fee": {"charged": True, "note": "40 元"},
        "places": ({"name": "三号窗口", "address": "城东路 1 号", "hours": "9:00—17:00"},),
        "phone": "0600-1", "supervision": "12345", "online": "网上提交。", "link": "https://example.gov.cn/1",
        "legal_basis": ({"law": "《条例》", "article": "第九条"},),
        "result": {"name": "许可证"},
    }


def test_what_a_list_does_not_say_stays_unknown(tmp_path: Path) -> None:
    item = item_of(tmp_path)
    known = {"item", "listed", "name", "department", "implementation_code", "checked_on"}
    assert set(item.dict(exclude_defaults=True)) == known


def test_an_immediate_kind_means_an_immediate_limit(tmp_path: Path) -> None:
    limit = item_of(tmp_path, kind="即办件", promised="0", unit="工作日").promised_limit
    assert limit is not None
    assert limit.text() == "当场办结"


def test_hours_without_an_address_are_kept(tmp_path: Path) -> None:
    place = item_of(tmp_path, hours="9:00—17:00").places[0]
    assert (place.name, place.address, place.hours) == ("公安局", "", "9:00—17:00")


def test_defaults_hold_where_the_column_or_the_cell_is_empty(tmp_path: Path) -> None:
    rows = [{**PERMIT_ROW, "电话": "0600-1"}, {**FUND_ROW, "电话": ""}]
    defaults = {"phone": "12345", "level": "县级"}
    take(tmp_path, rows, columns={"phone": "电话"}, defaults=defaults)
    items = load(tmp_path / "out").items.values()
    assert {i.name: i.phone for i in items} == {"居住证申领": "0600-1", "公积金余额查询": "12345"}
    assert {i.level.label for i in items if i.level} == {"县"}


def test_merged_cells_are_filled_down(tmp_path: Path) -> None:
    rows = [PERMIT_ROW, {**FUND_ROW, "部门": ""}]
    done = take(tmp_path, rows, fill_down=["部门"])
    assert done.departments == 1
    assert len(load(tmp_path / "out").items) == 2


def test_values_of_the_mapping_explain_codes_of_ones_own(tmp_path: Path) -> None:
    rows = [{**PERMIT_ROW, "类型": "XK"}]
    take(tmp_path, rows, columns={"type": "类型"}, values={"type": {"XK": "permit"}})
    assert next(iter(load(tmp_path / "out").items.values())).type == "permit"


def test_columns_that_the_mapping_does_not_name_are_told(tmp_path: Path) -> None:
    assert take(tmp_path, [PERMIT_ROW]).unused == ["类型"]


def test_a_cancelled_service_is_kept_but_not_offered(tmp_path: Path) -> None:
    assert item_of(tmp_path, status="3").status == "cancelled"
    catalogue = load(tmp_path / "out")
    assert catalogue.items_of(next(iter(catalogue.departments))) == []
