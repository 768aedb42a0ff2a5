"""Reading values out of what people write: numbers, dates, identifiers. Pure functions.

Every ``find_*`` looks inside a sentence and returns the normal form, or None. Text is expected in
half-width form (gateway.understanding.text.normalise, or :func:`half_width`).
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata

import stdnum.exceptions
from stdnum import luhn
from stdnum.cn import uscc
from stdnum.iso7064 import mod_37_36

ID_LOOSE = re.compile(r"(?<![0-9A-Za-z])[0-9]{6}(?:[ -]?[0-9]){11}[ -]?[0-9Xx](?![0-9A-Za-z])")
PHONE = re.compile(r"(?<![0-9])(?:\+?86[ -]?)?(1[3-9][0-9](?:[ -]?[0-9]){8})(?![0-9])")
BANK_CARD = re.compile(r"(?<![0-9])[3-9][0-9]{3}(?:[ -]?[0-9]){11,15}(?![0-9])")
CREDIT_CODE = re.compile(r"(?<![0-9A-Z])[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}(?![0-9A-Z])")
PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Z][·. ]?[A-HJ-NP-Z0-9]{4,5}[A-HJ-NP-Z0-9学挂警港澳]"
)
EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,24}")
RECEIPT = re.compile(r"YW[ -]?([0-9]{6})[ -]?([0-9]{6})[ -]?([0-9A-Z])(?![0-9A-Z])", re.IGNORECASE)
MONEY = re.compile(r"([0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?)\s*(万|千|百)?\s*(?:元|块|人民币)?")
CHINESE_NUMBER = re.compile(r"[零〇一二两三四五六七八九十百千万亿]+")
DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
UNITS = {"十": 10, "百": 100, "千": 1000}
WEEKDAYS = {c: i for i, c in enumerate("一二三四五六")} | {"日": 6, "天": 6}
ORDINAL = re.compile(r"^(?:我?(?:要|选|就)?)?(?:第)?\s*([0-9]{1,2}|[一二两三四五六七八九十]|[①-⑩]|[A-Ha-h])\s*(?:个|项|种|号|条)?(?:吧|的|。)?$")


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
            total = (total + section + digit) * (10_000 if char == "万" else 100_000_000)
            section = digit = 0
    return total + section + digit


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


def find_id_number(text: str) -> str | None:
    """A valid 公民身份号码 in the text."""
    for match in ID_LOOSE.finditer(text):
        number = re.sub(r"[\s-]", "", match.group()).upper()
        if id_number_problem(number) is None:
            return number
    return None


def find_phone(text: str) -> str | None:
    """A mainland mobile number: 11 digits from 13 to 19."""
    match = PHONE.search(ID_LOOSE.sub("，", text))  # an identity number holds eleven digits too
    return re.sub(r"[\s-]", "", match.group(1)) if match else None


def find_bank_card(text: str) -> str | None:
    """A bank card: 15 to 19 digits that pass the Luhn check (ISO/IEC 7812)."""
    for match in BANK_CARD.finditer(text):
        number = re.sub(r"[\s-]", "", match.group())
        if luhn.is_valid(number):
            return number
    return None


def find_credit_code(text: str) -> str | None:
    """A 统一社会信用代码 (GB 32100)."""
    for match in CREDIT_CODE.finditer(text.upper()):
        try:
            return str(uscc.validate(match.group()))
        except stdnum.exceptions.ValidationError:
            continue
    return None


def find_plate(text: str) -> str | None:
    """A vehicle plate, without the separating dot."""
    match = PLATE.search(text.upper())
    return re.sub(r"[·. ]", "", match.group()) if match else None


def find_email(text: str) -> str | None:
    """An e-mail address."""
    match = EMAIL.search(text)
    return match.group() if match else None


def find_receipt(text: str) -> str | None:
    """One of our receipt numbers whose check character is right."""
    match = RECEIPT.search(text)
    if not match:
        return None
    number = "".join(match.groups()).upper()
    return f"YW{number}" if mod_37_36.is_valid(number) else None


def find_amount(text: str) -> float | None:
    """An amount in yuan: 1500, 1,500.50 元, 1.5 万, 两千五."""
    match = MONEY.search(text)
    if match:
        scale = {"万": 10_000, "千": 1000, "百": 100}.get(match.group(2) or "", 1)
        return round(float(match.group(1).replace(",", "")) * scale, 2)
    run = CHINESE_NUMBER.search(text)
    if not run:
        return None
    words = run.group()
    value = chinese_number(words)
    # 两千五 is 2,500 and 一万二 is 12,000: a last digit counts tenths of the unit before it.
    if value is not None and len(words) > 2 and words[-1] in DIGITS and words[-2] in "百千万":
        unit = 10_000 if words[-2] == "万" else UNITS[words[-2]]
        value += DIGITS[words[-1]] * (unit // 10 - 1)
    return None if value is None else float(value)


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


def find_date(text: str, today: dt.date) -> dt.date | None:
    """A day: 2026-10-08, 2026 年 10 月 8 日, 10 月 8 号, 昨天, 下周三, 3 天前. Years come from ``today``.

    A day and month without a year is the nearest one: this year's.
    """
    text = _digits(half_width(text))
    for pattern, build in _DATE_FORMS:
        match = pattern.search(text)
        if match:
            try:
                return build(match, today)
            except ValueError:
                return None
    return None


def _digits(text: str) -> str:
    """十月八号 → 10月8号, so that one set of patterns reads both."""
    def number(match: re.Match[str]) -> str:
        words = match.group()
        if len(words) == 4 and all(c in DIGITS for c in words):
            return "".join(str(DIGITS[c]) for c in words)
        return str(chinese_number(words))

    return re.sub(r"(?<![周期拜])[零〇一二两三四五六七八九十]+(?=\s*[年月日号天个])", number, text)


def _week(match: re.Match[str], today: dt.date) -> dt.date:
    offset = {"上": -7, "下": 7, "下下": 14}.get(match.group(1) or "", 0)
    monday = today - dt.timedelta(days=today.weekday())
    return monday + dt.timedelta(days=WEEKDAYS[match.group(2)] + offset)


def _ago(match: re.Match[str], today: dt.date) -> dt.date:
    days = int(match.group(1)) * (7 if match.group(2) in {"周", "星期", "个星期"} else 1)
    return today + dt.timedelta(days=days if match.group(3) in {"后", "以后", "之后"} else -days)


def _word(match: re.Match[str], today: dt.date) -> dt.date:
    offsets = {"大前": -3, "前": -2, "昨": -1, "今": 0, "明": 1, "后": 2, "大后": 3}
    return today + dt.timedelta(days=offsets[match.group(1)])


def _relative_year(match: re.Match[str], today: dt.date) -> dt.date:
    year = today.year + {"去": -1, "前": -2, "今": 0, "明": 1}[match.group(1)]
    return dt.date(year, int(match.group(2)), int(match.group(3) or 1))


_DATE_FORMS = (
    (
        re.compile(r"((?:19|20)[0-9]{2})\s*[-/.年]\s*([0-9]{1,2})\s*[-/.月]\s*([0-9]{1,2})"),
        lambda m, t: dt.date(int(m.group(1)), int(m.group(2)), int(m.group(3))),
    ),
    (
        re.compile(r"(?<![0-9])((?:19|20)[0-9]{2})([01][0-9])([0-3][0-9])(?![0-9])"),
        lambda m, t: dt.date(int(m.group(1)), int(m.group(2)), int(m.group(3))),
    ),
    (re.compile(r"([去前今明])年\s*([0-9]{1,2})\s*月(?:\s*([0-9]{1,2})\s*[日号])?"), _relative_year),
    (
        re.compile(r"(?<![0-9])([0-9]{1,2})\s*[-/.月]\s*([0-9]{1,2})(?![0-9])\s*[日号]?"),
        lambda m, t: dt.date(t.year, int(m.group(1)), int(m.group(2))),
    ),
    (
        re.compile(r"((?:19|20)[0-9]{2})\s*[-/.年]\s*([0-9]{1,2})\s*月?(?![0-9])"),
        lambda m, t: dt.date(int(m.group(1)), int(m.group(2)), 1),
    ),
    (re.compile(r"([0-9]+)\s*(天|日|周|星期|个星期)\s*(以?之?[前后])"), _ago),
    (re.compile(r"(大前|前|昨|今|明|大后|后)[天日]"), _word),
    (re.compile(r"(上|下下|下)?(?:个)?(?:周|星期|礼拜)([一二三四五六日天])"), _week),
)
