"""A mapping is held against its schema and the list before anything is written."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from gateway.catalogue.importing.codes import ENUMERATIONS, NATIONAL
from gateway.catalogue.importing.mapping import (
    Columns,
    DepartmentFacts,
    Facts,
    Mapping,
    Values,
    read_mapping,
)
from gateway.catalogue.importing.run import import_list
from gateway.errors import CatalogueErrors
from gateway.settings import ROOT
from tests.support.lists import PERMIT_ROW, TODAY, csv_bytes, mapping, take, write_mapping

PAGE = (ROOT / "docs" / "import.md").read_text(encoding="utf-8")

WRONG: list[tuple[str, dict[str, Any], tuple[str, ...]]] = [
    ("a key", {"column": {}}, ("mapping.yml line", "column: is not a known key", "Did you mean 'columns'?")),
    ("a fact", {"columns": {"fon": "电话"}}, ("columns.fon: is not a known key", "phone", "supervision")),
    ("no name", {"columns": {"name": ""}}, ("columns.name: is missing", "事项名称")),
    ("a column that is not there", {"columns": {"phone": "实施编号"}},
     ("columns.phone: the list has no column '实施编号'", "Allowed: 事项名称, 部门, 实施编码, 类型",
      "Did you mean '实施编码'?")),
    ("a column to fill down", {"fill_down": ["处室"]}, ("fill_down.0: the list has no column '处室'",)),
    ("a meaning", {"values": {"type": {"XK": "permitt"}}},
     ("values.type.XK: 'permitt' is not a known value", "permit (行政许可)", "Did you mean 'permit'?")),
    ("a table", {"values": {"phone": {"1": "2"}}}, ("values.phone: is not a known key", "limit_unit")),
    ("a truth", {"values": {"fee": {"A": "也许"}}}, ("values.fee.A: '也许' is neither true nor false",)),
    ("a default", {"defaults": {"level": "乡里"}},
     ("defaults.level: '乡里' is not a known value", "town (镇街)")),
    ("a default unit", {"defaults": {"promised_limit_unit": "周"}}, ("defaults.promised_limit_unit: '周'",)),
    ("a default of a name", {"defaults": {"name": "居住证"}}, ("defaults.name: is not a known key",)),
    ("a department's id", {"departments": {"公安局": {"id": "Police"}}},
     ("departments.公安局.id: 'Police' is not well formed", "small letters and digits")),
    ("a department's key", {"departments": {"公安局": {"tel": "110"}}},
     ("departments.公安局.tel: is not a known key", "phone")),
    ("a day", {"as_of": "2025 年"}, ("as_of: '2025 年' is not a day", "2025-10-08")),
    ("a day to come", {"as_of": "2025-11-21"}, ("as_of: 2025-11-21 is after today", "2025-11-20 or earlier")),
    ("a header line", {"header_line": 0}, ("header_line: '0' is too small", "1 or more")),
]


@pytest.mark.parametrize(("what", "change", "words"), WRONG, ids=[row[0] for row in WRONG])
def test_a_wrong_mapping_is_refused_with_key_value_choices_and_remedy(
    tmp_path: Path, what: str, change: dict[str, Any], words: tuple[str, ...]
) -> None:
    (tmp_path / "list.csv").write_bytes(csv_bytes([PERMIT_ROW]))
    file = write_mapping(tmp_path, mapping(**change))
    with pytest.raises(CatalogueErrors) as caught:
        import_list(tmp_path / "list.csv", file, tmp_path / "out", TODAY)
    assert [word for word in words if word not in str(caught.value)] == []
    assert not (tmp_path / "out").exists()


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(CatalogueErrors) as caught:
        take(tmp_path, [PERMIT_ROW], columns={"phone": "a", "fee": "b"}, defaults={"level": "c"})
    assert len(caught.value.problems) == 3


def test_a_mapping_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CatalogueErrors, match=r"nowhere\.yml: cannot be read"):
        read_mapping(tmp_path / "nowhere.yml")


def section(title: str) -> str:
    return re.split(r"^#+ .*$", PAGE.partition(f"# {title}\n")[2], maxsplit=1, flags=re.MULTILINE)[0]


def rows(title: str) -> set[str]:
    return set(re.findall(r"^\| `(\w+)` \|", section(title), re.MULTILINE))


def test_the_page_describes_every_key_of_a_mapping_and_no_other() -> None:
    assert rows("The keys of a mapping") == {field.alias for field in Mapping.__fields__.values()}
    assert rows("Facts") == set(Columns.__fields__)
    assert set(re.findall(r"`([a-z_]+)`", section("Codes"))) == {*Values.__fields__, "values"}
    assert set(re.findall(r"`([a-z_]+)`", section("Departments"))) == set(DepartmentFacts.__fields__)


def test_a_default_can_be_given_for_every_fact_but_name_and_department() -> None:
    assert set(Columns.__fields__) - set(Facts.__fields__) == {"name", "department"}


def test_every_enumeration_of_a_list_has_a_table_and_every_national_code_means_something() -> None:
    assert set(Values.__fields__) == {*ENUMERATIONS, "fee"}
    for fact, table in NATIONAL.items():
        assert set(table.values()) <= {member.value for member in ENUMERATIONS[fact]}, fact


def test_the_shipped_example_is_a_mapping() -> None:
    found, _ = read_mapping(ROOT / "docs" / "examples" / "import-guangan.yml")
    assert found.columns.code == "item_code"
