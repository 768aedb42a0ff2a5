"""Importing again: the same ids, nothing twice, and what a person has written stays."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import yaml

from gateway.catalogue.importing.ids import LONGEST, assign, slug_of_code, slug_of_name
from gateway.catalogue.loader import load
from gateway.catalogue.model import CompleteDepartment
from gateway.errors import CatalogueErrors
from tests.support.lists import FUND_ROW, PERMIT_ROW, files, notes, take
from tests.support.sample_catalogue import sample_item, write_catalogue, write_yaml

NAMELESS = {"事项名称": "婚姻登记预约", "部门": "民政局", "实施编码": ""}
ROWS: list[dict[str, Any]] = [PERMIT_ROW, FUND_ROW, NAMELESS]
PERMIT_FILE = "gong-an-ju/c-11a001.yml"


def outcomes(folder: Path, rows: list[dict[str, Any]], **options: Any) -> dict[str, str]:
    """Name to outcome of an import."""
    done = take(folder, rows, **options)
    kinds = ("new", "changed", "unchanged", "moved", "kept", "refused", "gone")
    return {note.name: note.outcome for note in notes(done, *kinds)}


def ids(folder: Path) -> dict[str, str]:
    """Name to id."""
    return {item.name: item.item for item in load(folder / "out").items.values()}


def test_ids_come_from_the_code_or_from_how_the_name_sounds(tmp_path: Path) -> None:
    take(tmp_path, ROWS)
    assert ids(tmp_path) == {
        "居住证申领": "c-11a001", "公积金余额查询": "c-11b002", "婚姻登记预约": "hun-yin-deng-ji-yu-yue",
    }
    assert set(load(tmp_path / "out").departments) == {"gong-an-ju", "gong-ji-jin-zhong-xin", "min-zheng-ju"}


def test_the_same_list_again_changes_no_byte_even_on_a_later_day(tmp_path: Path) -> None:
    take(tmp_path, ROWS)
    before = files(tmp_path / "out")
    later = outcomes(tmp_path, ROWS, today=dt.date(2026, 3, 1))
    assert set(later.values()) == {"unchanged"}
    assert files(tmp_path / "out") == before


def test_the_order_of_the_list_does_not_matter(tmp_path: Path) -> None:
    twins = [{**NAMELESS, "部门": "卫健局"}, {**NAMELESS, "部门": "教育局"}, {**PERMIT_ROW, "实施编码": "Z9"}]
    (tmp_path / "b").mkdir()
    take(tmp_path, [*ROWS, *twins])
    take(tmp_path / "b", [*ROWS, *twins][::-1])
    assert files(tmp_path / "out") == files(tmp_path / "b" / "out")


def test_a_list_with_a_day_of_its_own_renews_the_day_under_the_answers(tmp_path: Path) -> None:
    take(tmp_path, ROWS, as_of="2025-10-01")
    assert set(outcomes(tmp_path, ROWS, as_of="2025-11-01").values()) == {"changed"}
    assert load(tmp_path / "out").items["c-11a001"].checked_on == dt.date(2025, 11, 1)


def test_a_newer_list_changes_its_own_files_and_adds_what_is_new(tmp_path: Path) -> None:
    take(tmp_path, ROWS)
    newer = [{**PERMIT_ROW, "事项名称": "居住证首次申领"}, FUND_ROW, NAMELESS,
             {"事项名称": "低保", "部门": "民政局", "实施编码": "D1"}]
    assert outcomes(tmp_path, newer) == {
        "居住证首次申领": "changed", "公积金余额查询": "unchanged", "婚姻登记预约": "unchanged", "低保": "new",
    }
    assert ids(tmp_path)["居住证首次申领"] == "c-11a001"


def test_an_item_keeps_its_id_when_the_list_gives_it_a_code_or_another_one(tmp_path: Path) -> None:
    take(tmp_path, ROWS)
    before = ids(tmp_path)
    take(tmp_path, [{**NAMELESS, "实施编码": "M7"}, {**PERMIT_ROW, "实施编码": "NEW"}, FUND_ROW])
    assert ids(tmp_path) == before
    take(tmp_path, [{**NAMELESS, "实施编码": ""}, {**PERMIT_ROW, "实施编码": ""}, FUND_ROW])
    assert ids(tmp_path) == before


def test_what_is_no_longer_in_the_list_stays_and_is_reported(tmp_path: Path) -> None:
    take(tmp_path, [*ROWS, {**FUND_ROW, "事项名称": "公积金提取", "实施编码": "11B003"}])
    assert outcomes(tmp_path, ROWS)["公积金提取"] == "gone"
    assert "公积金提取" in ids(tmp_path)


def test_a_line_that_is_refused_now_does_not_make_its_file_look_gone(tmp_path: Path) -> None:
    take(tmp_path, ROWS)
    bad = {**FUND_ROW, "类型": "??"}
    told = outcomes(tmp_path, [PERMIT_ROW, bad, NAMELESS], columns={"type": "类型"})
    assert told["公积金余额查询"] == "refused"


def test_an_item_moves_with_its_department_and_is_never_there_twice(tmp_path: Path) -> None:
    take(tmp_path, ROWS)
    assert outcomes(tmp_path, [{**PERMIT_ROW, "部门": "民政局"}, FUND_ROW, NAMELESS])["居住证申领"] == "moved"
    assert load(tmp_path / "out").items["c-11a001"].department == "min-zheng-ju"
    assert not (tmp_path / "out" / PERMIT_FILE).exists()


@pytest.mark.parametrize("change", [
    pytest.param(lambda text: text + "phone: 0600-1\n", id="a phone was added"),
    pytest.param(lambda text: text + "# 已核对\n", id="a remark was added"),
    pytest.param(lambda text: text.split("\n", 2)[2], id="the mark was taken away"),
])
def test_a_file_that_a_person_has_touched_is_kept_and_reported(tmp_path: Path, change: Any) -> None:
    take(tmp_path, ROWS)
    file = tmp_path / "out" / PERMIT_FILE
    file.write_text(change(file.read_text(encoding="utf-8")), encoding="utf-8")
    theirs = file.read_bytes()
    done = take(tmp_path, [{**PERMIT_ROW, "事项名称": "居住证首次申领"}, FUND_ROW, NAMELESS])
    kept = notes(done, "kept")
    assert [(note.line, note.file) for note in kept] == [(1, PERMIT_FILE)]
    assert "stays as it is" in kept[0].sentence
    assert file.read_bytes() == theirs


def test_a_completed_item_is_kept_also_when_its_department_changes(tmp_path: Path) -> None:
    take(tmp_path, ROWS)
    complete = sample_item(item="c-11a001", implementation_code="11A001", flow="guide", fields=[],
                           flow_reason="要现场按指纹")
    write_yaml(tmp_path / "out" / PERMIT_FILE, complete)
    assert outcomes(tmp_path, [{**PERMIT_ROW, "部门": "民政局"}, FUND_ROW, NAMELESS])["居住证申领"] == "kept"
    assert not load(tmp_path / "out").items["c-11a001"].listed


def test_a_copy_with_windows_line_ends_still_counts_as_untouched(tmp_path: Path) -> None:
    take(tmp_path, ROWS)
    file = tmp_path / "out" / PERMIT_FILE
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    assert outcomes(tmp_path, ROWS)["居住证申领"] == "unchanged"


def test_a_department_that_a_person_has_completed_is_kept(tmp_path: Path) -> None:
    take(tmp_path, ROWS)
    file = tmp_path / "out" / "gong-an-ju" / "department.yml"
    file.write_text(file.read_text(encoding="utf-8") + "phone: 0600-1\n", encoding="utf-8")
    done = take(tmp_path, ROWS, departments={"公安局": {"phone": "0600-2"}})
    assert load(tmp_path / "out").departments["gong-an-ju"].phone == "0600-1"
    assert [n.file for n in notes(done, "department")] == ["gong-an-ju/department.yml"]


def test_the_mapping_can_complete_a_department_and_name_its_folder(tmp_path: Path) -> None:
    facts = {"name_en": "Public Security Bureau", "about": "管户口。", "phone": "0600-1",
             "supervision": "12389", "address": "城东路 1 号", "hours": "9:00—17:00"}
    about = {"公安局": {"id": "public-security", "name": "安平市公安局", "short_name": "公安局", **facts}}
    take(tmp_path, [PERMIT_ROW], departments=about)
    department = load(tmp_path / "out").departments["public-security"]
    assert isinstance(department, CompleteDepartment)
    assert (department.name, department.short_name, department.aliases) == ("安平市公安局", "公安局", ())


def test_two_names_of_the_list_can_be_one_department(tmp_path: Path) -> None:
    rows = [PERMIT_ROW, {**PERMIT_ROW, "事项名称": "临时身份证", "实施编码": "2", "部门": "市公安局"}]
    one = {"id": "police"}
    done = take(tmp_path, rows, departments={"公安局": one, "市公安局": one})
    department = load(tmp_path / "out").departments["police"]
    assert (done.departments, department.name, department.aliases) == (1, "公安局", ("市公安局",))


def test_an_id_that_contradicts_the_folder_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    take(tmp_path, ROWS)
    before = files(tmp_path / "out")
    with pytest.raises(CatalogueErrors, match=r"departments\.公安局\.id: 'police'.*Allowed: gong-an-ju"):
        take(tmp_path, ROWS, departments={"公安局": {"id": "police"}})
    assert files(tmp_path / "out") == before


def test_a_department_of_the_mapping_that_no_line_names_is_told(tmp_path: Path) -> None:
    done = take(tmp_path, ROWS, departments={"公安居": {"phone": "1"}})
    assert "no line names it. Did you mean '公安局'?" in notes(done, "left_out")[0].sentence


def test_what_most_lines_say_of_a_department_is_taken_and_the_rest_reported(tmp_path: Path) -> None:
    rows = [{**PERMIT_ROW, "实施编码": str(n), "事项名称": f"第{n}项", "电话": phone}
            for n, phone in enumerate(["1", "2", "2"])]
    done = take(tmp_path, rows, columns={"department_phone": "电话"})
    assert load(tmp_path / "out").departments["gong-an-ju"].phone == "2"
    assert "department_phone: '2' stands on 2 lines and was taken, '1' on 1" in notes(done, "left_out")[0].sentence


def test_a_list_joins_a_catalogue_without_touching_what_is_there(tmp_path: Path) -> None:
    write_catalogue(tmp_path / "out")
    before = files(tmp_path / "out")
    rows = [PERMIT_ROW, {**PERMIT_ROW, "事项名称": "暂住证", "实施编码": "2"},
            {**PERMIT_ROW, "事项名称": "户口迁移", "实施编码": "3"}]
    told = outcomes(tmp_path, rows)
    assert told == {"居住证申领": "kept", "暂住证": "refused", "户口迁移": "new"}
    after = files(tmp_path / "out")
    assert {name: after[name] for name in before} == before
    assert sorted(set(after) - set(before)) == ["public-security/c-3.yml"]


def test_a_name_that_is_an_alias_of_another_service_says_where(tmp_path: Path) -> None:
    write_catalogue(tmp_path / "out")
    done = take(tmp_path, [{**PERMIT_ROW, "事项名称": "暂住证"}])
    assert "alias of public-security/residence-permit.yml" in notes(done, "refused")[0].sentence


def test_a_folder_that_holds_no_catalogue_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(CatalogueErrors, match=r"elements\.yml: the file is missing"):
        take(tmp_path, ROWS)
    assert files(tmp_path / "out") == {"notes.txt": b"mine"}


def test_an_import_that_was_stopped_leaves_a_folder_that_loads_and_can_be_finished(tmp_path: Path) -> None:
    take(tmp_path, ROWS)
    whole = files(tmp_path / "out")
    (tmp_path / "out" / PERMIT_FILE).unlink()
    (tmp_path / "out" / "gong-an-ju" / ".c-11a001.yml.part").write_text("item: [", encoding="utf-8")
    load(tmp_path / "out")
    take(tmp_path, ROWS)
    assert files(tmp_path / "out") == whole


def test_every_file_says_in_its_head_what_it_is(tmp_path: Path) -> None:
    take(tmp_path, ROWS)
    text = (tmp_path / "out" / PERMIT_FILE).read_text(encoding="utf-8")
    assert "只有清单信息" in text.splitlines()[0]
    assert yaml.safe_load(text)["listed"] is True


@pytest.mark.parametrize(("name", "slug"), [
    ("居住证（首次）申领", "ju-zhu-zheng-shou-ci-shen-ling"), ("A 类 3C 认证", "a-lei-3c-ren-zheng"),
    ("3 岁以下婴幼儿", "n-3-sui-yi-xia-ying-you-er"), ("？？", "n"),
])
def test_a_name_is_written_as_it_sounds(name: str, slug: str) -> None:
    assert slug_of_name(name) == slug


def test_long_names_and_codes_give_short_ids_that_still_differ() -> None:
    first, second = slug_of_name("很" * 100 + "甲"), slug_of_name("很" * 100 + "乙")
    assert first != second
    assert max(map(len, (first, second, slug_of_code("1-" * 100)))) <= LONGEST + 7


def test_ids_that_would_be_the_same_all_get_a_mark() -> None:
    given = assign({"甲/事": "shi", "乙/是": "shi", "丙": "bing", "丁": "ding"}, {"ding"})
    assert given["丙"] == "bing"
    assert len(set(given.values())) == 4
    assert all(given[key].startswith("shi-") for key in ("甲/事", "乙/是"))
    assert given["丁"].startswith("ding-")
