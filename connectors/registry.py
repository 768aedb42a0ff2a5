"""All departments that can be called, read from the catalogue's folder."""

from __future__ import annotations

import datetime as dt
import logging
import socket
from collections.abc import Mapping
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from typing import Optional
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter

from connectors.address import check_address
from connectors.callback import News, NotTheirs, read_callback
from connectors.client import Clock, Connector, utc_now
from connectors.manifest import Manifest
from connectors.manifest_file import FILE_NAME, load_manifest
from connectors.metrics import Metrics
from gateway.errors import ManifestError, OurFault, RetryLater

log = logging.getLogger("yiwen.connector")
REACH_SECONDS = 1.0
POOL = 16
"""Connections kept open to one department."""


class Connectors:
    """The departments under ``folder``, each with its own pooled session. Safe across threads.

    ``environment`` is sample, test or live; ``secrets`` maps names to values; ``addresses``
    replaces the base address of a department; ``only`` leaves out all departments but one.

    Raises:
        ManifestError: the first manifest that is wrong, or has no address in ``environment``.
    """

    def __init__(
        self, folder: Path, environment: str, secrets: Mapping[str, str],
        addresses: Mapping[str, str] = {}, *, clock: Clock = utc_now,
        only: str = "",
    ) -> None:
        self.metrics = Metrics()
        self._secrets = secrets
        self._sessions: list[requests.Session] = []
        self._connectors: dict[str, Connector] = {}
        for path in sorted(folder.glob(f"*/{FILE_NAME}")):
            if only and path.parent.name != only:
                continue
            manifest = load_manifest(path)
            self._connectors[manifest.department] = self._connect(
                manifest, environment, secrets, addresses.get(manifest.department, ""), clock
            )
        unknown = sorted(addresses.keys() - self._connectors.keys())
        if unknown:
            raise OurFault(f"an address is given for {', '.join(unknown)}, which has no manifest")

    def _connect(
        self, manifest: Manifest, environment: str, secrets: Mapping[str, str],
        given: str, clock: Clock,
    ) -> Connector:
        name = f"{manifest.department}/{FILE_NAME}"
        address = given or str(getattr(manifest.addresses, environment))
        if not address:
            problem = f"is missing, and the environment is {environment}"
            raise ManifestError(name, f"addresses.{environment}", problem, "an http(s) address")
        try:
            check_address(address, secure=environment == "live")
        except ValueError as error:
            problem = str(error)
            raise ManifestError(name, f"addresses.{environment}", problem) from None
        wanted = manifest.auth.secret
        if wanted and wanted not in secrets:
            log.warning("department=%s has no secret %s", manifest.department, wanted)
        session = session_for(manifest, secrets)
        self._sessions.append(session)
        return Connector(
            manifest, address, secrets.get(wanted, ""), session=session, clock=clock,
            metrics=self.metrics,
        )

    @property
    def departments(self) -> list[str]:
        """Ids of the departments that can be called, sorted."""
        return sorted(self._connectors)

    def get(self, department: str) -> Optional[Connector]:
        """The department's connector; None when it has no manifest."""
        return self._connectors.get(department)

    def read_callback(
        self, department: str, *, target: str, headers: Mapping[str, str], body: bytes, now: dt.datetime
    ) -> News:
        """What a department tells by itself.

        Raises:
            NotTheirs: it is not signed by that department, or there is none that calls back.
            Unreadable: it is not what the manifest says.
        """
        connector = self._connectors.get(department)
        rule = connector.manifest.callback if connector is not None else None
        if connector is None or rule is None:
            raise NotTheirs(f"{department} sends no callbacks")
        return read_callback(
            connector.manifest, rule, self._secrets.get(rule.secret, ""), target=target, headers=headers,
            body=body, now=now,
        )

    def check(self, department: str) -> None:
        """Whether the department's door opens: one TCP connection, at most a second.

        Raises:
            RetryLater: it does not.
            OurFault: there is no such department.
        """
        connector = self._connectors.get(department)
        if connector is None:
            raise OurFault(f"{department} has no manifest")
        parts = urlsplit(connector.address)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        try:
            socket.create_connection((parts.hostname or "", port), REACH_SECONDS).close()
        except OSError:
            reached = False
        else:
            reached = True
        if not reached:
            raise RetryLater(f"{department} cannot be reached")

    def close(self) -> None:
        """Give all connections back."""
        for session in self._sessions:
            session.close()


def session_for(manifest: Manifest, secrets: Mapping[str, str]) -> requests.Session:
    """A session that trusts whom the manifest trusts. Without the file that it names it trusts the usual authorities
    only, so that a department with one of its own is not talked to at all."""
    session = new_session()
    if manifest.trusts:
        authority = secrets.get(manifest.trusts, "")
        if Path(authority).is_file():
            session.verify = authority
        else:
            log.warning("department=%s: secret %s is no path of a PEM file", manifest.department, manifest.trusts)
    return session


def new_session() -> requests.Session:
    """A session that repeats nothing, keeps no cookie and takes nothing from the environment.

    A ``.netrc`` would replace our sign-in, and a proxy of the environment would see citizens' data.
    """
    session = requests.Session()
    session.trust_env = False
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    adapter = HTTPAdapter(pool_connections=1, pool_maxsize=POOL, max_retries=0)
    session.mount("http://", adapter)
    session.mount("https://", adapter)
    return session
