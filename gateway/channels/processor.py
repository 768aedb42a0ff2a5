"""Rasa's message processor without what Rasa does anew at every message.

Measured on Rasa 3.6.21: most of a turn was spent on building the same things again (the graph, the
default actions, an empty domain to compare with, copies of the tracker) and on asking RulePolicy the
same question. What is decided does not change: ``tests/conversations`` compares it with Rasa's own.
"""

from __future__ import annotations

import logging
import time
from copy import copy
from typing import Any

from rasa.core.actions.action import Action, ActionExecutionRejection
from rasa.core.channels.channel import CollectingOutputChannel, OutputChannel, UserMessage
from rasa.core.nlg import NaturalLanguageGenerator
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.processor import MessageProcessor
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    ActiveLoop,
    BotUttered,
    Event,
    LoopInterrupted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

from gateway import settings
from gateway.catalogue.live import shelf
from gateway.channels.runner import StraightRunner
from gateway.channels.script import script_of
from gateway.channels.several import Several
from gateway.channels.silence import after_silence
from gateway.store.store import Clock, utc_now

log = logging.getLogger("yiwen.processor")

DECISIONS_KEPT = 4096
ALONE = frozenset({"crisis", "abuse", "hand_off"})
"""Acts after which nothing that waited is taken up at once."""
Situation = tuple[Any, ...]


class GatewayProcessor(MessageProcessor):
    """Tells the understanding what the open question expects (see gateway.understanding.gate), and
    remembers what the rules decided in the same situation."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.graph_runner: Any = StraightRunner(self.graph_runner)
        self._actions: dict[str, Action] = {}
        self._decisions: dict[Situation, PolicyPrediction] = {}
        # Rasa's own stores have no clock.
        self._clock: Clock = getattr(getattr(self.tracker_store, "store", None), "clock", utc_now)
        live = shelf(settings.load().catalogue)
        self._several = Several(self._parsed, lambda: live.current)

    async def handle_message(self, message: UserMessage) -> list[dict[str, Any]] | None:
        """See MessageProcessor. Several requests of one message are handled in turn; what has to wait
        until an application is finished is kept (slot ``later``) and taken up then."""
        output = message.output_channel
        tracker = await self.fetch_tracker_and_update_session(message.sender_id, output)
        tracker.update_with_events(list(after_silence(tracker, self._clock())), self.domain)
        waiting = await self._requests(message, tracker)
        whole = message.text if len(waiting) > 1 else None
        while waiting:
            text = waiting.pop(0)
            if waiting or tracker.get_slot("waiting"):
                tracker.update(SlotSet("waiting", list(waiting) or None), self.domain)
            await self._handle_message_with_tracker(_same(message, text, whole), tracker)
            tracker = await self.run_action_extract_slots(output, tracker)
            await self._run_prediction_loop(output, tracker)
            waiting, whole = await self._next(waiting, tracker, output), None
        await self.save_tracker(tracker)
        return output.messages if isinstance(output, CollectingOutputChannel) else None

    async def _requests(self, message: UserMessage, tracker: DialogueStateTracker) -> list[str]:
        """The texts to handle now. A message is only taken apart when each part is a wish of its own."""
        text = message.text or ""
        script = script_of(text)
        if script and script != tracker.get_slot("script"):
            tracker.update(SlotSet("script", script), self.domain)
        return [text] if tracker.active_loop_name else await self._several.requests(text)

    async def _parsed(self, text: str) -> dict[str, Any]:
        return await self.parse_message(UserMessage(text))

    async def _next(
        self, waiting: list[str], tracker: DialogueStateTracker, output: OutputChannel
    ) -> list[str]:
        """What to handle next: nothing while an application or a question of which is open (what waits
        was announced before its question, ``actions.turn.announce_waiting``), else what waited."""
        kept = list(tracker.get_slot("later") or [])
        asked = tracker.get_slot("state") == "clarifying" and tracker.get_slot("candidates")
        if tracker.active_loop_name or asked:
            if waiting:
                tracker.update_with_events([SlotSet("later", [*kept, *waiting]), SlotSet("waiting", None)], self.domain)
            return []
        said = tracker.latest_message
        if kept and said is not None and said.intent_name not in ALONE:
            await self._tell("utter_now_later", tracker, output, request=kept[0])
            tracker.update(SlotSet("later", None), self.domain)
            return [*kept, *waiting]
        return waiting

    async def _tell(
        self, response: str, tracker: DialogueStateTracker, output: OutputChannel, **values: str
    ) -> None:
        said = await self.nlg.generate(response, tracker, output.name(), **values) or {}
        event = BotUttered(said.get("text"), {"buttons": said.get("buttons")})
        tracker.update(event, self.domain)
        await output.send_response(tracker.sender_id, event.message())

    async def parse_message(
        self, message: UserMessage, tracker: DialogueStateTracker | None = None,
        only_output_properties: bool = True,
    ) -> dict[str, Any]:
        """See MessageProcessor."""
        if tracker is not None and tracker.active_loop_name:
            draft = tracker.get_slot("draft") or {}
            if draft.get("type"):
                wanted = {k: draft.get(k) for k in ("element", "type", "choices")}
                message.metadata = {**(message.metadata or {}), "expects": wanted}
        parsed: dict[str, Any] = await super().parse_message(message, tracker, only_output_properties)
        return parsed

    def _check_for_unseen_features(self, parse_data: dict[str, Any]) -> None:
        """Only warns of intents that the domain lacks; ``rasa data validate`` has seen to that."""

    def _log_slots(self, tracker: DialogueStateTracker) -> None:
        """Slots hold personal data; they are never logged."""

    def _get_action(self, action_name: str) -> Action | None:
        if action_name not in self._actions:
            self._actions[action_name] = super()._get_action(action_name)
        return self._actions[action_name]

    def predict_next_with_tracker_if_should(
        self, tracker: DialogueStateTracker
    ) -> tuple[Action, PolicyPrediction]:
        """See MessageProcessor."""
        again = self.should_predict_another_action(tracker.latest_action_name)
        if self.is_action_limit_reached(tracker, again):
            return super().predict_next_with_tracker_if_should(tracker)  # says so in Rasa's way
        prediction = self._predict_next_with_tracker(tracker)
        name = self.domain.action_names_or_texts[prediction.max_confidence_index]
        action = self._get_action(name)
        assert action is not None
        return action, prediction

    def _predict_next_with_tracker(self, tracker: DialogueStateTracker) -> PolicyPrediction:
        if tracker.followup_action:
            return super()._predict_next_with_tracker(tracker)
        here = situation(tracker)
        if here not in self._decisions:
            decided = super()._predict_next_with_tracker(tracker)
            if len(self._decisions) >= DECISIONS_KEPT:
                return decided
            self._decisions[here] = decided
        decision = copy(self._decisions[here])
        decision.events = [_now(event) for event in decision.events]
        return decision

    async def _run_action(
        self, action: Action, tracker: DialogueStateTracker, output_channel: OutputChannel,
        nlg: NaturalLanguageGenerator, prediction: PolicyPrediction,
    ) -> bool:
        """See MessageProcessor, which copies the tracker, events and all, for every action. What the
        rules note of themselves stands here even if the action then refuses; no rule minds."""
        tracker.update_with_events(prediction.events, self.domain)
        if action.name() == ACTION_LISTEN_NAME:
            tracker.update(action.event_for_successful_execution(prediction))
            return False
        try:
            events = await action.run(output_channel, nlg, tracker, self.domain) or []
        except ActionExecutionRejection:
            tracker.update(
                ActionExecutionRejected(action.name(), prediction.policy_name, prediction.max_confidence)
            )
            return True
        except Exception:
            log.exception("%s failed; the turn goes on without it.", action.name())
            events = []
        tracker.update(action.event_for_successful_execution(prediction))
        tracker.update_with_events(events, self.domain)
        await self.execute_side_effects(events, tracker, output_channel)
        return bool(self.should_predict_another_action(action.name()))


def _same(message: UserMessage, text: str, whole: str | None) -> UserMessage:
    """The message with another text; ``whole`` is all that was said, if that was taken apart."""
    metadata = {**(message.metadata or {}), **({"whole": whole} if whole else {})}
    return UserMessage(
        text, message.output_channel, message.sender_id, input_channel=message.input_channel, metadata=metadata,
    )


def _now(event: Event) -> Event:
    fresh = copy(event)
    fresh.timestamp = time.time()
    return fresh


def situation(tracker: DialogueStateTracker) -> Situation:
    """All that a rule can look at. No slot influences a rule (domain.yml), and no rule looks behind
    the citizen's last message but to the loop that is active (a policy test holds the rules to it)."""
    steps: list[tuple[str, Any]] = []
    for event in reversed(tracker.events):
        if isinstance(event, UserUttered):
            steps.append(("said", event.intent_name))
            break
        if isinstance(event, ActionExecuted):
            steps.append(("did", event.action_name))
        elif isinstance(event, ActiveLoop):
            steps.append(("loop", event.name))
        elif isinstance(event, ActionExecutionRejected):
            steps.append(("rejected", event.action_name))
        elif isinstance(event, LoopInterrupted):
            steps.append(("interrupted", event.is_interrupted))
    loop = tracker.active_loop
    standing = (loop.name, loop.rejected, loop.is_interrupted) if loop else None
    return (*steps, standing)
