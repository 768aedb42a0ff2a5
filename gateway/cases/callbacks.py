"""What departments tell by themselves. Each event counts once, whenever and however often it comes."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from connectors.callback import News
from connectors.registry import Connectors
from gateway.cases.lifecycle import Lifecycle
from gateway.store.store import Store
from gateway.store.tables import CallbackEvent, Case

log = logging.getLogger("yiwen.callbacks")


class Callbacks:
    """Takes callbacks. An event and its effect are written in one transaction."""

    def __init__(self, store: Store, connectors: Connectors) -> None:
        self._store = store
        self._connectors = connectors
        self._lifecycle = Lifecycle(store.cipher)

    def take(self, department: str, target: str, headers: Mapping[str, str], body: bytes) -> str:
        """Take one callback; what became of it: ``changed``, ``known`` (it came before), ``late`` (a newer
        event of that case came first), ``no_news``, or ``no_case``.

        Raises:
            NotTheirs: the department did not sign it, or signs none.
            Unreadable: it is not what the manifest says.
        """
        news = self._connectors.read_callback(
            department, target=target, headers=headers, body=body, now=self._store.clock()
        )
        with self._store.write() as session:
            case = session.scalars(
                select(Case).where(Case.receipt == news.receipt, Case.department == department)
                .with_for_update()  # events of one case go one after the other
            ).first()
            outcome = "no_case" if case is None else self._taken(session, case, news)
        log.info("callback department=%s event=%s outcome=%s", department, news.event, outcome)
        return outcome

    def _taken(self, session: Session, case: Case, news: News) -> str:
        if session.get(CallbackEvent, (case.department, news.event)) is not None:
            return "known"
        newer = session.scalars(
            select(CallbackEvent.event)
            .where(CallbackEvent.case_id == case.id, CallbackEvent.occurred_at > news.at).limit(1)
        ).first()
        now = self._store.clock()
        session.add(CallbackEvent(
            department=case.department, event=news.event, case_id=case.id, occurred_at=news.at, at=now,
        ))
        case.department_reference = case.department_reference or news.reference or None
        if newer is not None:
            return "late"
        case.asked_at = now
        if news.status == "submitted":
            return "no_news"
        changed = self._lifecycle.advance(
            session, case, news.status, now, actor=case.department, note=news.note, given=news.given,
        )
        return "changed" if changed else "no_news"
