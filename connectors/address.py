"""What a base address of a department may be."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit


def check_address(value: str, *, secure: bool = False) -> None:
    """Raise ValueError unless ``value`` is empty or an HTTP address without query or user.

    With ``secure`` plain HTTP is allowed to this machine only: citizens' data travels there.
    """
    if not value:
        return
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.username:
        raise ValueError("must be an http or https address such as https://host/path")
    if secure and parts.scheme == "http" and not _is_loopback(parts.hostname):
        raise ValueError("must be an https address, because citizens' data goes there")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
