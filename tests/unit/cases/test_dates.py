"""A day is read as people write it, and nothing else is read as a day."""

from __future__ import annotations

import datetime as dt

import pytest

from gateway.cases.dates import find_date

TODAY = dt.date(2026, 11, 24)  # a Tuesday


def read(text: str, *, bare: bool = True, today: dt.date = TODAY) -> str | None:
    found = find_date(text, today, bare=bare)
    return found.isoformat() if found else None


@pytest.mark.parametrize(("text", "day"), [
    ("2026-10-08", "2026-10-08"), ("2026年10月8号", "2026-10-08"), ("2026/3/1", "2026-03-01"),
    ("2026.3.1", "2026-03-01"), ("20261001", "2026-10-01"), ("２０２６年１０月８日", "2026-10-08"),
    ("二〇二五年三月一日", "2025-03-01"), ("二零二六年三月一日", "2026-03-01"), ("2026年三月十二", "2026-03-12"),
    ("2026年3月", "2026-03-01"), ("十月八号", "2026-10-08"), ("十二月二十五", "2026-12-25"), ("6.15号", "2026-06-15"),
])
def test_a_written_day_is_read_in_digits_and_characters(text: str, day: str) -> None:
    assert read(text) == read(f"我{text}办的", bare=False) == day


@pytest.mark.parametrize(("text", "day"), [
    ("90年5月", "1990-05-01"), ("九〇年五月", "1990-05-01"), ("98年3月12日", "1998-03-12"), ("05年3月2日", "2005-03-02"),
    ("26年12月1号", "2026-12-01"), ("36年1月", "2036-01-01"), ("37年1月", "1937-01-01"),
])
def test_a_year_of_two_digits_is_of_this_century_up_to_ten_years_ahead(text: str, day: str) -> None:
    assert read(text) == day


@pytest.mark.parametrize(("text", "day"), [
    ("昨天丢的", "2026-11-23"), ("前天", "2026-11-22"), ("大前天", "2026-11-21"), ("明天", "2026-11-25"),
    ("后天", "2026-11-26"), ("大后天", "2026-11-27"), ("昨晚", "2026-11-23"), ("明早", "2026-11-25"),
    ("下周三", "2026-12-02"), ("上周五", "2026-11-20"), ("这周五", "2026-11-27"), ("本周日", "2026-11-29"),
    ("下下周一", "2026-12-07"), ("上上周二", "2026-11-10"), ("下个星期天", "2026-12-06"), ("礼拜六", "2026-11-28"),
    ("问一下周三行吗", "2026-11-25"),
])
def test_a_day_near_today_is_counted_from_today(text: str, day: str) -> None:
    assert read(text) == read(text, bare=False) == day


@pytest.mark.parametrize(("text", "day"), [
    ("3天前", "2026-11-21"), ("三天以前", "2026-11-21"), ("10天之后", "2026-12-04"), ("两周后", "2026-12-08"),
    ("两个星期前", "2026-11-10"), ("3个月后", "2027-02-24"), ("半个月后", "2026-12-09"), ("半年前", "2026-05-24"),
    ("一年后", "2027-11-24"), ("五年前", "2021-11-24"),
])
def test_so_long_ago_or_ahead_is_counted_in_days_weeks_months_and_years(text: str, day: str) -> None:
    assert read(text) == day


@pytest.mark.parametrize(("text", "day"), [
    ("明年3月", "2027-03-01"), ("明年三月十二", "2027-03-12"), ("明年三月十二号", "2027-03-12"),
    ("去年12月5日", "2025-12-05"), ("前年5月", "2024-05-01"), ("后年1月2日", "2028-01-02"),
    ("上个月", "2026-10-01"), ("下个月", "2026-12-01"), ("上上个月", "2026-09-01"), ("下个月5号", "2026-12-05"),
    ("下月5日", "2026-12-05"), ("这个月15号", "2026-11-15"), ("上个月二十五号", "2026-10-25"),
])
def test_a_month_is_counted_from_this_one_and_alone_means_its_first_day(text: str, day: str) -> None:
    assert read(text) == read(text, bare=False) == day


@pytest.mark.parametrize(("text", "day"), [
    ("月底", "2026-11-30"), ("本月底", "2026-11-30"), ("下个月底", "2026-12-31"), ("上月底", "2026-10-31"),
    ("2月底", "2026-02-28"), ("明年3月底", "2027-03-31"), ("2028年2月底", "2028-02-29"),
    ("年底", "2026-12-31"), ("今年年底", "2026-12-31"), ("明年底", "2027-12-31"), ("2027年年底", "2027-12-31"),
])
def test_the_end_of_a_month_or_year_is_its_last_day(text: str, day: str) -> None:
    assert read(text) == day


def test_a_month_later_than_the_31st_is_the_last_day_of_a_shorter_month() -> None:
    assert read("一个月后", today=dt.date(2026, 1, 31)) == "2026-02-28"
    assert read("上个月", today=dt.date(2026, 1, 31)) == "2025-12-01"


@pytest.mark.parametrize("text", ["2026-13-40", "2026年2月30日", "2月30号", "没有日期", "9999999天后", "999年前"])
def test_a_day_that_is_not_in_the_calendar_is_none(text: str) -> None:
    assert read(text) is None


@pytest.mark.parametrize("text", ["农历八月十五", "阴历三月初三", "农历2026年8月15日"])
def test_the_lunar_calendar_is_not_read(text: str) -> None:
    assert read(text) is None


@pytest.mark.parametrize("text", [
    "证明日期", "说明天数", "目前天气", "后天失明", "先天和后天性疾病", "周一到周五上班吗", "每周三", "每月15号", "每月底扣款",
    "3个工作日后", "贷款30年", "满18岁", "98年以前工作的", "1960年后", "两三年前", "几十年前", "问一下个月缴多少", "底薪三千", "5号楼",
    "每月 15 日前", "每年底", "交满一年后",
])
def test_a_repeated_day_a_term_or_a_piece_of_a_word_is_no_day(text: str) -> None:
    assert read(text, bare=False) is None


@pytest.mark.parametrize("text", ["10.8", "10-8", "10/8"])
def test_two_bare_numbers_are_a_day_as_an_answer_and_none_in_a_sentence(text: str) -> None:
    assert read(text) == "2026-10-08"
    assert read(f"利率{text}吗", bare=False) is None
