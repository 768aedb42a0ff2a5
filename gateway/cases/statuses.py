"""The statuses of a case, read from ``case_statuses.yml``."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import yaml
from pydantic import BaseModel


class CaseStatus(BaseModel):
    """One status: label and sentence for people, what it means for the clock, and its place in the order."""

    label: str
    says: str
    final: bool
    clock: bool
    step: int
    tells: bool

    class Config:
        extra = "forbid"
        frozen = True


@lru_cache(maxsize=1)
def statuses() -> dict[str, CaseStatus]:
    """All statuses by name."""
    text = Path(__file__).with_name("case_statuses.yml").read_text(encoding="utf-8")
    return {name: CaseStatus(**fields) for name, fields in yaml.safe_load(text).items()}


def labels() -> dict[str, str]:
    """Name → the term that people read."""
    return {name: status.label for name, status in statuses().items()}
