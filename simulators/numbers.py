"""Numbers that departments give out: a new person's identity number, a new company's credit code. Made up, well formed."""

from __future__ import annotations

_AREA = "110105"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_CODE_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_COMPANY = "91110105"


def id_number(birth_date: str, serial: int) -> str:
    """公民身份号码 (GB 11643) for somebody born on that day, as 20260912 or 2026-09-12."""
    body = f"{_AREA}{birth_date.replace('-', '')}{serial % 1000:03d}"
    total = sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True))
    return body + _CHECKS[total % 11]


def credit_code(serial: int) -> str:
    """统一社会信用代码 (GB 32100) of a company."""
    body = f"{_COMPANY}MA{serial % 10_000_000:07d}"
    total = sum(_CODE_CHARACTERS.index(c) * pow(3, n, 31) for n, c in enumerate(body))
    return body + _CODE_CHARACTERS[-total % 31]
