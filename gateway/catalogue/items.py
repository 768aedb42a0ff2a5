"""A service item (政务服务事项): what one file of ``catalogue/<department>/`` says."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Optional

from pydantic import Field, validator
from pydantic.errors import DateError

from gateway.catalogue.parts import (
    CompletePlace,
    English,
    Fee,
    FormField,
    LegalBasis,
    Limit,
    Material,
    Part,
    Place,
    Question,
    Result,
    Slug,
    Step,
    Visits,
    at_least,
)
from gateway.catalogue.terms import (
    Assurance,
    Audience,
    Flow,
    HandlingForm,
    ItemType,
    Kind,
    Level,
    OnlineDepth,
    Scope,
    Status,
)

LISTED = "true while only the facts of a list are known (只有清单信息); a complete item has no such line"


class ServiceItem(Part):
    """A service item, as far as it is known. One file of ``catalogue/<department>/``.

    Read from a file that says ``listed: true``, any part of the guide may be missing; read from any
    other it is a :class:`CompleteItem`.
    """

    item: str = Slug
    name: str
    department: str = Field("", description="filled in by the loader from the folder")
    listed: bool = Field(False, description=LISTED)
    status: Status = Status.active
    version: str = "1"
    implementation_code: str = Field("", description="实施编码, 31 characters, where known")
    area_code: str = Field("", description="行政区划代码, 6 or 12 digits, where known")
    aliases: tuple[str, ...] = ()
    utterances: tuple[str, ...] = ()
    type: Optional[ItemType] = None
    kind: Optional[Kind] = None
    audience: Optional[Audience] = None
    flow: Flow = Flow.guide
    assurance: Assurance = Assurance.none
    acts: tuple[str, ...] = Field((), description="speech acts that lead here when no item is named")
    flow_reason: str = Field("", description="why it cannot be applied for here (guide only)")
    level: Optional[Level] = None
    scope: Optional[Scope] = None
    forms: tuple[HandlingForm, ...] = ()
    online_depth: Optional[OnlineDepth] = None
    visits: Optional[Visits] = None
    summary: str = Field("", description="the answer to 'what is this', one or two sentences")
    conditions: tuple[str, ...] = ()
    materials: tuple[Material, ...] = ()
    steps: tuple[Step, ...] = ()
    statutory_limit: Optional[Limit] = None
    promised_limit: Optional[Limit] = None
    fee: Optional[Fee] = None
    places: tuple[Place, ...] = ()
    phone: str = Field("", description="咨询电话")
    supervision: str = Field("", description="监督投诉电话")
    online: str = Field("", description="how it can be done online, one or two sentences")
    link: str = Field("", description="web page of the item at the government's own site")
    legal_basis: tuple[LegalBasis, ...] = ()
    result: Optional[Result] = None
    questions: tuple[Question, ...] = ()
    english: Optional[English] = None
    fields: tuple[FormField, ...] = ()
    checked_on: dt.date = Field(..., description="day on which a person last checked the guide")

    @validator("checked_on", pre=True)
    def _written_as_a_day(cls, value: object) -> object:
        if isinstance(value, dt.date) or re.fullmatch(r"\d{4}-\d{2}-\d{2}", str(value)):
            return value
        raise DateError  # pydantic would read a bare number as seconds since 1970

    @validator("utterances", "aliases")
    def _no_repeats(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        repeated = sorted({v for v in value if value.count(v) > 1})
        if repeated:
            raise ValueError(f"{'、'.join(repeated)} stands there twice")
        return value

    @validator("flow", "fields")
    def _a_listed_item_only_informs(cls, value: object, values: dict[str, object]) -> object:
        if values.get("listed") and value not in (Flow.guide, ()):
            raise ValueError(
                "a listed item can be asked about, not applied for: complete its guide and remove "
                "'listed', or remove this line"
            )
        return value

    def asked(self, answers: Mapping[str, str]) -> list[FormField]:
        """The fields that apply, given the choices made so far."""
        return [
            field for field in self.fields
            if field.when is None or answers.get(field.when.element) in field.when.is_one_of
        ]

    def takers(self, element: str, answers: Mapping[str, str]) -> list[ServiceItem]:
        """The service items whose departments get the answer to that element."""
        return [self]

    @property
    def source_line(self) -> str:
        """The line of origin under every answer: law, article and the day of the last check."""
        day = f"{self.checked_on.month} 月 {self.checked_on.day} 日"
        if self.listed or not self.legal_basis:
            return f"出自部门的事项清单（{day}），办事指南还没录入"
        basis = self.legal_basis[0]
        law = basis.law if basis.law.startswith("《") else f"《{basis.law}》"
        return f"依据{law}{basis.article}，{day}核对"


class CompleteItem(ServiceItem):
    """A service item with its complete guide (办事指南)."""

    aliases: tuple[str, ...]
    utterances: tuple[str, ...]
    type: ItemType
    kind: Kind
    audience: Audience
    flow: Flow
    assurance: Assurance = Field(..., description="none for a guide, real_name for all else")
    level: Level = Level.county
    scope: Scope = Scope.municipal
    forms: tuple[HandlingForm, ...]
    online_depth: OnlineDepth
    visits: Visits
    summary: str = Field(..., description="the answer to 'what is this', one or two sentences")
    conditions: tuple[str, ...]
    steps: tuple[Step, ...]
    statutory_limit: Limit
    promised_limit: Limit
    fee: Fee
    places: tuple[CompletePlace, ...]
    phone: str = Field(..., description="咨询电话")
    supervision: str = Field(..., description="监督投诉电话")
    online: str = Field(..., description="how it can be done online, one or two sentences")
    legal_basis: tuple[LegalBasis, ...]
    result: Result

    _filled = validator(
        "aliases", "forms", "conditions", "steps", "places", "legal_basis", allow_reuse=True
    )(at_least(1))
    _enough = validator("utterances", allow_reuse=True)(at_least(8))
