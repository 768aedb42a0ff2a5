"""Scheme mutual_tls: a client certificate. The secret is the path of a PEM file with certificate and key."""

from __future__ import annotations

from pathlib import Path

from connectors.access import Auth
from connectors.auth.proof import Outgoing, Proof
from gateway.errors import OurFault


class Certificate(Proof):
    """The connection itself proves who calls; requests presents the certificate."""

    def __init__(self, auth: Auth, secret: str) -> None:
        self._auth = auth
        self.certificate = secret

    def headers(self, outgoing: Outgoing) -> dict[str, str]:
        """See Proof."""
        if not Path(self.certificate).is_file():
            raise OurFault(f"the secret {self._auth.secret} must be the path of a PEM file with our certificate")
        return {}
