"""Reading identifiers out of what people write: numbers of people, phones, cards, firms and cases.

Every ``find_*`` looks inside a sentence and returns the normal form, or None. Text is expected in
half-width form (gateway.understanding.text.normalise, or :func:`half_width`). Days and amounts are read
in gateway.cases.dates and gateway.cases.numbers, and offered here too.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import Optional

import stdnum.exceptions
from stdnum import luhn
from stdnum.cn import uscc
from stdnum.iso7064 import mod_37_36

from gateway.cases.dates import find_date as find_date
from gateway.cases.numbers import Found, blank
from gateway.cases.numbers import chinese_number as chinese_number
from gateway.cases.numbers import find_amount as find_amount
from gateway.cases.numbers import half_width as half_width

ID_LOOSE = re.compile(r"(?<![0-9A-Za-z])[0-9]{6}(?:[ -]?[0-9]){11}[ -]?[0-9Xx](?![0-9A-Za-z])")
PHONE = re.compile(r"(?<![0-9])(?:\+?86[ -]?)?(1[3-9][0-9](?:[ -]?[0-9]){8})(?![0-9])")
BANK_CARD = re.compile(r"(?<![0-9])[3-9][0-9]{3}(?:[ -]?[0-9]){11,15}(?![0-9])")
CREDIT_CODE = re.compile(
    r"(?<![0-9A-Z])[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}(?![0-9A-Z])", re.IGNORECASE
)
PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Z][·. ]?[A-HJ-NP-Z0-9]{4,5}"
    r"[A-HJ-NP-Z0-9学挂警港澳](?![A-Z0-9])",
    re.IGNORECASE,
)
EMAIL = re.compile(
    r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,5}\.[A-Za-z]{2,24}"
)
RECEIPT = re.compile(r"YW[ -]?([0-9]{6})[ -]?([0-9]{6})[ -]?([0-9A-Z])(?![0-9A-Z])", re.IGNORECASE)
ORDINAL = re.compile(r"^(?:我?(?:要|选|就)?)?(?:第)?\s*([0-9]{1,2}|[一二两三四五六七八九十]|[①-⑩]|[A-Ha-h])\s*(?:个|项|种|号|条)?(?:吧|的|。)?$")


def id_number_problem(text: str) -> str | None:
    """Why ``text`` is no 公民身份号码 (GB 11643): length, characters, birth_date, check; or None."""
    number = re.sub(r"[\s-]", "", text).upper()
    if not re.fullmatch(r"[0-9X]+", number):
        return "characters"
    if len(number) != 18:
        return "length"
    if "X" in number[:17]:
        return "characters"
    try:
        born = dt.date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return "birth_date"
    if not dt.date(1880, 1, 1) <= born <= dt.date.today() + dt.timedelta(days=1):
        return "birth_date"
    weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
    total = sum(w * int(c) for w, c in zip(weights, number, strict=False))
    return None if "10X98765432"[total % 11] == number[17] else "check"


def _id_number(match: re.Match[str]) -> Optional[str]:
    number = re.sub(r"[\s-]", "", match.group()).upper()
    return number if id_number_problem(number) is None else None


def _bank_card(match: re.Match[str]) -> Optional[str]:
    number = re.sub(r"[\s-]", "", match.group())
    mistyped = id_number_problem(number) == "check"  # an identity number with a wrong digit is no card
    return number if luhn.is_valid(number) and not mistyped else None


def _credit_code(match: re.Match[str]) -> Optional[str]:
    try:
        return str(uscc.validate(match.group().upper()))
    except stdnum.exceptions.ValidationError:
        return None


def _receipt(match: re.Match[str]) -> Optional[str]:
    number = "".join(match.groups()).upper()
    return f"YW{number}" if mod_37_36.is_valid(number) else None


_READERS: dict[str, tuple[re.Pattern[str], Callable[[re.Match[str]], Optional[str]]]] = {
    "email": (EMAIL, lambda m: m.group()),
    "receipt": (RECEIPT, _receipt),
    "id_number": (ID_LOOSE, _id_number),
    "credit_code": (CREDIT_CODE, _credit_code),
    "bank_card": (BANK_CARD, _bank_card),
    "phone": (PHONE, lambda m: re.sub(r"[\s-]", "", m.group(1))),
    "plate": (PLATE, lambda m: re.sub(r"[·. ]", "", m.group()).upper()),
}
"""In this order: what is checked best goes first, and what it took is not read again."""


def _found(name: str, text: str) -> Iterator[Found]:
    pattern, read = _READERS[name]
    for match in pattern.finditer(text):
        value = read(match)
        if value:
            yield Found(value, *match.span())


def find_all(text: str) -> tuple[dict[str, str], str]:
    """The first identifier of each kind, and the text with all of them blanked."""
    values: dict[str, str] = {}
    for name in _READERS:
        if name == "phone":
            text = _without_id_like(text)
        found = list(_found(name, text))
        if found:
            values[name] = found[0].value
            text = blank(text, found)
    return values, text


def _without_id_like(text: str) -> str:
    """An identity number holds eleven digits too, also one with a wrong digit."""
    return ID_LOOSE.sub(lambda m: " " * len(m.group()), text)


def _first(name: str, text: str) -> Optional[str]:
    return next((found.value for found in _found(name, text)), None)


def find_id_number(text: str) -> Optional[str]:
    """A valid 公民身份号码 in the text."""
    return _first("id_number", text)


def find_phone(text: str) -> Optional[str]:
    """A mainland mobile number: 11 digits from 13 to 19."""
    return _first("phone", _without_id_like(text))


def find_bank_card(text: str) -> Optional[str]:
    """A bank card: 15 to 19 digits that pass the Luhn check (ISO/IEC 7812)."""
    return _first("bank_card", text)


def find_credit_code(text: str) -> Optional[str]:
    """A 统一社会信用代码 (GB 32100)."""
    return _first("credit_code", text)


def find_plate(text: str) -> Optional[str]:
    """A vehicle plate, without the separating dot."""
    return _first("plate", text)


def find_email(text: str) -> Optional[str]:
    """An e-mail address."""
    return _first("email", text)


def find_receipt(text: str) -> Optional[str]:
    """One of our receipt numbers whose check character is right."""
    return _first("receipt", text)


def find_ordinal(text: str) -> int | None:
    """Which one of a list: 第二个, 2, ②, B → 2. Only when nothing else is said."""
    match = ORDINAL.match(text.strip())
    if not match:
        return None
    mark = match.group(1)
    if mark.isdigit():
        return int(unicodedata.normalize("NFKC", mark))
    if "①" <= mark <= "⑩":
        return ord(mark) - ord("①") + 1
    if mark.isascii():
        return ord(mark.upper()) - ord("A") + 1
    return chinese_number(mark)
