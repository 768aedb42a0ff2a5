"""Lists of services as other systems export them, and an import of them, for tests."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from gateway.catalogue.importing.report import Note
from gateway.catalogue.importing.run import Imported, import_list
from tests.support.sample_catalogue import write_yaml

TODAY = dt.date(2025, 11, 20)
COLUMNS = {"name": "事项名称", "department": "部门", "code": "实施编码"}
PERMIT_ROW = {"事项名称": "居住证申领", "部门": "公安局", "实施编码": "11A001", "类型": "07"}
FUND_ROW = {"事项名称": "公积金余额查询", "部门": "公积金中心", "实施编码": "11B002", "类型": "20"}
SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def mapping(**changes: Any) -> dict[str, Any]:
    """A mapping of name, department and code; ``columns`` are added to those."""
    columns = {**COLUMNS, **changes.pop("columns", {})}
    return {"columns": {key: value for key, value in columns.items() if value}, **changes}


def write_mapping(folder: Path, content: Mapping[str, Any]) -> Path:
    """Write ``mapping.yml``."""
    file = folder / "mapping.yml"
    write_yaml(file, dict(content))
    return file


def csv_bytes(rows: Iterable[Mapping[str, str]], encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    """A CSV file with the keys of all rows as its header."""
    rows = list(rows)
    header = list(dict.fromkeys(key for row in rows for key in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, header, restval="", delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode(encoding)


def xlsx_bytes(rows: Sequence[Sequence[object]]) -> bytes:
    """A workbook whose first sheet has these rows. Texts are shared strings, in two runs with a
    phonetic hint; numbers are numbers; None is a cell that is not there."""
    strings: list[str] = []
    lines = []
    for number, row in enumerate(rows, 1):
        cells = []
        for column, value in enumerate(row):
            at = f"{chr(65 + column)}{number}"
            if isinstance(value, str):
                strings.append(value)
                cells.append(f'<c r="{at}" t="s"><v>{len(strings) - 1}</v></c>')
            elif value is not None:
                cells.append(f'<c r="{at}"><v>{value}</v></c>')
        lines.append(f'<row r="{number}">{"".join(cells)}</row>')
    shared = "".join(
        f"<si><r><t>{escape(s[:1])}</t></r><r><t>{escape(s[1:])}</t></r><rPh><t>yin</t></rPh></si>"
        for s in strings
    )
    return zipped({
        "xl/workbook.xml": f'<workbook xmlns="{SPREADSHEET}" xmlns:r="{RELATIONS}"><sheets>'
        '<sheet name="清单" sheetId="7" r:id="rId9"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": '<Relationships xmlns="x">'
        '<Relationship Id="rId9" Target="worksheets/sheet4.xml"/></Relationships>',
        "xl/sharedStrings.xml": f'<sst xmlns="{SPREADSHEET}">{shared}</sst>',
        "xl/worksheets/sheet4.xml": f'<worksheet xmlns="{SPREADSHEET}"><sheetData>'
        f'{"".join(lines)}</sheetData></worksheet>',
    })


def zipped(parts: Mapping[str, str]) -> bytes:
    """A zip file of these texts."""
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return raw.getvalue()


def take(
    folder: Path, rows: Sequence[Mapping[str, Any]], *, today: dt.date = TODAY, **changes: Any
) -> Imported:
    """Import rows (as JSON) into ``folder/out`` by :func:`mapping` with these changes."""
    file = folder / "list.json"
    file.write_text(json.dumps(list(rows), ensure_ascii=False), encoding="utf-8")
    return import_list(file, write_mapping(folder, mapping(**changes)), folder / "out", today)


def notes(done: Imported, *outcomes: str) -> list[Note]:
    """The notes of these outcomes, by line."""
    return [note for outcome in outcomes for note in done.report.of(outcome)]


def files(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, by relative name."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*")) if path.is_file()
    }
