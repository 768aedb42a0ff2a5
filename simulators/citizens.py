"""Made-up citizens of the sample city: who can sign in, and what departments hold about them.

Nobody bears these identity numbers, though their check characters are right: one is the example of the
standard, GB 11643, the others belong to people who would be over 120 years old.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

REAL_NAME, BASIC = "real_name", "basic"


@dataclasses.dataclass(frozen=True)
class Citizen:
    """One sample citizen. ``licences`` maps a kind of electronic licence (电子证照) to its data."""

    id: str
    name: str
    id_number: str
    level: str
    about: str
    licences: Mapping[str, Mapping[str, str]]


CITIZENS = (
    Citizen(
        "wang-xiuying", "王秀英", "11010519491231002X", REAL_NAME, "丧偶，有居住登记和婚姻登记",
        {
            "RESIDENCE": {"address": "文昌路 8 号 2 单元 301 室"},
            "MARRIAGE": {"status": "4"},
        },
    ),
    Citizen(
        "chen-jianguo", "陈建国", "110105190103070013", REAL_NAME, "已婚，有驾驶证和参保停保记录",
        {
            "RESIDENCE": {"address": "东湖路 18 号 2 单元 501 室"},
            "MARRIAGE": {
                "status": "2", "spouseName": "刘玉兰", "spouseIdNo": "110105190305120023",
            },
            "DRIVER": {"class": "C1"},
            "INSURED": {"employer": "晨光机械有限公司", "endedOn": "20260930"},
        },
    ),
    Citizen(
        "li-guifang", "李桂芳", "110105190208150028", REAL_NAME, "未婚，在职",
        {
            "RESIDENCE": {"address": "建设路 21 号 4 幢 602 室"},
            "MARRIAGE": {"status": "1"},
        },
    ),
    Citizen("zhou-ming", "周明", "110105190411230015", BASIC, "只验过手机号，没有实名", {}),
)


def find(*, id: str = "", id_number: str = "") -> Citizen | None:
    """The citizen with that id or identity number, or None."""
    return next(
        (c for c in CITIZENS if (id and c.id == id) or (id_number and c.id_number == id_number)), None
    )
