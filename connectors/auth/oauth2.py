"""Scheme oauth2: a token for our client id and secret (RFC 6749, section 4.4), sent as Bearer (RFC 6750)."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from urllib.parse import parse_qsl

from oauthlib.oauth2 import BackendApplicationClient, OAuth2Error

from connectors.access import Auth
from connectors.auth.proof import Outgoing, Post, Proof
from connectors.auth.ticket import Ticket, TicketBox, answer_of
from gateway.errors import OurFault

EARLY = 30.0
"""Seconds before its end at which a token is no longer used."""


class Token(Proof):
    """A token is fetched once, kept until shortly before its end, and fetched anew when it is refused."""

    def __init__(
        self, auth: Auth, secret: str, post: Post, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._auth, self._secret, self._post, self._now = auth, secret, post, monotonic
        self._box = TicketBox(self._fetch, monotonic)

    def headers(self, outgoing: Outgoing) -> dict[str, str]:
        """See Proof."""
        return {"Authorization": f"Bearer {self._box.get()}"}

    def renew(self, sent: Mapping[str, str]) -> bool:
        """See Proof."""
        self._box.drop(sent.get("Authorization", "").removeprefix("Bearer "))
        return True

    def _fetch(self) -> Ticket:
        # A client of its own for each fetch: it keeps the token, and the box is the one place for that.
        client = BackendApplicationClient(self._auth.id, scope=self._auth.scope or None)
        form = client.prepare_request_body(client_secret=self._secret, include_client_id=True)
        reply = answer_of(self._post(self._auth.login, parse_qsl(form)))
        token, lasts = "", 0.0
        try:
            told = client.parse_request_body_response((reply.body or b"").decode())
            token, lasts = str(told["access_token"]), float(told.get("expires_in") or 0)
        except (OAuth2Error, ValueError, KeyError):
            token = ""
        if not token or reply.status != 200:
            raise OurFault(f"the department gives no token to {self._auth.id} (HTTP {reply.status})")
        return Ticket(token, self._now() + max(lasts - EARLY, lasts / 2) if lasts else float("inf"))
