"""The shared sample services for tests: identity provider and library, started in threads."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

import requests

from simulators.identity_provider import CLIENT
from simulators.services import serving

SECONDS = 10


@dataclass(frozen=True)
class Services:
    """Running services. ``provider`` and ``library`` are their addresses."""

    provider: str
    library: str
    secret: str

    @property
    def environment(self) -> dict[str, str]:
        """What the gateway must be told so that citizens sign in here."""
        return {
            "GATEWAY_OIDC_ISSUER": self.provider, "GATEWAY_OIDC_CLIENT_ID": CLIENT,
            "GATEWAY_OIDC_CLIENT_SECRET": self.secret,
        }

    def faults(self, address: str, **dial: object) -> None:
        """Turn a service's fault dial; nothing turns it off."""
        requests.post(f"{address}/control/faults", json=dial, timeout=SECONDS).raise_for_status()


@contextlib.contextmanager
def running_services(secrets: Mapping[str, str]) -> Iterator[Services]:
    """Both services on free ports while the block runs."""
    with serving(secrets) as servers:
        at = {server.department.name: server.address for server in servers}
        yield Services(at["identity-provider"], at["licence-library"], secrets["identity-provider-client"])


def choose(address: str, citizen: str, do: str = "sign-in") -> dict[str, str]:
    """What a person does on the provider's page; the parameters with which the browser is sent back."""
    told = {**dict(parse_qsl(urlsplit(address).query)), "citizen": citizen, "do": do}
    answer = requests.post(address.partition("?")[0], data=told, allow_redirects=False, timeout=SECONDS)
    assert answer.status_code == 302, answer.text
    return dict(parse_qsl(urlsplit(answer.headers["Location"]).query))
