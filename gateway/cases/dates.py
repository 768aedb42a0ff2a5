"""Reading a day as people write it: 2026-10-08, 十月八号, 下周三, 月底, 两周后. Pure functions.

The lunar calendar (农历) is not read: a wrong day is worse than a question.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Callable
from typing import Optional

from gateway.cases.numbers import DIGITS, chinese_number, half_width

Reader = tuple[re.Pattern[str], Callable[[re.Match[str], dt.date], dt.date]]

WEEKDAYS = {c: i for i, c in enumerate("一二三四五六")} | {"日": 6, "天": 6}
YEARS = {"前": -2, "去": -1, "今": 0, "本": 0, "明": 1, "后": 2}
MONTHS = {"上上": -2, "上": -1, "这": 0, "本": 0, "下": 1, "下下": 2}
DAYS = {"大前": -3, "前": -2, "昨": -1, "今": 0, "明": 1, "后": 2, "大后": 3}
WEEKS = {"上上": -14, "上": -7, "下": 7, "下下": 14}
FAR_YEARS = 10
"""A year of two digits up to so many years ahead is of this century: 26 年 is 2026, 90 年 is 1990."""

FAR_OFF = 30

_LUNAR = re.compile(r"(?:农历|阴历|旧历)[^,，。;；\s]{0,12}")
_SPOKEN = re.compile(
    r"(?<![周期拜])[零〇一二两三四五六七八九十]{1,8}(?=\s*(?:[年月日号天周]|个?星期|个?礼拜|个月))"
    r"|(?<=月)[一二三四五六七八九十]{1,3}"
)
_NO_UNITS = re.compile(r"[零〇一二两三四五六七八九]{2,8}")
_DAY = r"([0-9]{1,2})(?:\s*[日号]|(?!\s*[0-9个年月天次人元块万千百份件时分%层楼.]))"


def find_date(text: str, today: dt.date, *, bare: bool = True) -> Optional[dt.date]:
    """A day: 2026-10-08, 2026 年 10 月 8 日, 10 月 8 号, 昨天, 下周三, 3 天前. Years come from ``today``.

    A day and month without a year is this year's; a month alone is its first day. ``bare`` also takes
    10.8 and 10-8, good as an answer to "which day": in the middle of a sentence they may be anything.
    """
    text = _digits(_LUNAR.sub(" ", half_width(text)))
    for pattern, build in (*_FORMS, *_BARE_FORMS) if bare else _FORMS:
        match = pattern.search(text)
        if match:
            try:
                return build(match, today)
            except (ValueError, OverflowError):
                return None
    return None


def _digits(text: str) -> str:
    """十月八号 → 10月8号, so that one set of patterns reads both."""
    def number(match: re.Match[str]) -> str:
        words = match.group()
        if not _NO_UNITS.fullmatch(words):
            return str(chinese_number(words))
        year = len(words) == 4 or (len(words) == 2 and words[0] in "零〇五六七八九")  # 九〇年, not 两三年
        return "".join(str(DIGITS[c]) for c in words) if year else words

    return _SPOKEN.sub(number, text)


def _ymd(match: re.Match[str], today: dt.date) -> dt.date:
    return dt.date(int(match.group(1)), int(match.group(2)), int(match.group(3)))


def _year_month(match: re.Match[str], today: dt.date) -> dt.date:
    return dt.date(int(match.group(1)), int(match.group(2)), 1)


def _month_day(match: re.Match[str], today: dt.date) -> dt.date:
    return dt.date(today.year, int(match.group(1)), int(match.group(2)))


def _short_year(match: re.Match[str], today: dt.date) -> dt.date:
    year = today.year // 100 * 100 + int(match.group(1))
    if year > today.year + FAR_YEARS:
        year -= 100
    return dt.date(year, int(match.group(2)), int(match.group(3) or 1))


def _relative_year(match: re.Match[str], today: dt.date) -> dt.date:
    year = today.year + YEARS[match.group(1)]
    return dt.date(year, int(match.group(2)), int(match.group(3) or 1))


def _year_end(match: re.Match[str], today: dt.date) -> dt.date:
    said = match.group(1) or "今"
    return dt.date(int(said) if said.isdigit() else today.year + YEARS[said], 12, 31)


def _relative_month(match: re.Match[str], today: dt.date) -> dt.date:
    first = _months_on(today.replace(day=1), MONTHS[match.group(1)])
    return _end_of_month(first) if match.group(2) else first.replace(day=int(match.group(3)))


def _month_alone(match: re.Match[str], today: dt.date) -> dt.date:
    return _months_on(today.replace(day=1), MONTHS[match.group(1)])


def _month_end(match: re.Match[str], today: dt.date) -> dt.date:
    said, month = match.groups()
    year = int(said) if said and said.isdigit() else today.year + YEARS[said or "今"]
    return _end_of_month(dt.date(year, int(month or today.month), 1))


def _end_of_month(day: dt.date) -> dt.date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def _months_on(day: dt.date, months: int) -> dt.date:
    """The same day so many months later, or the last of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return dt.date(year, month + 1, min(day.day, last))


def _ago(match: re.Match[str], today: dt.date) -> dt.date:
    count, unit, way = match.groups()
    number = (1 if count == "半" else int(count)) * (1 if way == "后" else -1)
    if unit == "年" and abs(number) >= FAR_OFF:
        raise ValueError("98 年前 is the year 1998")
    if unit == "年":
        return _months_on(today, number * (6 if count == "半" else 12))
    if unit == "个月":
        return today + dt.timedelta(days=15 * number) if count == "半" else _months_on(today, number)
    return today + dt.timedelta(days=number * (1 if unit in {"天", "日"} else 7))


def _word(match: re.Match[str], today: dt.date) -> dt.date:
    return today + dt.timedelta(days=DAYS[match.group(1)])


def _week(match: re.Match[str], today: dt.date) -> dt.date:
    monday = today - dt.timedelta(days=today.weekday())
    return monday + dt.timedelta(days=WEEKDAYS[match.group(2)] + WEEKS.get(match.group(1) or "", 0))


_YEAR = r"(?<![0-9])((?:19|20)[0-9]{2})"
_NEAR_YEAR = r"(?<![目之以大])前|去|今|本|明|(?<![今以之最])后"
_NEAR = rf"({_NEAR_YEAR})年"
_ANY_YEAR = rf"((?<![0-9])(?:19|20)[0-9]{{2}}|{_NEAR_YEAR})\s*"
_MONTH = r"(?<![0-9.])([0-9]{1,2})\s*月"
_LAST = r"(?<![以早晚线网])上上?"
_NEXT = r"(?<![一以])下下?"  # not 问一下个月
_FORMS: tuple[Reader, ...] = (
    (re.compile(rf"{_YEAR}\s*[-/.年]\s*([0-9]{{1,2}})\s*[-/.月]\s*([0-9]{{1,2}})"), _ymd),
    (re.compile(rf"{_YEAR}([01][0-9])([0-3][0-9])(?![0-9])"), _ymd),
    (re.compile(rf"({_LAST}|这|本|{_NEXT})个?月份?\s*(?:([底末])|{_DAY})"), _relative_month),
    (re.compile(rf"(?:{_ANY_YEAR}年\s*)?(?:(?<![0-9])([0-9]{{1,2}})\s*)?(?<![个每])月[底末](?!薪)"), _month_end),
    (re.compile(rf"{_ANY_YEAR}年\s*年?[底末](?!薪)"), _year_end),
    (re.compile(r"(?<![每历往年0-9])()年[底末](?!薪)"), _year_end),
    (re.compile(rf"{_NEAR}\s*([0-9]{{1,2}})\s*月(?:份?\s*{_DAY})?"), _relative_year),
    (re.compile(rf"(?<![0-9满够缴交])([0-9]{{2}})\s*年\s*([0-9]{{1,2}})\s*月(?:份?\s*{_DAY})?"), _short_year),
    (re.compile(rf"{_MONTH}份?\s*{_DAY}"), _month_day),
    (re.compile(r"(?<![0-9.])([0-9]{1,2})\s*[-/.]\s*([0-9]{1,2})\s*[日号]"), _month_day),
    (re.compile(rf"{_YEAR}\s*年\s*([0-9]{{1,2}})\s*月"), _year_month),
    (
        re.compile(
            r"(?<![0-9.第满够几数])(?<![满够]\s)([1-9][0-9]{0,2}|半(?=个月|年))\s*"
            r"(天|日(?![以之]?前)|周|个?星期|个?礼拜|个月|年)[以之]?(前|后)(?![后面期半续])"
        ),
        _ago,
    ),
    (re.compile(r"(大前|(?<![目之以年月从提])前|大后|(?<![今以之最然随])后)天(?![气数生性失致环勤努])"), _word),
    (re.compile(r"((?<![说证声申注表文写])明|(?<![如至])今|昨)[天日晚早](?![期头数])"), _word),
    (
        re.compile(
            rf"(?<![每个到至~、和-])(?:({_LAST}|这|本|{_NEXT})个?)?(?:周|星期|礼拜)([一二三四五六日天])(?![到至~、和常程均报期年岁边数-])"
        ),
        _week,
    ),
    (re.compile(rf"({_LAST}|{_NEXT})个月(?![前后内])"), _month_alone),
)
_BARE_FORMS: tuple[Reader, ...] = (
    (re.compile(r"(?<![0-9.])([0-9]{1,2})\s*[-/.]\s*([0-9]{1,2})(?![0-9])"), _month_day),
    (re.compile(rf"{_YEAR}\s*[-/.]\s*([0-9]{{1,2}})(?![0-9])"), _year_month),
)
