"""A listed item (只有清单信息) may leave the guide out; every other one stays held to all of it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from gateway.catalogue.checks import check
from gateway.catalogue.loader import load
from gateway.catalogue.model import (
    Catalogue,
    CompleteDepartment,
    CompleteItem,
    ServiceItem,
)
from gateway.errors import CatalogueErrors
from tests.support.sample_catalogue import (
    sample_department,
    sample_fund,
    sample_item,
    write_catalogue,
)

LISTED = {"item": "listed-item", "listed": True, "name": "临时身份证", "checked_on": "2025-10-08"}
BARE_DEPARTMENT = {"department": "public-security", "listed": True, "name": "公安局", "short_name": "公安局"}


def load_with(folder: Path, item: dict[str, Any], department: dict[str, Any] | None = None) -> Catalogue:
    return load(write_catalogue(
        folder, items={"public-security": [item]},
        departments=[department or sample_department(), sample_fund()],
    ))


def findings(catalogue: Catalogue) -> list[str]:
    today = dt.date(2025, 11, 20)
    return [f.rule for f in check(catalogue, has_connector=lambda department: False, today=today)]


def test_a_listed_item_and_department_need_nothing_but_their_names(tmp_path: Path) -> None:
    catalogue = load_with(tmp_path, LISTED, BARE_DEPARTMENT)
    item = catalogue.items["listed-item"]
    assert isinstance(item, ServiceItem)
    assert not isinstance(item, CompleteItem)
    assert not isinstance(catalogue.departments["public-security"], CompleteDepartment)
    assert findings(catalogue) == []


@pytest.mark.parametrize("written", ["true", "yes", "True", "on"])
def test_listed_may_be_written_in_any_way_that_means_true(tmp_path: Path, written: str) -> None:
    assert load_with(tmp_path, {**LISTED, "listed": written}).items["listed-item"].listed


@pytest.mark.parametrize("written", [{}, {"listed": False}, {"listed": "no"}])
def test_an_item_that_is_not_listed_needs_its_whole_guide(tmp_path: Path, written: dict[str, Any]) -> None:
    item = {key: value for key, value in LISTED.items() if key != "listed"}
    with pytest.raises(CatalogueErrors) as caught:
        load_with(tmp_path, {**item, **written})
    missing = {problem.key for problem in caught.value.problems}
    assert missing >= {
        "aliases", "utterances", "type", "kind", "audience", "flow", "forms", "online_depth", "visits",
        "summary", "conditions", "steps", "statutory_limit", "promised_limit", "fee", "places", "phone",
        "supervision", "online", "legal_basis", "result",
    }


def test_a_department_that_is_not_listed_needs_all_its_facts(tmp_path: Path) -> None:
    with pytest.raises(CatalogueErrors) as caught:
        load_with(tmp_path, sample_item(), {**BARE_DEPARTMENT, "listed": False})
    assert {p.key for p in caught.value.problems} == {
        "name_en", "about", "phone", "supervision", "address", "hours",
    }


@pytest.mark.parametrize("place", [{"name": "窗口", "address": "城东路 1 号"}, {"name": "窗口", "hours": "全天"}])
def test_a_complete_item_says_of_each_place_where_and_when(tmp_path: Path, place: dict[str, str]) -> None:
    with pytest.raises(CatalogueErrors, match=r"places\.0\.\w+: is missing"):
        load_with(tmp_path, sample_item(places=[place]))


@pytest.mark.parametrize(("key", "value"), [
    ("flow", "apply"), ("flow", "query"), ("fields", [{"element": "id_number"}]),
])
def test_a_listed_item_that_could_be_applied_for_is_refused_with_what_to_do(
    tmp_path: Path, key: str, value: Any
) -> None:
    with pytest.raises(CatalogueErrors, match=f"{key}: a listed item can be asked about.*remove 'listed'"):
        load_with(tmp_path, {**LISTED, key: value})


def test_a_listed_neither_true_nor_false_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CatalogueErrors, match="listed: 'maybe' is neither true nor false"):
        load_with(tmp_path, {**LISTED, "listed": "maybe"})


@pytest.mark.parametrize(("known", "rule"), [
    ({"kind": "immediate", "promised_limit": {"n": 5, "unit": "days"}}, "immediate_kind_has_immediate_limit"),
    ({"online_depth": "full", "visits": {"count": 1}}, "full_depth_means_no_visit"),
    ({"phone": "12345", "supervision": "123-45"}, "item_lines_differ"),
    ({"promised_limit": {"n": 9, "unit": "days"}, "statutory_limit": {"n": 5, "unit": "days"}},
     "promised_limit_is_within_statutory"),
    ({"checked_on": "2025-11-21"}, "guide_was_checked_already"),
])
def test_what_is_known_of_a_listed_item_must_not_contradict_itself(
    tmp_path: Path, known: dict[str, Any], rule: str
) -> None:
    assert findings(load_with(tmp_path, {**LISTED, **known})) == [rule]


@pytest.mark.parametrize("known", [
    {"type": "permit"}, {"visits": {"count": 1}}, {"fee": {"charged": True, "note": "40 元"}},
    {"result": {"name": "许可证"}}, {"forms": ["window"], "visits": {"count": 0}},
])
def test_what_only_a_complete_guide_must_say_is_not_asked_of_a_listed_item(
    tmp_path: Path, known: dict[str, Any]
) -> None:
    assert findings(load_with(tmp_path, {**LISTED, **known})) == []


def test_the_line_of_origin_of_a_listed_item_says_that_the_guide_is_not_entered(tmp_path: Path) -> None:
    law = [{"law": "居住证暂行条例", "article": "第九条"}]
    for known in ({}, {"legal_basis": law}):
        line = load_with(tmp_path, {**LISTED, **known}).items["listed-item"].source_line
        assert line == "出自部门的事项清单（10 月 8 日），办事指南还没录入"
