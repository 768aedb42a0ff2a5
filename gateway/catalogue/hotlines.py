"""Telephone lines for what is not ours (快递 12305, 停电 95598), from ``hotlines.yml``.

A catalogue may bring its own ``hotlines.yml``; one that does not uses the one of this project. The file is
read once, when the first line is asked for; a changed one needs a restart.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Optional

from gateway.catalogue.problems import shown
from gateway.catalogue.yaml_reader import Document, read
from gateway.errors import CatalogueErrors
from gateway.settings import ROOT

HOTLINES = "hotlines.yml"
TEXTS = ("number", "name", "say")


@dataclass(frozen=True)
class Hotline:
    """One line: its number and name, what to say or do, and the words that lead there."""

    number: str
    name: str
    say: str
    words: tuple[str, ...]


def find_hotline(lines: tuple[Hotline, ...], text: str) -> Optional[Hotline]:
    """The line whose longest word stands in ``text`` (normal form), or None."""
    found = [(len(word), line) for line in lines for word in line.words if word.lower() in text]
    return max(found, key=lambda pair: pair[0])[1] if found else None


def load_hotlines(catalogue: Path = ROOT / "catalogue") -> tuple[Hotline, ...]:
    """The lines of a catalogue's folder; read once a file.

    Raises:
        CatalogueErrors: all that is wrong with its ``hotlines.yml``.
    """
    own = catalogue / HOTLINES
    return _load((own if own.is_file() else ROOT / "catalogue" / HOTLINES).resolve())


@lru_cache(maxsize=8)
def _load(file: Path) -> tuple[Hotline, ...]:
    return read_hotlines(file.read_bytes())


def read_hotlines(raw: bytes) -> tuple[Hotline, ...]:
    """The lines that the bytes of a ``hotlines.yml`` hold.

    Raises:
        CatalogueErrors: all that is wrong with it.
    """
    document = read(raw, HOTLINES)
    data = document.data or {}
    entries = data.get("hotlines")
    if set(data) != {"hotlines"} or not isinstance(entries, list):
        document.problems.append(document.problem((), "is no list of hotlines", "the one key hotlines, a list"))
        entries = []
    lines = [_line(document, number, entry) for number, entry in enumerate(entries)]
    if document.problems:
        raise CatalogueErrors(document.problems)
    return tuple(line for line in lines if line)


def _line(document: Document, number: int, entry: Any) -> Optional[Hotline]:
    path = ("hotlines", number)
    keys = {*TEXTS, "words"}
    if not isinstance(entry, dict) or set(entry) != keys:
        found = ", ".join(map(shown, entry)) if isinstance(entry, dict) else shown(entry)
        document.problems.append(document.problem(path, f"has {found}", ", ".join(sorted(keys))))
        return None
    words = entry["words"]
    texts = all(isinstance(entry[key], str) and entry[key].strip() for key in TEXTS)
    if not texts or not isinstance(words, list) or not words or not all(isinstance(w, str) and len(w) > 1 for w in words):
        document.problems.append(document.problem(
            path, "has an entry that is no text", "texts, and words of two characters or more"
        ))
        return None
    return Hotline(entry["number"], entry["name"], entry["say"], tuple(words))
