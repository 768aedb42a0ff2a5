"""A gateway on a catalogue of its own, which has a new department and which tests may change."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.settings import ROOT
from simulators.newcomers import newcomers
from simulators.secrets import ensure
from simulators.town import BASE_PORT, ORDER, running
from tests.support.departments import Departments
from tests.support.gateway import Gateway, start_gateway
from tests.support.guide import follow
from tests.support.services import running_services


@pytest.fixture(scope="session")
def own_catalogue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the shipped catalogue, with the department that the guide writes."""
    folder = Path(shutil.copytree(ROOT / "catalogue", tmp_path_factory.mktemp("own") / "catalogue"))
    follow(folder)
    return folder


@pytest.fixture(scope="session")
def town(own_catalogue: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Departments]:
    """The sample departments with the new one, as scripts/run starts them."""
    folder = tmp_path_factory.mktemp("town")
    new = newcomers(own_catalogue, BASE_PORT, ORDER)
    secrets = ensure(folder / "secrets.yml", [n.bureau.secret for n in new])
    with running(folder / "departments", secrets, new=new) as servers:
        addresses = {server.department.name: server.address for server in servers}
        yield Departments(addresses, folder / "secrets.yml", secrets, lambda: None)


@pytest.fixture(scope="session")
def own_gateway(
    town: Departments, own_catalogue: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gateway]:
    """A gateway on that catalogue, where citizens sign in."""
    with running_services(town.secrets) as services:
        addresses = {**town.addresses, "licence-library": services.library}
        started = start_gateway(
            tmp_path_factory.mktemp("own-home"), dataclasses.replace(town, addresses=addresses),
            **services.environment, GATEWAY_SAMPLE_SIGN_IN="true", GATEWAY_CATALOGUE=str(own_catalogue),
        )
        yield started
        started.stop()
