"""A region counts where its name stands for a place, not where it is a street or a piece of a word."""

from __future__ import annotations

import pytest

from gateway.cases.places import find_mentions, find_region, is_place
from gateway.catalogue.regions import load_regions

REGIONS = load_regions()


def code(text: str) -> str | None:
    region = find_region(text, REGIONS)
    return region.code if region else None


@pytest.mark.parametrize(("text", "region"), [
    ("四川省", "510000"), ("我在四川", "510000"), ("成都的社保", "510100"), ("内蒙古", "150000"), ("我在内蒙", "150000"),
    ("广西壮族自治区", "450000"), ("广西", "450000"), ("黔东南", "522600"), ("黔东南州", "522600"), ("北京", "110000"),
    ("大兴安岭", "232700"), ("台湾", "710000"), ("香港", "810000"), ("吉林", "220000"), ("吉林市", "220200"), ("东莞", "441900"),
])
def test_a_province_or_city_is_known_by_its_full_and_its_short_name(text: str, region: str) -> None:
    assert code(text) == region


@pytest.mark.parametrize(("text", "region"), [
    ("成都武侯", "510107"), ("四川省成都市武侯区", "510107"), ("四川 成都 武侯", "510107"), ("浙江义乌", "330782"),
    ("北京朝阳", "110105"), ("青海大通", "630121"), ("山西交口", "141130"), ("天津和平", "120101"), ("西安长安", "610116"),
    ("晋城城区", "140502"), ("南京市鼓楼区", "320106"), ("新疆石河子", "659001"), ("吉林吉林市", "220200"), ("武侯区", "510107"),
    ("浦东新区", "310115"), ("义乌市", "330782"), ("大通回族土族自治县", "630121"), ("我在歙县", "341021"),
])
def test_a_county_is_known_by_its_full_name_or_after_its_province_or_city(text: str, region: str) -> None:
    assert code(text) == region


@pytest.mark.parametrize("text", [
    "武侯", "和平解决", "新华书店", "城区", "老城区改造", "大通车", "交口", "朝阳区", "鼓楼区", "市中区", "我住城东区", "河东区", "南山区",
])
def test_a_county_by_its_short_name_or_a_name_of_many_is_no_region(text: str) -> None:
    assert code(text) is None


@pytest.mark.parametrize("text", [
    "海南路8号", "南京路", "南京东路步行街", "西安路派出所", "北京西路100号", "中山大道", "北京时间几点", "青岛啤酒", "四川大学毕业",
    "北京银行的卡", "朝阳产业", "长安汽车过户", "孙中山", "大理石", "哈密瓜", "普洱茶",
])
def test_a_street_a_bank_a_school_or_a_brand_is_no_region(text: str) -> None:
    assert code(text) is None


@pytest.mark.parametrize("text", [
    "医保定点医院", "社保定期缴", "推广东西", "适应城市生活", "沿海城市落户", "股东营业执照", "没办成都怪我", "昨天水费交了", "未开封的文件",
    "最新余额", "五十四平方米", "老人安康", "网上海关申报", "公安局和县政府", "东方市场", "随身东西安检", "各位来宾", "三明治", "快乐山庄",
    "快递周六安排", "公安阳光政务", "客运城市公交", "扩大同意范围", "资金华侨", "美丽水乡", "长白山", "区别在哪",
])
def test_a_name_made_by_chance_of_other_words_is_no_region(text: str) -> None:
    assert code(text) is None


@pytest.mark.parametrize(("text", "region"), [
    ("我在开封", "410200"), ("我是天水人", "620500"), ("辽宁朝阳", "211300"), ("朝阳市", "211300"), ("大同的社保怎么转", "140200"),
    ("转到六安去", "341500"), ("乐山", "511100"), ("我要办成都的", "510100"),
])
def test_a_name_that_is_also_a_word_counts_beside_a_word_of_place(text: str, region: str) -> None:
    assert code(text) == region


@pytest.mark.parametrize(("text", "region"), [
    ("成都市场监管局", "510100"), ("成都市民政局", "510100"), ("上海南京路", "310000"), ("山西安置房", "140000"),
    ("晚上海淀区开门吗", "110108"), ("武汉中心医院", "420100"), ("江苏鼓楼区", "320000"),
])
def test_where_names_overlap_the_longer_or_the_first_counts(text: str, region: str) -> None:
    assert code(text) == region


def test_of_two_regions_the_one_moved_to_counts_else_the_first() -> None:
    assert code("从成都搬到重庆") == "500000"
    assert code("我在广州，切换到苏州") == "320500"
    assert code("户口在四川，人在广州") == "510000"
    names = [m.region.name for m in find_mentions("户口在四川，人在广州天河", REGIONS)]
    assert names == ["四川省", "天河区"]


def test_a_message_is_a_place_only_when_it_says_nothing_else() -> None:
    assert all(is_place(text, REGIONS) for text in ("成都", "我在四川成都", "我人在上海。", "换到天河区吧"))
    assert not any(
        is_place(text, REGIONS) for text in ("成都公积金", "南京路", "从成都到重庆", "你好", "成都可以办吗", "")
    )
