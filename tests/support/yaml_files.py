"""YAML files for tests: read with the C parser, each once."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@cache
def read_yaml(path: Path) -> Any:
    """What a file of the project holds. Whoever changes it changes it for all: take a copy before."""
    return yaml.load(path.read_text("utf-8"), Loader=LOADER)  # noqa: S506 (a safe loader)
