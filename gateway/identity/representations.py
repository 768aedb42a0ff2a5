"""Acting for somebody else (代办): who does, for whom, and on what basis. Kept with the case."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.orm import Session

from gateway.identity.sign_in import Signed
from gateway.privacy.cipher import Cipher
from gateway.store.consent_tables import Representation
from gateway.store.store import Store

ASKED, SELF, COMPANY = "acting_for", "self", "company"
BASES = ("acting_family_basis", "acting_company_basis")


def acts_for(answers: Mapping[str, str]) -> str:
    """Whom an application is for, besides oneself; empty for oneself."""
    relation = answers.get(ASKED, "")
    return "" if relation == SELF else relation


def told(session: Session, cipher: Cipher, draft: str) -> dict[str, str]:
    """What a department may be told of who acts for whom, by data element; empty for one's own matter."""
    row = session.get(Representation, draft)
    if row is None:
        return {}
    agent = cipher.open(row.agent_sealed)
    family, company = BASES
    facts = {
        ASKED: row.relation, company if row.relation == COMPANY else family: row.basis,
        "agent_name": agent.get("name", ""), "agent_id_number": agent.get("id_number", ""),
    }
    return {element: value for element, value in facts.items() if value}


class Representations:
    """Keeps who acted for whom."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def record(self, signed: Signed, draft: str, answers: Mapping[str, str]) -> None:
        """Keep it for the case that this draft becomes; nothing when it is one's own matter. Once a draft."""
        if acts_for(answers):
            with self._store.write() as session:
                self.note(session, signed, draft, answers)

    def note(self, session: Session, signed: Signed, draft: str, answers: Mapping[str, str]) -> None:
        """As :meth:`record`, in the caller's transaction."""
        relation = acts_for(answers)
        if not relation:
            return
        basis = next((answers[b] for b in BASES if answers.get(b)), "")
        agent = self._store.cipher.seal({"name": signed.name, "id_number": signed.id_number})
        session.merge(Representation(
            draft_id=draft, citizen_id=signed.citizen, relation=relation, basis=basis,
            agent_sealed=agent, at=self._store.clock(),
        ))
