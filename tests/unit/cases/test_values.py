"""Values are read as people write them."""

from __future__ import annotations

import pytest
from stdnum import luhn

from gateway.cases import values


@pytest.mark.parametrize(("number", "problem"), [
    ("11010519491231002X", None), ("11010519491231002x", None), ("110105194912310021", "check"),
    ("1101051949123100", "length"), ("11010519491331002X", "birth_date"), ("1101051949123100AB", "characters"),
    ("X1010519491231002X", "characters"),
])
def test_an_identity_number_is_checked_after_gb_11643(number: str, problem: str | None) -> None:
    assert values.id_number_problem(number) == problem


def test_numbers_are_found_in_a_sentence_with_spaces() -> None:
    text = "我的身份证 110105 19491231 002X，电话 138 0013 8000"
    assert values.find_id_number(text) == "11010519491231002X"
    assert values.find_phone(text) == "13800138000"


def test_a_phone_is_not_found_inside_a_longer_number() -> None:
    assert values.find_phone("99138001380001") is None


@pytest.mark.parametrize(("text", "place"), [
    ("第二个", 2), ("2", 2), ("②", 2), ("选第三个吧", 3), ("B", 2), ("第十个", 10), ("两个人", None), ("二手房", None),
])
def test_an_ordinal_is_read_only_when_nothing_else_is_said(text: str, place: int | None) -> None:
    assert values.find_ordinal(text) == place


def test_plates_codes_and_mails_are_found() -> None:
    assert values.find_plate("车牌京A·12345 违章") == "京A12345"
    assert values.find_credit_code("代码91110000600037341L") == "91110000600037341L"
    assert values.find_email("发到 a.b@example.com 吧") == "a.b@example.com"


def test_a_plate_ends_where_its_characters_end_and_may_be_written_small() -> None:
    assert values.find_plate("川a12345") == "川A12345"
    assert values.find_plate("京AD12345 是绿牌") == "京AD12345"
    assert values.find_plate("京A1234567890") is None


def test_a_mistyped_identity_number_is_neither_a_bank_card_nor_a_phone() -> None:
    mistyped = next(
        n for n in (f"5101051990{month:02}{day:02}{rest:04}" for month in range(1, 13) for day in range(1, 29)
                    for rest in range(0, 9999, 7))
        if luhn.is_valid(n) and values.id_number_problem(n) == "check"
    )
    assert values.find_bank_card(mistyped) is None
    assert values.find_phone(f"{mistyped[:6]} {mistyped[6:14]} {mistyped[14:]}") is None


def test_each_digit_is_read_once_and_every_kind_is_found() -> None:
    said = "我叫王小明，身份证11010519491231002X，电话138-0013-8000，邮箱13900139000@139.com，车牌京A·12345"
    found, rest = values.find_all(values.half_width(said))
    assert found == {
        "email": "13900139000@139.com", "id_number": "11010519491231002X", "phone": "13800138000",
        "plate": "京A12345",
    }
    assert not any(c.isdigit() for c in rest)
    assert len(rest) == len(said)
