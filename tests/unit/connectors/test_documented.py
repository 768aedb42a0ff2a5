"""Who reads docs/connect-a-department.md learns every key of a manifest, and none that is not there."""

from __future__ import annotations

import re

from connectors.access import Auth
from connectors.auth import SCHEMES
from connectors.manifest import Manifest
from gateway.settings import ROOT

TEXT = (ROOT / "docs" / "connect-a-department.md").read_text("utf-8")


def first_column(heading: str) -> list[str]:
    """The names in the first column of the table whose first head is ``heading``."""
    table = TEXT.split(f"\n| {heading} |", 1)[1].split("\n\n", 1)[0]
    rows = [line for line in table.splitlines()[2:] if line.startswith("|")]
    return [name for row in rows for name in re.findall(r"`(\w+)`", row.split("|")[1])]


def test_the_table_of_keys_is_the_schema() -> None:
    keys = {field.alias for field in Manifest.__fields__.values()} - {"department"}
    assert sorted(first_column("key")) == sorted(keys)


def test_the_table_of_schemes_is_what_there_is() -> None:
    assert sorted(first_column("`scheme`")) == sorted(SCHEMES)


def test_every_key_of_a_scheme_is_named() -> None:
    table = TEXT.split("\n| `scheme` |", 1)[1].split("\n\n", 1)[0]
    assert [key for key in Auth.__fields__ if f"`{key}`" not in table and key not in ("scheme", "secret")] == []
