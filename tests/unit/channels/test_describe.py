"""The API description says what the gateway really takes and gives."""

from __future__ import annotations

import ast
import datetime as dt
import re
from typing import Any

import pytest
import requests
from stdnum import luhn

from actions.guide import ASPECTS
from gateway.access import ADDRESSES
from gateway.cases.receipts import new_receipt
from gateway.channels.describe import METHODS, document, page
from gateway.console import terms
from gateway.settings import ROOT
from tests.support.gateway import Gateway
from tests.support.openapi import answer_schema, violations
from tests.support.yaml_files import read_yaml
from tests.unit.channels.conftest import REST_TOKEN

SECONDS = 20
DESCRIBED = ("/api/", "/webhooks/", "/health", "/ready")
REST = "/webhooks/rest/webhook"
BEARER = {"Authorization": f"Bearer {REST_TOKEN}"}


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    return document()


def operations(told: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method, path, found[method]) for path, found in told["paths"].items()
        for method in METHODS if method in found
    ]


def ask(
    gateway: Gateway, told: dict[str, Any], path: str, body: Any, headers: Any = None
) -> tuple[int, Any]:
    """Call, and check that status and answer are as described."""
    answer = requests.post(f"{gateway.url}{path}", json=body, headers=headers, timeout=SECONDS)
    schema = answer_schema(told, "post", path, answer.status_code)
    value = answer.json()
    assert violations(told, schema, value) == [], value
    return answer.status_code, value


def test_every_address_for_programs_is_described_and_nothing_else(told: dict[str, Any]) -> None:
    for_programs = {
        (a.method.lower(), a.path) for a in ADDRESSES
        if a.path.startswith(DESCRIBED) and a.method != "OPTIONS"
    }
    assert {(method, path) for method, path, _ in operations(told)} == for_programs


def test_the_description_asks_for_a_token_where_the_gateway_does(told: dict[str, Any]) -> None:
    guarded = {a.path for a in ADDRESSES if a.access == "rest-token"}
    assert {p for _, p, o in operations(told) if {"restToken": []} in o["security"]} == guarded


def test_acts_and_aspects_are_those_of_the_assistant_in_the_consoles_words(
    told: dict[str, Any],
) -> None:
    domain = read_yaml(ROOT / "domain.yml")
    acts = [intent for intent in domain["intents"] if intent != "nlu_fallback"]
    schemas = told["components"]["schemas"]
    assert schemas["Act"]["enum"] == [*acts, None]
    assert schemas["Act"]["x-terms"] == {act: terms.ACTS[act] for act in acts}
    assert schemas["Aspect"]["enum"] == [*ASPECTS, None]
    assert schemas["Aspect"]["x-terms"] == {name: terms.ASPECTS[name] for name in ASPECTS}


def test_states_are_those_that_actions_set(told: dict[str, Any]) -> None:
    found = set()
    for file in (ROOT / "actions").glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.keyword) and node.arg == "state" and isinstance(node.value, ast.Constant):
                found.add(node.value.value)
            if (
                isinstance(node, ast.Call) and getattr(node.func, "id", "") == "SlotSet"
                and getattr(node.args[0], "value", "") == "state"
            ):
                found.add(ast.literal_eval(node.args[1]))
    assert set(told["components"]["schemas"]["State"]["enum"]) == found


def test_every_example_is_valid(told: dict[str, Any]) -> None:
    seen = 0
    for method, path, operation in operations(told):
        contents = [*operation.get("requestBody", {}).get("content", {}).values()]
        for answer in operation["responses"].values():
            named = answer.get("$ref", "").rpartition("/")[2]
            answer = told["components"]["responses"][named] if named else answer
            contents += answer["content"].values()
        for content in contents:
            if "example" in content:
                seen += 1
                wrong = violations(told, content["schema"], content["example"])
                assert wrong == [], f"{method} {path}"
    assert seen > 20


def test_a_conversation_answers_as_described(locked: Gateway, told: dict[str, Any]) -> None:
    said = (
        "你好", "补办身份证多少钱", "要带什么", "我要补办", "王秀英", "要多久", "算了",
        "公积金", "转人工", "我不想活了", "帮我写首诗", "。。。", "YW000000000000A 办到哪了",
    )
    states = set()
    for message in said:
        status, replies = ask(locked, told, REST, {"sender": "d", "message": message}, BEARER)
        assert status == 200
        states |= {r["custom"]["state"] for r in replies if "custom" in r}
    assert {"consulting", "asking", "handed_off"} <= states


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ([], 400), ({}, 400), ({"message": 1}, 400), ({"message": None}, 400),
        ({"message": "好", "sender": ["a"]}, 400), ({"message": "好" * 2001}, 413),
        ({"message": "好", "sender": "s" * 129}, 413),
    ],
)
def test_a_wrong_message_gets_a_described_refusal(
    locked: Gateway, told: dict[str, Any], body: Any, status: int
) -> None:
    assert ask(locked, told, REST, body, BEARER)[0] == status


def test_other_refusals_are_as_described(locked: Gateway, told: dict[str, Any]) -> None:
    assert ask(locked, told, REST, {"message": "好"})[0] == 401
    assert ask(locked, told, "/api/understand", {"text": 1})[0] == 400
    assert ask(locked, told, "/api/understand", {"text": "好" * 2001})[0] == 413
    widget = "/webhooks/widget/webhook"
    assert ask(locked, told, widget, {"token": "x", "message": "好"})[0] == 401
    status, session = ask(locked, told, "/webhooks/widget/session", {})
    assert status == 200
    assert ask(locked, told, widget, {"token": session["token"], "message": "你好"})[0] == 200


def test_health_and_readiness_are_as_described(locked: Gateway, told: dict[str, Any]) -> None:
    for path in ("/health", "/ready", "/webhooks/rest"):
        answer = requests.get(f"{locked.url}{path}", timeout=SECONDS)
        schema = answer_schema(told, "get", path, answer.status_code)
        assert violations(told, schema, answer.json()) == []


def test_understanding_answers_as_described_and_finds_every_described_value(
    locked: Gateway, told: dict[str, Any]
) -> None:
    receipt = new_receipt(dt.date(2026, 11, 23))
    card = "622202000000000000" + luhn.calc_check_digit("622202000000000000")
    texts = (
        "补办身份证多少钱", "你好", "公积金", "/greet", "", "？？", "我的电话是13800138000",
        "身份证号11010519491231002X", "91350100M000100Y43", "邮箱 a@example.com", "京A12345",
        f"卡号{card}", "10月8日丢的", f"{receipt} 办到哪了", "居住证和驾驶证",
        "房租2500元", "我在成都武侯区",
    )
    found: set[str] = set()
    for text in texts:
        status, understood = ask(locked, told, "/api/understand", {"text": text})
        assert status == 200
        found |= set(understood["elements"])
    described = set(
        told["components"]["schemas"]["Understood"]["properties"]["elements"]["properties"]
    )
    assert found == described


def test_the_gateway_serves_this_very_description(locked: Gateway, told: dict[str, Any]) -> None:
    answer = requests.get(f"{locked.url}/api/openapi.json", timeout=SECONDS)
    assert answer.json() == told


def test_the_page_for_people_holds_every_operation_and_no_script(
    locked: Gateway, told: dict[str, Any]
) -> None:
    answer = requests.get(f"{locked.url}/docs/api", timeout=SECONDS)
    html = answer.content.decode()
    assert html == page(told)
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert not re.search(r"<script|<style|\bon\w+=|style=|None|\{\{", html)
    for _, path, operation in operations(told):
        assert f"<code>{path}</code>" in html
        assert operation["summary"] in html
    anchors = set(re.findall(r'id="(\w+)"', html))
    assert set(re.findall(r'href="#(\w+)"', html)) <= anchors
    style = requests.get(f"{locked.url}/widget/docs.css", timeout=SECONDS)
    assert style.status_code == 200
