"""The act is judged once more when it is known whether a service is meant."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture
def judge(judge_module: Any) -> Any:
    return judge_of(judge_module)


def judge_of(judge_module: Any, meaning: Any = None, **changed: float) -> Any:
    config = {**judge_module.ActJudge.get_default_config(), **changed}
    return judge_module.ActJudge(config, None, None, meaning)


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


class Hears:
    """A second opinion that is always the same."""

    def __init__(self, **chances: float) -> None:
        self._chances = chances

    def chances(self, vector: Any) -> dict[str, float]:
        return self._chances


def test_meaning_decides_between_acts_that_words_leave_open_and_not_against_sure_words(
    judge_module: Any
) -> None:
    judge = judge_of(judge_module, Hears(crisis=0.9, apply=0.1))
    open_, sure = ranking(apply=0.3, crisis=0.25), ranking(apply=0.97, crisis=0.01)
    assert judge.heard(open_, [0.1])[0]["name"] == "crisis"
    assert judge.heard(sure, [0.1])[0]["name"] == "apply"
    assert judge.heard(open_, None)[0]["name"] == "apply", "a message that was not encoded has no second opinion"


def test_two_opinions_make_chances_that_add_up_to_one(judge_module: Any) -> None:
    heard = judge_of(judge_module, Hears(rate=0.5, stop=0.5)).heard(ranking(apply=0.6, consult=0.4), [0.1])
    assert sum(chances(heard).values()) == pytest.approx(1.0)
    assert {"rate", "stop", "apply", "consult"} == set(chances(heard))


def test_of_two_acts_alike_a_message_beside_the_matter_is_preferred(judge: Any) -> None:
    acts = ranking(consult=0.5, out_of_scope=0.5)
    assert judge.weighed(acts, 0.5)[0]["name"] == "out_of_scope"


def test_a_bare_question_is_not_refused_for_naming_no_service(judge: Any) -> None:
    acts = ranking(consult=0.5, out_of_scope=0.4)
    assert judged(judge, "那它要多少钱", acts, 0.99).get("act") == "consult"
    assert judged(judge, "那猫粮要多少钱", acts, 0.99).get("act") == "out_of_scope"


@pytest.mark.parametrize(("act", "sure", "event", "told"), [
    ("chitchat", 0.65, 0.9, True), ("out_of_scope", 0.5, 0.6, True), ("crisis", 0.32, 0.88, True),
    ("crisis", 0.5, 0.9, False), ("crisis", 0.32, 0.6, False), ("consult", 0.9, 0.9, False), ("chitchat", 0.65, 0.0, False),
])
def test_news_of_a_life_event_is_no_chat_and_no_emergency_that_is_sure_of_itself_is_overheard(
    judge_module: Any, act: str, sure: float, event: float, told: bool
) -> None:
    events = [{"event": "newborn", "score": event, "meant": event > 0}]
    assert judge_module.tells_of_event({"name": act, "confidence": sure}, events) is told
