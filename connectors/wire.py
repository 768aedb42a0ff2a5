"""One try on the wire: sign, send, and see what came back in the manifest's terms."""

from __future__ import annotations

import dataclasses
import datetime as dt
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Union

import requests

from connectors import bodies
from connectors.auth import Outgoing, proof_of
from connectors.error_map import Broken, Seen
from connectors.manifest import Manifest
from connectors.request import Request
from connectors.transport import Reply, exchange
from gateway.errors import OurFault

SIGN_IN_HEADERS = {"Accept-Encoding": "identity"}


@dataclasses.dataclass(frozen=True)
class Look:
    """What one try showed. ``tree`` is the answer, ``sent`` the headers that it had."""

    seen: Seen
    tree: Any = dataclasses.field(repr=False)
    sent: Mapping[str, str] = dataclasses.field(repr=False)

    @property
    def is_down(self) -> bool:
        """Whether the department seems not to work: no answer, or an error page without a code of its own."""
        seen = self.seen
        return seen.broken in (Broken.unreached, Broken.lost) or (seen.status >= 500 and seen.rule is None)


class Wire:
    """The way to one department. ``secret`` is the value that the manifest names."""

    def __init__(
        self, manifest: Manifest, address: str, secret: str, session: requests.Session,
        clock: Callable[[], dt.datetime],
    ) -> None:
        self._manifest = manifest
        self._address = address
        self._session = session
        self._clock = clock
        self.proof = proof_of(manifest.auth, secret, self._post)

    def look(self, operation: str, request: Request, ends: float) -> Look:
        """Send once, signing in before if need be; ``ends`` is the deadline, monotonic.

        Raises:
            RetryLater, OurFault: signing in did not work; the request was not sent.
        """
        prepared = self._prepared(request)
        prepared.headers.update(self.proof.headers(
            Outgoing(request.method, prepared.path_url, request.body, self._clock())
        ))
        sent = {name: str(value) for name, value in prepared.headers.items()}
        reply = self._exchange(prepared, ends)
        if isinstance(reply, Broken):
            return Look(Seen(broken=reply), None, sent)
        tree = self._decoded(reply)
        return Look(self._seen(operation, reply, tree), tree, sent)

    def ended(self, look: Look) -> bool:
        """Whether a session's department sends us to its sign-in page instead of answering."""
        return self._manifest.auth.scheme == "session" and 300 <= look.seen.status < 400

    def _post(self, path: str, form: Sequence[tuple[str, str]]) -> Union[Reply, Broken]:
        """A sign-in: not signed, not logged, in the time of a call of its own."""
        charset, timeouts = self._manifest.charset, self._manifest.timeouts
        headers = {**SIGN_IN_HEADERS, "Content-Type": bodies.content_type("form", charset)}
        body = bodies.encode("form", form, charset)
        ends = time.monotonic() + timeouts.connect + timeouts.read
        return self._exchange(self._prepared(Request("POST", path, body, headers)), ends)

    def _exchange(self, prepared: requests.PreparedRequest, ends: float) -> Union[Reply, Broken]:
        return exchange(
            self._session, prepared, self._manifest.timeouts, ends, self.proof.certificate
        )

    def _prepared(self, request: Request) -> requests.PreparedRequest:
        try:
            prepared = self._session.prepare_request(requests.Request(
                request.method, self._address + request.target,
                data=request.body or None, headers=request.headers,
            ))
        except requests.RequestException:
            prepared = None
        if prepared is None:
            raise OurFault(f"{self._manifest.department}: its address or a header cannot be used")
        return prepared

    def _decoded(self, reply: Reply) -> Any:
        if reply.body is None:
            return None
        try:
            return bodies.decode(self._manifest.body, reply.body, self._manifest.charset)
        except bodies.Unreadable:
            return None

    def _seen(self, operation: str, reply: Reply, tree: Any) -> Seen:
        success = self._manifest.success
        code = bodies.fault_code(tree) or bodies.text_at(tree, success.path)
        theirs = bodies.text_at(tree, success.field)
        names = self._manifest.fields_of(operation)
        return Seen(
            status=reply.status,
            code=code,
            good=code in success.codes,
            rule=self._manifest.errors.get(code),
            after=reply.after,
            field=next((e for e, name in names.items() if theirs and name == theirs), ""),
        )
