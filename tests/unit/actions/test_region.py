"""What a citizen is told who is elsewhere: what the scope of a service means there, and whom to call."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.consult import answer, faq
from actions.region import ActionSwitchRegion, elsewhere, scope_words
from actions.turn import Say, Turn
from gateway.catalogue.model import Flow, Scope, ServiceItem, Visits
from gateway.catalogue.regions import Region, home_of, load_regions
from gateway.core import Core, open_core
from gateway.settings import ROOT, load
from tests.support.yaml_files import read_yaml

WORDS: dict[str, list[dict[str, Any]]] = read_yaml(ROOT / "domain.yml")["responses"]
NATIONAL, LOCAL = "id-card-lost", "housing-fund-rent"
CHENGDU, CHAOYANG = "510100", "110105"


@pytest.fixture(scope="module")
def core(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Core]:
    """A core on an empty database; its home is the made-up 清河市."""
    core = open_core(load(home=tmp_path_factory.mktemp("home")))
    yield core
    core.close()


class Talk:
    """One turn: what was said and understood, and what the assistant says and remembers."""

    def __init__(self, core: Core, text: str, *, region: str = "", match: str = "", loop: str = "", **slots: Any) -> None:
        message = {
            "text": text, "intent": {"name": "switch_region"},
            "elements": {"region": region} if region else {},
            "items": [{"item": match, "score": 0.95, "named": True}] if match else [],
        }
        self.tracker = Tracker("s", slots, message, [], False, None, {"name": loop} if loop else {}, "action_listen")
        self.turn = Turn(self.tracker, core)
        self.dispatcher = CollectingDispatcher()
        self.say = Say(self.dispatcher)
        self.remembered: dict[str, Any] = {}

    def keep(self, events: list[Any]) -> Talk:
        self.remembered = {e["name"]: e["value"] for e in events}
        return self

    def switch(self) -> Talk:
        return self.keep(ActionSwitchRegion().act(self.turn, self.say))

    @property
    def words(self) -> str:
        """What is said, as the channel would fill it in; a value that is missing is an error."""
        return "\n".join(
            WORDS[m["response"]][0]["text"].format(**{k: v for k, v in m.items() if k != "text"})
            for m in self.dispatcher.messages
        )

    @property
    def buttons(self) -> list[str]:
        return [b["payload"] for m in self.dispatcher.messages for b in m["buttons"]]


def item_with(core: Core, **changes: Any) -> ServiceItem:
    return core.live.current.items[NATIONAL].copy(update=changes)


def place(code: str) -> Region:
    region = load_regions().find(code)
    assert region
    return region


@pytest.mark.parametrize(("scope", "home", "visits", "flow", "response"), [
    (Scope.national, None, 1, Flow.guide, "utter_scope_national"),
    (Scope.national, None, 0, Flow.guide, "utter_scope_national"),
    (Scope.national, None, 0, Flow.apply, "utter_scope_national_online"),
    (Scope.provincial, None, 0, Flow.apply, "utter_scope_provincial_perhaps"),
    (Scope.provincial, "510700", 0, Flow.apply, "utter_scope_provincial"),
    (Scope.provincial, "110105", 1, Flow.apply, "utter_scope_local"),
    (Scope.municipal, "510700", 0, Flow.query, "utter_scope_local_online"),
    (Scope.municipal, None, 1, Flow.apply, "utter_scope_local"),
    (Scope.county, None, 0, Flow.appointment, "utter_scope_local"),
    (Scope.town, None, 2, Flow.guide, "utter_scope_local"),
])
def test_the_scope_says_whether_it_can_be_done_there_here_or_only_at_home(
    core: Core, scope: Scope, home: str | None, visits: int, flow: Flow, response: str
) -> None:
    item = item_with(core, scope=scope, visits=Visits(count=visits), flow=flow)
    known = home_of(home, load_regions()) if home else None
    said, values = scope_words(item, place(CHENGDU), known)
    assert said == response
    words = WORDS[said][0]["text"].format(**values)
    assert item.name in words
    assert "四川省成都市" in words
    assert "当地区号加 12345" in words


def test_every_scope_of_the_catalogue_has_its_words(core: Core) -> None:
    for item in core.live.current.items.values():
        said, values = scope_words(item, place(CHENGDU))
        assert "{" not in WORDS[said][0]["text"].format(**values)
    assert all(scope_words(item_with(core, scope=scope), place(CHENGDU))[0] in WORDS for scope in Scope)


def test_without_a_place_the_assistant_says_what_it_serves_and_asks_which(core: Core) -> None:
    talk = Talk(core, "我在外省").switch()
    assert "本市（清河市）" in talk.words
    assert "哪个地方" in talk.words
    assert talk.remembered["state"] == "clarifying"
    assert "region" not in talk.remembered


def test_a_place_is_remembered_and_the_matter_asked_for(core: Core) -> None:
    talk = Talk(core, "我在成都", region=CHENGDU).switch()
    assert all(word in talk.words for word in ("四川省成都市", "只办本市（清河市）的事", "当地区号加 12345", "要办哪件"))
    assert talk.remembered["region"] == CHENGDU


@pytest.mark.parametrize("slots", [{"item": NATIONAL}, {"item": LOCAL}])
def test_a_place_after_the_item_is_answered_with_the_items_scope(core: Core, slots: dict[str, str]) -> None:
    talk = Talk(core, "我在成都", region=CHENGDU, **slots).switch()
    item = core.live.current.items[slots["item"]]
    assert item.name in talk.words
    assert ("全国通办" in talk.words) == (item.scope is Scope.national)
    assert talk.remembered["region"] == CHENGDU
    assert all(item.item in payload for payload in talk.buttons)


def test_an_item_in_the_same_message_goes_before_the_one_talked_about(core: Core) -> None:
    talk = Talk(core, "切到成都补身份证", region=CHENGDU, match=NATIONAL, item=LOCAL, candidates=[1]).switch()
    assert core.live.current.items[NATIONAL].name in talk.words
    assert (talk.remembered["item"], talk.remembered["candidates"]) == (NATIONAL, None)


def test_home_ends_the_talk_about_elsewhere(core: Core) -> None:
    for talk in (
        Talk(core, "换回本市", item=NATIONAL).switch(), Talk(core, "我在清河区", region="211204").switch(),
    ):
        assert "这里就是本市（清河市）" in talk.words
        assert talk.remembered["region"] is None


def test_a_real_home_serves_its_districts_and_nobody_else(core: Core) -> None:
    served = replace(core, home=home_of("510100", load_regions()))
    assert "这里就是本市（成都市）" in Talk(served, "我在成都武侯", region="510107").switch().words
    assert "只办本市（成都市）的事" in Talk(served, "我在北京朝阳", region=CHAOYANG).switch().words


def test_a_place_disturbs_neither_a_choice_nor_a_form(core: Core) -> None:
    choosing = Talk(core, "我在成都", region=CHENGDU, candidates=[{"item": NATIONAL}], pending={"act": "apply"}).switch()
    assert choosing.remembered["candidates"] == [{"item": NATIONAL}]
    assert choosing.remembered["pending"] == {"act": "apply"}
    filling = Talk(core, "我在成都", region=CHENGDU, item=NATIONAL, loop="service_form").switch()
    assert filling.remembered == {"region": CHENGDU}
    assert filling.buttons == []


def test_a_consultation_from_elsewhere_gets_one_sentence_about_scope_after_its_answer(core: Core) -> None:
    item = core.live.current.items[NATIONAL]
    question = item.questions[0]
    for speak in (
        lambda t: answer(t.turn, t.say, item, "fee"), lambda t: faq(t.turn, t.say, item, question),
    ):
        talk = Talk(core, "我在成都，补身份证多少钱", region=CHENGDU)
        talk.keep(speak(talk))
        responses = [m["response"] for m in talk.dispatcher.messages]
        assert len(responses) == 2
        assert responses[1].startswith("utter_scope_national")
        assert talk.remembered["region"] == CHENGDU
        assert talk.remembered["item"] == NATIONAL


@pytest.mark.parametrize(("said", "remembered", "known", "told"), [
    ("", "", "", False),  # nobody spoke of a place
    (CHENGDU, "", NATIONAL, True),  # a place in the message counts each time
    ("", CHENGDU, "", True),  # a place before the item
    ("", CHENGDU, LOCAL, True),  # another item than before
    ("", CHENGDU, NATIONAL, False),  # the same item goes on
    ("211204", "", "", False),  # a district of home
    ("", "999999", "", False),  # no such place
])
def test_a_place_named_before_counts_once_for_each_item(
    core: Core, said: str, remembered: str, known: str, told: bool
) -> None:
    talk = Talk(core, "补身份证", region=said, item=known or None)
    talk.tracker.slots["region"] = remembered or None
    talk.keep(elsewhere(talk.turn, talk.say, core.live.current.items[NATIONAL]))
    assert bool(talk.dispatcher.messages) is told
    assert talk.remembered == ({"region": said or remembered} if told else {})


def test_the_rules_and_the_domain_know_the_action() -> None:
    domain = read_yaml(ROOT / "domain.yml")
    rules = read_yaml(ROOT / "data" / "rules" / "rules.yml")["rules"]
    steps = next(r["steps"] for r in rules if r["rule"] == "switch_region")
    assert steps == [{"intent": "switch_region"}, {"action": "action_switch_region"}]
    assert "action_switch_region" in domain["actions"]
    assert domain["slots"]["region"] == {
        "type": "any", "influence_conversation": False, "mappings": [{"type": "custom"}],
    }


def test_neither_a_place_nor_a_sum_makes_a_question_a_bare_value(core: Core) -> None:
    talk = Talk(core, "成都公积金", region=CHENGDU)
    talk.tracker.latest_message["elements"] = {"region": CHENGDU, "amount": "2500.00", "phone": "13800138000"}
    turn = Turn(talk.tracker, core)
    assert turn.elements == {"phone": "13800138000"}
    assert turn.region == place(CHENGDU)
