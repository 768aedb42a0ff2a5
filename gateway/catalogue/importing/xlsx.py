"""Reads the first sheet of an XLSX workbook with the standard library (ECMA-376, SpreadsheetML).

Knows shared and inline strings, numbers, truth values and formula results. Formats are not read: a
date arrives as Excel's number of days.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

WORKBOOK = "xl/workbook.xml"
RELATIONS = "xl/_rels/workbook.xml.rels"
STRINGS = "xl/sharedStrings.xml"
MOST_BYTES = 500_000_000
"""Unpacked. A list of 100,000 items needs a tenth; a zip bomb needs more."""
NEVER_SHOWN = {"rPh", "phoneticPr"}  # how Japanese or Chinese text is read aloud


class NotAWorkbook(Exception):
    """The bytes are no workbook that can be read; says why."""


def read_xlsx(raw: bytes, most_bytes: int = MOST_BYTES) -> Iterator[tuple[int, list[str]]]:
    """Rows of the first sheet: (number of the row, its cells as text, empty ones as "").

    Raises:
        NotAWorkbook: while iterating.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            if sum(member.file_size for member in archive.infolist()) > most_bytes:
                raise NotAWorkbook(f"it unpacks to more than {most_bytes:,} bytes")
            strings = _shared_strings(archive)
            yield from _rows(archive, _first_sheet(archive), strings)
    except zipfile.BadZipFile as error:
        raise NotAWorkbook("it is an old .xls, or protected by a password, or damaged") from error
    except KeyError as error:
        raise NotAWorkbook(f"a part of it is missing: {error.args[0]}") from error
    except (ParseError, DefusedXmlException, ValueError, IndexError) as error:
        raise NotAWorkbook("a part of it is not readable as a sheet") from error


def _first_sheet(archive: zipfile.ZipFile) -> str:
    workbook = ElementTree.fromstring(archive.read(WORKBOOK))
    sheet = next((e for e in workbook.iter() if _name(e) == "sheet"), None)
    if sheet is None:
        raise NotAWorkbook("it has no sheet")
    wanted = next(value for key, value in sheet.attrib.items() if key.endswith("}id"))
    for relation in ElementTree.fromstring(archive.read(RELATIONS)):
        if relation.get("Id") == wanted:
            target = str(relation.get("Target"))
            return target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    raise NotAWorkbook("its first sheet is missing")


def _shared_strings(archive: zipfile.ZipFile) -> list[str]:
    if STRINGS not in archive.namelist():
        return []
    return [_text(entry) for entry in ElementTree.fromstring(archive.read(STRINGS))]


def _rows(
    archive: zipfile.ZipFile, sheet: str, strings: list[str]
) -> Iterator[tuple[int, list[str]]]:
    number = 0
    with archive.open(sheet) as stream:
        for _, element in ElementTree.iterparse(stream, events=("end",)):
            if _name(element) != "row":
                continue
            number = int(element.get("r") or number + 1)
            cells: list[str] = []
            for cell in element:
                at = _column(cell.get("r")) if cell.get("r") else len(cells)
                cells += [""] * (at - len(cells))
                cells.append(_value(cell, strings))
            yield number, cells
            element.clear()


def _value(cell: Any, strings: list[str]) -> str:
    kind = cell.get("t") or "n"
    if kind == "inlineStr":
        return "".join(_text(inner) for inner in cell if _name(inner) == "is")
    value = next((inner.text or "" for inner in cell if _name(inner) == "v"), "")
    if kind == "s":
        return strings[int(value)] if value else ""
    if kind == "n":
        return _number(value)
    return "" if kind == "e" else value  # e: an error such as #REF!


def _number(text: str) -> str:
    """20 for 20.0. What has lost digits in Excel stays as it is written: 5.11602E+17."""
    if re.fullmatch(r"-?\d+\.0+", text):
        return text.partition(".")[0]
    return text


def _column(reference: str) -> int:
    """The column of a cell such as C7, counted from 0."""
    number = 0
    for letter in re.match(r"[A-Z]+", reference)[0]:  # type: ignore[index]
        number = number * 26 + ord(letter) - 64
    return number - 1


def _text(element: Any) -> str:
    """All text inside, without phonetic hints."""
    if _name(element) in NEVER_SHOWN:
        return ""
    own = element.text or "" if _name(element) == "t" else ""
    return own + "".join(_text(inner) for inner in element)


def _name(element: Any) -> str:
    """The element's name without its namespace, which differs between the two kinds of XLSX."""
    return str(element.tag).rpartition("}")[2]
