"""The contract as tests: a subclass gives one fixture, ``bench``, the department under test and what to send it.

Without it pytest says that the fixture is missing.
"""

from __future__ import annotations

import pytest

from connectors.contract import REQUIREMENTS, Bench, Requirement, hold


class ConnectorContract:
    """What a connector and its department promise together."""

    @pytest.fixture
    def receipt(self, bench: Bench) -> str:
        """A receipt number that no department knows."""
        return bench.new_receipt()

    @pytest.mark.parametrize("requirement", REQUIREMENTS, ids=lambda requirement: requirement.name)
    def test_it_keeps(self, bench: Bench, requirement: Requirement) -> None:
        finding = hold(bench, requirement)
        assert finding.verdict != "failed", f"expected: {requirement.expected}; came: {finding.came}"
