"""Which step of a life event a few words name."""

from __future__ import annotations

import warnings

import pytest

from gateway.catalogue.live import shelf
from gateway.settings import ROOT

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # Rasa's dependencies warn while they are imported
    from actions.change_answer import step_named

pytestmark = pytest.mark.filterwarnings("ignore")  # Rasa's own


@pytest.mark.parametrize(("event", "text", "item"), [
    ("newborn", "社保卡不办了", "social-security-card-apply"), ("newborn", "生育登记还是办吧", "birth-registration"),
    ("newborn", "上户口不用了", "hukou-birth"), ("newborn", "新生儿那件事不办了", None), ("newborn", "不办了", None),
    ("newborn", "医保不办了", None), ("self-insured", "失业金不要了", "unemployment-benefit"),
    ("open-company", "食品许可先不办", "food-licence"), ("open-company", "开公司那件事算了", None),
])
def test_a_step_is_named_by_a_word_of_its_own_and_only_if_it_can_be_left_out(
    event: str, text: str, item: str | None
) -> None:
    found = step_named(shelf(ROOT / "catalogue").current.events[event], text)
    assert (found.item if found else None) == item
