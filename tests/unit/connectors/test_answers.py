"""What a department answers becomes rows that people can read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from connectors.answers import read_answer
from connectors.bodies import Unreadable
from connectors.manifest import Manifest
from tests.unit.connectors.samples import parsed, sample

FLAT = {"坐落": "place", "抵押": "mortgage", "登记日期": "day"}


def register(folder: Path) -> Manifest:
    """The sample manifest with a query whose result is a list."""
    query = {
        "call": "POST /query",
        "answer": {"shown": {"登记情况": "sum"}, "listed": {"list": "found", "shown": FLAT}},
    }
    return parsed(
        folder, operations={**sample()["operations"], "query": query},
        values={"抵押": {"没有": "0", "已抵押": "1"}}, dates={"登记日期": "%Y%m%d"},
    )


def entry(place: str, **more: str) -> dict[str, str]:
    return {"place": place, "mortgage": "0", **more}


LISTS: list[tuple[Any, dict[str, str]]] = [
    ([], {}),
    ("", {}),
    ([entry("东湖路 1 号", day="20260915")], {
        "坐落": "东湖路 1 号", "抵押": "没有", "登记日期": "2026 年 9 月 15 日",
    }),
    (entry("东湖路 1 号"), {"坐落": "东湖路 1 号", "抵押": "没有"}),
    ([entry("东湖路 1 号"), entry("文昌路 2 号", mortgage="1")], {
        "坐落（1）": "东湖路 1 号", "抵押（1）": "没有",
        "坐落（2）": "文昌路 2 号", "抵押（2）": "已抵押",
    }),
]


@pytest.mark.parametrize(("found", "rows"), LISTS)
def test_a_list_becomes_rows_that_are_numbered_when_there_are_several(
    tmp_path: Path, found: Any, rows: dict[str, str]
) -> None:
    answer = read_answer(register(tmp_path), "query", {"sum": "查到", "found": found})
    assert answer.fields == {"登记情况": "查到", **rows}


def test_an_entry_that_is_not_written_as_promised_is_not_shown(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="登记日期 is not a date"):
        read_answer(register(tmp_path), "query", {"found": [entry("东湖路 1 号", day="2026")]})
