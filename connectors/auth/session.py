"""Scheme session: a form with name and password, answered with a cookie that every call then carries."""

from __future__ import annotations

from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie

from connectors.access import Auth
from connectors.auth.proof import Outgoing, Post, Proof
from connectors.auth.ticket import Ticket, TicketBox, answer_of
from gateway.errors import OurFault


class Session(Proof):
    """We sign in before the first call, and again when the department has ended the session."""

    def __init__(self, auth: Auth, secret: str, post: Post) -> None:
        self._auth, self._secret, self._post = auth, secret, post
        self._box = TicketBox(self._fetch)

    def headers(self, outgoing: Outgoing) -> dict[str, str]:
        """See Proof."""
        return {"Cookie": f"{self._auth.cookie}={self._box.get()}"}

    def renew(self, sent: Mapping[str, str]) -> bool:
        """See Proof."""
        self._box.drop(sent.get("Cookie", "").removeprefix(f"{self._auth.cookie}="))
        return True

    def _fetch(self) -> Ticket:
        form = [(self._auth.id_field, self._auth.id), (self._auth.field, self._secret)]
        reply = answer_of(self._post(self._auth.login, form))
        if reply.status < 400:
            for line in reply.cookies:
                value = _value(line, self._auth.cookie)
                if value:
                    return Ticket(value)
        raise OurFault(
            f"signing in as {self._auth.id} gave no cookie {self._auth.cookie} (HTTP {reply.status})"
        )


def _value(line: str, name: str) -> str:
    """The value of one cookie of a Set-Cookie line; empty when it has none."""
    try:
        morsel = SimpleCookie(line).get(name)
    except CookieError:
        return ""
    return morsel.coded_value if morsel else ""
