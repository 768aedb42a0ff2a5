"""The first version of a department passes the check and the contract as it is written."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.contract import REQUIREMENTS, hold
from connectors.contract.live import live_bench
from connectors.manifest_file import FILE_NAME, load_manifest
from gateway.cases import form
from gateway.cases.examples import example_answers
from gateway.catalogue.cli import checked
from gateway.settings import ROOT
from scripts.new_department import main
from simulators.bureaus import Bureau
from simulators.forms import Field, Matter
from simulators.office import Office
from simulators.rules import SHANGHAI
from simulators.server import Server
from simulators.store import Store

KEY = "the key of the new one"
FORM = (Field("person.name", "name"), Field("person.certNo", "id"), Field("person.mobile", "mobile"))
TOLD = ["culture-tourism", "文化和旅游局", "--item", "reader-card", "--item-name", "读者证申领", "--code", "WH0101"]


def now() -> dt.datetime:
    return dt.datetime.now(SHANGHAI)


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """The new department's test system, on the shared platform."""
    bureau = Bureau("culture-tourism", "文旅业务系统", "WL", {"WH0101": Matter("读者证申领", FORM)})
    server = Server(Office(bureau, Store(tmp_path / "office.db", "seal", "WL", now), KEY, now), 0)
    server.start()
    yield server.address
    server.stop()


def test_what_is_written_passes_the_check_and_the_contract(tmp_path: Path, address: str) -> None:
    folder = tmp_path / "catalogue"
    shutil.copytree(ROOT / "catalogue", folder)
    assert main([*TOLD, "--address", address, "--catalogue", str(folder)]) == 0
    catalogue, findings = checked(folder)
    assert [str(f) for f in findings] == []
    answers = form.to_send(catalogue, example_answers(catalogue, catalogue.items["reader-card"]))
    manifest = load_manifest(folder / "culture-tourism" / FILE_NAME)
    with live_bench(
        manifest, address, {"culture-tourism-key": KEY}, item="reader-card", operation="submit", answers=answers
    ) as bench:
        findings = [hold(bench, requirement) for requirement in REQUIREMENTS]
    assert [f.requirement.name for f in findings if f.verdict != "passed"] == [
        "a-callback-is-signed-and-tells-of-the-case"
    ]


WRONG = [
    (["Culture", *TOLD[1:]], "Culture cannot be an id"),
    (["taxation", *TOLD[1:]], "is there already. Nothing was written."),
    ([*TOLD[:3], "tax-certificate", *TOLD[4:]], "There is an item tax-certificate already."),
    ([TOLD[0], "文旅: 局", *TOLD[2:]], "may not hold"),
]


@pytest.mark.parametrize(("told", "message"), WRONG)
def test_what_cannot_be_written_is_said_and_nothing_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], told: list[str], message: str
) -> None:
    folder = tmp_path / "catalogue"
    (folder / "taxation").mkdir(parents=True)
    (folder / "taxation" / "tax-certificate.yml").write_text("item: tax-certificate\n")
    before = sorted(folder.rglob("*"))
    assert main([*told, "--address", "http://127.0.0.1:1", "--catalogue", str(folder)]) == 2
    assert message in capsys.readouterr().err
    assert sorted(folder.rglob("*")) == before
