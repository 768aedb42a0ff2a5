"""Rasa's agent with actions run in this process.

Measured on Rasa 3.6.21: the HTTP call to an action server and ``jsonschema.validate``, which
checks its own schema anew at every action, cost several times what the actions themselves do.
"""

from __future__ import annotations

from functools import lru_cache
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

from rasa.core.actions.action import RemoteAction
from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.core.lock_store import InMemoryLockStore, LockStore, RedisLockStore
from rasa.core.processor import MessageProcessor
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.shared.core.events import Event
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig
from rasa_sdk.executor import ActionExecutor
from redis.connection import parse_url

from gateway.errors import StoreError
from gateway.store.store import Store
from gateway.store.tracker_store import OnSave, SnapshotTrackerStore


class InProcessActions(EndpointConfig):
    """An action endpoint that calls the actions instead of a server."""

    def __init__(self) -> None:
        super().__init__(url="in-process://actions", selective_domain=True)
        self._executor = ActionExecutor()
        self._executor.register_package("actions")

    async def request(self, method: str = "post", **kwargs: Any) -> Any:
        """Run the action that ``json`` names; returns its events and responses."""
        return await self._executor.run(kwargs["json"])


class StraightRunner:
    """Runs a loaded prediction graph node by node, in an order worked out once.

    Rasa's own runner builds a dask graph anew for every message.
    """

    def __init__(self, loaded: DaskGraphRunner) -> None:
        self._schema = loaded._graph_schema
        self._nodes = loaded._instantiated_nodes
        self._plans: dict[tuple[str, ...], list[tuple[str, list[str]]]] = {}

    def run(
        self, inputs: dict[str, Any] | None = None, targets: list[str] | None = None
    ) -> dict[str, Any]:
        """See GraphRunner: the output of each target, by name."""
        wanted = tuple(targets or self._schema.target_names)
        if wanted not in self._plans:
            self._plans[wanted] = self._plan(wanted)
        done: dict[str, Any] = {name: (name, value) for name, value in (inputs or {}).items()}
        for name, needs in self._plans[wanted]:
            done[name] = self._nodes[name](*(done.get(need, need) for need in needs))
        return {name: done[name][1] for name in wanted}

    def _plan(self, wanted: tuple[str, ...]) -> list[tuple[str, list[str]]]:
        nodes = self._schema.minimal_graph_schema(list(wanted)).nodes
        needs = {name: list(node.needs.values()) for name, node in nodes.items()}
        order = TopologicalSorter({n: [d for d in deps if d in needs] for n, deps in needs.items()})
        return [(name, needs[name]) for name in order.static_order()]


class GatewayProcessor(MessageProcessor):
    """Tells the understanding what the open question expects (see gateway.understanding.gate)."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.graph_runner: Any = StraightRunner(self.graph_runner)

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


class GatewayAgent(Agent):
    """An agent with :class:`GatewayProcessor`."""

    def load_model(self, model_path: str | Path, fingerprint: str | None = None) -> None:
        """See Agent."""
        self.processor = GatewayProcessor(
            model_path=model_path, tracker_store=self.tracker_store, lock_store=self.lock_store,
            action_endpoint=self.action_endpoint, generator=self.nlg,
        )
        self.domain = self.processor.domain
        self._set_fingerprint(fingerprint)
        self.tracker_store.domain = self.domain
        self.nlg.responses = self.domain.responses if self.domain else {}


def load_agent(model: Path, store: Store, redis_url: str, on_save: OnSave) -> GatewayAgent:
    """The agent, ready. Takes seconds: it reads the model and imports TensorFlow."""
    # The result comes from our own actions in this process; there is no stranger to check.
    RemoteAction._validate_action_result = lambda self, result: True
    # Asked for every event of every turn; Rasa walks all subclasses each time.
    Event.resolve_by_type = staticmethod(lru_cache(maxsize=256)(Event.resolve_by_type))
    agent = GatewayAgent(lock_store=lock_store(redis_url), action_endpoint=InProcessActions())
    # Set afterwards: Agent would wrap it in a store that falls back to memory, in silence, when the
    # database fails; a turn that could not be kept must be told as such.
    agent.tracker_store = SnapshotTrackerStore(None, store=store, on_save=on_save)
    agent.load_model(model)
    return agent


def lock_store(redis_url: str) -> LockStore:
    """One conversation is handled by one process at a time: in memory, or through Redis.

    Raises:
        StoreError: Redis cannot be reached.
    """
    if not redis_url:
        return InMemoryLockStore()
    try:
        parts = parse_url(redis_url)
        locks = RedisLockStore(
            host=parts.get("host", "localhost"), port=parts.get("port", 6379),
            db=int(parts.get("db", 0)), username=parts.get("username"),
            password=parts.get("password"), key_prefix="yiwen", socket_timeout=5,
        )
        locks.red.ping()
    except Exception as error:
        raise StoreError(f"GATEWAY_REDIS_URL cannot be used: {error}") from error
    return locks
