"""No room of the product stands outside the import rules."""

from __future__ import annotations

import configparser
import re

from gateway.settings import ROOT

RULES = configparser.ConfigParser()
RULES.read(ROOT / ".importlinter", encoding="utf-8")
MAY_IMPORT_RASA = {"gateway.channels", "gateway.understanding", "gateway.server", "gateway.__main__"}


def rooms() -> set[str]:
    """The rooms of the gateway: its packages and modules."""
    return {
        f"gateway.{place.stem}"
        for place in (ROOT / "gateway").iterdir()
        if place.suffix == ".py" or (place / "__init__.py").exists()
    } - {"gateway.__init__"}


def named(contract: str, key: str) -> set[str]:
    """The modules under one key of a contract."""
    return set(re.findall(r"[\w.]+", RULES[f"importlinter:contract:{contract}"][key]))


def test_every_room_has_its_floor() -> None:
    assert rooms() | {"actions", "connectors"} == named("rooms", "layers")


def test_every_room_without_leave_is_forbidden_to_import_rasa() -> None:
    assert rooms() - MAY_IMPORT_RASA == {
        room for room in named("rasa", "source_modules") if room.startswith("gateway.")
    }
