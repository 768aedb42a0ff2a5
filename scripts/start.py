"""``python -m scripts.start``: the gateway and the sample departments as one; ``scripts/run`` calls it.

Each part gets a session of its own, so that Ctrl-C reaches this process alone, which then ends the
parts in order: first the gateway, whose workers may be calling a department, then the departments.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from types import FrameType

from gateway import settings as settings_module
from gateway.core import prepare_home
from gateway.errors import OurFault
from gateway.settings import ROOT, Settings
from simulators import identity_provider, licence_library
from simulators.newcomers import newcomers
from simulators.secrets import ensure
from simulators.server import HOST
from simulators.services import PORTS
from simulators.styles import scheme_of
from simulators.town import BASE_PORT, ORDER

FIRST_BASE, LAST_BASE, STEP = BASE_PORT, 9900, 100
START_SECONDS = 30.0
END_SECONDS = 15.0


def main(arguments: list[str] | None = None) -> int:
    """The gateway's exit code; 128 + n when signal n came before the gateway could end by itself."""
    options = _options(arguments)
    together = Together()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGALRM):
        signal.signal(number, together.told_to_end)
    try:
        settings = settings_module.load(**({"port": options.port} if options.port else {}))
        prepare_home(settings.home)
        if not _is_free(settings.host, settings.port):
            raise OurFault(
                f"Port {settings.port} on {settings.host} cannot be used: something else listens "
                "there, or it is not yours to use. Choose another one with --port."
            )
        environment = {**os.environ, "GATEWAY_HOME": str(settings.home)}
        if not options.no_simulators and settings.environment == "sample":
            environment |= _simulators(together, settings)
        if together.signal:
            return 128 + together.signal
        return _gateway(together, settings, environment)
    except OurFault as error:
        print(f"scripts/run: {error}", file=sys.stderr)
        return 1
    finally:
        together.end()


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/run")
    parser.add_argument("--port", type=int)
    parser.add_argument("--no-simulators", action="store_true")
    return parser.parse_args(arguments)


@dataclass
class Together:
    """The running parts, and the signal that asked for the end (0: none yet).

    A part that was asked to end is given ``patience`` seconds.
    """

    signal: int = 0
    patience: float = END_SECONDS
    parts: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, *command: str, environment: dict[str, str]) -> subprocess.Popen[bytes]:
        """Start ``python -m command`` from the root of the checkout."""
        part = subprocess.Popen(  # noqa: S603 - the commands stand in this file
            [sys.executable, "-m", *command], cwd=ROOT, env=environment, stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.parts.append(part)
        if self.signal:  # it came while the part was being started
            _send(part, signal.SIGTERM)
        return part

    def told_to_end(self, number: int, frame: FrameType | None) -> None:
        """Ask the newest part to end, which ends the waiting for it.

        A second signal, or the clock after ``patience``, does not ask any more.
        """
        late = number == signal.SIGALRM
        how = signal.SIGKILL if self.signal else signal.SIGTERM
        if late:
            print("scripts/run: it did not end when asked, so it is ended now.", file=sys.stderr)
        else:
            self.signal = number
            signal.setitimer(signal.ITIMER_REAL, self.patience)
        if self.parts:
            _send(self.parts[-1], how)

    def end(self) -> None:
        """End what still runs, the newest first."""
        signal.setitimer(signal.ITIMER_REAL, 0)
        for part in reversed(self.parts):
            _send(part, signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                part.wait(self.patience)
            # Also what the part itself started, such as a training.
            _send(part, signal.SIGKILL)
            part.wait()


def _send(part: subprocess.Popen[bytes], how: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(part.pid, how)


def _simulators(together: Together, settings: Settings) -> dict[str, str]:
    """Start the sample departments; what the gateway must be told about them.

    Raises:
        OurFault: no ports are free, or the departments did not start (their own sentence is shown).
    """
    new = {newcomer.bureau.name: newcomer.number for newcomer in newcomers(settings.catalogue, BASE_PORT, ORDER)}
    base = free_base(settings.port, new.values())
    secrets = settings.connector_secrets or settings.home / "connector-secrets.yml"
    print("\n  Sample departments and their own pages", flush=True)
    town = together.start(
        "simulators", "--base-port", str(base), "--state", str(settings.home / "simulators"),
        "--secrets", str(secrets), "--catalogue", str(settings.catalogue), "--gateway", settings.public_url,
        "--callbacks", f"http://{HOST}:{settings.port}", environment=dict(os.environ),
    )
    ports = {name: base + number for number, name in enumerate(ORDER, start=1)}
    ports |= {name: base + number for name, number in (PORTS | new).items()}
    end = time.monotonic() + START_SECONDS
    while not all(_answers(port) for port in ports.values()):
        if together.signal:
            return {}
        if town.poll() is not None or time.monotonic() > end:
            raise OurFault("The sample departments did not start. See the line above.")
        time.sleep(0.05)
    called = (*ORDER, *new, licence_library.NAME)
    addresses = [f"{name}={scheme_of(name)}://{HOST}:{ports[name]}" for name in called]
    if settings.connector_addresses:
        addresses.append(settings.connector_addresses)  # what was set by hand wins
    told = {
        "GATEWAY_CONNECTOR_ADDRESSES": ",".join(addresses),
        "GATEWAY_CONNECTOR_SECRETS": str(secrets),
    }
    if settings.oidc_issuer:
        return told  # a provider that was set by hand wins
    return told | {
        "GATEWAY_OIDC_ISSUER": f"http://{HOST}:{base + PORTS[identity_provider.NAME]}",
        "GATEWAY_OIDC_CLIENT_ID": identity_provider.CLIENT,
        "GATEWAY_OIDC_CLIENT_SECRET": ensure(secrets)["identity-provider-client"],
        "GATEWAY_SAMPLE_SIGN_IN": "true",
    }


def free_base(gateway_port: int, more: Iterable[int] = ()) -> int:
    """The first base whose ports are all free, those ``more`` above it, too; the gateway's own port is not."""
    numbers = (*range(1, len(ORDER) + 1), *PORTS.values(), *more)
    for base in range(FIRST_BASE, LAST_BASE, STEP):
        ports = {base + number for number in numbers}
        if gateway_port not in ports and all(_is_free(HOST, port) for port in ports):
            return base
    raise OurFault("No free ports for the sample departments. Start with --no-simulators.")


def _is_free(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((HOST, port)) == 0


def _gateway(together: Together, settings: Settings, environment: dict[str, str]) -> int:
    print("\nStarting the gateway; loading takes some ten seconds.", flush=True)
    gateway = together.start("gateway", "serve", "--port", str(settings.port), environment=environment)
    code = gateway.wait()
    if code >= 0:
        return code
    return 128 + (together.signal or -code)


if __name__ == "__main__":
    sys.exit(main())
