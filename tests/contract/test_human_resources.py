"""Human resources keeps the contract in SOAP and GBK."""

from __future__ import annotations

import pytest

from connectors.contract import Bench
from connectors.contract.suite import ConnectorContract
from gateway.errors import DepartmentRefused
from tests.contract.benches import bench
from tests.support.departments import Departments


class TestHumanResources(ConnectorContract):
    @pytest.fixture
    def bench(self, departments: Departments) -> Bench:
        answers = {
            "last_employer": "晨光机械有限公司", "employment_end_date": "2026-09-30",
            "employment_end_reason": "contract-ended", "payout_way": "other-card",
            "bank_card": "6222020000000000005",
        }
        return bench(departments, "human-resources", "unemployment-benefit", answers, "AAC003")

    def test_dates_and_choices_arrive_in_the_departments_codes(
        self, bench: Bench, receipt: str, departments: Departments
    ) -> None:
        bench.submit(receipt)
        (case,) = departments.ledger("human-resources", receipt)
        assert case["fields"]["AAE031"] == "20260930"
        assert case["fields"]["AAE160"] == "11"
        assert case["fields"]["AAE145"] == "2"

    def test_a_finished_case_cannot_be_withdrawn(
        self, bench: Bench, receipt: str, departments: Departments
    ) -> None:
        reference = bench.submit(receipt).reference
        departments.advance("human-resources", reference, "done_granted")
        with pytest.raises(DepartmentRefused) as told:
            bench.withdraw(receipt, reference)
        assert told.value.code == "-2002"
        assert bench.look_up(receipt).status == "done_granted"
