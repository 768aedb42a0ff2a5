"""``python -m simulators``: start the sample departments, or show their sample accounts."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

from simulators.accounts import ACCOUNTS, password
from simulators.newcomers import newcomers
from simulators.rules import cover
from simulators.secrets import SimulatorError, ensure
from simulators.server import Server
from simulators.services import PORTS, serving
from simulators.town import BASE_PORT, ORDER, running

CATALOGUE = Path(__file__).resolve().parent.parent / "catalogue"
HIGHEST_BASE = 65535 - max(len(ORDER), *PORTS.values())


def main(arguments: list[str] | None = None) -> int:
    """The exit status: 0 after a clean stop, 1 with one sentence on a problem."""
    options = _options(arguments)
    try:
        new = newcomers(options.catalogue, BASE_PORT, ORDER, lambda line: print(line, file=sys.stderr))
        secrets = ensure(options.secrets, [newcomer.bureau.secret for newcomer in new])
        if options.show_accounts:
            print(_accounts(secrets))
            return 0
        over = _told_to_end()
        with (
            running(
                options.state, secrets, options.base_port, gateway=options.callbacks,
                hurried=options.hurry, new=new,
            ) as servers,
            serving(secrets, options.base_port, gateway=options.gateway) as shared,
        ):
            _announce(servers, secrets)
            for server in shared:
                print(f"  {server.department.name:<20} {server.page}/", flush=True)
            over.wait()
    except SimulatorError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m simulators", description=__doc__)
    parser.add_argument(
        "--base-port", type=_port, default=BASE_PORT, metavar="PORT",
        help=f"the departments take the ports after this one (default {BASE_PORT})",
    )
    parser.add_argument(
        "--state", type=Path, default=Path("var/simulators"), metavar="DIR",
        help="folder of the departments' own lists (default var/simulators)",
    )
    parser.add_argument(
        "--secrets", type=Path, metavar="FILE",
        help="YAML file of the secrets shared with the gateway (default: secrets.yml in --state)",
    )
    parser.add_argument(
        "--catalogue", type=Path, default=CATALOGUE, metavar="DIR",
        help="catalogue whose new departments get a sample system, too (default: the project's own)",
    )
    parser.add_argument(
        "--gateway", default="", metavar="URL",
        help="where people reach the gateway, if not on this machine: sign-in may return there",
    )
    parser.add_argument(
        "--callbacks", default="", metavar="URL",
        help="where the gateway takes callbacks, such as http://127.0.0.1:5005; without it none are sent",
    )
    parser.add_argument(
        "--hurry", action="store_true", help="let the slow department answer at once, too"
    )
    parser.add_argument(
        "--show-accounts", action="store_true", help="print the sample housing fund accounts"
    )
    options = parser.parse_args(arguments)
    options.secrets = options.secrets or options.state / "secrets.yml"
    return options


def _port(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= HIGHEST_BASE:
        raise argparse.ArgumentTypeError(f"{text} is not a port from 1 to {HIGHEST_BASE}")
    return int(text)


def _announce(servers: list[Server], secrets: Mapping[str, str]) -> None:
    for server in servers:
        department = server.department
        print(f"  {department.name:<20} {server.page}/", flush=True)
    # Whole identity numbers stay out of here: this line often ends up in a log file.
    known = ", ".join(
        f"{cover(a.id_number)} {password(secrets['housing-fund-passwords'], a)}" for a in ACCOUNTS
    )
    print(f"  housing-fund query passwords: {known} (in full: --show-accounts)", flush=True)


def _accounts(secrets: Mapping[str, str]) -> str:
    seed = secrets["housing-fund-passwords"]
    rows = [f"{a.name}  {a.id_number}  {password(seed, a)}" for a in ACCOUNTS]
    return "\n".join(["姓名    身份证号            查询密码", *rows])


def _told_to_end() -> threading.Event:
    """Set when somebody ends us by SIGTERM or Ctrl-C."""
    over = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: over.set())
    return over


if __name__ == "__main__":
    sys.exit(main())
