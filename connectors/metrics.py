"""Figures of calls to departments, for Prometheus."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest

SECONDS = (0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30)


class Metrics:
    """Counts calls by department, operation and outcome. Safe across threads."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        names = ("department", "operation", "outcome")
        self._calls = Counter(
            "yiwen_connector_calls", "Calls to departments", names, registry=self._registry
        )
        self._seconds = Histogram(
            "yiwen_connector_seconds", "Seconds of a call, with its tries", names,
            registry=self._registry, buckets=SECONDS,
        )

    def count(self, department: str, operation: str, outcome: str, seconds: float) -> None:
        """One call is over."""
        self._calls.labels(department, operation, outcome).inc()
        self._seconds.labels(department, operation, outcome).observe(seconds)

    def text(self) -> str:
        """All figures in Prometheus' text format, version 0.0.4."""
        return generate_latest(self._registry).decode()
