"""Hearing everything that this process writes down, to see that it is nothing personal."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager


class _Ear(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


@contextmanager
def heard() -> Iterator[list[str]]:
    """Every log line of every logger while the block runs, down to DEBUG; other handlers hear none of them."""
    root, ear = logging.getLogger(), _Ear()
    level, others = root.level, {handler: handler.level for handler in root.handlers}
    root.setLevel(logging.DEBUG)
    for handler in others:
        handler.setLevel(logging.CRITICAL + 1)
    root.addHandler(ear)
    try:
        yield ear.lines
    finally:
        root.removeHandler(ear)
        root.setLevel(level)
        for handler, before in others.items():
            handler.setLevel(before)
