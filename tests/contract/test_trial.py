"""``connector test`` holds any address to the contract, without its help, and says of what fails how to mend it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from connectors.contract import REQUIREMENTS, Finding, hold
from connectors.contract.listener import Listener
from connectors.contract.live import live_bench
from gateway.__main__ import main
from gateway.cases import form
from gateway.cases.connector_command import OPERATIONS
from gateway.cases.examples import example_answers
from gateway.catalogue.model import Catalogue
from gateway.settings import ROOT
from simulators.town import ORDER
from tests.contract.benches import manifest_of
from tests.contract.test_offices import EACH_WAY
from tests.support.departments import Departments

TRIED = [
    *(name for name in ORDER if name not in EACH_WAY), "medical-insurance", "veterans", "health", "natural-resources",
]
"""Every department that the suite does not hold to the contract elsewhere, and one of each kind of proof, body and
flow that the faults on our side have to cope with."""
NOT_THERE = "a-callback-is-signed-and-tells-of-the-case"


def tried(
    departments: Departments, catalogue: Catalogue, department: str, listener: Listener | None = None
) -> list[Finding]:
    item = next(i for i in catalogue.items.values() if i.department == department and i.flow in OPERATIONS)
    with live_bench(
        manifest_of(department), departments.addresses[department], departments.secrets, item=item.item,
        operation=OPERATIONS[item.flow], answers=form.to_send(catalogue, example_answers(catalogue, item)),
        listener=listener,
    ) as bench:
        return [hold(bench, requirement) for requirement in REQUIREMENTS]


@pytest.mark.parametrize("department", TRIED)
def test_a_sample_department_passes_at_its_address_alone(
    departments: Departments, catalogue: Catalogue, department: str
) -> None:
    before = {c["receipt"] for c in departments.ledger(department)}
    findings = tried(departments, catalogue, department)
    assert [(f.requirement.name, f.came) for f in findings if f.verdict == "failed"] == []
    assert [f.requirement.name for f in findings if f.verdict != "passed"] == [NOT_THERE]
    left = [c for c in departments.ledger(department) if c["receipt"] not in before]
    withdrawn = {code for code, ours in manifest_of(department).statuses.items() if ours == "withdrawn"}
    assert left
    assert {c["status"] for c in left} <= withdrawn, "what it files it withdraws"


def test_callbacks_are_taken_and_their_signature_is_checked(
    departments: Departments, catalogue: Catalogue
) -> None:
    manifest = manifest_of("medical-insurance")
    assert manifest.callback is not None
    right = departments.secrets[manifest.callback.secret]
    for secret, verdict in ((right, "passed"), ("another", "failed")):
        with Listener(manifest, secret, "127.0.0.1", 0) as listener:
            departments.call_back("medical-insurance", listener.address)
            try:
                findings = tried(departments, catalogue, "medical-insurance", listener)
            finally:
                departments.call_back("medical-insurance", "")
        told = {f.requirement.name: f for f in findings}
        assert told[NOT_THERE].verdict == verdict, told[NOT_THERE].came


@pytest.fixture
def command(
    departments: Departments, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., int]:
    """Runs ``connector test`` of taxation."""
    monkeypatch.setenv("GATEWAY_CONNECTOR_SECRETS", str(departments.secrets_file))
    monkeypatch.setenv("GATEWAY_HOME", str(tmp_path))
    return lambda *told: main(["connector", "test", "taxation", *told])


def test_the_command_prints_a_report_and_writes_it_for_handing_in(
    command: Callable[..., int], departments: Departments, tmp_path: Path, capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    text, machine = tmp_path / "report.txt", tmp_path / "report.json"
    address = departments.addresses["taxation"]
    assert command("--address", address, "--report", str(machine)) == 0
    printed = capsys.readouterr().out
    assert f"{len(REQUIREMENTS) - 1} passed, 0 failed, 1 not applicable." in printed
    assert "department=" not in caplog.text, "neither the other departments nor a line a call hide the report"
    told = json.loads(machine.read_text("utf-8"))
    assert (told["department"], told["address"], told["passed"]) == ("taxation", address, True)
    assert [r["name"] for r in told["requirements"]] == [r.name for r in REQUIREMENTS]
    personal = ("11010519491231002X", "13800138000")
    assert not [number for number in personal if number in printed]
    assert command("--address", departments.addresses["health"], "--report", str(text)) == 1
    bad = capsys.readouterr().out
    assert "FAIL  1. An unknown receipt number is not there" in bad
    assert "      mend:     Give the code for an unknown case class not_found" in bad
    assert text.read_text("utf-8") == bad
    assert command("--address", address, "--calls") == 0
    assert "department=taxation operation=submit" in caplog.text


@pytest.mark.parametrize(("told", "message"), [
    (["--item", "no-such-item"], "there are: tax-certificate"),
    (["--address", "http://127.0.0.1:9"], "Nobody answers at http://127.0.0.1:9."),
    (["--report", "/no/such/folder/report.txt"], "cannot be written"),
])
def test_what_it_cannot_do_is_one_sentence(
    command: Callable[..., int], departments: Departments, capsys: pytest.CaptureFixture[str], told: list[str],
    message: str,
) -> None:
    assert command("--address", departments.addresses["taxation"], *told) == 1
    assert message in capsys.readouterr().err


def test_a_department_in_maintenance_is_not_tried(
    command: Callable[..., int], departments: Departments, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = Path(shutil.copytree(ROOT / "catalogue", tmp_path / "catalogue"))
    with (folder / "taxation" / "connector.yml").open("a", encoding="utf-8") as file:
        file.write("maintenance: [{from: 2026-01-01T00:00, to: 2099-01-01T06:00}]\n")
    monkeypatch.setenv("GATEWAY_CATALOGUE", str(folder))
    assert command("--address", departments.addresses["taxation"]) == 1
    assert "taxation takes no calls until 2099-01-01 06:00" in capsys.readouterr().err


def test_every_requirement_says_how_to_mend_it() -> None:
    assert len({r.name for r in REQUIREMENTS}) == len(REQUIREMENTS)
    assert [r.name for r in REQUIREMENTS if not (r.expected and r.mend.endswith("."))] == []
