"""The housing fund keeps the contract in forms and return codes; it also answers a query."""

from __future__ import annotations

import pytest

from connectors.answers import Answer
from connectors.contract import Bench
from connectors.contract.suite import ConnectorContract
from gateway.errors import DepartmentRefused
from tests.contract.benches import PERSON, bench
from tests.support.departments import Departments


class TestHousingFund(ConnectorContract):
    @pytest.fixture
    def bench(self, departments: Departments) -> Bench:
        answers = {
            "rent_city": "本市", "rent_amount": "1500", "marital_status": "married",
            "spouse_id_number": "110105190103070013", "bank_card": "6222020000000000005",
        }
        return bench(departments, "housing-fund", "housing-fund-rent", answers, "xm")

    def test_the_right_password_shows_the_account_in_plain_words(
        self, bench: Bench, departments: Departments
    ) -> None:
        password = departments.query_password(PERSON["id_number"])
        rows = balance(bench, password).fields
        assert rows["账户余额（元）"] == "86532.18"
        assert rows["账户状态"] == "正常"
        assert rows["缴到"] == "2026 年 9 月 15 日"

    def test_a_wrong_password_is_refused(self, bench: Bench, departments: Departments) -> None:
        right = departments.query_password(PERSON["id_number"])
        wrong = f"{(int(right) + 1) % 1_000_000:06d}"
        with pytest.raises(DepartmentRefused) as told:
            balance(bench, wrong)
        assert told.value.field == "query_password"

    def test_a_refusal_names_the_second_identity_number_when_that_is_wrong(
        self, bench: Bench, receipt: str
    ) -> None:
        with pytest.raises(DepartmentRefused) as told:
            bench.submit(receipt, {"spouse_id_number": "110105190103070014"})
        assert told.value.field == "spouse_id_number"


def balance(bench: Bench, password: str) -> Answer:
    values = {
        "name": PERSON["name"], "id_number": PERSON["id_number"], "query_password": password,
    }
    return bench.connect().call("query", values, item="housing-fund-query", key="query")
