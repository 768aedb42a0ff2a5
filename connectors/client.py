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
from typing import Any, Optional, Union

import requests
import tenacity

from connectors import bodies
from connectors.answers import Answer, read_answer
from connectors.auth import Outgoing, proof_of
from connectors.error_map import AlreadyThere, Broken, Seen, SignInRefused, error_for
from connectors.manifest import WRITES, Manifest
from connectors.request import Call, Request, build
from connectors.transport import Reply, exchange
from gateway.errors import (
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
    (OutcomeUnknown, "unknown"), (RetryLater, "retry_later"), (NotThere, "not_there"),
    (DepartmentRefused, "refused"), (AlreadyThere, "already_there"), (OurFault, "our_fault"),
)


def utc_now() -> dt.datetime:
    """The clock used outside tests."""
    return dt.datetime.now(dt.timezone.utc)


@dataclasses.dataclass
class _Trace:
    """What the log line of one call says; holds no value that was sent."""

    code: str = ""
    tries: int = 0


class Connector:
    """One department's system. Blocks; safe to use from several threads.

    ``address`` is the base address in force, ``secret`` the value that the manifest names.
    """

    def __init__(
        self, manifest: Manifest, address: str, secret: str, *, session: requests.Session,
        clock: Clock = utc_now, sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.manifest = manifest
        self.address = address.rstrip("/")
        self._secret = secret
        self._proof = proof_of(manifest.auth, secret, self._post)
        self._session = session
        self._clock = clock
        self._sleep = sleep

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
            RetryLater: nothing was done, or nothing was to be done; call again.
            OutcomeUnknown: a write may have been done; ``look_up`` tells.
            DepartmentRefused: the department said no; :class:`NotThere` when it knows no such case.
            OurFault: the manifest, the secret or the address has to be put right.
        """
        trace, started, outcome = _Trace(), time.perf_counter(), "ok"
        call = Call(operation, values, item, receipt, reference, key, files)
        try:
            self._check_secret()
            request = build(self.manifest, call, self._proof.fields())
            answer = self._repeat(operation, request, trace)
        except AlreadyThere:
            outcome = "already_there"
            answer = None
        except YiwenError as error:
            outcome = next(name for kind, name in _OUTCOMES if isinstance(error, kind))
            raise
        finally:
            self._write_line(operation, outcome, trace, time.perf_counter() - started)
        return self._find_again(call) if answer is None else answer

    def _check_secret(self) -> None:
        auth = self.manifest.auth
        if auth.scheme != "none" and not self._secret:
            raise OurFault(f"{self.department}: the secrets file has no {auth.secret}")

    def _post(self, path: str, form: Sequence[tuple[str, str]]) -> Union[Reply, Broken]:
        """A sign-in: not signed, not logged, in the timeouts of a call."""
        prepared = self._prepared(Request(
            "POST", path, bodies.encode("form", form, self.manifest.charset),
            {"Accept-Encoding": "identity", "Content-Type": bodies.content_type("form", self.manifest.charset)},
        ))
        return exchange(self._session, prepared, self.manifest.timeouts, self._proof.certificate)

    def _repeat(self, operation: str, request: Request, trace: _Trace) -> Answer:
        if operation in WRITES:
            return self._once(operation, request, trace)
        retrying = tenacity.Retrying(
            stop=tenacity.stop_any(
                tenacity.stop_after_attempt(1 + self.manifest.retries),
                tenacity.stop_after_delay(self.manifest.timeouts.read),
            ),
            wait=tenacity.wait_random_exponential(multiplier=0.1, max=LONGEST_WAIT),
            retry=tenacity.retry_if_exception(_soon),
            sleep=self._sleep,
            reraise=True,
        )
        return retrying(self._once, operation, request, trace)

    def _once(self, operation: str, request: Request, trace: _Trace) -> Answer:
        """One try, and one more when our sign-in had ended: then the department did nothing."""
        sent = self._signed(request)
        ended: Optional[SignInRefused] = None
        try:
            return self._sent(operation, sent, trace)
        except SignInRefused as refused:
            ended = refused
        names = {name: str(value) for name, value in sent.headers.items()}
        if not self._proof.renew(names):
            raise ended
        return self._sent(operation, self._signed(request), trace)

    def _sent(self, operation: str, prepared: requests.PreparedRequest, trace: _Trace) -> Answer:
        """Send once. The error is raised here, outside any handler, so that it carries no cause."""
        trace.tries += 1
        writes = operation in WRITES
        reply = exchange(self._session, prepared, self.manifest.timeouts, self._proof.certificate)
        tree: Any = None
        if isinstance(reply, Broken):
            seen = Seen(broken=reply)
        else:
            tree = self._decoded(reply)
            seen = self._seen(operation, reply, tree)
        trace.code = seen.code or (str(seen.status) if seen.status else "")
        error = error_for(seen, writes=writes)
        if self.manifest.auth.scheme == "session" and 300 <= seen.status < 400:
            error = SignInRefused("the department sends us to its sign-in page")
        if error is not None:
            raise error
        try:
            return read_answer(self.manifest, operation, tree)
        except bodies.Unreadable as unreadable:
            problem = f"{self.department}, {operation}: {unreadable}"
        raise OutcomeUnknown(problem) if writes else OurFault(problem)

    def _signed(self, request: Request) -> requests.PreparedRequest:
        prepared = self._prepared(request)
        prepared.headers.update(self._proof.headers(
            Outgoing(request.method, prepared.path_url, request.body, self._clock())
        ))
        return prepared

    def _prepared(self, request: Request) -> requests.PreparedRequest:
        try:
            prepared = self._session.prepare_request(requests.Request(
                request.method, self.address + request.target,
                data=request.body or None, headers=request.headers,
            ))
        except requests.RequestException:
            prepared = None
        if prepared is None:
            raise OurFault(f"{self.department}: its address or a header cannot be used")
        return prepared

    def _decoded(self, reply: Reply) -> Any:
        if reply.body is None:
            return None
        try:
            return bodies.decode(self.manifest.body, reply.body, self.manifest.charset)
        except bodies.Unreadable:
            return None

    def _seen(self, operation: str, reply: Reply, tree: Any) -> Seen:
        success = self.manifest.success
        code = bodies.fault_code(tree) or bodies.text_at(tree, success.path)
        theirs = bodies.text_at(tree, success.field)
        names = self.manifest.fields_of(operation)
        return Seen(
            status=reply.status,
            code=code,
            good=code in success.codes,
            rule=self.manifest.errors.get(code),
            after=reply.after,
            field=next((e for e, name in names.items() if theirs and name == theirs), ""),
        )

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
        level = logging.INFO if outcome in {"ok", "refused", "not_there"} else logging.WARNING
        log.log(level, " ".join(f"{k}={v}" for k, v in facts.items()), extra=facts)


def _soon(error: BaseException) -> bool:
    """Whether a read is worth another try at once."""
    return isinstance(error, RetryLater) and (error.after or 0) <= LONGEST_WAIT
