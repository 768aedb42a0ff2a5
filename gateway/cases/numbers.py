"""Reading numbers and money: 1,500.50 元, 1.5 万, 两千五. Pure functions."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import NamedTuple, Optional

CHINESE_NUMBER = re.compile(r"[零〇一二两三四五六七八九十百千万亿]+")
DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
UNITS = {"十": 10, "百": 100, "千": 1000}
SCALES = {"百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}
NUMBER = re.compile(r"([0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?)\s*(万|千|百)?")

_FIGURE = re.compile(
    r"(?<![0-9A-Za-z.])((?:[0-9]{1,3}(?:,[0-9]{3}){1,4}|[0-9]{1,12})(?:\.[0-9]{1,4})?)(?!\.?[0-9]|,[0-9]{3}(?![0-9]))"
    r"(?:\s?[多余]?([百千万亿])([1-9](?![0-9.年月天个]))?)?"
    r"|(?<![第初])[一二两三四五六七八九十][零〇一二两三四五六七八九十百千万亿]{0,15}"
)
_SIGN = re.compile(r"(?:¥|人民币|rmb)\s?$", re.IGNORECASE)
_UNIT = re.compile(
    r"\s?[多余来]?\s?(?:万元|元(?![里桥店化素旦宵月区])|块(?:钱|(?![地砖牌石儿头]))|人民币)"
)
_OF_MONEY = re.compile(
    r"(?:房租|租金|月租|工资|月薪|年薪|薪水|收入|金额|价格|房价|总价|售价|贷款|借款|欠款|押金|保证金|定金|首付|月供|余额|存款|费用|"
    r"罚款|罚金|赔偿金?|补偿金?|补贴|奖金|保费|缴存额|基数|注册资[本金]|拖?欠|花|付|(?<!提)交|缴|扣|赔|报销|借|还剩)"
    r"(?:[\s是为有约:,的了额共按我他她]|大概|大约|差不多|每个?月|一个月|每年|一共|总共|合计|涨到|降到|到手|不到|不足|超过|至少|最多|才|就|只有){0,3}$"
)
_NO_MONEY = re.compile(
    r"\s?[多余来几]?\s?(?:[年月日号岁层楼平天周次位名份张件个人户步倍%度秒时点期届级种类套间栋亩斤吨克公里米辆台股票瓦兆字家成折]"
    r"|分(?!期|[0-9])|单元|星期|礼拜|工作日|小时|[-~/:到至]\s?[0-9]|[a-z])", re.IGNORECASE
)
_LONGEST_LEAD = 16


class Found(NamedTuple):
    """A value in normal form, and where in the text it stands."""

    value: str
    start: int
    end: int


def blank(text: str, found: Iterable[Found]) -> str:
    """The text with spaces where ``found`` stood, so that nothing is read twice."""
    for _, start, end in found:
        text = f"{text[:start]}{' ' * (end - start)}{text[end:]}"
    return text


def half_width(text: str) -> str:
    """NFKC: full-width digits, letters and punctuation become half-width."""
    return unicodedata.normalize("NFKC", text).strip()


def chinese_number(text: str) -> int | None:
    """The value of 三百五十, 两千, 十二, 1 万 written in characters; None if it is not a number."""
    if not text or not CHINESE_NUMBER.fullmatch(text):
        return None
    total = section = digit = 0
    for char in text:
        if char in DIGITS:
            digit = DIGITS[char]
        elif char in UNITS:
            section += (digit or 1) * UNITS[char]
            digit = 0
        else:
            total = (total + section + digit) * SCALES[char]
            section = digit = 0
    return total + section + digit


def find_amount(text: str) -> float | None:
    """The number of an answer to "how much", in yuan: 1500, 1,500.50 元, 1.5 万, 两千五."""
    text = _PER.sub(" ", text)
    match = NUMBER.search(text)
    if match:
        scale = SCALES.get(match.group(2) or "", 1)
        return round(float(match.group(1).replace(",", "")) * scale, 2)
    run = CHINESE_NUMBER.search(text)
    return _spoken(run.group()) if run else None


_PER = re.compile(r"(?:[一1每]|每一) ?个? ?(?:季度|月|年|季|天)(?=.*[0-9一二两三四五六七八九十百千万])")
"""一个月一千二 is 1,200, not 1: the time that it is for comes before the sum."""


def _spoken(words: str) -> float | None:
    """两千五 is 2,500 and 一万二 is 12,000: a last digit counts tenths of the unit before it."""
    value = chinese_number(words)
    if value is not None and len(words) > 2 and words[-1] in DIGITS and words[-2] in "百千万":
        value += DIGITS[words[-1]] * (SCALES[words[-2]] // 10 - 1)
    return None if value is None else float(value)


def find_money(text: str) -> Iterator[Found]:
    """Every amount that is clearly money, in yuan with two decimals (2500.00).

    Clearly: with its unit (元, 块, ¥), in 万 or 千 without another thing counted (3 万人), or beside a
    word of money (房租 2500). A year, a count, a floor or a term of a loan is none.
    """
    for match in _FIGURE.finditer(text):
        lead, rest = text[max(0, match.start() - _LONGEST_LEAD):match.start()], text[match.end():][:8]
        unit = _UNIT.match(rest)
        if unit and match.group() == "一" and rest.startswith("块") and not rest.startswith("块钱"):
            continue  # 一块去
        counted = bool(_NO_MONEY.match(rest))
        if unit or _SIGN.search(lead) or (not counted and (_is_large(match) or _is_sum(match, lead))):
            value = _value(match)
            if value:
                yield Found(f"{value:.2f}", match.start(), match.end() + (unit.end() if unit else 0))


def _is_large(match: re.Match[str]) -> bool:
    """Whether the figure counts in thousands or more: 3 万, 两千五."""
    scale = match.group(2) or (match.group()[1:] if match.group(1) is None else "")
    return any(unit in scale for unit in "千万亿")


def _is_sum(match: re.Match[str], lead: str) -> bool:
    """Whether a word of money stands before it; 工资一直 is no sum, 房租八百 is one."""
    return bool(_OF_MONEY.search(lead)) and (match.group(1) is not None or "百" in match.group()[1:])


def _value(match: re.Match[str]) -> Optional[float]:
    figure, scale, last = match.groups()
    if figure is None:
        words = match.group()
        spelt_out = len(words) > 1 and not any(c in SCALES or c == "十" for c in words)
        return None if spelt_out else _spoken(words)  # 二〇二六 is no amount
    factor = SCALES.get(scale or "", 1)
    return float(figure.replace(",", "")) * factor + int(last or 0) * factor / 10
