"""A gateway with every door locked, and the routes of the app it is built from."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gateway.core import open_core
from gateway.settings import load
from tests.support.departments import Departments
from tests.support.gateway import Gateway, start_gateway

REST_TOKEN = "rest-token-of-the-tests"  # noqa: S105 - made up
METRICS_TOKEN = "metrics-token-of-the-tests"  # noqa: S105 - made up
WECHAT_TOKEN = "wechattokenoftests"  # noqa: S105 - made up
SITE = "https://city.example"


@pytest.fixture(scope="package")
def locked(
    tmp_path_factory: pytest.TempPathFactory, departments: Departments
) -> Iterator[Gateway]:
    """A running gateway that asks for a token wherever one can be set."""
    running = start_gateway(
        tmp_path_factory.mktemp("locked"), departments, GATEWAY_REST_TOKEN=REST_TOKEN,
        GATEWAY_METRICS_TOKEN=METRICS_TOKEN, GATEWAY_WECHAT_TOKEN=WECHAT_TOKEN, GATEWAY_WIDGET_ORIGINS=SITE,
    )
    yield running
    running.stop()


@pytest.fixture(scope="package")
def routes(tmp_path_factory: pytest.TempPathFactory) -> set[tuple[str, str]]:
    """(method, path) of every route of the app, without the model."""
    return routes_of(tmp_path_factory.mktemp("home"), "routes-only")


@pytest.fixture(scope="package")
def routes_with_samples(tmp_path_factory: pytest.TempPathFactory) -> set[tuple[str, str]]:
    """The same with the sample sign-in."""
    return routes_of(tmp_path_factory.mktemp("home"), "routes-with-samples", sample_sign_in=True)


def routes_of(home: Path, name: str, **settings: Any) -> set[tuple[str, str]]:
    """The routes of an app with these settings."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # TensorFlow's and Rasa's own, at import
        from gateway.server import build_app

        core = open_core(load(home=home, **settings))
        app = build_app(core, Path("no-model"), name=name)
    core.close()
    return {(method, route.uri) for route in app.router.routes for method in route.methods}
