"""One set of running sample departments for all contract tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.departments import Departments, start_departments


@pytest.fixture(scope="session")
def departments(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Departments]:
    """The departments, stopped at the end."""
    running = start_departments(tmp_path_factory.mktemp("departments"))
    yield running
    running.stop()
