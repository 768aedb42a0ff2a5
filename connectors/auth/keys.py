"""Scheme api_key: the secret itself, in a header or in a field of the body."""

from __future__ import annotations

from connectors.access import Auth
from connectors.auth.proof import Outgoing, Proof


class Key(Proof):
    """The key goes where the manifest says."""

    def __init__(self, auth: Auth, secret: str) -> None:
        self._auth, self._secret = auth, secret

    def fields(self) -> list[tuple[str, str]]:
        """See Proof."""
        return [(self._auth.field, self._secret)] if self._auth.field else []

    def headers(self, outgoing: Outgoing) -> dict[str, str]:
        """See Proof."""
        return {self._auth.header: self._secret} if self._auth.header else {}
