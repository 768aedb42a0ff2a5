"""How a call proves that it is ours.

Scheme hmac_sha256 signs these five lines with the shared secret and sends the hex digest::

    METHOD
    /path?query            as it is sent
    1792310400             seconds since 1970, the department allows some minutes of difference
    3f0c…                  a nonce of 32 hex digits, good once
    e3b0…                  SHA-256 of the body in hex
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable
from datetime import datetime

from connectors.manifest import Auth

Nonce = Callable[[], str]


def new_nonce() -> str:
    """32 random hex digits."""
    return secrets.token_hex(16)


def sign(secret: str, method: str, target: str, timestamp: str, nonce: str, body: bytes) -> str:
    """The hex HMAC-SHA256 of the five lines; ``target`` is the path with its query."""
    lines = "\n".join([method, target, timestamp, nonce, hashlib.sha256(body).hexdigest()])
    return hmac.new(secret.encode(), lines.encode(), hashlib.sha256).hexdigest()


def auth_headers(
    auth: Auth, secret: str, *, method: str, target: str, body: bytes, now: datetime,
    nonce: Nonce = new_nonce,
) -> dict[str, str]:
    """The headers that one call needs. Made anew for each try: a nonce is good once."""
    if auth.scheme == "api_key" and auth.header:
        return {auth.header: secret}
    if auth.scheme == "hmac_sha256" and auth.headers:
        timestamp, once = str(int(now.timestamp())), nonce()
        return {
            auth.headers.id: auth.id,
            auth.headers.timestamp: timestamp,
            auth.headers.nonce: once,
            auth.headers.signature: sign(secret, method, target, timestamp, once, body),
        }
    return {}


def auth_fields(auth: Auth, secret: str) -> list[tuple[str, str]]:
    """The fields of the body that one call needs."""
    return [(auth.field, secret)] if auth.scheme == "api_key" and auth.field else []
