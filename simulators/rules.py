"""What every sample department checks by itself, and how it covers what it shows."""

from __future__ import annotations

import datetime as dt
import re
from typing import Optional

SHANGHAI = dt.timezone(dt.timedelta(hours=8))
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_LONG_NUMBER = re.compile(r"(?<![0-9A-Za-z])\d{11,18}[\dXx]?(?![0-9A-Za-z])")
_MOBILE = re.compile(r"1[3-9]\d{9}")


def is_id_number(text: str, today: dt.date) -> bool:
    """Whether ``text`` is a 公民身份号码 after GB 11643-1999: date of birth and check character."""
    if not re.fullmatch(r"\d{17}[\dX]", text, re.ASCII):
        return False
    born = day(text[6:14])
    if born is None:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(text, _WEIGHTS, strict=False))
    return born <= today and _CHECKS[total % 11] == text[17]


def is_mobile(text: str) -> bool:
    """Whether ``text`` is a mobile number of mainland China."""
    return _MOBILE.fullmatch(text) is not None


def is_bank_card(text: str) -> bool:
    """Whether ``text`` has the length of a bank card number."""
    return re.fullmatch(r"\d{16,19}", text, re.ASCII) is not None


def is_credit_code(text: str) -> bool:
    """Whether ``text`` has the length and the characters of a 统一社会信用代码 (GB 32100-2015)."""
    return re.fullmatch(r"[0-9A-HJ-NPQRTUWXY]{18}", text) is not None


def is_amount(text: str) -> bool:
    """Whether ``text`` is an amount of yuan, with at most two decimals."""
    return re.fullmatch(r"\d{1,12}(\.\d{1,2})?", text, re.ASCII) is not None


def day(text: str) -> Optional[dt.date]:
    """The day that ``text`` writes as 20260930 or 2026-09-30, or None."""
    if not re.fullmatch(r"\d{8}|\d{4}-\d{2}-\d{2}", text, re.ASCII):
        return None
    try:
        return dt.datetime.strptime(text.replace("-", ""), "%Y%m%d").date()
    except ValueError:
        return None


def month(text: str) -> Optional[dt.date]:
    """The first day of the month that ``text`` writes as 202609 or 2026-09, or None."""
    return day(f"{text.replace('-', '')}01") if re.fullmatch(r"\d{6}|\d{4}-\d{2}", text, re.ASCII) else None


def cover(text: str) -> str:
    """``text`` with every identity, phone and card number covered but for its ends."""

    def stars(match: re.Match[str]) -> str:
        number = match.group()
        head, tail = (3, 4) if len(number) == 11 else (3, 3)
        return number[:head] + "*" * (len(number) - head - tail) + number[-tail:]

    return _LONG_NUMBER.sub(stars, text)
