"""The shared sample services together: the identity provider and the library of electronic licences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from simulators import identity_provider, licence_library
from simulators.identity_provider import IdentityProvider
from simulators.licence_library import LicenceLibrary
from simulators.server import Server
from simulators.store import Clock
from simulators.town import local_now

PORTS = {identity_provider.NAME: 98, licence_library.NAME: 99}
"""Each takes the base port plus this, behind all departments."""


@contextmanager
def serving(
    secrets: Mapping[str, str], base_port: int = 0, clock: Clock = local_now, gateway: str = ""
) -> Iterator[list[Server]]:
    """Serve them while the block runs; ``base_port`` 0 takes free ports. ``gateway`` is the address at
    which people reach the gateway, where that is not this machine.

    Raises:
        SimulatorError: a port cannot be used.
    """
    provider = IdentityProvider(secrets["identity-provider-client"], clock, gateway)
    servers: list[Server] = []
    try:
        for service in (provider, LicenceLibrary(secrets["licence-library-key"], clock)):
            servers.append(Server(service, base_port + PORTS[service.name] if base_port else 0))
        provider.issuer = servers[0].address
        for server in servers:
            server.start()
        yield servers
    finally:
        for server in servers:
            server.stop()
