"""Reads one YAML file of the catalogue so that nothing changes meaning on the way.

Every scalar stays the text that was written, and the typed model turns it into a number, a day or a
choice. YAML's own guesses would turn the area code ``0571`` into 377 and the hour ``9:00`` into 540.
An empty value is ``None``. Duplicate keys, anchors and deep nesting are refused.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Union

import yaml

from gateway.errors import CatalogueError

Path = tuple[Union[str, int], ...]

# A guide needs four levels. The limit keeps a hostile file from exhausting the stack.
DEEPEST = 20


def dotted(path: Path) -> str:
    """``("materials", 2, "source")`` as people write it: ``materials.2.source``."""
    return ".".join(str(part) for part in path)


@dataclass
class Document:
    """What one file says, with the problems of its writing.

    ``data`` is None when the file is empty or cannot be read as a mapping.
    """

    file: str
    text: str = ""
    data: dict[str, Any] | None = None
    problems: list[CatalogueError] = field(default_factory=list)
    _lines: dict[Path, int] = field(default_factory=dict)

    def problem(
        self, path: Path, found: str, allowed: str = "", remedy: str = "", *, line: int = 0
    ) -> CatalogueError:
        """An error of this file at ``path``, with the line found by reading the text again."""
        return CatalogueError(
            self.file, dotted(path), found, allowed, remedy=remedy, line=line or self.line(path)
        )

    def line(self, path: Path) -> int:
        """The line of ``path``, or of the nearest thing around it; 0 when there is none."""
        if not self._lines and self.data is not None:
            self._lines = _Reader(self).lines()
        while path and path not in self._lines:
            path = path[:-1]
        return self._lines.get(path, 0)


class _Refused(Exception):
    """Carries a problem after which the rest of the file cannot be read."""

    def __init__(self, problem: CatalogueError) -> None:
        super().__init__(str(problem))
        self.problem = problem


class _Reader:
    """One pass over the events of a document.

    Events rather than ``yaml.load``: it is the fastest way, it sees duplicate keys, and libyaml's own
    composer overflows the C stack on a file of a hundred thousand brackets.
    """

    def __init__(self, document: Document) -> None:
        self.document = document
        self.events = getattr(yaml, "CBaseLoader", yaml.BaseLoader)(document.text)
        # Any: the classes of events are not told apart by their types.
        self.next: Callable[[], Any] = self.events.get_event

    def value(self) -> Any:
        """The whole document as plain dicts, lists, texts and None."""
        self.next()
        event = self.next()
        if event.__class__ is yaml.StreamEndEvent:
            return None
        found = self._value(self.next(), ())
        self.next()
        event = self.next()
        if event.__class__ is not yaml.StreamEndEvent:
            raise self._refuse((), event, "a second document begins", "one document a file",
                               "Remove the line '---'")
        return found

    def _value(self, event: Any, path: Path) -> Any:
        kind = event.__class__
        if kind is yaml.ScalarEvent:
            text: str = event.value
            empty = not text.strip() or (not event.style and text in ("~", "null"))
            return None if empty else text
        if kind is yaml.AliasEvent or event.anchor is not None:
            raise self._refuse(path, event, "an anchor (&) or alias (*) is used", "plain values",
                               "Write the value out, or quote it if it is text")
        if len(path) > DEEPEST:
            raise self._refuse(path[:3], event, f"is nested deeper than {DEEPEST} levels", "",
                               "Compare it with another item's file")
        return self._mapping(path) if kind is yaml.MappingStartEvent else self._list(path)

    def _list(self, path: Path) -> list[Any]:
        found: list[Any] = []
        while True:
            event = self.next()
            if event.__class__ is yaml.SequenceEndEvent:
                return found
            found.append(self._value(event, (*path, len(found))))

    def _mapping(self, path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while True:
            event = self.next()
            if event.__class__ is yaml.MappingEndEvent:
                return found
            if event.__class__ is not yaml.ScalarEvent:
                raise self._refuse(path, event, "a key is not a plain word", "words as keys",
                                   "Put text with brackets or braces in quotes")
            key: str = event.value
            if key in found:
                self.document.problems.append(
                    self.document.problem((*path, key), "this key stands here twice", "one of each",
                                          "Remove one of them", line=_line(event))
                )
            found[key] = self._value(self.next(), (*path, key))

    def _refuse(self, path: Path, event: Any, found: str, allowed: str, remedy: str) -> _Refused:
        problem = self.document.problem(path, found, allowed, remedy, line=_line(event))
        return _Refused(problem)

    def lines(self) -> dict[Path, int]:
        """The line on which each key and list entry begins."""
        found: dict[Path, int] = {}
        # Each entry: the path of a list or mapping, and its next index or (in a mapping) None.
        inside: list[tuple[Path, int | None]] = []
        key: str | None = None
        kind: type | None = None
        while kind is not yaml.StreamEndEvent:
            event = self.next()
            kind = event.__class__
            if kind in (yaml.MappingEndEvent, yaml.SequenceEndEvent):
                inside.pop()
            if kind not in (yaml.ScalarEvent, yaml.MappingStartEvent, yaml.SequenceStartEvent):
                continue
            path: Path = ()
            if inside:
                around, index = inside[-1]
                if index is not None:
                    path, inside[-1] = (*around, index), (around, index + 1)
                elif key is None:
                    key = str(event.value)
                    path = (*around, key)
                    found[path] = _line(event)
                    continue
                else:
                    path, key = (*around, key), None
                found.setdefault(path, _line(event))
            if kind is not yaml.ScalarEvent:
                inside.append((path, 0 if kind is yaml.SequenceStartEvent else None))
        return found


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1


def read(raw: bytes, file: str) -> Document:
    """Read the bytes of ``file``. Never raises: what is wrong stands in ``problems``."""
    document = Document(file)
    try:
        document.text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        document.problems.append(
            document.problem((), f"byte {error.start + 1} is not UTF-8", "UTF-8 text",
                             "Save the file again with encoding UTF-8", line=line)
        )
        return document
    try:
        found = _Reader(document).value()
    except _Refused as refused:
        document.problems.append(refused.problem)
    except yaml.YAMLError as error:
        document.problems.append(_syntax_error(document, error))
    else:
        if isinstance(found, dict):
            document.data = found
        else:
            what = "the file is empty" if found is None else "the file is not a list of keys"
            document.problems.append(
                document.problem((), what, "keys with values, such as 'name: …'",
                                 "Copy another file of the same kind, or remove this one")
            )
    return document


def _syntax_error(document: Document, error: yaml.YAMLError) -> CatalogueError:
    mark = getattr(error, "problem_mark", None)
    if mark is not None:
        what = f"not valid YAML at line {mark.line + 1}, column {mark.column + 1}: "
        what += str(getattr(error, "problem", "") or "it cannot be read")
        line = mark.line + 1
    else:
        # A character that YAML does not know: the error counts characters from the start.
        at = int(getattr(error, "position", 0))
        line = document.text.count("\n", 0, at) + 1
        column = at - (document.text.rfind("\n", 0, at) + 1) + 1
        code = ord(document.text[at]) if at < len(document.text) else 0
        what = f"not valid YAML at line {line}, column {column}: the character U+{code:04X}"
    return document.problem(
        (), what, "", "Look at that line and the one above: indentation, quotes, a colon in text",
        line=line,
    )
