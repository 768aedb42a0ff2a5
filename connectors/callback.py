"""A department tells by itself how a case stands: is it really the department, and what does it say."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hmac
from collections.abc import Mapping
from typing import Any

from connectors import bodies
from connectors.access import Callback
from connectors.answers import read_given
from connectors.auth import sign
from connectors.hours import CHINA
from connectors.manifest import Manifest
from gateway.errors import YiwenError

ALLOWED_SECONDS = 300
LONGEST_ID = 80


class NotTheirs(YiwenError):
    """A callback that the department did not sign, or signed too long ago."""


@dataclasses.dataclass(frozen=True)
class News:
    """One event. ``at`` is when it happened, by the department's clock; ``status`` is ours."""

    event: str
    at: dt.datetime
    receipt: str
    reference: str
    status: str
    note: str = dataclasses.field(repr=False)
    given: dict[str, str] = dataclasses.field(default_factory=dict, repr=False)


def read_callback(
    manifest: Manifest, rule: Callback, secret: str, *, target: str, headers: Mapping[str, str],
    body: bytes, now: dt.datetime,
) -> News:
    """The news in a callback; ``target`` is the path as the department called it, header names in any case.

    Raises:
        NotTheirs: its signature does not fit.
        Unreadable: it is not what the manifest says.
    """
    _check(rule, secret, target, {k.lower(): v for k, v in headers.items()}, body, now)
    tree = bodies.decode("json", body, manifest.charset)
    theirs = bodies.text_at(tree, rule.status)
    if theirs not in manifest.statuses:
        raise bodies.Unreadable("a status that the manifest does not list")
    event, receipt = bodies.text_at(tree, rule.event), bodies.text_at(tree, rule.receipt)
    if not event or not receipt or max(len(event), len(receipt)) > LONGEST_ID:
        raise bodies.Unreadable("no event or no receipt number, or a very long one")
    return News(
        event, _moment(tree, rule.at), receipt, bodies.text_at(tree, rule.reference)[:LONGEST_ID],
        manifest.statuses[theirs], bodies.text_at(tree, rule.note), read_given(tree, rule.given),
    )


def _check(
    rule: Callback, secret: str, target: str, headers: Mapping[str, str], body: bytes, now: dt.datetime
) -> None:
    names = rule.headers
    stamp, nonce = headers.get(names.timestamp.lower(), ""), headers.get(names.nonce.lower(), "")
    if headers.get(names.id.lower()) != rule.id or not (stamp.isascii() and stamp.isdigit()):
        raise NotTheirs("the headers of the signature are missing")
    if len(stamp) > 12 or abs(now.timestamp() - int(stamp)) > ALLOWED_SECONDS:
        raise NotTheirs("signed too long ago, or a clock is wrong")
    wanted = sign(secret, "POST", target, stamp, nonce, body, rule.scheme)
    given = headers.get(names.signature.lower(), "")
    if not secret or not hmac.compare_digest(wanted.encode(), given.lower().encode()):
        raise NotTheirs("the signature does not fit")


def _moment(tree: Any, path: str) -> dt.datetime:
    try:
        read = dt.datetime.fromisoformat(bodies.text_at(tree, path))
    except ValueError:
        raise bodies.Unreadable("the time of the event is not ISO 8601") from None
    return (read if read.tzinfo else read.replace(tzinfo=CHINA)).astimezone(dt.timezone.utc)
