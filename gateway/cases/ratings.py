"""好差评: the citizen's grade of a case, asked for once after its end and given once."""

from __future__ import annotations

import re

from sqlalchemy import select

from gateway.cases.statuses import statuses
from gateway.errors import CitizenError
from gateway.store.store import Store
from gateway.store.tables import Case, Rating

GRADES = {5: "非常满意", 4: "满意", 3: "基本满意", 2: "不满意", 1: "非常不满意"}
"""The five grades of the national 好差评 system (国办发〔2019〕51 号)."""
_WORDS = (
    (1, re.compile(r"(?:非常|很|特别|太|极)不满|最差|差评|1 ?[星分]|[一壹]颗?[星分]")),
    (2, re.compile(r"不满|不太?好|不行|2 ?[星分]|[二两]颗?[星分]")),
    (3, re.compile(r"基本满意|还算?满意|还行|还可以|一般|凑合|3 ?[星分]|三颗?[星分]")),
    (5, re.compile(r"(?:非常|很|特别|十分|太)满意|满分|好评|完美|5 ?[星分]|五颗?[星分]")),
    (4, re.compile(r"满意|不错|挺好|4 ?[星分]|四颗?[星分]")),
)


def grade_in(text: str) -> int | None:
    """The grade that words mean; None when they name none."""
    return next((grade for grade, words in _WORDS if words.search(text)), None)


class Ratings:
    """Takes ratings. One a case; a second one changes nothing."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def waiting(self, citizen: str) -> list[tuple[str, str]]:
        """(receipt, item's name) of ended cases that are not rated yet, the newest first."""
        ended = [name for name, s in statuses().items() if s.final and name != "withdrawn"]
        with self._store.read() as session:
            rows = session.execute(
                select(Case.receipt, Case.item_name)
                .outerjoin(Rating, Rating.case_id == Case.id)
                .where(Case.citizen_id == citizen, Case.status.in_(ended), Rating.id.is_(None))
                .order_by(Case.updated_at.desc()).limit(5)
            ).all()
        return [(row.receipt, row.item_name) for row in rows]

    def give(self, citizen: str, receipt: str, grade: int) -> str:
        """Keep a grade; returns the item's name.

        Raises:
            CitizenError: no such case of this citizen, not ended yet, or rated before.
        """
        if grade not in GRADES:
            raise CitizenError("utter_rate_which")
        with self._store.write() as session:
            case = session.scalars(
                select(Case).where(Case.receipt == receipt, Case.citizen_id == citizen).with_for_update()
            ).first()
            if case is None:
                raise CitizenError("utter_receipt_unknown", receipt=receipt)
            if not statuses()[case.status].final or case.status == "withdrawn":
                raise CitizenError("utter_rate_too_early", item=case.item_name)
            before = session.scalars(select(Rating.grade).where(Rating.case_id == case.id)).first()
            if before is not None:
                raise CitizenError("utter_rated_before", item=case.item_name, grade=GRADES[before])
            session.add(
                Rating(
                    case_id=case.id, item=case.item, department=case.department, grade=grade,
                    at=self._store.clock(),
                )
            )
            return str(case.item_name)
