"""What every scheme offers to the client."""

from __future__ import annotations

import dataclasses
import datetime as dt
import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import Union

from connectors.error_map import Broken
from connectors.transport import Reply

Nonce = Callable[[], str]
Post = Callable[[str, Sequence[tuple[str, str]]], Union[Reply, Broken]]
"""Sends a form to a path below the department's address."""


def new_nonce() -> str:
    """32 random hex digits."""
    return secrets.token_hex(16)


@dataclasses.dataclass(frozen=True)
class Outgoing:
    """The request that is to be proved; ``target`` is the path with its query, as it is sent."""

    method: str
    target: str
    body: bytes = dataclasses.field(repr=False)
    now: dt.datetime


class Proof:
    """Scheme none, and the base of the others. Safe across threads."""

    certificate = ""
    """Path of the client certificate with its key; empty when there is none."""

    def fields(self) -> list[tuple[str, str]]:
        """The fields of the body that every call needs."""
        return []

    def headers(self, outgoing: Outgoing) -> dict[str, str]:
        """The headers of one call, made anew for each try.

        Raises:
            RetryLater: the department cannot be reached for signing in.
            OurFault: it does not take our sign-in, or the secret has not the form that is needed.
        """
        return {}

    def renew(self, sent: Mapping[str, str]) -> bool:
        """The department refused a call with the headers ``sent``; whether another sign-in may help."""
        return False
