"""The understanding API gives the documented shape."""

from __future__ import annotations

import csv

import pytest
import requests

from actions.guide import ASPECTS
from gateway.settings import ROOT
from tests.support.gateway import Gateway

ACTS = ROOT.parent / "shared" / "reference" / "speech-acts.csv"


@pytest.mark.parametrize(("text", "act", "aspect", "item"), [
    ("身份证丢了补办要带什么", "consult", "materials", "id-card-lost"),
    ("我要补办身份证", "apply", None, "id-card-lost"),
    ("租房提公积金多久到账", "consult", "time_limit", "housing-fund-rent"),
    ("查我的公积金", "apply", None, "housing-fund-query"),
    ("找个真人跟我说", "hand_off", None, None),
])
def test_act_aspect_and_item(
    gateway: Gateway, text: str, act: str, aspect: str | None, item: str | None
) -> None:
    seen = gateway.understand(text)
    assert set(seen) == {"act", "confidence", "aspect", "items", "event", "clarify", "elements"}
    assert (seen["act"], seen["aspect"]) == (act, aspect)
    assert 0 < seen["confidence"] <= 1
    if item:
        assert set(seen["items"][0]) == {"item", "name", "score"}
        assert seen["items"][0]["item"] == item
        assert len(seen["items"]) <= 5


def test_values_are_read_in_normal_form(gateway: Gateway) -> None:
    seen = gateway.understand("我叫王小明，身份证１１０１０５１９４９１２３１００２Ｘ，电话138 0013 8000")
    assert seen["elements"]["id_number"] == "11010519491231002X"
    assert seen["elements"]["phone"] == "13800138000"


@pytest.mark.skipif(not ACTS.exists(), reason="the shared reference is not on this machine")
def test_every_act_of_the_reference_is_understood_by_its_example(gateway: Gateway) -> None:
    wrong = []
    with ACTS.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            seen = gateway.understand(row["example"])
            if seen["act"] != row["act"] and not row["example"].startswith("（"):
                wrong.append((row["example"], row["act"], seen["act"]))
    assert len(wrong) <= 1, wrong


def test_every_aspect_has_an_answer() -> None:
    assert set(ASPECTS) == {
        "overview", "materials", "conditions", "process", "time_limit", "fee", "location", "hours",
        "phone", "legal_basis", "online",
    }


def test_a_wrong_body_is_refused(gateway: Gateway) -> None:
    for body in (b"", b"{}", b'{"text": 1}'):
        answer = requests.post(f"{gateway.url}/api/understand", data=body, timeout=10)
        assert answer.status_code == 400
        assert answer.json()["error"]
