"""A citizen is answered in the script that the citizen writes."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.channels.script import ENGLISH, SIMPLIFIED, TRADITIONAL, in_script, script_of


@pytest.mark.parametrize(("text", "script"), [
    ("我想辦居住證", TRADITIONAL),
    ("身分證遺失怎麼補", TRADITIONAL),
    ("我想办居住证", SIMPLIFIED),
    ("hi 我想办居住证", SIMPLIFIED),
    ("How do I renew my ID card?", ENGLISH),
    ("passport renewal", ENGLISH),
])
def test_the_script_is_read_off_the_message(text: str, script: str) -> None:
    assert script_of(text) == script


@pytest.mark.parametrize("text", [
    "", "好的", "你好", "12345", "OK", "330106199001011234", "浙A12345", "？", "passport", "著名",
    "/greet", '/consult{"item": "id-card-lost"}', "/辦居住證",
])
def test_a_message_that_shows_no_script_changes_none(text: str) -> None:
    assert script_of(text) is None


def replies() -> list[dict[str, Any]]:
    return [
        {"text": "请带身份证。", "buttons": [{"title": "要带什么", "payload": "/consult{\"sure\": \"办\"}"}]},
        {"text": None, "buttons": None},
        {"buttons": [{"title": "转人工", "payload": "/hand_off"}]},
    ]


def test_texts_and_titles_are_converted_and_payloads_are_not() -> None:
    told = in_script(replies(), TRADITIONAL)
    assert told[0]["text"] == "請帶身份證。"
    assert told[0]["buttons"] == [{"title": "要帶什麼", "payload": "/consult{\"sure\": \"办\"}"}]
    assert told[2]["buttons"] == [{"title": "轉人工", "payload": "/hand_off"}]


@pytest.mark.parametrize("script", [None, SIMPLIFIED, ENGLISH])
def test_replies_in_other_scripts_stay_as_they_are(script: str | None) -> None:
    assert in_script(replies(), script) == replies()
