"""The plain project's own checks accept what the script answers, and refuse what is wrong."""

from __future__ import annotations

import pytest

from benchmarks.plain_actions import read_answer
from benchmarks.plain_rasa import forms
from benchmarks.script import ANSWERS
from gateway.catalogue.loader import load
from gateway.settings import ROOT

ELEMENTS = forms(load(ROOT / "catalogue"))["elements"]


@pytest.mark.parametrize("element", sorted(ANSWERS))
def test_the_scripts_answers_are_good(element: str) -> None:
    assert read_answer(ELEMENTS[element], ANSWERS[element])


@pytest.mark.parametrize(
    ("element", "text"),
    [
        ("id_number", "110105194912310021"), ("id_number", "1101051949123100"),
        ("phone", "12800138000"), ("delivery_way", "随便"), ("bank_card", "6222"),
    ],
)
def test_wrong_answers_are_refused(element: str, text: str) -> None:
    assert read_answer(ELEMENTS[element], text) is None


def test_a_choice_is_kept_by_its_value() -> None:
    assert read_answer(ELEMENTS["delivery_way"], "自取") == "pickup"
