"""Data instead of papers (数据代替证明): a value is fetched from whoever holds it, and every use is written down.

The ledger row and the answer in the draft are one transaction, so nothing is used that the person cannot find.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from connectors.client import Connector
from gateway.cases import answers as checks
from gateway.cases import form
from gateway.cases.calendar import local_day
from gateway.catalogue.model import Catalogue, Element, Matter, ServiceItem
from gateway.errors import CitizenError, NotThere, YiwenError
from gateway.identity.consents import USED, ConsentView
from gateway.identity.sign_in import Signed
from gateway.privacy.masking import keep_ends, mask_value
from gateway.store.consent_tables import Consent, SharingEntry
from gateway.store.staff_tables import Conversation
from gateway.store.store import Store
from gateway.store.tables import Audit, Draft

log = logging.getLogger("yiwen.sources")

NOT_THERE, AWAY, UNUSABLE = "not_there", "away", "unusable"
SIGN_IN = "sign-in"
"""The source and licence of what the identity provider said."""
OWN = {"name": "name", "id_number": "id_number"}
MOST_TOLD = 5


@dataclass(frozen=True)
class Fetched:
    """What became of fetching: elements by outcome."""

    used: tuple[Element, ...] = ()
    missing: tuple[Element, ...] = ()
    away: tuple[Element, ...] = ()


@dataclass(frozen=True)
class Use:
    """One line of the ledger, for the person whom it is about."""

    day: dt.date
    element: str
    source: str
    item: str
    recipient: str
    outcome: str


class Sources:
    """Fetches with consent, and tells people who saw what. ``library`` is None where there is none."""

    def __init__(self, store: Store, library: Connector | None) -> None:
        self._store = store
        self._library = library

    @property
    def offered(self) -> bool:
        """Whether anything can be fetched here."""
        return self._library is not None

    def offers(self, element: Element) -> bool:
        """Whether the library has the kind of licence that holds ``element``."""
        known = self._library.manifest.items if self._library else {}
        return element.source is not None and element.source.licence in known

    def put_own(self, signed: Signed, draft: str, item: Matter, catalogue: Catalogue) -> None:
        """Answer name and identity number with what was checked when the person signed in."""
        values = {"name": signed.name, "id_number": signed.id_number}
        with self._store.write() as session:
            row = self._open_draft(session, signed.citizen, draft)
            answers = self._store.cipher.open(row.answers_sealed) if row else {}
            open_now = {f.element for f in form.asked_fields(item, answers)}
            for element in (e for e in OWN if e in open_now and e not in answers and values[e]):
                answers[element] = values[element]
                self._note(
                    session, signed.citizen, draft, item.takers(element, answers), catalogue.elements[element], USED,
                    values[element], consent=None,
                )
            if row:
                row.answers_sealed = self._store.cipher.seal(answers)

    def fetch(
        self, signed: Signed, consent: ConsentView, draft: str, item: Matter, catalogue: Catalogue,
    ) -> Fetched:
        """Fetch what the consent allows and the form asks now. What was tried is not tried again.

        One answer may open the next question (已婚 → 配偶), so it goes on until nothing more is asked.
        """
        done: dict[str, list[Element]] = {USED: [], NOT_THERE: [], AWAY: [], UNUSABLE: []}
        told: dict[str, dict[str, str] | str] = {}
        left = list(consent.open)
        while element := self._next(signed.citizen, draft, item, catalogue, left):
            left.remove(element.element)
            assert element.source is not None
            licence = element.source.licence
            if licence not in told:
                told[licence] = self._ask(licence, signed.id_number, item.name, consent.id)
            outcome = self._put(signed, consent, draft, item, element, told[licence])
            done[outcome].append(element)
        return Fetched(tuple(done[USED]), (*done[NOT_THERE], *done[UNUSABLE]), tuple(done[AWAY]))

    def _next(
        self, citizen: str, draft: str, item: Matter, catalogue: Catalogue, left: list[str]
    ) -> Element | None:
        """The first element that may be fetched and stands open in the draft."""
        with self._store.read() as session:
            row = self._open_draft(session, citizen, draft)
            answers = self._store.cipher.open(row.answers_sealed) if row else None
        if answers is None:
            return None
        fields = form.asked_fields(item, answers)
        found = next((f.element for f in fields if f.element in left and f.element not in answers), None)
        return catalogue.elements[found] if found else None

    def _ask(self, licence: str, id_number: str, purpose: str, consent: str) -> dict[str, str] | str:
        """The library's values by element, or why there are none."""
        if self._library is None:
            return AWAY
        values = {"id_number": id_number, "purpose": purpose, "consent": consent}
        try:
            return self._library.call("query", values, item=licence, key=consent).fields
        except NotThere:
            return NOT_THERE
        except YiwenError as error:
            # Whatever is wrong there, the person can still answer.
            log.warning("The licence library did not answer: %s", type(error).__name__)
            return AWAY

    def _put(
        self, signed: Signed, consent: ConsentView, draft: str, item: Matter, element: Element,
        told: dict[str, str] | str,
    ) -> str:
        """Keep one value as an answer, if it is a good one, and write the use down."""
        outcome, value = (told, "") if isinstance(told, str) else (NOT_THERE, told.get(element.element, ""))
        if value:
            try:
                value = checks.read(element, value, local_day(self._store.clock()))
                outcome = USED
            except CitizenError:
                outcome, value = UNUSABLE, ""
        with self._store.write() as session:
            kept = session.get(Consent, consent.id)
            kept.tried = [*kept.tried, element.element]
            row = self._open_draft(session, signed.citizen, draft)
            answers = self._store.cipher.open(row.answers_sealed) if row else {}
            if row and outcome == USED:
                row.answers_sealed = self._store.cipher.seal({**answers, element.element: value})
            takers = item.takers(element.element, answers)
            self._note(session, signed.citizen, draft, takers, element, outcome, value, consent.id)
        return outcome

    def _note(
        self, session: Session, citizen: str, draft: str, takers: Sequence[ServiceItem], element: Element,
        outcome: str, value: str, consent: str | None,
    ) -> None:
        """One row for each service whose department gets the value: of a life event, several may."""
        source = element.source if consent else None
        for item in takers:
            session.add(SharingEntry(
                at=self._store.clock(), citizen_id=citizen, draft_id=draft, element=element.element,
                source=source.department if source else SIGN_IN, licence=source.licence if source else SIGN_IN,
                item=item.item, recipient=item.department, purpose=item.name, consent_id=consent,
                outcome=outcome, value_masked=masked(element, value),
            ))

    @staticmethod
    def _open_draft(session: Session, citizen: str, draft: str) -> Draft | None:
        return session.scalars(
            select(Draft).where(Draft.id == draft, Draft.citizen_id == citizen, Draft.state == "open")
        ).first()

    def uses(self, citizen: str) -> list[Use]:
        """What was used of the citizen's data, the newest first, five at the most."""
        query = (
            select(SharingEntry).where(SharingEntry.citizen_id == citizen)
            .order_by(SharingEntry.id.desc()).limit(MOST_TOLD)
        )
        with self._store.read() as session:
            return [
                Use(local_day(r.at), r.element, r.source, r.item, r.recipient, r.outcome)
                for r in session.scalars(query)
            ]

    def staff_views(self, citizen: str) -> tuple[int, dt.date | None]:
        """How often staff opened the citizen's conversations, and when last."""
        talks = select(Conversation.id).where(Conversation.citizen_id == citizen)
        query = select(Audit.at).where(Audit.action == "view_transcript", Audit.target.in_(talks))
        with self._store.read() as session:
            days = [local_day(at) for at in session.scalars(query)]
        return len(days), max(days, default=None)


def masked(element: Element, value: str) -> str:
    """A value as the ledger keeps it: never whole, unless it is public."""
    if not value or element.sensitivity.value == "public":
        return value
    shown = mask_value(value, element.type.value)
    return keep_ends(value, 1, 0) if shown == value else shown
