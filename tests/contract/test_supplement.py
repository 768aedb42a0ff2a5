"""补正 at every department that a person can apply to: what is missing is said, and what is added is taken once."""

from __future__ import annotations

import pytest

from connectors.registry import Connectors
from gateway.cases import form
from gateway.catalogue.model import Catalogue, Flow
from gateway.errors import DepartmentRefused
from tests.contract.test_every_item import items
from tests.support.departments import Departments
from tests.support.examples import example_answers

FIRST = {item.department: item for item in reversed(items(Flow.apply))}
"""One item to apply for at each department."""
ADDED = {"supplement_note": "租房合同 9 月续签过，新的在房东那里。"}


@pytest.mark.parametrize("department", sorted(FIRST))
def test_a_supplement_is_asked_for_in_words_taken_once_and_no_longer_when_the_case_goes_on(
    department: str, catalogue: Catalogue, connectors: Connectors, departments: Departments
) -> None:
    item, connector = FIRST[department], connectors.get(department)
    assert connector is not None
    receipt = f"supplement-{department}"
    values = form.to_send(catalogue, example_answers(catalogue, item))
    connector.call("submit", values, item=item.item, receipt=receipt, key=f"{receipt}-submit")
    (case,) = departments.ledger(department, receipt)
    told = {"item": item.item, "receipt": receipt, "reference": case["reference"]}
    with pytest.raises(DepartmentRefused) as early:
        connector.call("supplement", ADDED, key=f"{receipt}-early", **told)
    assert early.value.sentence

    departments.advance(department, case["reference"], "supplement")
    asked = connector.call("look_up", {}, key="", **told)
    assert asked.status == "supplement"
    assert asked.note.startswith("请"), "what is missing"
    for _ in range(2):  # an answer that was lost is asked for again
        connector.call("supplement", ADDED, key=f"{receipt}-1", **told)
    assert connector.call("look_up", {}, key="", **told).status == "in_progress"
    with pytest.raises(DepartmentRefused):
        connector.call("supplement", ADDED, key=f"{receipt}-2", **told)
