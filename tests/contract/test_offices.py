"""The departments on the shared platform keep the contract, one of each way to work, and have their own windows."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from connectors.answers import Slot
from connectors.client import Connector
from connectors.contract import Bench
from connectors.contract.suite import ConnectorContract
from connectors.registry import Connectors
from gateway.cases import form
from gateway.catalogue.model import Catalogue
from gateway.errors import DepartmentRefused, OurFault
from simulators.bureaus import BUREAUS
from simulators.styles import STYLES
from tests.contract.benches import PERSON, bench, manifest_of
from tests.support.departments import Departments
from tests.support.examples import example_answers

ITEMS = {
    "medical-insurance": "medical-remote-filing", "taxation": "tax-certificate",
    "civil-affairs": "minimum-living", "market-regulation": "company-registration",
    "natural-resources": "property-transfer", "education": "school-enrolment",
    "health": "birth-registration", "housing-construction": "public-rental",
    "transport": "senior-travel-card", "veterans": "veteran-card", "justice": "legal-aid",
    "disabled-persons": "disability-certificate", "data-administration": "open-data-request",
}
"""One item of each department, to hold its connector and its system to the contract."""
EACH_WAY = (*STYLES, "natural-resources", "civil-affairs")
"""One department of each way to work: the usual one twice, with appointments and without. The others differ from them
in their forms, which test_every_item.py fills in, and are tried by ``connector test`` in test_trial.py."""
CHEN = {"name": "陈建国", "id_number": "110105190103070013"}
LI = {"name": "李桂芳", "id_number": "110105190208150028"}


@pytest.mark.parametrize("department", EACH_WAY)
class TestOffices(ConnectorContract):
    @pytest.fixture
    def bench(self, departments: Departments, catalogue: Catalogue, department: str) -> Bench:
        item = catalogue.items[ITEMS[department]]
        answers = form.to_send(catalogue, example_answers(catalogue, item))
        operation = "book" if item.flow.value == "appointment" else "submit"
        name = manifest_of(department).fields_["name"].removeprefix("params.")
        return bench(departments, department, item.item, answers, name, operation)

    def test_a_name_that_no_form_has_is_our_fault_and_in_the_log(
        self, bench: Bench, receipt: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        connector = bench.connect()
        connector.manifest = connector.manifest.copy(
            update={"fields_": {**connector.manifest.fields_, "name": f"{connector.manifest.fields_['name']}X"}}
        )
        with pytest.raises(OurFault):
            bench.submit(receipt, connector=connector)
        assert "code=UNKNOWN_FIELD" in caplog.text
        assert bench.held(receipt) == 0


def test_every_department_of_the_platform_has_an_item_here() -> None:
    assert set(ITEMS) == {bureau.name for bureau in BUREAUS}
    assert set(EACH_WAY) <= set(ITEMS)


DIARIES = [
    ("civil-affairs", "marriage-registration", 3, 30, "市民服务中心婚姻登记处"),
    ("natural-resources", "property-transfer", 4, 30, "市民服务中心不动产登记窗口"),
    ("justice", "notarization", 1, 60, "市民服务中心公证窗口"),
]


@pytest.mark.parametrize(("department", "item", "quota", "minutes", "place"), DIARIES)
def test_each_office_has_its_own_windows_and_times(
    connectors: Connectors, department: str, item: str, quota: int, minutes: int, place: str
) -> None:
    slots = free(office(connectors, department), item)
    assert {slot.place for slot in slots} == {place}
    assert {slot.ends - slot.starts for slot in slots} == {dt.timedelta(minutes=minutes)}
    assert len({slot.starts.date() for slot in slots}) == 10
    assert max(slot.left for slot in slots) == quota


def test_a_time_that_is_full_is_refused_and_free_again_after_a_withdrawal(
    connectors: Connectors, catalogue: Catalogue
) -> None:
    notary = office(connectors, "justice")
    slot = free(notary, "notarization")[0]
    item = catalogue.items["notarization"]
    values = {**form.to_send(catalogue, example_answers(catalogue, item)), "appointment_slot": slot.id}

    def book(receipt: str, person: dict[str, str]) -> str:
        answer = notary.call(
            "book", {**values, **person}, item=item.item, receipt=receipt, key=receipt
        )
        return answer.reference

    first = book("notary-1", PERSON)
    with pytest.raises(DepartmentRefused) as twice:
        book("notary-2", PERSON)
    with pytest.raises(DepartmentRefused) as full:
        book("notary-3", CHEN)
    assert [e.value.code for e in (twice, full)] == ["SLOT_TWICE", "SLOT_FULL"]
    assert full.value.field == "appointment_slot"
    assert slot.id not in {s.id for s in free(notary, "notarization")}
    notary.call("withdraw", {}, item=item.item, receipt="notary-1", reference=first, key="w")
    assert book("notary-4", CHEN)


def test_a_time_of_another_window_is_refused(connectors: Connectors, catalogue: Catalogue) -> None:
    registry = office(connectors, "civil-affairs")
    item = catalogue.items["marriage-registration"]
    values = {
        **form.to_send(catalogue, example_answers(catalogue, item)),
        "appointment_slot": free(registry, item.item)[0].id, "service_place": "east-hall",
    }
    with pytest.raises(DepartmentRefused) as told:
        registry.call("book", values, item=item.item, receipt="wed-1", key="wed-1")
    assert (told.value.code, told.value.field) == ("SLOT_GONE", "appointment_slot")


def test_two_people_of_one_number_do_not_marry(connectors: Connectors, catalogue: Catalogue) -> None:
    registry = office(connectors, "civil-affairs")
    item = catalogue.items["marriage-registration"]
    values = form.to_send(catalogue, example_answers(catalogue, item, {
        "marriage_partner_id_number": PERSON["id_number"],
    }))
    slot = free(registry, item.item)[0].id
    with pytest.raises(DepartmentRefused) as told:
        registry.call(
            "book", {**values, "appointment_slot": slot}, item=item.item, receipt="wed-2", key="wed-2"
        )
    assert told.value.field == "marriage_partner_id_number"


def test_every_property_of_a_person_is_listed_in_plain_words(connectors: Connectors) -> None:
    rows = property_query(connectors, property_query_scope="all")
    assert rows["登记情况"] == "2 处"
    assert rows["查询用途"] == "买房或贷款"
    assert rows["坐落（1）"] == "文昌路 120 号 6 幢 302 室"
    assert rows["房屋用途（2）"] == "车位"
    assert rows["抵押（1）"] == "没有抵押"


def test_one_property_is_found_by_its_certificate_however_it_is_written(
    connectors: Connectors,
) -> None:
    certificate = "(2022)不动产权第0023456号"
    rows = property_query(
        connectors, property_query_scope="one", property_query_certificate=certificate, **CHEN
    )
    assert rows["登记情况"] == "1 处"
    assert rows["抵押"] == "已抵押"
    assert "坐落（1）" not in rows


def test_a_person_without_property_is_told_so(connectors: Connectors) -> None:
    rows = property_query(connectors, property_query_scope="all", **LI)
    assert rows["登记情况"] == "未查到登记"
    assert "坐落" not in rows


@pytest.mark.parametrize("certificate", ["（2022）不动产权第 0023456 号", "（1999）第 9999999 号"])
def test_a_certificate_of_somebody_else_is_like_an_unknown_one(
    connectors: Connectors, certificate: str
) -> None:
    with pytest.raises(DepartmentRefused) as told:
        property_query(
            connectors, property_query_scope="one", property_query_certificate=certificate
        )
    assert (told.value.code, told.value.field) == ("NO_RECORD", "property_query_certificate")


def office(connectors: Connectors, department: str) -> Connector:
    found = connectors.get(department)
    assert found is not None
    return found


def free(connector: Connector, item: str) -> list[Slot]:
    return connector.call("slots", {"service_place": "civic-hall"}, item=item, key="").slots


def property_query(connectors: Connectors, **changed: Any) -> dict[str, str]:
    values = {
        "name": PERSON["name"], "id_number": PERSON["id_number"],
        "property_query_purpose": "purchase", **changed,
    }
    registry = office(connectors, "natural-resources")
    return registry.call("query", values, item="property-query", key="q").fields
