"""What the gateway's processor remembers of decisions is what Rasa's own policy decides.

The processor decides again what was decided before in the same situation (the act, the active loop, the
steps since). That is right only if nothing further back matters.
"""

from __future__ import annotations

import warnings

import pytest

from gateway.understanding.training import model_path

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # Rasa's dependencies warn while they are imported
    from rasa.core.agent import Agent
    from rasa.core.processor import MessageProcessor
    from rasa.shared.core.events import ActionExecuted, ActiveLoop, Event, UserUttered
    from rasa.shared.core.trackers import DialogueStateTracker

    from gateway.channels.processor import GatewayProcessor, situation

pytestmark = pytest.mark.filterwarnings("ignore")  # Rasa's own

PASTS: dict[str, list[Event]] = {
    "nothing before": [],
    "a consultation before": [
        UserUttered("身份证丢了", intent={"name": "consult"}), ActionExecuted("action_consult"),
        ActionExecuted("action_listen"),
    ],
    "a form left before": [
        UserUttered("我要补办", intent={"name": "apply"}), ActionExecuted("action_apply"),
        ActionExecuted("service_form"), ActiveLoop("service_form"), ActionExecuted("action_listen"),
        UserUttered("算了", intent={"name": "stop"}), ActionExecuted("action_stop"), ActiveLoop(None),
        ActionExecuted("action_listen"),
    ],
}
FORM: list[Event] = [
    UserUttered("我要补办", intent={"name": "apply"}), ActionExecuted("action_apply"),
    ActionExecuted("service_form"), ActiveLoop("service_form"), ActionExecuted("action_listen"),
]


@pytest.fixture(scope="module")
def agent() -> Agent:
    return Agent.load(str(model_path()))


def tracker_of(agent: Agent, events: list[Event]) -> DialogueStateTracker:
    listening: list[Event] = [ActionExecuted("action_listen")]
    return DialogueStateTracker.from_events(
        "x", listening + events, slots=agent.domain.slots, domain=agent.domain
    )


def decided(agent: Agent, events: list[Event]) -> str:
    prediction = MessageProcessor._predict_next_with_tracker(agent.processor, tracker_of(agent, events))
    return str(agent.domain.action_names_or_texts[prediction.max_confidence_index])


@pytest.mark.parametrize("filling", [False, True], ids=["no form", "in a form"])
def test_what_was_decided_does_not_depend_on_what_lies_further_back(agent: Agent, filling: bool) -> None:
    differ = {}
    for act in agent.domain.intents:
        said: list[Event] = [*(FORM if filling else []), UserUttered("…", intent={"name": act})]
        answers = {name: decided(agent, past + said) for name, past in PASTS.items()}
        if len(set(answers.values())) > 1:
            differ[act] = answers
    assert differ == {}


def test_a_situation_tells_apart_all_that_a_rule_can_look_at(agent: Agent) -> None:
    said = UserUttered("…", intent={"name": "consult"})
    places = [
        [said], [UserUttered("…", intent={"name": "apply"})], [*FORM, said],
        [said, ActionExecuted("action_consult")], [said, ActionExecuted("action_consult"), ActiveLoop("service_form")],
    ]
    seen = {situation(tracker_of(agent, list(events))) for events in places}
    assert len(seen) == len(places)
    past = PASTS["a consultation before"]
    assert situation(tracker_of(agent, [*past, said])) == situation(tracker_of(agent, [said]))


def test_the_gateways_processor_is_still_rasas() -> None:
    assert issubclass(GatewayProcessor, MessageProcessor)
