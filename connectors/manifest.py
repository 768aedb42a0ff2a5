"""The manifest of a connector: ``catalogue/<department>/connector.yml`` as typed data.

It says where a department's system is, how it wants to be called and what its answers mean. It holds
no expression and no template, so that a person who knows the department's interface document can
write it and a reviewer can read it. Paths are dotted names (``data.caseNo``); so are the names of
fields that lie inside another one. Every scalar of the file is text, so ``0000`` stays ``0000``.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Any, Literal, Optional

from pydantic import Field, root_validator, validator

from connectors.access import (
    Addresses,
    Auth,
    Callback,
    Hours,
    Idempotency,
    Part,
    Sends,
    Timeouts,
    Window,
)

Environment = Literal["sample", "test", "live"]
Body = Literal["json", "form", "soap", "multipart"]
Charset = Literal["utf-8", "gbk", "gb18030"]
OperationName = Literal["submit", "query", "withdraw", "supplement", "look_up", "book", "slots"]
ErrorClass = Literal["refused", "not_found", "duplicate", "retry", "busy", "auth", "unknown"]
CaseStatus = Literal[
    "submitted", "accepted", "in_progress", "supplement",
    "done_granted", "done_refused", "withdrawn", "not_accepted",
]

WRITES = frozenset({"submit", "book", "withdraw", "supplement"})
"""Operations that change something at the department: never repeated by the client."""
SENDS_ANSWERS = frozenset({"submit", "book", "query"})
"""Operations that send every answer of the citizen, and refuse one that has no name."""
CITIZEN_READS = frozenset({"refused", "not_found"})
"""Error classes that reach a citizen, and therefore need a sentence."""
UNENCODABLE = "charset"
"""The one code of ``errors`` that is ours: the department's charset lacks a character."""

_PATH = r"^[^.\s]+(\.[^.\s]+)*$"
_CALL = re.compile(r"^(GET|POST|PUT) (/\S*)$")


class Success(Part):
    """How a good answer is known: the code at ``path`` is one of ``codes``."""

    path: str = Field(..., regex=_PATH)
    codes: tuple[str, ...]
    field: str = Field("", description="path of the department's name of the field at fault")

    @validator("codes")
    def _some(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not value:
            raise ValueError("needs one code or more")
        return value


class ErrorRule(Part):
    """What one code of the department means. ``field`` is the data element at fault."""

    kind: ErrorClass = Field(..., alias="class")
    sentence: str = ""
    field: str = ""

    @root_validator(skip_on_failure=True)
    def _readable(cls, values: dict[str, Any]) -> dict[str, Any]:
        if values["kind"] in CITIZEN_READS and not values["sentence"]:
            raise ValueError(f"class {values['kind']} needs a sentence for the citizen")
        return values


class SlotPaths(Part):
    """Where the parts of one free appointment are, inside each entry of ``list``."""

    list: str = Field(..., regex=_PATH)
    id: str
    place: str
    starts: str
    ends: str
    left: str


class Listed(Part):
    """Entries of a query's result. ``shown``: label → path inside each entry of ``list``."""

    list: str = Field(..., regex=_PATH)
    shown: dict[str, str]


class AnswerPaths(Part):
    """Where an answer holds what we want of it. ``shown``: label that people read → path; ``note``: what
    the department says to a status, such as which material is missing; ``given``: data element → path of what a
    granted case brings (a child's number, a company's code), for the steps of a life event after it."""

    reference: str = ""
    status: str = ""
    note: str = ""
    shown: dict[str, str] = {}
    listed: Optional[Listed] = None
    given: dict[str, str] = {}
    slots: Optional[SlotPaths] = None

    @property
    def labels(self) -> set[str]:
        """Every label of the rows that people read."""
        return {*self.shown, *(self.listed.shown if self.listed else ())}


class Operation(Part):
    """One call: ``call`` is method and path, ``action`` the SOAP action and the body's element.

    ``fields`` replaces the manifest's own for this operation; ``constants`` are sent as they stand.
    """

    call: str
    action: str = ""
    fields: Optional[dict[str, str]] = None
    constants: dict[str, str] = {}
    answer: AnswerPaths = AnswerPaths()

    @validator("call")
    def _method_and_path(cls, value: str) -> str:
        if not _CALL.match(value):
            raise ValueError("must be GET, POST or PUT, a space, and a path that begins with /")
        return value

    @property
    def method(self) -> str:
        """The HTTP method."""
        return self.call.split(" ", 1)[0]

    @property
    def path(self) -> str:
        """The path below the base address."""
        return self.call.split(" ", 1)[1]


class Manifest(Part):
    """One department's system. ``department`` is the name of the folder, not a key of the file.

    ``values`` and ``dates`` are keyed by a data element (used when sending) or by a label of
    ``shown`` (used when reading). ``values`` maps ours to theirs; ``dates`` is a strftime format.
    """

    department: str
    addresses: Addresses
    body: Body
    charset: Charset = "utf-8"
    namespace: str = Field("", description="XML namespace of a SOAP body")
    auth: Auth = Auth.parse_obj({})
    trusts: str = Field("", description="secret that is the path of a PEM file: who vouches for the department's certificate")
    timeouts: Timeouts = Timeouts.parse_obj({})
    retries: int = Field(2, ge=0, le=2, description="further tries of query, look_up and slots")
    at_once: int = Field(6, ge=1, le=16, description="calls of one process at a time")
    calls_per_minute: int = Field(0, ge=0, le=60_000, description="calls of one process in a minute; 0: no limit")
    hours: Optional[Hours] = None
    maintenance: tuple[Window, ...] = ()
    idempotency: Optional[Idempotency] = None
    callback: Optional[Callback] = None
    sends: Sends = Sends.parse_obj({})
    items: dict[str, str]
    fields_: dict[str, str] = Field({}, alias="fields")
    values_: dict[str, dict[str, str]] = Field({}, alias="values")
    dates: dict[str, str] = {}
    success: Success
    errors: dict[str, ErrorRule] = {}
    statuses: dict[str, CaseStatus] = {}
    operations: dict[OperationName, Operation]

    def fields_of(self, operation: str) -> dict[str, str]:
        """Data element → department's name, for one operation."""
        own = self.operations[operation].fields  # type: ignore[index]
        if own is not None:
            return own
        return self.fields_ if operation in SENDS_ANSWERS else {}

    def gives(self, element: str) -> bool:
        """Whether a granted case brings that data element, in an answer or a callback."""
        answers = [operation.answer.given for operation in self.operations.values()]
        told = [self.callback.given] if self.callback else []
        return any(element in given for given in [*answers, *told])

    @validator("dates")
    def _formats(cls, value: dict[str, str]) -> dict[str, str]:
        day = dt.date(2026, 12, 21)
        for element, form in value.items():
            try:
                kept = day if "%d" in form or "%m" not in form else day.replace(day=1)
                same = dt.datetime.strptime(day.strftime(form), form).date() == kept
            except ValueError:
                same = False
            if not same:
                raise ValueError(f"{element}: {form} is not a date format such as %Y-%m-%d, or %Y%m for a month")
        return value

    @root_validator(skip_on_failure=True)
    def _whole(cls, values: dict[str, Any]) -> dict[str, Any]:
        for problem in _contradictions(values):
            raise ValueError(problem)
        return values


def _contradictions(m: dict[str, Any]) -> list[str]:
    """What is wrong between the keys; each starts with the dotted key that it is about."""
    operations: dict[str, Operation] = m["operations"]
    wrong = []
    for name, operation in operations.items():
        at = f"operations.{name}"
        sends_people = name in SENDS_ANSWERS or name in WRITES or operation.fields
        if operation.method == "GET" and sends_people:
            wrong.append(f"{at}.call: GET would write personal data into addresses and logs; use POST")
        if (m["body"] == "soap") != bool(operation.action):
            wrong.append(f"{at}.action: is for body soap, and needed there")
        if name in {"submit", "book"} and not operation.answer.reference:
            wrong.append(f"{at}.answer.reference: is missing; say where the case number stands")
        if name == "slots" and not operation.answer.slots:
            wrong.append(f"{at}.answer.slots: is missing; say where the free times stand")
        shared = m["fields_"] if name in SENDS_ANSWERS else {}
        names = [*(shared if operation.fields is None else operation.fields).values()]
        if m["body"] == "form" and any("." in n for n in [*names, *operation.constants]):
            wrong.append(f"{at}.fields: a form is flat; names cannot hold a dot")
    if m["sends"].files and m["body"] != "multipart":
        wrong.append("sends.files: only body multipart takes files")
    if (operations.keys() & {"submit", "book"}) and "look_up" not in operations:
        wrong.append("operations.look_up: is missing; without it a broken call cannot be settled")
    if (operations.keys() & {"submit", "book"}) and not m["sends"].receipt:
        wrong.append("sends.receipt: is missing; look_up finds a case by our receipt number")
    if m["charset"] == "gbk" and UNENCODABLE not in m["errors"]:
        wrong.append(f"errors.{UNENCODABLE}: is missing; gbk lacks characters of some names")
    return wrong
