"""A bench for any address: the faults are made on our side, and what the department keeps is seen by look_up."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Optional

from connectors.access import Timeouts
from connectors.client import Connector
from connectors.contract.bench import Bench, times_of
from connectors.contract.listener import Listener
from connectors.contract.stranger import stranger_of
from connectors.contract.weather import Weather
from connectors.guard import Guard
from connectors.manifest import Manifest
from connectors.registry import POOL, session_for

NEVER_DOWN = 10_000
"""Faults are made on purpose here: the guard must not take them for a department that is down."""


@contextmanager
def live_bench(
    manifest: Manifest, address: str, secrets: Mapping[str, str], *, item: str, operation: str,
    answers: Mapping[str, str], listener: Optional[Listener] = None,
) -> Iterator[Bench]:
    """The department at ``address`` with the example ``answers`` of one item; of an appointment without the time.

    Raises:
        YiwenError: the free times of an appointment cannot be had.
    """
    session = session_for(manifest, secrets)
    weather = Weather(spare=manifest.auth.login, pool_connections=1, pool_maxsize=POOL, max_retries=0)
    for scheme in ("http://", "https://"):
        session.mount(scheme, weather)
    guard = Guard(manifest, failures=NEVER_DOWN)
    own = secrets.get(manifest.auth.secret, "")

    def made(secret: str, where: str, read: float) -> Connector:
        timeouts = Timeouts(connect=manifest.timeouts.connect, read=read) if read else manifest.timeouts
        told = manifest.copy(update={"timeouts": timeouts})
        return Connector(told, where, secret, session=session, guard=guard)

    usual = made(own, address, 0)

    def connect(*, secret: str = "", address: str = "", read: float = 0) -> Connector:
        return made(secret or own, address or usual.address, read) if secret or address or read else usual

    bench = Bench(
        stranger=stranger_of(manifest), connect=connect, item=item, answers=answers, spoiled=spoiled(answers), faults=weather.turn,
        operation=operation, news=listener.wait if listener else None,
    )
    try:
        yield dataclasses.replace(bench, own=times_of(bench)) if operation == "book" else bench
    finally:
        session.close()


def spoiled(answers: Mapping[str, str]) -> Optional[tuple[str, str]]:
    """An answer that every department must refuse: an identity number with another check digit (GB 11643), or half
    a mobile number."""
    number, phone = answers.get("id_number", ""), answers.get("phone", "")
    if number:
        return "id_number", number[:-1] + ("1" if number[-1] != "1" else "2")
    return ("phone", phone[: len(phone) // 2]) if phone else None
