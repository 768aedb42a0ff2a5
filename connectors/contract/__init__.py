"""The contract that every department's system keeps, written once: :data:`REQUIREMENTS`.

``python -m gateway connector test`` holds a live address to it and writes a report; ``tests/contract`` holds every
sample department to it with :class:`connectors.contract.suite.ConnectorContract`. What needs faults needs no help
of the department: :mod:`connectors.contract.weather` makes them between it and us.
"""

from __future__ import annotations

from connectors.contract.bad_weather import BAD_WEATHER
from connectors.contract.bench import Bench
from connectors.contract.calm import CALM
from connectors.contract.requirement import Finding, Requirement, hold

REQUIREMENTS: tuple[Requirement, ...] = (*CALM, *BAD_WEATHER)

__all__ = ["REQUIREMENTS", "Bench", "Finding", "Requirement", "hold"]
