"""What all sample departments have in common: requests, answers, faults, the course of a case."""

from __future__ import annotations

import abc
import dataclasses
import datetime as dt
import json
import re
import ssl
import threading
from collections.abc import Mapping
from typing import Any, Optional

from simulators.forms import Matter
from simulators.rules import SHANGHAI, cover
from simulators.store import Case, Clock, Store

FAILS = ("5xx", "busy", "maintenance", "drop_before", "drop_after_commit")
"""What goes wrong in bad weather and passes by itself."""
ELEMENT = re.compile(rb"(</?[\w:.-]+)")
GARBLED = ("wrong_charset", "changed_schema")
"""What was done, but is answered so that nobody can read it."""
CALLBACKS = ("twice", "late")
_OF_FILES = ("files", "supplementFiles")
"""Fields that hold no words of people, but digests, which are shown whole."""
_DIALS = ("latency_ms", "fail", "times", "callbacks")
KEPT = 366 * 86_400
"""Seconds that the key of a supplement is known: longer than any case takes."""
LONGEST_LATENCY = 60_000


@dataclasses.dataclass(frozen=True)
class Request:
    """One HTTP request. ``target`` is the path with its query; header names are in lower case. ``peer`` is whom the
    caller's certificate names; empty where none was shown."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    peer: str = ""

    @property
    def path(self) -> str:
        """The path without its query."""
        return self.target.split("?", 1)[0]


@dataclasses.dataclass(frozen=True)
class Response:
    """One HTTP answer."""

    status: int
    body: bytes
    content_type: str
    headers: Mapping[str, str] = dataclasses.field(default_factory=dict)


class Faults:
    """The fault dial. A setting holds for ``times`` calls, or until it is changed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._latency_ms, self._fail, self._times = 0, "", -1
        self.callbacks = ""

    def turn(self, setting: Mapping[str, Any]) -> Optional[str]:
        """Take a setting; what is wrong with it, or None."""
        unknown = set(setting) - set(_DIALS)
        latency, fail, times, callbacks = (setting.get(k) for k in _DIALS)
        if unknown:
            return f"unknown: {', '.join(sorted(unknown))}; allowed: {', '.join(_DIALS)}"
        if latency is not None and (type(latency) is not int or not 0 <= latency <= LONGEST_LATENCY):
            return f"latency_ms: a whole number from 0 to {LONGEST_LATENCY}"
        if fail is not None and fail not in FAILS + GARBLED:
            return f"fail: one of {', '.join(FAILS + GARBLED)}, or null"
        if callbacks is not None and callbacks not in CALLBACKS:
            return f"callbacks: one of {', '.join(CALLBACKS)}, or null"
        if times is not None and (type(times) is not int or times < 1):
            return "times: a whole number from 1, or null"
        with self._lock:
            self._latency_ms, self._fail = latency or 0, fail or ""
            self._times = -1 if times is None else times
            self.callbacks = callbacks or ""
        return None

    def take(self) -> tuple[float, str]:
        """Latency in seconds and failure of the next call."""
        with self._lock:
            if self._times == 0:
                return 0.0, ""
            if self._times > 0:
                self._times -= 1
            return self._latency_ms / 1000, self._fail


class Department(abc.ABC):
    """One sample system.

    ``matters`` are what it takes, by its own codes; ``statuses`` are its codes with their terms;
    ``course`` is how a case usually goes; ``gone`` is the code of a withdrawn case; no case leaves
    a code of ``final``. ``waiting`` is the code of a case that waits for a supplement (补正), ``resumed`` the
    one after it; ``notes`` is what its clerks write to a code.
    """

    name: str
    title: str
    protocol: str
    prefix: str
    matters: Mapping[str, Matter]
    statuses: Mapping[str, str]
    course: tuple[str, ...]
    gone: str
    final: frozenset[str]
    waiting = ""
    resumed = ""
    notes: Mapping[str, str] = {}
    tls: Optional[ssl.SSLContext] = None
    """With it calls are taken over TLS only; pages for people stay plain."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock
        self.faults = Faults()

    @property
    def today(self) -> dt.date:
        """The day in China."""
        return self.clock().astimezone(SHANGHAI).date()

    @abc.abstractmethod
    def business(self, request: Request) -> Response:
        """Answer one call of the gateway."""

    @abc.abstractmethod
    def busy(self) -> Response:
        """The department's own way to say that it is overloaded and did nothing."""

    def find(self, receipt: str, reference: str) -> Optional[Case]:
        """The case under a reference or else a receipt; both must agree when both are given."""
        if not receipt and not reference:
            return None
        found = self.store.find(receipt=receipt, reference=reference)
        matching = [case for case in found if not receipt or case.receipt == receipt]
        return matching[0] if matching else None

    def advance(self, reference: str, status: str) -> Optional[str]:
        """Move a case to ``status``, or one step on; what is wrong, or None."""
        found = self.store.find(reference=reference)
        if not found:
            return "reference: no such case"
        if not status:
            here = found[0].status
            if here not in self.course[:-1]:
                return f"the case stands at {here} and has no next step; give a status"
            status = self.course[self.course.index(here) + 1]
        if status not in self.statuses:
            return f"status: one of {', '.join(self.statuses)}"
        self.store.move(reference, status)
        self.moved(self.store.find(reference=reference)[0])
        return None

    def note(self, case: Case) -> str:
        """What a clerk wrote to where the case stands."""
        return self.notes.get(case.status, "")

    def supplemented(self, case: Case, key: str) -> bool:
        """Take what a person adds: once for each ``key``, repeated or not. False: the case does not wait for it."""
        if self.store.is_fresh(f"supplement {key}", int(self.clock().timestamp()) + KEPT, 0):
            if case.status != self.waiting:
                return False
            self.store.move(case.reference, self.resumed)
        return True

    def moved(self, case: Case) -> None:
        """A case got another status by itself; an office that calls back does so now."""
        return None

    def sign_in(self, request: Request) -> Optional[Response]:
        """The answer to a sign-in, which the fault dial leaves alone; None when ``request`` is a call."""
        return None

    def call_back(self, gateway: str) -> Optional[str]:
        """Send callbacks to the gateway at that address from now on; what is wrong with it, or None."""
        return "this department sends no callbacks"

    def close(self) -> None:
        """Let go of the state."""
        self.store.close()

    def ledger(self, most: int = -1, receipt: str = "") -> list[dict[str, Any]]:
        """The department's cases, numbers of people covered: all, the ``most`` newest, or those of a receipt."""
        cases = self.store.find(receipt=receipt) if receipt else self.store.newest(most)
        return [
            {
                **dataclasses.asdict(case),
                "item_name": self._title(case.item),
                "status_name": self.statuses.get(case.status, case.status),
                "fields": {n: text if n in _OF_FILES else cover(text) for n, text in case.fields.items()},
            }
            for case in cases
        ]

    def _title(self, code: str) -> str:
        matter = self.matters.get(code)
        return matter.title if matter else code


def garbled(response: Response, fail: str) -> Response:
    """An answer that is in no charset that was agreed, or one whose names are no longer what they were."""
    if fail == "wrong_charset":
        return dataclasses.replace(response, body=b"\xff\xfe" + response.body)
    text = response.body
    if "json" in response.content_type:
        return dataclasses.replace(response, body=b'{"response":' + text + b"}")
    return dataclasses.replace(response, body=ELEMENT.sub(rb"\1New", text))


def leaves(body: bytes) -> dict[str, str]:
    """The texts of a JSON object by name, nested names joined by dots.

    Raises:
        ValueError: it is no object, or holds something else than texts and objects.
    """
    told: dict[str, str] = {}
    try:
        _flatten(json.loads(body.decode("utf-8")), "", told)
    except RecursionError:
        raise ValueError("too deep") from None
    return told


def _flatten(value: Any, name: str, into: dict[str, str]) -> None:
    if isinstance(value, dict):
        for key, inner in value.items():
            _flatten(inner, f"{name}.{key}" if name else str(key), into)
    elif isinstance(value, str) and name:
        into[name] = value
    else:
        raise ValueError(name)
