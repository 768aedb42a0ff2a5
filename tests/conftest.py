"""Fixtures that several rooms' tests share: sample departments and one running gateway."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.departments import Departments, start_departments
from tests.support.gateway import Gateway, start_gateway


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
