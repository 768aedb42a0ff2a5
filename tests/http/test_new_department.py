"""docs/connect-a-department.md, walked from its first command to an application in the chat."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from gateway.__main__ import main as gateway_command
from tests.support.departments import Departments
from tests.support.gateway import Gateway
from tests.support.guide import COMMANDS, NAME

SECONDS = 20.0


def test_the_first_version_and_the_one_with_a_question_more_pass_the_check(
    own_catalogue: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert gateway_command(["catalogue", "check", "--folder", str(own_catalogue)]) == 0
    assert ": 0 errors, 0 warnings." in capsys.readouterr().out


def test_the_sample_system_keeps_the_contract(
    town: Departments, own_catalogue: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("GATEWAY_CATALOGUE", str(own_catalogue))
    monkeypatch.setenv("GATEWAY_HOME", str(tmp_path))
    monkeypatch.setenv("GATEWAY_CONNECTOR_SECRETS", str(town.secrets_file))
    command = next(c for c in COMMANDS if "connector test" in c).split()
    assert command[:3] == [".venv/bin/python", "-m", "gateway"]
    assert gateway_command([*command[3:], "--address", town.addresses[NAME]]) == 0
    assert " 0 failed" in capsys.readouterr().out


def test_a_citizen_applies_in_the_chat_and_the_department_has_it(
    own_gateway: Gateway, town: Departments
) -> None:
    sender = "reader"
    replies = own_gateway.say(sender, "读者证申领")
    assert "实名登录" in replies[-1]["text"]
    assert own_gateway.sign_in(sender, "li-guifang").status_code == 200
    said = []
    for message in ("读者证申领", "13800138000", "少儿", "确认提交"):
        replies = own_gateway.say(sender, message)
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
    progress = own_gateway.say(sender, "查进度")
    assert "读者证申领" in progress[-1]["text"]
