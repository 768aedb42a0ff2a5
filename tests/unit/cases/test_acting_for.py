"""A department whose connector names it is told who acts for whom; every other one, and one's own matter, says nothing."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.core import Core
from gateway.identity.sign_in import Signed
from tests.support.departments import Departments
from tests.support.examples import example_answers
from tests.unit.cases.conftest import Clock
from tests.unit.cases.test_delivery import deliver

AGENT = ("陈建国", "110105190103070013")


def filed(core: Core, clock: Clock, citizen: str, departments: Departments, item: str, **given: str) -> dict[str, Any]:
    """What the department keeps of an application that somebody signed in as the agent makes."""
    catalogue = core.live.current
    service = catalogue.items[item]
    draft = core.drafts.start(citizen, service)
    for element, value in example_answers(catalogue, service, given).items():
        draft = core.drafts.answer(citizen, draft.id, element, value)
    signed = Signed(citizen, "real_name", *AGENT)
    core.representations.record(signed, draft.id, draft.answers)
    case = core.cases.submit(citizen, draft.id)
    deliver(core, clock)
    assert core.cases.by_receipt(citizen, case.receipt).status == "received"
    (kept,) = departments.ledger(service.department, case.receipt)
    return {name: text for name, text in kept["fields"].items() if name.startswith("agent.")}


@pytest.mark.parametrize(("relation", "basis", "codes"), [("parent", "letter", ("1", "4")), ("child", "guardian", ("2", "3"))])
def test_who_acts_for_whom_arrives_in_the_departments_codes(
    core: Core, clock: Clock, citizen: str, departments: Departments, relation: str, basis: str, codes: tuple[str, str]
) -> None:
    told = filed(
        core, clock, citizen, departments, "disability-certificate", acting_for=relation, acting_family_basis=basis
    )
    assert (told["agent.relation"], told["agent.basis"]) == codes
    assert told["agent.name"] == AGENT[0]
    assert told["agent.certNo"] == "110************013"


def test_ones_own_matter_says_nothing_of_it(
    core: Core, clock: Clock, citizen: str, departments: Departments
) -> None:
    assert filed(core, clock, citizen, departments, "disability-certificate", acting_for="self") == {}


def test_a_department_that_does_not_name_it_is_not_told(
    core: Core, clock: Clock, citizen: str, departments: Departments
) -> None:
    assert filed(
        core, clock, citizen, departments, "elderly-allowance", acting_for="parent", acting_family_basis="household"
    ) == {}
