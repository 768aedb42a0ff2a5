"""The mapping of an import: which column is which fact, and what foreign codes mean.

``docs/import.md`` lists every key; a test holds that it does.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Optional

from pydantic import Field, ValidationError, validator
from pydantic.errors import DateError

from gateway.catalogue.importing.codes import ENUMERATIONS, meanings
from gateway.catalogue.importing.facts import Unread, coded
from gateway.catalogue.importing.tables import Table
from gateway.catalogue.parts import Part
from gateway.catalogue.problems import explain, nearest
from gateway.catalogue.terms import (
    Audience,
    Flow,
    HandlingForm,
    ItemType,
    Kind,
    Labelled,
    Level,
    OnlineDepth,
    Scope,
    Status,
    Unit,
)
from gateway.catalogue.yaml_reader import Document, read
from gateway.errors import CatalogueError, CatalogueErrors

LONGEST_LIST = 30  # columns that an error repeats


class Facts(Part):
    """One text for each fact that a list may say."""

    code: str = Field("", description="实施编码 (implementation code): the lasting id of the item")
    area_code: str = Field("", description="行政区划代码")
    aliases: str = Field("", description="other names of the item, several in one cell")
    type: str = Field("", description="事项类型")
    kind: str = Field("", description="办件类型")
    audience: str = Field("", description="服务对象, several in one cell allowed")
    flow: str = Field("", description="what the gateway does with it; a listed item is always guide")
    status: str = Field("", description="事项状态")
    level: str = Field("", description="行使层级")
    scope: str = Field("", description="通办范围")
    forms: str = Field("", description="办理形式, several in one cell allowed")
    online_depth: str = Field("", description="网办深度; of several the deepest counts")
    visits: str = Field("", description="到现场次数")
    visits_reason: str = Field("", description="why people must come")
    summary: str = Field("", description="what it is, one or two sentences")
    conditions: str = Field("", description="受理条件, several in one cell")
    materials: str = Field("", description="材料 by name, several in one cell")
    steps: str = Field("", description="办理流程, several in one cell: 受理：窗口收件")
    promised_limit: str = Field("", description="承诺办结时限: 20 个工作日, 当场办结, or a bare number")
    promised_limit_unit: str = Field("", description="its unit, where the cell holds a bare number")
    statutory_limit: str = Field("", description="法定办结时限, written likewise")
    statutory_limit_unit: str = Field("", description="its unit")
    fee: str = Field("", description="是否收费, or how much")
    fee_note: str = Field("", description="收费标准, in words")
    place: str = Field("", description="name of the window; else the department's")
    address: str = Field("", description="办理地点")
    hours: str = Field("", description="办理时间")
    phone: str = Field("", description="咨询电话")
    supervision: str = Field("", description="监督投诉电话")
    online: str = Field("", description="how it is done online, one or two sentences")
    link: str = Field("", description="web page of the item, http:// or https://")
    legal_basis: str = Field("", description="设定依据: 《…法》第…条, several in one cell")
    result: str = Field("", description="办理结果: name of what people get")
    department_code: str = Field("", description="统一社会信用代码 of the department")
    department_short_name: str = Field("", description="what people call it")
    department_about: str = Field("", description="what it looks after, one sentence")
    department_phone: str = Field("", description="its 咨询电话")
    department_supervision: str = Field("", description="its 监督投诉电话")
    department_address: str = Field("", description="its address")
    department_hours: str = Field("", description="its opening hours")

    def given(self) -> dict[str, str]:
        """The facts that are given."""
        return {fact: text for fact, text in self.dict().items() if text}


class Columns(Facts):
    """The name of the column that holds each fact. A JSON key inside another one: ``dept.name``."""

    name: str = Field(..., description="事项名称")
    department: str = Field(..., description="name of the department")


class Values(Part):
    """What the list's codes mean, over and above the national ones."""

    type: dict[str, ItemType] = {}
    kind: dict[str, Kind] = {}
    audience: dict[str, Audience] = {}
    flow: dict[str, Flow] = {}
    status: dict[str, Status] = {}
    level: dict[str, Level] = {}
    scope: dict[str, Scope] = {}
    forms: dict[str, HandlingForm] = {}
    online_depth: dict[str, OnlineDepth] = {}
    limit_unit: dict[str, Unit] = {}
    fee: dict[str, bool] = {}


class DepartmentFacts(Part):
    """What a person knows of one department of the list, under its name there."""

    id: Optional[str] = Field(None, regex=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$")
    name: str = ""
    short_name: str = ""
    aliases: tuple[str, ...] = ()
    code: str = ""
    name_en: str = ""
    about: str = ""
    phone: str = ""
    supervision: str = ""
    address: str = ""
    hours: str = ""


class Mapping(Part):
    """A mapping file."""

    list_path: str = Field("", alias="list", description="where the list is in a JSON file: data.items")
    header_line: int = Field(1, ge=1, description="the line that names the columns (CSV, XLSX)")
    fill_down: tuple[str, ...] = Field((), description="columns whose empty cells repeat the one above")
    as_of: Optional[dt.date] = Field(None, description="day of the list; else today")
    columns: Columns
    values: Values = Values.parse_obj({})
    defaults: Facts = Facts.parse_obj({})
    departments: dict[str, DepartmentFacts] = {}

    @validator("as_of", pre=True)
    def _written_as_a_day(cls, value: object) -> object:
        if len(str(value)) != len("2025-10-08"):
            raise DateError  # pydantic would read a bare number as seconds since 1970
        return value

    def tables(self) -> dict[str, dict[str, Labelled]]:
        """Fact to what its codes mean."""
        return {fact: meanings(fact, getattr(self.values, fact)) for fact in ENUMERATIONS}


def read_mapping(path: Path) -> tuple[Mapping, Document]:
    """The mapping of a file, and the document for later complaints.

    Raises:
        CatalogueErrors: everything that is wrong with it.
    """
    try:
        document = read(path.read_bytes(), path.name)
    except OSError as error:
        raise CatalogueErrors([CatalogueError(
            str(path), "", f"cannot be read: {error.strerror}", "a mapping file",
            remedy="docs/import.md shows how to write one",
        )]) from error
    problems = document.problems
    if document.data is not None and not problems:
        try:
            return Mapping.parse_obj(document.data), document
        except ValidationError as error:
            problems = explain(error, Mapping, document)
    raise CatalogueErrors(problems)


def check_against(table: Table, mapping: Mapping, document: Document, today: dt.date) -> None:
    """Hold a mapping against the list that it is to read.

    Raises:
        CatalogueErrors: it names a column that is not there, a default that means nothing, or a day
            to come.
    """
    named = [(("columns", fact), column) for fact, column in mapping.columns.given().items()]
    named += [(("fill_down", str(n)), column) for n, column in enumerate(mapping.fill_down)]
    shown = table.columns[:LONGEST_LIST] + ["…"] * (len(table.columns) > LONGEST_LIST)
    problems = [
        document.problem(
            path, f"the list has no column '{column}'", ", ".join(shown),
            nearest(column, table.columns) or "Write the column's name as the list has it",
        )
        for path, column in named if column not in table.columns
    ]
    if mapping.as_of and mapping.as_of > today:
        problems.append(document.problem(
            ("as_of",), f"{mapping.as_of} is after today", f"{today} or earlier",
            "Write the day on which the list was made",
        ))
    problems += _wrong_defaults(mapping, document)
    if problems:
        raise CatalogueErrors(problems)


def _wrong_defaults(mapping: Mapping, document: Document) -> Iterator[CatalogueError]:
    """Defaults that would be refused on every line."""
    tables = mapping.tables()
    for fact, text in mapping.defaults.given().items():
        table = tables.get("limit_unit" if fact.endswith("_limit_unit") else fact)
        if table is None:
            continue
        try:
            coded(fact, text, table)
        except Unread:
            known = ", ".join(f"{m.value} ({m.label})" for m in dict.fromkeys(table.values()))
            yield document.problem(
                ("defaults", fact), f"'{text}' is not a known value", known, "Write one of these"
            )
