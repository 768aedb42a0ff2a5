"""Every setting is documented, with its true default, and nothing is documented that is not there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import SecretStr
from pydantic.fields import ModelField

from gateway.settings import ROOT, Settings, load

PAGE = ROOT / "docs" / "settings.md"
ROW = re.compile(
    r"^\| `(GATEWAY_\w+)` \| ([^|]+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE
)
PREFIX = "GATEWAY_"


def rows() -> dict[str, tuple[str, ...]]:
    found = ROW.findall(PAGE.read_text(encoding="utf-8"))
    names = [row[0] for row in found]
    assert len(names) == len(set(names)), "a setting is documented twice"
    return {row[0]: tuple(cell.strip() for cell in row[1:]) for row in found}


def as_written(field: ModelField) -> str:
    """A default as the page writes it."""
    value = field.default
    if value is None:
        return "none"
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    if isinstance(value, Path) and value.is_absolute():
        value = value.relative_to(ROOT)
    if isinstance(value, bool):
        value = str(value).lower()
    return f"`{value}`" if str(value) else "empty"


def test_every_setting_is_documented_with_its_default_and_no_other_is() -> None:
    documented = {name: cells[1] for name, cells in rows().items()}
    there = {PREFIX + n.upper(): as_written(f) for n, f in Settings.__fields__.items()}
    assert documented == there


def test_secrets_are_documented_as_secrets_and_never_with_an_example_value() -> None:
    for name, (kind, _, _, example) in rows().items():
        field = Settings.__fields__[name.removeprefix(PREFIX).lower()]
        assert (kind == "secret") == (field.type_ is SecretStr), name
        if kind == "secret":
            assert "`" not in example, f"{name}: somebody would copy the example"


@pytest.mark.parametrize(
    ("name", "cells"), [(n, c) for n, c in rows().items() if "`" in c[3]], ids=lambda v: v[:24]
)
def test_every_example_is_a_value_that_the_setting_takes(
    monkeypatch: pytest.MonkeyPatch, name: str, cells: tuple[str, ...]
) -> None:
    monkeypatch.setenv(name, cells[3].strip("`"))
    value = getattr(load(), name.removeprefix(PREFIX).lower())
    assert str(value).lower() == cells[3].strip("`").lower()


def test_no_document_names_a_setting_that_is_not_there() -> None:
    there = {PREFIX + name.upper() for name in Settings.__fields__}
    pages = [*(ROOT / "docs").rglob("*.md"), *ROOT.glob("*.md"), ROOT / "scripts" / "run"]
    for page in pages:
        named = set(re.findall(r"GATEWAY_[A-Z_]*[A-Z]", page.read_text(encoding="utf-8")))
        assert named <= there, page
