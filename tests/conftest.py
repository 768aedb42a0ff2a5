"""Fixtures that several rooms' tests share: sample departments and one running gateway."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.departments import Departments, start_departments
from tests.support.gateway import Gateway, start_gateway
from tests.support.servers import postgres_database
from tests.support.services import Services, running_services

WECHAT_TOKEN = "token-of-tests"  # noqa: S105 - made up


@pytest.fixture(scope="session")
def departments(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Departments]:
    """All sample departments, with no faults set."""
    running = start_departments(tmp_path_factory.mktemp("departments"))
    yield running
    running.stop()


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """GATEWAY_HOME of the shared gateway."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="session")
def gateway(home: Path, departments: Departments) -> Iterator[Gateway]:
    """One gateway for all tests that only talk to it."""
    running = start_gateway(home, departments)
    yield running
    running.stop()


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """One PostgreSQL database for all tests that take it after :func:`tests.support.servers.emptied`."""
    with postgres_database() as url:
        yield url


@pytest.fixture(scope="session")
def services(departments: Departments) -> Iterator[Services]:
    """The sample identity provider and the sample library of electronic licences."""
    with running_services(departments.secrets) as running:
        yield running


@pytest.fixture(scope="session")
def city(
    tmp_path_factory: pytest.TempPathFactory, departments: Departments, services: Services
) -> Iterator[Gateway]:
    """A gateway where citizens sign in, and where one call signs a REST sender in."""
    addresses = {**departments.addresses, "licence-library": services.library}
    running = start_gateway(
        tmp_path_factory.mktemp("city"), dataclasses.replace(departments, addresses=addresses),
        **services.environment, GATEWAY_SAMPLE_SIGN_IN="true", GATEWAY_WECHAT_TOKEN=WECHAT_TOKEN,
    )
    yield running
    running.stop()
