"""All sample departments together: made from one secrets file, started and stopped as one."""

from __future__ import annotations

import datetime as dt
import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Optional, Union

from simulators.bureaus import BUREAUS, Bureau
from simulators.certificates import server_context
from simulators.department import Department
from simulators.housing_fund import HousingFund
from simulators.human_resources import HumanResources
from simulators.newcomers import Newcomer
from simulators.office import Office
from simulators.public_security import PublicSecurity
from simulators.rules import SHANGHAI
from simulators.server import Server
from simulators.store import Clock, Store
from simulators.styles import scheme_of

BASE_PORT = 5100
KINDS: tuple[Union[type[Department], Bureau], ...] = (
    PublicSecurity, HumanResources, HousingFund, *BUREAUS,
)
ORDER = tuple(kind.name for kind in KINDS)
"""Ports follow this order: base + 1, base + 2 …"""


def local_now() -> dt.datetime:
    """The clock used outside tests."""
    return dt.datetime.now(SHANGHAI)


def departments(
    state: Path, secrets: Mapping[str, str], clock: Clock, hurried: bool = True,
    new: Sequence[Newcomer] = (),
) -> list[Department]:
    """The departments, each with its file under ``state``, and behind them the ``new`` ones; not ``hurried``, some
    take their time.

    Raises:
        SimulatorError: a file cannot be used.
    """
    seal = secrets["simulators-state"]

    def store(kind: Union[type[Department], Bureau]) -> Store:
        return Store(state / f"{kind.name}.db", seal, kind.prefix, clock)

    return [
        PublicSecurity(store(PublicSecurity), secrets["public-security-hmac"], clock),
        HumanResources(store(HumanResources), secrets["human-resources-token"], clock),
        HousingFund(
            store(HousingFund), secrets["housing-fund-key"], secrets["housing-fund-passwords"],
            clock,
        ),
        *(
            Office(
                b, store(b), secrets[b.secret], clock, hurried=hurried,
                callback_key=secrets.get(f"{b.name}-callback", ""), tls=_tls(b.name, secrets),
            )
            for b in (*BUREAUS, *(newcomer.bureau for newcomer in new))
        ),
    ]


def _tls(name: str, secrets: Mapping[str, str]) -> Optional[ssl.SSLContext]:
    """The certificates of a department that takes mutual TLS; those of callers lie where the secrets say."""
    if scheme_of(name) == "http":
        return None
    return server_context(Path(secrets[f"{name}-authority"]), Path(secrets[f"{name}-certificate"]))


@contextmanager
def running(
    state: Path, secrets: Mapping[str, str], base_port: int = 0, clock: Clock = local_now, *,
    gateway: str = "", hurried: bool = True, new: Sequence[Newcomer] = (),
) -> Iterator[list[Server]]:
    """Serve all departments while the block runs, the ``new`` ones too; ``base_port`` 0 takes free ports. ``gateway``
    is where callbacks go; not ``hurried``, slow departments are as slow as they are.

    Raises:
        SimulatorError: a file or a port cannot be used.
    """
    servers: list[Server] = []
    waiting = departments(state, secrets, clock, hurried, new)
    numbers = (*range(1, len(ORDER) + 1), *(newcomer.number for newcomer in new))
    try:
        for number, department in zip(numbers, list(waiting), strict=True):
            servers.append(Server(department, base_port + number if base_port else 0))
            waiting.remove(department)
        for server in servers:
            server.department.call_back(gateway)
            server.start()
        yield servers
    finally:
        for server in servers:
            server.stop()
        for department in waiting:
            department.close()
