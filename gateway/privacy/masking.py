"""Masking: what staff, logs and replies may show of personal data.

Identity numbers keep three characters at the front and the back, phones three and four
(VOICE: 110************02X, 138****8000). Masking is for people's eyes and for rows kept in the clear;
it is not encryption.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_ID = re.compile(r"(?<![0-9])[0-9](?:[ -]{0,2}[0-9]){5}(?:[ -]{0,2}[0-9]){11}[ -]{0,2}[0-9Xx](?![0-9A-Za-z])")
_ID_15 = re.compile(r"(?<![0-9])[1-9][0-9]{5}[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}(?![0-9])")
_CARD = re.compile(r"(?<![0-9])[0-9]{4}(?:[ -]{0,2}[0-9]){11,15}(?![0-9])")
_PHONE = re.compile(r"(?<![0-9])(?:\+?86[ -]?)?1[3-9][0-9](?:[ -]{0,2}[0-9]){8}(?![0-9])")
_LANDLINE = re.compile(r"(?<![0-9])0[0-9]{2,3}-[1-9][0-9]{6,7}(?![0-9])")
_EMAIL = re.compile(r"([A-Za-z0-9._%+-])[A-Za-z0-9._%+-]*(@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)")
_PASSPORT = re.compile(r"(?<![0-9A-Za-z])(?:[EeGgDdPpSs][A-Za-z]?[0-9]{7,8}|[HhMm][0-9]{8,10})(?![0-9A-Za-z])")
_PLATE = re.compile(r"([京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Z])[·. ]?[A-HJ-NP-Z0-9]{4,5}[A-HJ-NP-Z0-9学挂警港澳]")
_NAME = re.compile(r"((?:我(?:的名字)?叫|我的?姓名是?|姓名[是:：]?|联系人[是:：]?|名字[是:：]|收件人[是:：]?)\s*)([一-龥·]{2,4})")
_LONG_NUMBER = re.compile(r"(?<![0-9A-Za-z])[0-9]{9,}(?:[Xx])?(?![0-9A-Za-z])")
_DIGITS = str.maketrans("０１２３４５６７８９Ｘ", "0123456789X")


def keep_ends(value: str, front: int, back: int) -> str:
    """``value`` with all but its ends starred; a value too short for that is starred whole."""
    if len(value) <= front + back:
        return "*" * len(value)
    return value[:front] + "*" * (len(value) - front - back) + (value[-back:] if back else "")


def mask_value(value: str, kind: str) -> str:
    """One answer, as its citizen may see it again. ``kind`` is an ElementType's value."""
    if kind == "id_number":
        return keep_ends(value, 3, 3)
    if kind == "phone":
        return keep_ends(value, 3, 4)
    if kind == "bank_card":
        return keep_ends(value, 4, 4)
    if kind == "person_name":
        return "*" * (len(value) - 1) + value[-1:] if len(value) > 1 else "*"
    if kind == "email":
        return _EMAIL.sub(r"\1***\2", value)
    if kind == "address":
        return keep_ends(value, min(6, len(value) // 2), 0)
    if kind == "secret":
        return "******"
    if kind == "credit_code":
        return keep_ends(value, 4, 4)
    return value


def mask_text(text: str, known: Iterable[str] = ()) -> str:
    """Free text with everything that looks like personal data masked.

    ``known`` are values that this citizen gave before (a name, an address): they are masked
    wherever they stand, since no pattern could tell a name from other words.
    """
    text = text.translate(_DIGITS)
    for value in sorted({v for v in known if len(v) > 1}, key=len, reverse=True):
        text = text.replace(value, keep_ends(value, 1, 0))
    text = _ID.sub(lambda m: keep_ends(re.sub(r"[ -]", "", m.group()), 3, 3), text)
    text = _ID_15.sub(lambda m: keep_ends(m.group(), 3, 3), text)
    text = _CARD.sub(lambda m: keep_ends(re.sub(r"[ -]", "", m.group()), 4, 4), text)
    text = _PHONE.sub(lambda m: keep_ends(re.sub(r"[ -]", "", m.group()), 3, 4), text)
    text = _EMAIL.sub(r"\1***\2", text)
    text = _PASSPORT.sub(lambda m: keep_ends(m.group(), 2, 2), text)
    text = _PLATE.sub(r"\1*****", text)
    text = _NAME.sub(lambda m: m.group(1) + "*" * len(m.group(2)), text)
    return _LONG_NUMBER.sub(lambda m: keep_ends(m.group(), 3, 2), text)
