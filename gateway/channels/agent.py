"""Rasa's agent with actions run in this process.

Measured on Rasa 3.6.21: the HTTP call to an action server and ``jsonschema.validate``, which
checks its own schema anew at every action, cost several times what the actions themselves do.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from rasa.core.actions.action import RemoteAction
from rasa.core.agent import Agent
from rasa.core.lock_store import InMemoryLockStore, LockStore, RedisLockStore
from rasa.shared.core.events import Event
from rasa.utils.endpoints import EndpointConfig
from rasa_sdk.executor import ActionExecutor
from redis.connection import parse_url

from gateway.channels.processor import GatewayProcessor
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
