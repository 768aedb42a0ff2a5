"""The electronic documents of granted cases: links for their citizen, and the PDF behind a link."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from itsdangerous import BadSignature, URLSafeTimedSerializer

from gateway.cases import certificates
from gateway.cases.cases import CaseView
from gateway.cases.certificates import Facts
from gateway.cases.document import render
from gateway.catalogue.model import Catalogue, CompleteItem
from gateway.store.store import Store

LIFETIME = 24 * 3600
"""Seconds that a link is good for."""


@dataclass(frozen=True)
class Links:
    """Where a document is, where anybody checks it, and the code that is typed there."""

    link: str = field(repr=False)
    verify: str
    code: str


class Documents:
    """``address`` is where people reach the gateway, ``home`` the city's name."""

    def __init__(
        self, store: Store, catalogue: Callable[[], Catalogue], address: str, home: str
    ) -> None:
        self._store = store
        self._catalogue = catalogue
        self._address = address
        self._home = home
        self._signer = URLSafeTimedSerializer(store.cipher.key("documents"), salt="document")

    def of(self, case: CaseView) -> Links | None:
        """The links of a case's document; the caller has seen to it that the case is the citizen's."""
        with self._store.read() as session:
            facts = certificates.of_case(session, self._store.cipher, case.id)
        if facts is None:
            return None
        link = f"{self._address}/documents/{self._signer.dumps(facts.code)}"
        return Links(link, f"{self._address}/verify", certificates.shown(facts.code))

    def find(self, code: str) -> Facts | None:
        """What a code stands for, as somebody typed it."""
        with self._store.read() as session:
            return certificates.by_code(session, self._store.cipher, code)

    def department(self, facts: Facts) -> str:
        """The name of the department that decided."""
        found = self._catalogue().departments.get(facts.department)
        return found.name if found else facts.department

    def pdf(self, token: str) -> tuple[str, bytes] | None:
        """(receipt number, PDF) of a link; None when it is forged or too old."""
        try:
            code = str(self._signer.loads(token, max_age=LIFETIME))
        except BadSignature:
            return None
        facts = self.find(code)
        if facts is None:
            return None
        item = self._catalogue().items.get(facts.item)
        result = item.result.name if isinstance(item, CompleteItem) else facts.item_name
        address = f"{self._address}/verify?code={facts.code}"
        return facts.receipt, render(facts, self.department(facts), result, address, self._home)
