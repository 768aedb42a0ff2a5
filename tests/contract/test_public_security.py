"""Public security keeps the contract; it also gives appointments and knows a replayed request."""

from __future__ import annotations

import datetime as dt

import pytest

from connectors.answers import Slot
from connectors.auth import sign
from connectors.client import Connector
from connectors.contract import Bench
from connectors.contract.suite import ConnectorContract
from connectors.registry import new_session
from gateway.errors import DepartmentRefused, OurFault
from tests.contract.benches import PERSON, bench
from tests.support.departments import Departments

NAME = "public-security"
OTHERS = ("110105190103070013", "110105190208150028")


class TestPublicSecurity(ConnectorContract):
    @pytest.fixture
    def bench(self, departments: Departments) -> Bench:
        answers = {
            "lost_on": "2026-10-05", "delivery_way": "post", "mailing_address": "东湖路 18 号",
        }
        return bench(departments, NAME, "id-card-lost", answers, "applicant.name")

    def test_free_times_are_half_hours_of_the_asked_window(self, bench: Bench) -> None:
        slots = free(bench, "east-hall")
        assert {slot.place for slot in slots} == {"城东便民服务中心"}
        assert len({slot.starts.date() for slot in slots}) == 10
        assert {slot.ends - slot.starts for slot in slots} == {dt.timedelta(minutes=30)}
        assert {slot.left for slot in slots} <= {1, 2}
        assert len(free(bench, "")) > len(slots)

    def test_a_time_is_given_to_two_people_and_refused_to_the_third(
        self, bench: Bench, receipt: str
    ) -> None:
        slot = next(s for s in free(bench, "civic-hall") if s.left == 2)
        first = book(bench, f"{receipt}1", slot, PERSON["id_number"])
        assert first == book(bench, f"{receipt}1", slot, PERSON["id_number"])
        with pytest.raises(DepartmentRefused) as twice:
            book(bench, f"{receipt}2", slot, PERSON["id_number"])
        assert (twice.value.code, twice.value.field) == ("E3003", "appointment_slot")
        book(bench, f"{receipt}3", slot, OTHERS[0])
        with pytest.raises(DepartmentRefused) as full:
            book(bench, f"{receipt}4", slot, OTHERS[1])
        assert (full.value.code, full.value.field) == ("E3001", "appointment_slot")
        assert slot.id not in {s.id for s in free(bench, "civic-hall")}
        bench.withdraw(f"{receipt}1", first)
        assert book(bench, f"{receipt}5", slot, OTHERS[1])

    def test_a_time_of_another_window_is_refused(self, bench: Bench, receipt: str) -> None:
        slot = free(bench, "east-hall")[0]
        with pytest.raises(DepartmentRefused) as told:
            book(bench, receipt, slot, OTHERS[0], window="civic-hall")
        assert told.value.code == "E3002"

    def test_a_wrong_number_of_a_child_is_told_as_the_childs(
        self, bench: Bench, receipt: str
    ) -> None:
        slot = free(bench, "civic-hall")[0]
        values = {
            **PERSON, "exit_entry_applicant": "child", "child_name": "王小雨",
            "child_id_number": "110105201903071235", "service_place": "civic-hall",
            "appointment_slot": slot.id,
        }
        with pytest.raises(DepartmentRefused) as told:
            bench.connect().call("book", values, item="passport", receipt=receipt, key=receipt)
        assert told.value.field == "child_id_number"

    def test_a_replayed_request_is_refused(self, bench: Bench, departments: Departments) -> None:
        connector = bench.connect()
        session = new_session()
        headers = {
            "X-App-Id": "yiwen-gateway", "X-Timestamp": str(int(dt.datetime.now().timestamp())),
            "X-Nonce": "0123456789abcdef0123456789abcdef",
        }
        target = "/api/v1/cases?outerNo=NOBODY"
        headers["X-Signature"] = sign(
            departments.secrets["public-security-hmac"], "GET", target,
            headers["X-Timestamp"], headers["X-Nonce"], b"",
        )
        answers = [
            session.get(connector.address + target, headers=headers, timeout=5).json()["code"]
            for _ in range(2)
        ]
        assert answers == ["E2001", "E4003"]

    def test_a_clock_that_is_wrong_is_our_fault(
        self, bench: Bench, departments: Departments
    ) -> None:
        good = bench.connect()
        early = Connector(
            good.manifest, good.address, departments.secrets["public-security-hmac"],
            session=new_session(),
            clock=lambda: dt.datetime.now(dt.timezone.utc) - dt.timedelta(minutes=6),
        )
        with pytest.raises(OurFault, match="E4002"):
            early.call("look_up", {}, item=bench.item, receipt="NOBODY", key="k")


def free(bench: Bench, window: str) -> list[Slot]:
    values = {"service_place": window, "name": PERSON["name"]}
    return bench.connect().call("slots", values, item="id-card-renew", key="slots").slots


def book(
    bench: Bench, receipt: str, slot: Slot, id_number: str, window: str = ""
) -> str:
    windows = {"市民服务中心": "civic-hall", "城东便民服务中心": "east-hall"}
    values = {
        **PERSON, "id_number": id_number, "appointment_slot": slot.id,
        "service_place": window or windows[slot.place],
    }
    answer = bench.connect().call(
        "book", values, item="id-card-renew", receipt=receipt, key=f"book-{receipt}"
    )
    assert answer.status == "accepted"
    return answer.reference
