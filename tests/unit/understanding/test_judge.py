"""The act is judged once more when it is known whether a service is meant."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture
def judge(judge_module: Any) -> Any:
    return judge_module.ActJudge(judge_module.ActJudge.get_default_config())


def ranking(**acts: float) -> list[dict[str, Any]]:
    return [{"name": name, "confidence": chance} for name, chance in acts.items()]


def chances(judged: list[dict[str, Any]]) -> dict[str, float]:
    return {act["name"]: act["confidence"] for act in judged}


def judged(
    judge: Any, text: str, acts: list[dict[str, Any]], nothing: float | None, **more: Any
) -> Any:
    from rasa.shared.nlu.training_data.message import Message

    message = Message({"text": text, "normal": text, "intent_ranking": acts, "intent": acts[0],
                       "act": acts[0]["name"], "nothing": nothing, **more})
    return judge.process([message])[0]


@pytest.mark.parametrize(("text", "asks"), [
    ("我要补，怎么弄", True), ("怎么都找不到了，给我补一张", False), ("能办吗？", True), ("我要办", False),
    ("帮我看看还有多少", False), ("查一下我交了多少", False), ("我要补证，要多少钱？？", True), ("", False),
])
def test_a_wish_to_be_told_ones_own_is_no_question_and_the_last_clause_decides(
    judge_module: Any, text: str, asks: bool
) -> None:
    assert judge_module.asks_in_the_end(text) is asks


@pytest.mark.parametrize("nothing", [0.0, 0.3, 1.0])
def test_the_matcher_shifts_chances_and_makes_none(judge: Any, nothing: float) -> None:
    acts = ranking(consult=0.4, out_of_scope=0.3, greet=0.2)  # the ranking is cut off at eight
    weighed = judge.weighed(acts, nothing)
    assert sum(chances(weighed).values()) == pytest.approx(0.9)
    assert [a["confidence"] for a in weighed] == sorted((a["confidence"] for a in weighed), reverse=True)


def test_idle_talk_gains_when_no_service_is_meant_and_a_wish_gains_when_one_is(judge: Any) -> None:
    acts = ranking(consult=0.5, out_of_scope=0.5)
    nothing, something = chances(judge.weighed(acts, 0.99)), chances(judge.weighed(acts, 0.01))
    assert nothing["out_of_scope"] > 0.5 > nothing["consult"]
    assert something["consult"] > 0.5 > something["out_of_scope"]


def test_acts_that_no_service_speaks_for_or_against_keep_their_order(judge: Any) -> None:
    acts = ranking(greet=0.5, query_progress=0.3, complaint=0.2)
    for nothing in (0.0, 1.0):
        assert chances(judge.weighed(acts, nothing)) == pytest.approx(chances(acts))


def test_a_question_that_looked_like_a_wish_is_a_consultation(judge: Any) -> None:
    assert judged(judge, "我要补身份证，怎么弄", ranking(apply=0.8, consult=0.1), 0.02).get("act") == "consult"
    assert judged(judge, "给我补身份证", ranking(apply=0.8, consult=0.1), 0.02).get("act") == "apply"


def test_a_question_in_english_about_a_service_is_a_consultation(judge: Any) -> None:
    acts = ranking(greet=0.6, out_of_scope=0.3)
    assert judged(judge, "renew my passport", acts, 0.1).get("act") == "consult"
    assert judged(judge, "what a lovely day", acts, 0.9).get("act") != "consult"


def test_an_act_that_is_hardly_likely_is_asked_about_unless_an_item_is(judge: Any) -> None:
    acts = ranking(consult=0.15, greet=0.1)
    assert judged(judge, "这个那个", acts, 0.5).get("intent")["name"] == "nlu_fallback"
    known = judged(judge, "身份证", acts, 0.1, items=[{"item": "id-card-lost", "score": 0.9}])
    assert known.get("intent")["name"] == "consult"


@pytest.mark.parametrize("settled", [
    {"act": "query_progress"},  # by a receipt number
    {"metadata": {"expects": {"type": "text"}}},  # by an open question
    {"nothing": None},  # not matched: its act needs no item
])
def test_what_was_settled_before_stays(judge: Any, settled: dict[str, Any]) -> None:
    acts = ranking(out_of_scope=0.5, consult=0.45)
    message = judged(judge, "身份证怎么补", acts, **{"nothing": 0.0, **settled})
    assert message.get("act") == settled.get("act", "out_of_scope")
    assert message.get("intent_ranking") == acts
