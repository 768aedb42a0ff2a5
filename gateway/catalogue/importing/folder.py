"""The catalogue folder that an import writes into.

A file that the import wrote carries a mark of its own text. While the mark fits, nobody has touched
the file, and a newer list may change it; once a person has, it is theirs.
"""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path
from typing import Any

import yaml

from gateway.catalogue import loader
from gateway.catalogue.model import Catalogue, ServiceItem
from gateway.errors import CatalogueError, CatalogueErrors

HEADER = """\
# Only the facts of a list are known (只有清单信息). To complete it, write the guide and remove 'listed'.
# import {mark}: while this fits the lines below, a newer list may change this file.
"""
MARK = re.compile(r"\A#[^\n]*\n# import ([0-9a-f]{12}):[^\n]*\n")
ELEMENTS = """\
# Data elements (数据元): each field is defined once. Items of a list ask for none.
elements: []
"""


class _PlainDumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]
    """Writes equal values out each time: the catalogue refuses anchors and aliases."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


class Folder:
    """A catalogue folder, as it was when the import began.

    Raises:
        CatalogueErrors: it holds something, but no catalogue that loads.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        if path.exists() and not path.is_dir():
            raise CatalogueErrors([CatalogueError(
                str(path), "", "is a file", "a folder", remedy="Name a folder with --out"
            )])
        filled = path.is_dir() and any(not p.name.startswith(".") for p in path.iterdir())
        self.known = loader.load(path) if filled else Catalogue.construct(
            departments={}, items={}, elements={}, digest=""
        )

    def file_of(self, item: ServiceItem) -> str:
        """The file of a known item, relative to the folder."""
        return f"{item.department}/{item.item}.yml"

    def is_ours(self, file: str) -> bool:
        """Whether the file stands there just as an import wrote it."""
        text = self._text(file)
        mark = MARK.match(text)
        return mark is not None and mark[1] == _mark(text[mark.end():])

    def says(self, file: str, record: dict[str, Any]) -> bool:
        """Whether the file stands there as it would be written for this record."""
        return self._text(file) == _rendered(record)

    def write(self, file: str, record: dict[str, Any]) -> str:
        """Write a record, unless a person's file stands there.

        Returns the outcome: new, changed, unchanged or kept.
        """
        if self.says(file, record):
            return "unchanged"
        before = self._text(file)
        if before and not self.is_ours(file):
            return "kept"
        self._put(file, _rendered(record))
        return "changed" if before else "new"

    def write_elements(self) -> None:
        """Make sure that there is a list of data elements."""
        if not (self.path / loader.ELEMENTS).exists():
            self._put(loader.ELEMENTS, ELEMENTS)

    def remove(self, file: str) -> None:
        """Take away a file that the import wrote and nobody has touched."""
        if self.is_ours(file):
            (self.path / file).unlink()

    def _text(self, file: str) -> str:
        try:
            return (self.path / file).read_text(encoding="utf-8")  # \r\n of a Windows copy becomes \n
        except FileNotFoundError:
            return ""

    def _put(self, file: str, text: str) -> None:
        """All or nothing: a stopped import leaves no half file behind."""
        target = self.path / file
        hidden = target.with_name(f".{target.name}.part")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            hidden.write_text(text, encoding="utf-8", newline="\n")
            os.replace(hidden, target)
        except OSError as error:
            raise CatalogueErrors([CatalogueError(
                str(target), "", f"cannot be written: {error.strerror}",
                remedy="Check the folder's permissions and the free space, and import again",
            )]) from error


def _rendered(record: dict[str, Any]) -> str:
    body = yaml.dump(
        record, Dumper=_PlainDumper, allow_unicode=True, sort_keys=False, width=10_000
    )
    return HEADER.format(mark=_mark(body)) + body


def _mark(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()[:12]
