"""Receipt numbers notice a slip of the finger."""

from __future__ import annotations

import datetime as dt

from gateway.cases.receipts import LENGTH, new_receipt
from gateway.cases.values import find_receipt

DAY = dt.date(2026, 11, 24)


def test_a_receipt_number_is_found_in_a_sentence_in_any_case() -> None:
    receipt = new_receipt(DAY)
    assert len(receipt) == LENGTH
    assert find_receipt(f"帮我查 {receipt.lower()} 谢谢") == receipt


def test_one_wrong_digit_is_noticed() -> None:
    receipt = new_receipt(DAY)
    for place in range(2, LENGTH - 1):
        wrong = receipt[:place] + str((int(receipt[place]) + 1) % 10) + receipt[place + 1:]
        assert find_receipt(wrong) is None


def test_receipts_do_not_follow_each_other() -> None:
    numbers = {int(new_receipt(DAY)[8:14]) for _ in range(50)}
    assert len(numbers) > 45
    assert max(numbers) - min(numbers) > 1000
