"""``connector test`` passes a department that keeps the contract, and says of another what to mend."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from connectors.registry import Connectors
from gateway.cases import form
from gateway.cases.acceptance import Trial, report
from gateway.cases.connector_command import OPERATIONS
from gateway.cases.examples import example_answers
from gateway.catalogue.model import Catalogue
from gateway.settings import ROOT
from simulators.town import ORDER
from tests.support.departments import Departments


@pytest.mark.parametrize("department", ORDER)
def test_every_sample_department_passes(
    connectors: Connectors, departments: Departments, catalogue: Catalogue, department: str
) -> None:
    item = next(i for i in catalogue.items.values() if i.department == department and i.flow in OPERATIONS)
    connector = connectors.get(department)
    assert connector is not None
    answers = form.to_send(catalogue, example_answers(catalogue, item))
    steps = Trial(connector, None, item.item, OPERATIONS[item.flow], answers).run()
    assert [step for step in steps if not step.passed] == []
    assert len(steps) == 7


def test_the_command_prints_what_came_and_how_to_mend_it(departments: Departments, tmp_path: Path) -> None:
    def command(address: str) -> subprocess.CompletedProcess[str]:
        settings = {
            "GATEWAY_CONNECTOR_SECRETS": str(departments.secrets_file), "GATEWAY_HOME": str(tmp_path),
            "PATH": "/usr/bin:/bin",
        }
        return subprocess.run(  # noqa: S603 (our own command)
            [sys.executable, "-m", "gateway", "connector", "test", "taxation", "--address", address],
            cwd=ROOT, env=settings, capture_output=True, text=True, timeout=120, check=False,
        )

    good = command(departments.addresses["taxation"])
    assert good.returncode == 0, good.stdout + good.stderr
    assert "8 of 8 passed." in good.stdout
    assert "department=health" not in good.stderr, "it speaks of the one department only"
    bad = command(departments.addresses["health"])
    assert bad.returncode == 1
    assert "FAIL  1. look_up of a receipt number that nobody has" in bad.stdout
    assert "      mend:     Give the code for an unknown case class not_found" in bad.stdout


def test_a_report_holds_no_answer_of_a_citizen(connectors: Connectors, catalogue: Catalogue) -> None:
    connector = connectors.get("taxation")
    assert connector is not None
    item = catalogue.items["tax-certificate"]
    answers = form.to_send(catalogue, example_answers(catalogue, item))
    told = report("taxation", "", Trial(connector, None, item.item, "submit", answers).run())
    assert not [answers[e] for e in ("name", "id_number", "phone") if answers[e] in told]
