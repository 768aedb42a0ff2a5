"""The table of regions: every name leads to its code, and what is badly written is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.catalogue import loader
from gateway.catalogue.regions import (
    REGIONS,
    Home,
    Region,
    Regions,
    home_of,
    load_regions,
    read_regions,
    short_name,
)
from gateway.errors import CatalogueErrors, SettingsError
from gateway.settings import ROOT
from tests.support.pace import paced
from tests.support.sample_catalogue import write_catalogue

MOST_PACE = 3.0
FILE = ROOT / "catalogue" / REGIONS
SMALL = "regions:\n  51 四川省:\n    01 成都市: 04 锦江区 07 武侯区\n  11 北京市:\n    01: 05 朝阳区\n"


def all_regions() -> Regions:
    return load_regions()


def of(code: str) -> Region:
    region = all_regions().find(code)
    assert region
    return region


def test_provinces_cities_and_counties_have_code_and_full_name() -> None:
    regions = all_regions()
    names = {code: regions.find(code) for code in ("510000", "510100", "510107", "110105", "522600", "659001")}
    assert {code: r.full_name for code, r in names.items() if r} == {
        "510000": "四川省", "510100": "四川省成都市", "510107": "四川省成都市武侯区", "110105": "北京市朝阳区",
        "522600": "贵州省黔东南苗族侗族自治州", "659001": "新疆维吾尔自治区石河子市",
    }
    assert regions.find("999999") is None
    assert regions.find(None) is None


def test_all_provinces_and_some_three_thousand_regions_are_there() -> None:
    regions = list(all_regions())
    assert sum(r.is_province for r in regions) == 34
    assert sum(r.is_county for r in regions) > 2800
    assert len({r.code for r in regions}) == len(regions)
    assert len({r.full_name for r in regions}) == len(regions)


@pytest.mark.parametrize(("name", "short"), [
    ("四川省", "四川"), ("内蒙古自治区", "内蒙古"), ("广西壮族自治区", "广西"), ("新疆维吾尔自治区", "新疆"), ("香港特别行政区", "香港"),
    ("成都市", "成都"), ("黔东南苗族侗族自治州", "黔东南"), ("克孜勒苏柯尔克孜自治州", "克孜勒苏"), ("阿里地区", "阿里"), ("锡林郭勒盟", "锡林郭勒"),
    ("武侯区", "武侯"), ("浦东新区", "浦东"), ("积石山保安族东乡族撒拉族自治县", "积石山"), ("东乡族自治县", "东乡"),
    ("鄂温克族自治旗", "鄂温克"), ("鄂伦春自治旗", "鄂伦春"), ("神农架林区", "神农架"), ("万柏林区", "万柏林"), ("和县", ""), ("城区", ""),
])
def test_a_short_name_leaves_out_the_kind_and_the_peoples(name: str, short: str) -> None:
    assert short_name(name) == short


def test_a_region_holds_what_lies_in_it_and_itself() -> None:
    province, city, county = of("510000"), of("510100"), of("510107")
    assert province.holds(city)
    assert city.holds(county)
    assert county.holds(county)
    assert not county.holds(city)
    assert not city.holds(province)


def test_the_table_is_read_in_some_45_ms_and_only_once() -> None:
    raw = FILE.read_bytes()

    def whole(_: int) -> None:
        regions = read_regions(raw)
        assert regions.by_name
        assert regions.lengths

    assert paced(whole) < MOST_PACE
    assert load_regions() is load_regions(ROOT / "catalogue")


def test_a_catalogue_without_a_table_uses_the_projects_and_with_one_its_own(tmp_path: Path) -> None:
    assert load_regions(tmp_path) is load_regions()
    (tmp_path / REGIONS).write_text(SMALL, encoding="utf-8")
    assert [r.code for r in load_regions(tmp_path)] == ["510000", "510100", "510104", "510107", "110000", "110105"]


def test_the_catalogues_loader_leaves_the_table_to_this_one(tmp_path: Path) -> None:
    write_catalogue(tmp_path)
    before = loader.load(tmp_path)
    (tmp_path / REGIONS).write_text(SMALL, encoding="utf-8")
    assert loader.load(tmp_path) == before


@pytest.mark.parametrize(("change", "said"), [
    (("51 四川省", "四川省"), "'四川省' is no province. Allowed: two digits, a space and a name."),
    (("01 成都市:", "成都市:"), "is no city with its counties. Allowed: '01 成都市: 04 锦江区 05 青羊区'."),
    (("04 锦江区", "锦江区"), "is no city with its counties"),
    (("04 锦江区", "04"), "is no city with its counties"),
    (("04 锦江区 07 武侯区", "[04, 07]"), "is no city with its counties"),
    (("07 武侯区", "04 武侯区"), "the code '510104' stands here twice. Correct one of the two."),
    (("regions:", "places:"), "is not a known key. Allowed: regions."),
    ((SMALL, "regions:\n"), "regions: is missing or empty"),
    ((SMALL, ""), "the file is empty"),
    (("\n    01 成都市: 04 锦江区 07 武侯区", " 成都市"), "is not a set of keys. Allowed: one line a city."),
])
def test_a_badly_written_table_is_refused_with_a_sentence(change: tuple[str, str], said: str) -> None:
    with pytest.raises(CatalogueErrors) as caught:
        read_regions(SMALL.replace(*change).encode())
    assert said in str(caught.value)
    assert all(problem.file == REGIONS for problem in caught.value.problems)


@pytest.mark.parametrize(("setting", "name", "code"), [
    ("510100", "成都市", "510100"), ("成都市", "成都市", "510100"), ("成都", "成都市", "510100"), ("武侯区", "武侯区", "510107"),
    ("清河市", "清河市", None),
])
def test_home_is_named_by_code_or_name_and_may_be_made_up(setting: str, name: str, code: str | None) -> None:
    home = home_of(setting, all_regions())
    assert (home.name, home.region.code if home.region else None) == (name, code)


@pytest.mark.parametrize(("setting", "said"), [
    ("999999", "is no region's code"), ("", "is no region's code"), ("朝阳区", "may be 110105 (北京市朝阳区), 220104"),
])
def test_a_home_that_cannot_be_told_is_refused_with_what_to_write(setting: str, said: str) -> None:
    with pytest.raises(SettingsError) as caught:
        home_of(setting, all_regions())
    assert said in str(caught.value)
    assert "GATEWAY_REGION" in str(caught.value)


def test_home_holds_its_districts_and_knows_its_province() -> None:
    county, other, far = of("510107"), of("510700"), of("110105")
    home = home_of("510100", all_regions())
    assert (home.holds(county), home.holds(other), home.holds(far)) == (True, False, False)
    assert (home.same_province(other), home.same_province(far)) == (True, False)


def test_a_made_up_home_lies_in_no_province_and_holds_what_bears_its_name() -> None:
    home, district, far = Home("清河市", None), of("211204"), of("110105")
    assert home.holds(district)
    assert not home.holds(far)
    assert home.same_province(far) is None


@pytest.mark.parametrize(("text", "named"), [
    ("换回本市", True), ("我回清河市了", True), ("回本地办", True), ("我不是本地人", False), ("我在外地", False),
])
def test_home_is_named_by_its_name_or_as_ours(text: str, named: bool) -> None:
    assert Home("清河市", None).named_in(text) is named
