"""Schemes hmac_sha256 and sm3_hmac: five lines signed with a shared secret, the digest in hex.

::

    METHOD
    /path?query            as it is sent
    1792310400             seconds since 1970, the department allows some minutes of difference
    3f0c…                  a nonce of 32 hex digits, good once
    e3b0…                  digest of the body in hex

Scheme sm3_hmac is the same with SM3 (GB/T 32905) in both places where the other has SHA-256.
"""

from __future__ import annotations

from typing import Union

from cryptography.hazmat.primitives import hashes, hmac

from connectors.access import Auth, SignatureHeaders
from connectors.auth.proof import Nonce, Outgoing, Proof, new_nonce

Digest = Union[hashes.SHA256, hashes.SM3]
_DIGESTS: dict[str, type[Digest]] = {"hmac_sha256": hashes.SHA256, "sm3_hmac": hashes.SM3}


def digest_of(scheme: str) -> Digest:
    """The digest of a scheme's lines; SM2 goes with SM3."""
    return _DIGESTS.get(scheme, hashes.SM3)()


def lines_of(digest: Digest, method: str, target: str, timestamp: str, nonce: str, body: bytes) -> bytes:
    """The five lines that are signed."""
    summing = hashes.Hash(digest)
    summing.update(body)
    return "\n".join([method, target, timestamp, nonce, summing.finalize().hex()]).encode()


def sign(
    secret: str, method: str, target: str, timestamp: str, nonce: str, body: bytes,
    scheme: str = "hmac_sha256",
) -> str:
    """The hex signature of the five lines; ``target`` is the path with its query."""
    digest = digest_of(scheme)
    mac = hmac.HMAC(secret.encode(), digest)
    mac.update(lines_of(digest, method, target, timestamp, nonce, body))
    return mac.finalize().hex()


class Signature(Proof):
    """Every request is signed."""

    def __init__(self, auth: Auth, secret: str, nonce: Nonce = new_nonce) -> None:
        assert auth.headers is not None  # the manifest's schema holds it
        self._auth, self._secret, self._nonce = auth, secret, nonce
        self._names: SignatureHeaders = auth.headers

    def headers(self, outgoing: Outgoing) -> dict[str, str]:
        """See Proof."""
        timestamp, once = str(int(outgoing.now.timestamp())), self._nonce()
        return {
            self._names.id: self._auth.id,
            self._names.timestamp: timestamp,
            self._names.nonce: once,
            self._names.signature: self._signed(outgoing, timestamp, once),
        }

    def _signed(self, outgoing: Outgoing, timestamp: str, once: str) -> str:
        return sign(
            self._secret, outgoing.method, outgoing.target, timestamp, once, outgoing.body,
            self._auth.scheme,
        )
