"""How a call proves that it is ours: one small module a scheme, all behind :class:`Proof`."""

from __future__ import annotations

from collections.abc import Callable

from connectors.access import Auth
from connectors.auth import keys, mutual_tls, oauth2, session, signatures, sm2
from connectors.auth.proof import Nonce, Outgoing, Post, Proof, new_nonce
from connectors.auth.signatures import sign

__all__ = ["SCHEMES", "Nonce", "Outgoing", "Post", "Proof", "new_nonce", "proof_of", "sign"]

SCHEMES: dict[str, Callable[[Auth, str, Post], Proof]] = {
    "none": lambda auth, secret, post: Proof(),
    "api_key": lambda auth, secret, post: keys.Key(auth, secret),
    "hmac_sha256": lambda auth, secret, post: signatures.Signature(auth, secret),
    "sm3_hmac": lambda auth, secret, post: signatures.Signature(auth, secret),
    "sm2": lambda auth, secret, post: sm2.Signature(auth, secret),
    "oauth2": oauth2.Token,
    "session": session.Session,
    "mutual_tls": lambda auth, secret, post: mutual_tls.Certificate(auth, secret),
}


def proof_of(auth: Auth, secret: str, post: Post) -> Proof:
    """The proof that a manifest asks for. ``post`` sends a form to the department, for signing in."""
    return SCHEMES[auth.scheme](auth, secret, post)
