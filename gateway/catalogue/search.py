"""Finds what a citizen's words name in the catalogue, by the names that stand there."""

from __future__ import annotations

from typing import Optional

from gateway.catalogue.model import Catalogue, Department


def find_department(catalogue: Catalogue, text: str) -> Optional[Department]:
    """The department that ``text`` names by name, short name or alias; None when it names none.

    The longest name wins, so that 公积金中心 is not taken for a 中心 of another department; of two
    names of one length, the one that stands first in the text.
    """
    said = text.casefold()
    found = [
        (-len(name), at, department.department)
        for department in catalogue.departments.values()
        for name in (department.name, department.short_name, *department.aliases)
        if (at := said.find(name.casefold())) >= 0
    ]
    return catalogue.departments[min(found)[2]] if found else None
