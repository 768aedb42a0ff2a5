"""docs/connect-a-department.md, walked from its first command to an application in the chat.

The commands and the pieces of YAML are read from the guide itself, so that it cannot say anything else than what works.
"""

from __future__ import annotations

import dataclasses
import re
import shlex
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.__main__ import main as gateway_command
from gateway.settings import ROOT
from scripts.new_department import main as new_department
from simulators.newcomers import newcomers
from simulators.secrets import ensure
from simulators.town import BASE_PORT, ORDER, running
from tests.support.departments import Departments
from tests.support.gateway import Gateway, start_gateway
from tests.support.services import running_services

GUIDE = (ROOT / "docs" / "connect-a-department.md").read_text("utf-8")
WALK = GUIDE.split("## In fifteen minutes")[1].split("\n## ")[0]
COMMANDS = re.findall(r"^```\n(.*?)^```", WALK, re.MULTILINE | re.DOTALL)
PIECES = re.findall(r"^```yaml\n(.*?)^```", WALK, re.MULTILINE | re.DOTALL)
NAME = "culture-tourism"
SECONDS = 20.0


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped catalogue, with the department that the guide's first command writes."""
    folder = Path(shutil.copytree(ROOT / "catalogue", tmp_path_factory.mktemp("new") / "catalogue"))
    script, *told = shlex.split(COMMANDS[0])
    assert script == "scripts/new-department"
    assert new_department([*told, "--catalogue", str(folder)]) == 0
    return folder


@pytest.fixture(scope="module")
def complete(catalogue: Path) -> Path:
    """The same after the last step: one question more."""
    element, asked, named = PIECES
    own = catalogue / NAME
    with (catalogue / "elements.yml").open("a", encoding="utf-8") as file:
        file.write(f"\n{element}")
    item = (own / "reader-card.yml").read_text("utf-8")
    (own / "reader-card.yml").write_text(item.replace("checked_on:", f"{asked}checked_on:"), "utf-8")
    manifest = (own / "connector.yml").read_text("utf-8")
    last = "  phone: person.mobile\n"
    assert last in manifest
    (own / "connector.yml").write_text(manifest.replace(last, f"{last}{named}"), "utf-8")
    return catalogue


@pytest.fixture(scope="module")
def town(complete: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Departments]:
    """The sample departments with the new one, as scripts/run starts them."""
    folder = tmp_path_factory.mktemp("town")
    new = newcomers(complete, BASE_PORT, ORDER)
    secrets = ensure(folder / "secrets.yml", [n.bureau.secret for n in new])
    with running(folder / "departments", secrets, new=new) as servers:
        addresses = {server.department.name: server.address for server in servers}
        yield Departments(addresses, folder / "secrets.yml", secrets, lambda: None)


@pytest.fixture(scope="module")
def gateway(town: Departments, complete: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """A gateway on that catalogue, where citizens sign in."""
    with running_services(town.secrets) as services:
        addresses = {**town.addresses, "licence-library": services.library}
        started = start_gateway(
            tmp_path_factory.mktemp("home"), dataclasses.replace(town, addresses=addresses), **services.environment,
            GATEWAY_SAMPLE_SIGN_IN="true", GATEWAY_CATALOGUE=str(complete),
        )
        yield started
        started.stop()


def test_the_first_version_and_the_one_with_a_question_more_pass_the_check(
    complete: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert gateway_command(["catalogue", "check", "--folder", str(complete)]) == 0
    assert ": 0 errors, 0 warnings." in capsys.readouterr().out


def test_the_sample_system_keeps_the_contract(
    town: Departments, complete: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("GATEWAY_CATALOGUE", str(complete))
    monkeypatch.setenv("GATEWAY_HOME", str(tmp_path))
    monkeypatch.setenv("GATEWAY_CONNECTOR_SECRETS", str(town.secrets_file))
    command = next(c for c in COMMANDS if "connector test" in c).split()
    assert command[:3] == [".venv/bin/python", "-m", "gateway"]
    assert gateway_command([*command[3:], "--address", town.addresses[NAME]]) == 0
    assert " 0 failed" in capsys.readouterr().out


def test_a_citizen_applies_in_the_chat_and_the_department_has_it(
    gateway: Gateway, town: Departments
) -> None:
    sender = "reader"
    replies = gateway.say(sender, "读者证申领")
    assert "实名登录" in replies[-1]["text"]
    assert gateway.sign_in(sender, "li-guifang").status_code == 200
    said = []
    for message in ("读者证申领", "13800138000", "少儿", "确认提交"):
        replies = gateway.say(sender, message)
        said.append("\n".join(reply["text"] for reply in replies))
    assert "办哪一种读者证？" in said[1]
    assert "读者证种类：少儿证" in said[2]
    assert "受理编号" in said[3]
    ends = time.monotonic() + SECONDS
    while not (cases := [c for c in town.ledger(NAME) if c["receipt"].startswith("YW")]) and time.monotonic() < ends:
        time.sleep(0.1)
    (case,) = cases
    assert case["fields"]["form.cardKind"] == "2"
    assert case["fields"]["person.name"] == "李桂芳"
    progress = gateway.say(sender, "查进度")
    assert "读者证申领" in progress[-1]["text"]
