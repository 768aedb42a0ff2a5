"""Certificates: the electronic document of a granted case, with a code that anybody can check.

The facts are frozen when the case ends. The code has 75 random bits and a check character, so it can
neither be guessed nor mistyped unnoticed.
"""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session
from stdnum.iso7064 import mod_37_36

from gateway.cases.calendar import local_day
from gateway.privacy.cipher import Cipher
from gateway.privacy.masking import mask_value
from gateway.store.tables import Case, Certificate

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Without 0, 1, I and O, which look alike on paper."""
LENGTH = 15
NAMES = ("name", "child_name", "company_name")
"""Data elements that say whose case it is, the first one given."""


@dataclass(frozen=True)
class Facts:
    """What the document says. ``name`` is the applicant's in full, for the document alone."""

    code: str
    receipt: str
    item: str
    item_name: str
    department: str
    reference: str
    decided_on: dt.date
    name: str = field(repr=False)
    id_number: str = field(repr=False)

    @property
    def masked_name(self) -> str:
        """The name as a third party sees it."""
        return mask_value(self.name, "person_name") if self.name else "—"


def issue(session: Session, cipher: Cipher, case: Case, now: dt.datetime) -> str:
    """Write the certificate of a case, once; returns its code."""
    known = session.scalars(select(Certificate.code).where(Certificate.case_id == case.id)).first()
    if known is not None:
        return str(known)
    answers = cipher.open(case.answers_sealed)
    code = _new_code()
    facts = {
        "receipt": case.receipt, "item": case.item, "item_name": case.item_name,
        "department": case.department, "reference": case.department_reference or "",
        "decided_on": local_day(now).isoformat(),
        "name": next((answers[n] for n in NAMES if answers.get(n)), ""),
        "id_number": mask_value(answers.get("id_number", ""), "id_number"),
    }
    session.add(
        Certificate(code=code, case_id=case.id, facts_sealed=cipher.seal(facts), issued_at=now)
    )
    return code


def by_code(session: Session, cipher: Cipher, typed: str) -> Facts | None:
    """The certificate of a code as somebody typed it (spaces, dashes and small letters are forgiven)."""
    code = tidy(typed)
    if not is_code(code):
        return None
    return _facts(cipher, session.get(Certificate, code))


def of_case(session: Session, cipher: Cipher, case_id: str) -> Facts | None:
    """The certificate of a case, if it has one."""
    row = session.scalars(select(Certificate).where(Certificate.case_id == case_id)).first()
    return _facts(cipher, row)


def tidy(typed: str) -> str:
    """A code as it is kept."""
    return "".join(c for c in typed.upper() if c.isalnum())


def is_code(code: str) -> bool:
    """Whether the check character is right, so a slip of the pen is told from a forgery."""
    return len(code) == LENGTH + 1 and code.isascii() and bool(mod_37_36.is_valid(code))


def shown(code: str) -> str:
    """A code in groups of four, as it is printed."""
    return " ".join(code[n:n + 4] for n in range(0, len(code), 4))


def _new_code() -> str:
    body = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    return f"{body}{mod_37_36.calc_check_digit(body)}"


def _facts(cipher: Cipher, row: Certificate | None) -> Facts | None:
    if row is None:
        return None
    kept = cipher.open(row.facts_sealed)
    return Facts(**{**kept, "code": row.code, "decided_on": dt.date.fromisoformat(kept["decided_on"])})
