"""A made-up register of three properties, for trying the property query. Their owners are those of
the sample accounts: persons that do not exist.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import unicodedata
from collections.abc import Mapping
from typing import Any

from simulators.accounts import ACCOUNTS
from simulators.forms import NoRecord
from simulators.rules import SHANGHAI

ALL = "2"
"""The code of ``form.scope`` that asks for everything a person owns."""
_WANG, _CHEN, _ = ACCOUNTS


@dataclasses.dataclass(frozen=True)
class Estate:
    """One property; ``area`` in square metres, ``mortgage`` and ``seizure`` as codes: 0 none, 1 there is."""

    owner: tuple[str, str]
    certificate: str
    location: str
    use: str
    area: str
    mortgage: str = "0"
    seizure: str = "0"


ESTATES = (
    Estate(
        (_WANG.id_number, _WANG.name), "（2024）不动产权第 0012345 号", "文昌路 120 号 6 幢 302 室",
        "10", "89.50",
    ),
    Estate(
        (_WANG.id_number, _WANG.name), "（2011）房权证字第 0045678 号", "东湖路 18 号地下车位 57 号",
        "21", "12.72",
    ),
    Estate(
        (_CHEN.id_number, _CHEN.name), "（2022）不动产权第 0023456 号", "东湖路 88 号 2 幢 1101 室",
        "10", "118.04", mortgage="1",
    ),
)


def search(told: Mapping[str, str], now: dt.datetime) -> dict[str, Any]:
    """What is registered for a person: one property by its certificate, or all.

    Raises:
        NoRecord: the certificate is unknown or somebody else's; which of the two is not told.
    """
    owner = (told["person.certNo"], told["person.name"])
    found = [e for e in ESTATES if e.owner == owner]
    if told["form.scope"] != ALL:
        wanted = _plain(told["form.certificate"])
        found = [e for e in found if _plain(e.certificate) == wanted]
        if not found:
            raise NoRecord("form.certificate")
    return {
        "person": told["person.name"],
        "purpose": told["form.purpose"],
        "day": f"{now.astimezone(SHANGHAI):%Y-%m-%d}",
        "summary": f"{len(found)} 处" if found else "未查到登记",
        "estates": [_described(e) for e in found],
    }


def _described(estate: Estate) -> dict[str, str]:
    told = dataclasses.asdict(estate)
    del told["owner"]
    return told


def _plain(certificate: str) -> str:
    """Without spaces, and full-width signs as half-width ones: people copy it either way."""
    return "".join(unicodedata.normalize("NFKC", certificate).split())
