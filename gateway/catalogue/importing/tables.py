"""Reads a list from CSV (UTF-8 or GBK), XLSX or JSON into lines of named cells."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Union

from gateway.catalogue.importing.xlsx import NotAWorkbook, read_xlsx
from gateway.errors import CatalogueError

KINDS = {".csv": "CSV", ".txt": "CSV", ".tsv": "CSV", ".xlsx": "XLSX", ".json": "JSON"}
DELIMITERS = ",\t;"
Cell = Union[str, list[str]]


@dataclass(frozen=True)
class Line:
    """One line. ``number`` is that of the file (CSV, XLSX), or the entry's place from 1 (JSON).

    ``broken`` says why its cells cannot be told apart; it is then empty otherwise.
    """

    number: int
    cells: dict[str, Cell] = field(default_factory=dict)
    broken: str = ""


@dataclass(frozen=True)
class Table:
    """A list as it was read."""

    kind: str
    columns: list[str]
    lines: list[Line]


def read_table(path: Path, *, list_path: str = "", header_line: int = 1) -> Table:
    """The lines of a file; empty ones are left out.

    ``list_path`` leads to the list in a JSON file; ``header_line`` is the line with the names of
    the columns in a CSV or XLSX file.

    Raises:
        CatalogueError: the file cannot be read as a list.
    """
    kind = KINDS.get(path.suffix.lower())
    if kind is None:
        raise _wrong(path, f"files that end in '{path.suffix}' are not read",
                     ", ".join(sorted(KINDS)), "Save the list as one of these")
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise _wrong(path, f"cannot be read: {error.strerror}", "", "Check its name") from error
    if kind == "JSON":
        table = _json(path, raw, list_path)
    elif list_path:
        raise _wrong(path, f"is {kind}, but the mapping names a list inside it ('{list_path}')",
                     "list: only for JSON", "Remove the line 'list' from the mapping")
    else:
        rows = _csv(path, raw, header_line) if kind == "CSV" else _xlsx(path, raw)
        table = _with_header(path, kind, rows, header_line)
    if not table.lines:
        raise _wrong(path, "holds no line below its header" if kind != "JSON" else "its list is empty",
                     "", "Check that this is the right file, and header_line in the mapping")
    return table


def clean(text: str) -> str:
    """One line of text without invisible characters and doubled spaces; line breaks stay."""
    kept = "".join(
        c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn")
    )
    lines = (re.sub(r"\s+", " ", line).strip() for line in kept.split("\n"))
    return "\n".join(line for line in lines if line)


def decoded(path: Path, raw: bytes) -> str:
    """The text of bytes in UTF-8, UTF-16 with its mark, or GB18030 (which holds GBK and GB2312)."""
    encodings = ("utf-16",) if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _wrong(path, "is neither UTF-8 nor GBK text", "UTF-8, GBK, GB18030",
                 "Save it again as 'CSV UTF-8'")


def _csv(path: Path, raw: bytes, header_line: int) -> Iterator[tuple[int, list[str]]]:
    text = decoded(path, raw)
    header = "".join(text.split("\n", header_line)[header_line - 1:header_line])
    # Strict, for a quotation mark without its partner would swallow the lines up to the next one.
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=max(DELIMITERS, key=header.count), strict=True
    )
    while True:
        number = reader.line_num + 1
        try:
            yield number, next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise _wrong(path, f"cannot be read from line {number} on: {error}", "",
                         'Look for a quotation mark (") without its partner there') from error


def _xlsx(path: Path, raw: bytes) -> Iterator[tuple[int, list[str]]]:
    try:
        yield from read_xlsx(raw)
    except NotAWorkbook as error:
        raise _wrong(path, f"cannot be read as XLSX: {error}", "",
                     "Open it in Excel or WPS and save it again as .xlsx, without a password") from error


def _with_header(
    path: Path, kind: str, rows: Iterable[tuple[int, list[str]]], header_line: int
) -> Table:
    header: list[str] = []
    lines: list[Line] = []
    for number, cells in rows:
        if number < header_line or not any(cell.strip() for cell in cells):
            continue
        if not header:
            if number > header_line:
                raise _wrong(path, f"line {header_line} is empty, and should name the columns", "",
                             "Set header_line in the mapping to the line that does")
            header = _names(cells)
        else:
            lines.append(_line(number, header, cells))
    return Table(kind, [name for name in header if name], lines)


def _line(number: int, header: list[str], cells: list[str]) -> Line:
    if any(cell.strip() for cell in cells[len(header):]):
        return Line(number, broken=(
            f"It has {len(cells)} cells, but there are {len(header)} columns: perhaps a text with a "
            "comma stands without quotation marks. Put it in quotation marks."
        ))
    return Line(number, {
        name: clean(cell) for name, cell in zip(header, cells, strict=False) if name
    })


def _names(cells: list[str]) -> list[str]:
    """The columns' names; the second 电话 becomes 电话（2）, so that each can be told apart."""
    names: list[str] = []
    seen: Counter[str] = Counter()
    for cell in cells:
        name = clean(cell).replace("\n", "")
        seen[name] += 1
        names.append(f"{name}（{seen[name]}）" if name and seen[name] > 1 else name)
    return names


def _json(path: Path, raw: bytes, list_path: str) -> Table:
    try:
        whole = json.loads(decoded(path, raw))
    except (json.JSONDecodeError, RecursionError) as error:
        where = f" at line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise _wrong(path, f"is not valid JSON{where}", "", "Export it again") from error
    found: Any = whole
    for key in list_path.split(".") if list_path else ():
        found = found.get(key) if isinstance(found, dict) else None
    if not isinstance(found, list):
        where = f"'{list_path}' leads to no list" if list_path else "is not a list"
        raise _wrong(path, where, ", ".join(_lists(whole)) or "a list of objects",
                     "Write where the list is under 'list' in the mapping")
    lines = [
        Line(n, _flat(entry)) if isinstance(entry, dict)
        else Line(n, broken="It is not an object with keys and values.")
        for n, entry in enumerate(found, 1)
    ]
    columns = dict.fromkeys(name for line in lines for name in line.cells)
    return Table("JSON", list(columns), lines)


def _lists(value: Any, path: str = "", depth: int = 0) -> list[str]:
    """The dotted paths of all lists of objects that can be named."""
    if not isinstance(value, dict) or depth > 3:
        return []
    found: list[str] = []
    for key, inner in value.items():
        here = f"{path}.{key}" if path else str(key)
        if isinstance(inner, list):
            found.append(here)
        found += _lists(inner, here, depth + 1)
    return found


def _flat(entry: dict[str, Any], prefix: str = "") -> dict[str, Cell]:
    """Inner objects by dotted names; a list of objects gives a list for each of their keys."""
    flat: dict[str, Cell] = {}
    for key, value in entry.items():
        name = f"{prefix}{clean(str(key))}"
        if isinstance(value, dict):
            flat |= _flat(value, f"{name}.")
        elif isinstance(value, list) and any(isinstance(v, dict) for v in value):
            inner = [_flat(v, f"{name}.") for v in value if isinstance(v, dict)]
            for column in dict.fromkeys(c for one in inner for c in one):
                flat[column] = [c for one in inner if isinstance(c := one.get(column, ""), str)]
        elif isinstance(value, list):
            flat[name] = [_scalar(v) for v in value]
        else:
            flat[name] = _scalar(value)
    return flat


def _scalar(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return clean(str(value))


def _wrong(path: Path, problem: str, allowed: str = "", remedy: str = "") -> CatalogueError:
    return CatalogueError(str(path), "", problem, allowed, remedy=remedy)
