"""One set of running sample departments for all contract tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from connectors.registry import Connectors
from gateway.catalogue.loader import load
from gateway.catalogue.model import Catalogue
from gateway.settings import ROOT
from tests.support.departments import Departments, start_departments


@pytest.fixture(scope="session")
def departments(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Departments]:
    """The departments, stopped at the end."""
    running = start_departments(tmp_path_factory.mktemp("departments"))
    yield running
    running.stop()


@pytest.fixture(scope="session")
def connectors(departments: Departments) -> Iterator[Connectors]:
    """Every department of the catalogue, as the gateway calls it."""
    found = Connectors(
        ROOT / "catalogue", "sample", departments.secrets, departments.addresses
    )
    yield found
    found.close()


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """The catalogue of the checkout."""
    return load(ROOT / "catalogue")
