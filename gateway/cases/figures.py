"""Figures of what is under way, for Prometheus: submissions by state, and cases past their promised day."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from sqlalchemy import func, select

from gateway.cases.calendar import local_day
from gateway.cases.claims import OPEN
from gateway.cases.statuses import statuses
from gateway.store.store import Store
from gateway.store.tables import Case, Submission

WATCHED = (*OPEN, "dead")
"""States of a submission that is not settled; ``dead`` ones wait for a person."""


class Figures:
    """Reads the store at each call of :meth:`text`, so every process gives the same figures."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(self)

    def text(self) -> str:
        """All figures in Prometheus' text format, version 0.0.4."""
        return generate_latest(self._registry).decode()

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """See prometheus_client.registry.Collector."""
        submissions = GaugeMetricFamily(
            "yiwen_submissions", "Submissions that are not settled", labels=("department", "state")
        )
        overdue = GaugeMetricFamily(
            "yiwen_cases_overdue", "Cases past their promised day", labels=("department",)
        )
        running = [name for name, status in statuses().items() if status.clock]
        with self._store.read() as session:
            open_now = session.execute(
                select(Submission.department, Submission.state, func.count())
                .where(Submission.state.in_(WATCHED)).group_by(Submission.department, Submission.state)
            ).all()
            late = session.execute(
                select(Case.department, func.count())
                .where(Case.status.in_(running), Case.due_on < local_day(self._store.clock()).isoformat())
                .group_by(Case.department)
            ).all()
        for department, state, count in open_now:
            submissions.add_metric((department, state), count)
        for department, count in late:
            overdue.add_metric((department,), count)
        yield submissions
        yield overdue
