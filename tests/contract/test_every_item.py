"""Every service item works end to end: filled in with examples, it reaches its department whole."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import pytest

from connectors.client import Connector
from connectors.manifest import Manifest
from connectors.registry import Connectors
from gateway.cases import form
from gateway.catalogue.loader import load
from gateway.catalogue.model import Catalogue, Flow, ServiceItem
from gateway.settings import ROOT
from simulators.rules import cover
from tests.support.departments import Departments
from tests.support.examples import every_choice, example_answers


def items(*flows: Flow) -> list[ServiceItem]:
    """The items of the catalogue with one of these flows."""
    return [item for item in load(ROOT / "catalogue").items.values() if item.flow in flows]


def name(item: ServiceItem) -> str:
    return item.item


def connector_of(connectors: Connectors, item: ServiceItem) -> Connector:
    connector = connectors.get(item.department)
    assert connector is not None
    return connector


@pytest.mark.parametrize("item", items(Flow.apply), ids=name)
def test_an_application_with_every_choice_arrives_whole(
    item: ServiceItem, catalogue: Catalogue, connectors: Connectors, departments: Departments
) -> None:
    connector = connector_of(connectors, item)
    for number, chosen in enumerate(every_choice(catalogue, item)):
        values = form.to_send(catalogue, example_answers(catalogue, item, chosen))
        receipt = f"{item.item}-{number}"
        answer = connector.call(
            "submit", values, item=item.item, receipt=receipt, key=f"{receipt}-submit"
        )
        assert answer.reference
        assert answer.status == "submitted"
        assert_arrived(departments, connector.manifest, item, receipt, values)


@pytest.mark.parametrize(
    "item", [i for i in items(Flow.apply) if not all(f.required for f in i.fields)], ids=name
)
def test_a_question_that_may_be_skipped_is_not_missed(
    item: ServiceItem, catalogue: Catalogue, connectors: Connectors
) -> None:
    skipped = {field.element: form.SKIPPED for field in item.fields if not field.required}
    values = form.to_send(catalogue, example_answers(catalogue, item, skipped))
    receipt = f"{item.item}-skipped"
    answer = connector_of(connectors, item).call(
        "submit", values, item=item.item, receipt=receipt, key=receipt
    )
    assert answer.status == "submitted"


@pytest.mark.parametrize("item", items(Flow.appointment), ids=name)
def test_an_appointment_with_every_choice_is_booked_and_given_back(
    item: ServiceItem, catalogue: Catalogue, connectors: Connectors, departments: Departments
) -> None:
    connector = connector_of(connectors, item)
    for number, chosen in enumerate(every_choice(catalogue, item)):
        told = form.to_send(catalogue, example_answers(catalogue, item, chosen))
        slots = connector.call("slots", told, item=item.item, key="").slots
        values = {**told, "appointment_slot": slots[-1].id}
        receipt = f"{item.item}-{number}"
        answer = connector.call(
            "book", values, item=item.item, receipt=receipt, key=f"{receipt}-book"
        )
        assert answer.status == "accepted"
        assert_arrived(departments, connector.manifest, item, receipt, values)
        given_back = connector.call(
            "withdraw", {}, item=item.item, receipt=receipt, reference=answer.reference, key="w"
        )
        assert given_back.status == "withdrawn"


@pytest.mark.parametrize("item", items(Flow.query), ids=name)
def test_a_query_with_every_choice_has_rows(
    item: ServiceItem, catalogue: Catalogue, connectors: Connectors, departments: Departments
) -> None:
    password = departments.query_password("11010519491231002X")
    for chosen in every_choice(catalogue, item):
        values = example_answers(catalogue, item, {**chosen, "query_password": password})
        answer = connector_of(connectors, item).call("query", values, item=item.item, key="q")
        assert len(answer.fields) >= 5


def assert_arrived(
    departments: Departments, manifest: Manifest, item: ServiceItem, receipt: str,
    values: Mapping[str, str],
) -> None:
    """The department's list has the case with every answer under its own name, in its own codes; the ``params``
    around the names of a JSON-RPC message is not part of them."""
    (case,) = departments.ledger(item.department, receipt)
    assert case["item"] == manifest.items[item.item]
    assert case["fields"] == {
        manifest.fields_[element].removeprefix("params."): cover(theirs(manifest, element, text))
        for element, text in values.items()
    }


def theirs(manifest: Manifest, element: str, text: str) -> str:
    if element in manifest.values_:
        return manifest.values_[element][text]
    if element in manifest.dates:
        day = f"{text}-01" if len(text) == len("2026-12") else text
        return dt.date.fromisoformat(day).strftime(manifest.dates[element])
    return text
