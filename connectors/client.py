"""The one client of every department.

It writes the department's words, signs, sends once, and says in our words what happened. It repeats
only what changes nothing (query, look_up, slots). A write is repeated by the durable submission
alone, which asks ``look_up`` first when the outcome was unknown.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import logging
import re
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Optional

import requests
import tenacity

from connectors import bodies
from connectors.answers import Answer, read_answer
from connectors.error_map import AlreadyThere, SignInRefused, error_for
from connectors.guard import Guard, HeldBack
from connectors.hours import check_open
from connectors.manifest import WRITES, Manifest
from connectors.metrics import Metrics
from connectors.request import Call, Request, build
from connectors.wire import Look, Wire
from gateway.errors import (
    AnswerUnreadable,
    DepartmentClosed,
    DepartmentRefused,
    NotThere,
    OurFault,
    OutcomeUnknown,
    RetryLater,
    YiwenError,
)

log = logging.getLogger("yiwen.connector")
Clock = Callable[[], dt.datetime]

LONGEST_WAIT = 1.0
"""Seconds between two tries of one call; a department that asks for more is left alone."""
_HARMLESS_CODE = re.compile(r"[A-Za-z][\w.-]{0,39}|\d{1,9}", re.ASCII)
_OUTCOMES: tuple[tuple[type[YiwenError], str], ...] = (
    (AnswerUnreadable, "unreadable"), (OutcomeUnknown, "unknown"), (DepartmentClosed, "closed"),
    (HeldBack, "held_back"), (RetryLater, "retry_later"), (NotThere, "not_there"),
    (DepartmentRefused, "refused"), (AlreadyThere, "already_there"), (OurFault, "our_fault"),
)


def utc_now() -> dt.datetime:
    """The clock used outside tests."""
    return dt.datetime.now(dt.timezone.utc)


@dataclasses.dataclass
class _Trace:
    """What the log line of one call says; holds no value that was sent."""

    ends: float
    code: str = ""
    tries: int = 0


class Connector:
    """One department's system. Blocks; safe to use from several threads.

    ``address`` is the base address in force, ``secret`` the value that the manifest names.
    """

    def __init__(
        self, manifest: Manifest, address: str, secret: str, *, session: requests.Session,
        clock: Clock = utc_now, sleep: Callable[[float], None] = time.sleep,
        guard: Optional[Guard] = None, metrics: Optional[Metrics] = None,
    ) -> None:
        self.manifest = manifest
        self.address = address.rstrip("/")
        self.clock = clock
        self._sleep = sleep
        self._session = session
        self.take_secret(secret)
        self._guard = guard or Guard(manifest)
        self._metrics = metrics or Metrics()

    def take_secret(self, secret: str) -> None:
        """Use another secret from the next call on; a token or session of the former one is forgotten."""
        self._secret = secret
        self._wire = Wire(self.manifest, self.address, secret, self._session, self.clock)

    @property
    def department(self) -> str:
        """The department's id."""
        return self.manifest.department

    def offers(self, operation: str) -> bool:
        """Whether the department has this operation."""
        return operation in self.manifest.operations

    def call(
        self, operation: str, values: Mapping[str, str], *, item: str, receipt: str = "",
        reference: str = "", key: str, files: Sequence[bodies.Attachment] = (),
    ) -> Answer:
        """Do one operation.

        ``values`` maps data elements to answers as the gateway keeps them (a choice's value, an
        ISO date); ``key`` is the same for every try of one submission; ``files`` go with it.

        Raises:
            RetryLater: nothing was done, or nothing was to be done; call again. :class:`HeldBack` and
                :class:`DepartmentClosed` when the department was not called at all.
            OutcomeUnknown: a write may have been done; ``look_up`` tells. :class:`AnswerUnreadable`, of reads, too,
                when there is an answer that the manifest does not know.
            DepartmentRefused: the department said no; :class:`NotThere` when it knows no such case.
            OurFault: the manifest, the secret or the address has to be put right.
        """
        started, outcome = time.monotonic(), "ok"
        trace = _Trace(started + self.manifest.timeouts.connect + self.manifest.timeouts.read)
        call = Call(operation, values, item, receipt, reference, key, files)
        try:
            self._check_secret()
            request = build(self.manifest, call, self._wire.proof.fields())
            answer = self._repeat(operation, request, trace)
        except AlreadyThere:
            outcome = "already_there"
            answer = None
        except YiwenError as error:
            outcome = next(name for kind, name in _OUTCOMES if isinstance(error, kind))
            trace.code = error.reason if isinstance(error, HeldBack) else trace.code
            raise
        finally:
            self._write_line(operation, outcome, trace, time.monotonic() - started)
        return self._find_again(call) if answer is None else answer

    def _check_secret(self) -> None:
        auth = self.manifest.auth
        if auth.scheme != "none" and not self._secret:
            raise OurFault(f"{self.department}: the secrets file has no {auth.secret}")

    def _repeat(self, operation: str, request: Request, trace: _Trace) -> Answer:
        if operation in WRITES:
            return self._once(operation, request, trace)
        retrying = tenacity.Retrying(
            stop=tenacity.stop_any(
                tenacity.stop_after_attempt(1 + self.manifest.retries),
                tenacity.stop_after_delay(self.manifest.timeouts.read),  # the deadline cuts the last one
            ),
            wait=tenacity.wait_random_exponential(multiplier=0.1, max=LONGEST_WAIT),
            retry=tenacity.retry_if_exception(_soon),
            sleep=self._sleep,
            reraise=True,
        )
        return retrying(self._once, operation, request, trace)

    def _once(self, operation: str, request: Request, trace: _Trace) -> Answer:
        """One try, and one more when our sign-in had ended: then the department did nothing."""
        check_open(self.manifest, self.clock())
        look = self._look(operation, request, trace)
        error = self._error(operation, look)
        if isinstance(error, SignInRefused) and self._wire.proof.renew(look.sent):
            look = self._look(operation, request, trace)
            error = self._error(operation, look)
        if error is not None:
            raise error
        try:
            return read_answer(self.manifest, operation, look.tree)
        except bodies.Unreadable as unreadable:
            problem = f"{self.department}, {operation}: {unreadable}"
        raise AnswerUnreadable(problem)

    def _look(self, operation: str, request: Request, trace: _Trace) -> Look:
        def send() -> Look:
            trace.tries += 1
            return self._wire.look(operation, request, trace.ends)

        look = self._guard.run(send, lambda look: look.is_down)
        trace.code = look.seen.code or (str(look.seen.status) if look.seen.status else "")
        return look

    def _error(self, operation: str, look: Look) -> Optional[YiwenError]:
        """What to raise, outside any handler, so that it carries no cause."""
        if self._wire.ended(look):
            return SignInRefused("the department sends us to its sign-in page")
        return error_for(look.seen, writes=operation in WRITES)

    def _find_again(self, call: Call) -> Answer:
        """The department had this very request before: its first answer stands."""
        if call.operation not in WRITES:
            raise OurFault(f"{self.department}: class duplicate came for {call.operation}")
        if call.operation == "withdraw":
            return Answer(reference=call.reference, status="withdrawn")
        problem: Optional[str] = None
        try:
            return self.call(
                "look_up", {}, item=call.item, receipt=call.receipt,
                reference=call.reference, key=call.key,
            )
        except (RetryLater, NotThere) as error:
            problem = f"{self.department} had it before, but does not show it: {error}"
        raise OutcomeUnknown(problem)

    def _write_line(self, operation: str, outcome: str, trace: _Trace, seconds: float) -> None:
        listed = trace.code in self.manifest.errors or _HARMLESS_CODE.fullmatch(trace.code)
        code = trace.code if listed else "?" if trace.code else "-"
        facts = {
            "department": self.department, "operation": operation, "outcome": outcome,
            "code": code, "tries": trace.tries, "milliseconds": round(seconds * 1000, 1),
        }
        self._metrics.count(self.department, operation, outcome, seconds)
        level = logging.INFO if outcome in {"ok", "refused", "not_there"} else logging.WARNING
        log.log(level, " ".join(f"{k}={v}" for k, v in facts.items()), extra=facts)


def _soon(error: BaseException) -> bool:
    """Whether a read is worth another try at once."""
    if isinstance(error, (DepartmentClosed, HeldBack)):
        return False
    return isinstance(error, RetryLater) and (error.after or 0) <= LONGEST_WAIT
