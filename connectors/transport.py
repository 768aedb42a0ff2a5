"""One HTTP exchange: what came back, or how it broke. Raises nothing, so nothing can leak.

The texts of requests' own exceptions hold addresses, and a traceback would show the body. They
therefore end here.
"""

from __future__ import annotations

import dataclasses
import ssl
import time
from typing import Any, Optional, Union

import requests
import urllib3
from requests import exceptions as wrong

from connectors.access import Timeouts
from connectors.bodies import MOST_BYTES
from connectors.error_map import Broken

_CHUNK = 64 * 1024
_NEVER_SENT = (
    wrong.InvalidURL, wrong.InvalidSchema, wrong.MissingSchema, wrong.InvalidHeader,
    urllib3.exceptions.LocationParseError,
)


@dataclasses.dataclass(frozen=True)
class Reply:
    """An answer. ``body`` is None when it was longer than MOST_BYTES; ``cookies`` are its Set-Cookie lines."""

    status: int
    body: Optional[bytes] = dataclasses.field(repr=False)
    after: Optional[float] = None
    cookies: tuple[str, ...] = dataclasses.field(default=(), repr=False)


def exchange(
    session: requests.Session, request: requests.PreparedRequest, timeouts: Timeouts, ends: float,
    certificate: str = "",
) -> Union[Reply, Broken]:
    """Send one request and read the answer within ``timeouts``, following no redirect.

    ``ends`` is the deadline of the whole call, in seconds of the monotonic clock; when it is over nothing is
    sent. ``certificate`` is the path of our own one, for departments that ask for it.
    """
    left = ends - time.monotonic()
    if left <= 0:
        return Broken.late
    try:
        with session.send(
            request, timeout=(min(timeouts.connect, left), min(timeouts.read, left)), allow_redirects=False,
            stream=True, verify=session.verify or True, cert=certificate or None,
        ) as response:
            body = _read(response, ends)
            cookies = tuple(response.raw.headers.getlist("Set-Cookie"))
            return Reply(response.status_code, body, _after(response), cookies)
    except _NEVER_SENT:
        return Broken.unusable
    except (wrong.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
        return _how(error)


def _read(response: requests.Response, ends: float) -> Optional[bytes]:
    """The body as it is sent: no compression was offered, so none can swell."""
    body = bytearray()
    while chunk := response.raw.read1(_CHUNK, decode_content=False):
        body += chunk
        if len(body) > MOST_BYTES:
            return None
        if time.monotonic() > ends:
            raise TimeoutError
    return bytes(body)


def _after(response: requests.Response) -> Optional[float]:
    """Retry-After in seconds; its other form, a date, is not used by departments."""
    text = response.headers.get("Retry-After", "")
    return float(text) if text.isascii() and text.isdigit() and len(text) < 7 else None


def _how(error: BaseException) -> Broken:
    chain = list(_chain(error))
    if any(isinstance(e, ssl.SSLCertVerificationError) or _is_about_us(e) for e in chain):
        return Broken.unusable
    if isinstance(error, wrong.ConnectTimeout):
        return Broken.unreached
    if any(isinstance(e, urllib3.exceptions.NewConnectionError) for e in chain):
        return Broken.unreached
    return Broken.lost


def _is_about_us(error: BaseException) -> bool:
    """Whether the department broke off because it does not take our certificate (RFC 8446, section 6.2)."""
    reason = str(getattr(error, "reason", "")) if isinstance(error, ssl.SSLError) else ""
    return "ALERT" in reason and any(word in reason for word in ("CERTIFICATE", "UNKNOWN_CA", "ACCESS_DENIED"))


def _chain(error: Any) -> list[Any]:
    """An exception with all that it wraps: requests and urllib3 hide causes in several places."""
    found: list[Any] = []
    waiting = [error]
    while waiting:
        one = waiting.pop()
        if not isinstance(one, BaseException) or any(one is f for f in found):
            continue
        found.append(one)
        waiting += [one.__cause__, one.__context__, getattr(one, "reason", None), *one.args]
    return found
