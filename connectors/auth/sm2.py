"""Scheme sm2: the five lines of sm3_hmac, signed with our private key (GB/T 32918.2).

The secret is the private key as 64 hex digits; the department has the public one. The signature is r and s
one after the other, 128 hex digits. The user id is that of the standard's examples, which GM/T 0009 makes
the usual one.
"""

from __future__ import annotations

import gmalg

from connectors.access import Auth
from connectors.auth import signatures
from connectors.auth.proof import Nonce, Outgoing, new_nonce
from gateway.errors import OurFault

USER_ID = b"1234567812345678"
_HALF = 32


class Signature(signatures.Signature):
    """Every request is signed with a key that the department does not have."""

    def __init__(self, auth: Auth, secret: str, nonce: Nonce = new_nonce) -> None:
        super().__init__(auth, secret, nonce)
        try:
            key = bytes.fromhex(secret)
        except ValueError:
            key = b""
        self._key = gmalg.SM2(key, USER_ID) if len(key) == _HALF else None

    def _signed(self, outgoing: Outgoing, timestamp: str, once: str) -> str:
        if self._key is None:
            raise OurFault(f"the secret {self._auth.secret} must be an SM2 private key of 64 hex digits")
        r, s = self._key.sign(signatures.lines_of(
            signatures.digest_of("sm2"), outgoing.method, outgoing.target, timestamp, once, outgoing.body
        ))
        return r.rjust(_HALF, b"\0").hex() + s.rjust(_HALF, b"\0").hex()
