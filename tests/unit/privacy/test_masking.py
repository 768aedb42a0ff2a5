"""Nothing that looks like personal data is shown or kept in the clear."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gateway.privacy.masking import mask_text, mask_value

CASES = Path(__file__).resolve().parents[4] / "shared" / "data" / "pii" / "cn_pii_cases.jsonl"


@pytest.mark.parametrize(("text", "shown"), [
    ("身份证11010519491231002X", "身份证110************02X"),
    ("１３８００１３８０００", "138****8000"),
    ("电话 138 0013 8000 谢谢", "电话 138****8000 谢谢"),
    ("卡号6222 0212 3456 7890 123", "卡号6222***********0123"),
    ("1101  0119  9001  0112  37", "110************237"),
    ("发到 zhang.san@example.com", "发到 z***@example.com"),
    ("我叫张三丰", "我叫***"),
    ("车牌京A12345", "车牌京A*****"),
    ("2026 年 10 月 8 日交 40 元", "2026 年 10 月 8 日交 40 元"),
    ("打 12345 或 110", "打 12345 或 110"),
])
def test_numbers_names_and_addresses_are_masked_in_free_text(text: str, shown: str) -> None:
    assert mask_text(text) == shown


def test_values_given_before_are_masked_wherever_they_stand() -> None:
    assert mask_text("王小明住文昌路8号", known=("王小明", "文昌路8号")) == "王**住文****"


@pytest.mark.parametrize(("kind", "value", "shown"), [
    ("id_number", "11010519491231002X", "110************02X"),
    ("phone", "13800138000", "138****8000"),
    ("person_name", "王小明", "**明"),
    ("person_name", "王", "*"),
    ("bank_card", "6222021234567890123", "6222***********0123"),
    ("secret", "123456", "******"),
    ("text", "丢在超市", "丢在超市"),
])
def test_an_answer_is_shown_again_with_its_ends_only(kind: str, value: str, shown: str) -> None:
    assert mask_value(value, kind) == shown


@pytest.mark.skipif(not CASES.exists(), reason="the shared test material is not on this machine")
def test_phones_numbers_cards_and_mails_of_real_cases_are_masked() -> None:
    missed = [text for text in _texts_with_personal_data() if mask_text(text) == text]
    assert not missed


def _texts_with_personal_data() -> list[str]:
    texts: list[str] = []
    for line in CASES.read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        if not any(kind in case["recognizer"] for kind in ("Phone", "IDCard", "BankCard", "Email")):
            continue
        if case.get("fields") == "text,expected_count" and case["case"][1]:
            texts.append(case["case"][0])
        elif str(case.get("list", "")).startswith("valid_id"):
            texts += case["values"]
    assert len(texts) > 20
    return texts
