"""``python -m gateway``: serve, worker, train, evaluate, submissions list, submissions resend,
connector test, catalogue check, catalogue import, catalogue reload."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import structlog

from gateway import settings as settings_module
from gateway.cases.command import add_submission_commands
from gateway.cases.connector_command import add_connector_commands
from gateway.cases.connector_rules import connector_findings
from gateway.cases.submissions import Submissions
from gateway.catalogue.cli import add_commands
from gateway.errors import YiwenError
from gateway.settings import Settings
from gateway.understanding.evaluate import add_command

log = logging.getLogger("yiwen")


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit code. What is wrong is said in one sentence."""
    args = _parser().parse_args(arguments)
    _quiet()
    try:
        return int(args.run(args))
    except YiwenError as error:
        print(f"gateway: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m gateway", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    serve = commands.add_parser("serve", help="start the gateway")
    serve.add_argument("--port", type=int, help="port to listen on (GATEWAY_PORT)")
    serve.add_argument("--host", help="address to listen on (GATEWAY_HOST)")
    serve.set_defaults(run=_serve)
    worker = commands.add_parser("worker", help="deliver submissions in a process of its own")
    worker.add_argument("--threads", type=int, default=4, help="calls at a time (default 4)")
    worker.set_defaults(run=_worker)
    train = commands.add_parser("train", help="train the model if its sources changed")
    train.add_argument("--force", action="store_true", help="train even if nothing changed")
    train.set_defaults(run=_train)
    add_submission_commands(commands, _submissions)
    add_connector_commands(commands, _departments)
    add_commands(commands, connector_findings)
    add_command(commands, _as_served)
    return parser


def _quiet() -> None:
    """Plain log lines; Rasa's and its libraries' chatter only when something is wrong."""
    # Many small calculations at once: each on one core, or they wait for each other. Read by numpy and
    # TensorFlow when they are imported, which is later.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    # Some libraries reset the warning filters when they are imported, so catch the warnings instead.
    logging.captureWarnings(True)
    logging.getLogger("py.warnings").setLevel(logging.ERROR)
    logging.basicConfig(
        level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    # Rasa's debug lines hold what citizens write: they never leave the process.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    logging.getLogger("yiwen").setLevel(os.environ.get("LOG_LEVEL", "INFO").upper())


def _serve(args: argparse.Namespace) -> int:
    given = {k: v for k, v in (("port", args.port), ("host", args.host)) if v is not None}
    settings = settings_module.load(**given)
    _port_is_free(settings)
    from gateway.core import open_core

    core = open_core(settings)
    from gateway.identity.staff import Staff

    password = Staff(core.store).ensure_first(settings.admin_password.get_secret_value() or None)
    from gateway.understanding.training import trained_model

    model = trained_model(settings)
    from gateway.channels.protocol import SafeProtocol
    from gateway.server import build_app

    app = build_app(core, model)

    @app.after_server_start
    async def announce(app: object, loop: object) -> None:
        _announce(settings, password)

    app.run(
        host=settings.host, port=settings.port, protocol=SafeProtocol, workers=1, debug=False,
        access_log=False, motd=False,
    )
    return 0


def _announce(settings: Settings, password: str | None) -> None:
    base = settings.public_url or f"http://{settings.host}:{settings.port}"
    print(f"\n  Citizen page     {base}/\n  Staff console    {base}/staff")
    if password:
        print(f"                   first sign-in: admin / {password}  (shown once; you choose a new one)")
    print(f"  API description  {base}/docs/api\n\nReady. Ctrl-C ends everything.", flush=True)


def _port_is_free(settings: Settings) -> None:
    import socket

    from gateway.errors import SettingsError

    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise SettingsError(
                f"Port {settings.port} on {settings.host} cannot be used: {error.strerror}. "
                "Choose another one with --port."
            ) from error


def _as_served(agent: Any) -> None:
    """Make a loaded agent run its graph as the gateway does, for times that tell of the product."""
    from gateway.channels.runner import StraightRunner

    agent.processor.graph_runner = StraightRunner(agent.processor.graph_runner)


def _train(args: argparse.Namespace) -> int:
    from gateway.understanding.training import model_path, train

    if model_path().exists() and not args.force:
        print("The model is up to date.")
        return 0
    train()
    return 0


def _worker(args: argparse.Namespace) -> int:
    from gateway.core import open_core

    core = open_core(settings_module.load(workers=max(1, min(args.threads, 64))))
    stop = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stop.set())
    workers = [
        threading.Thread(target=core.delivery.work, args=(core.bell, stop), name=f"delivery-{n}")
        for n in range(core.settings.workers)
    ]
    workers.append(threading.Thread(target=core.rounds.work, args=(stop,), name="rounds"))
    for worker in workers:
        worker.start()
    print("Delivering submissions. Ctrl-C ends.", flush=True)
    for worker in workers:
        worker.join()
    core.close()
    return 0


def _departments() -> tuple[Settings, dict[str, str], dict[str, str]]:
    from gateway.core import connector_addresses, connector_secrets

    settings = settings_module.load()
    return settings, connector_secrets(settings), connector_addresses(settings)


@contextmanager
def _submissions() -> Iterator[Submissions]:
    from gateway.core import open_core

    core = open_core(settings_module.load())
    try:
        yield core.submissions
    finally:
        core.close()


if __name__ == "__main__":
    sys.exit(main())
