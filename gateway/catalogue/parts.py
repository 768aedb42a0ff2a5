"""What service items and departments are made of: data elements, materials, steps, fees, places …

Unknown keys are refused everywhere, and values are fixed once read.
"""

from __future__ import annotations

import re
from typing import Any, Optional

from pydantic import BaseModel, Field, validator

from gateway.catalogue.terms import (
    ElementType,
    MaterialForm,
    MaterialType,
    Necessity,
    Sensitivity,
    Source,
    Unit,
)

Slug = Field(..., regex=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$")


def at_least(n: int) -> Any:
    """A validator that refuses a list of fewer than ``n`` entries."""

    def check(cls: type, value: tuple[Any, ...]) -> tuple[Any, ...]:
        if len(value) < n:
            raise ValueError(f"has {len(value)}, needs {n} or more entries")
        return value

    return check


class Part(BaseModel):
    """Base of every record: unknown keys refused, values fixed once read."""

    class Config:
        extra = "forbid"
        frozen = True
        anystr_strip_whitespace = True


class Choice(Part):
    """One allowed value of a choice element: what is kept, and what people read."""

    value: str
    label: str
    aliases: tuple[str, ...] = ()


class ElementSource(Part):
    """Who holds a data element for certain, and in which kind of electronic licence (电子证照).

    It is fetched from the licence library with the person's consent, good for ``valid_days``.
    """

    department: str = Slug
    licence: str = Slug
    licence_name: str
    valid_days: int = Field(..., ge=1, le=365)


class Element(Part):
    """A data element (数据元): one field, defined once for all departments."""

    element: str = Field(..., regex=r"^[a-z][a-z0-9_]*$")
    name: str
    type: ElementType
    sensitivity: Sensitivity
    ask: str = Field(..., description="the question, as VOICE asks it")
    why: str = Field("", description="one sentence of purpose; asked of everything not public")
    example: str = ""
    choices: tuple[Choice, ...] = ()
    pattern: str = Field("", description="regular expression of a text element")
    pattern_hint: str = Field("", description="what to say when the pattern does not match")
    min: Optional[float] = Field(None, description="least amount, integer or text length")
    max: Optional[float] = Field(None, description="greatest amount, integer or text length; most files of an attachment")
    not_before_today: bool = False
    not_after_today: bool = False
    source: Optional[ElementSource] = None
    ask_other: str = Field("", description="the question when it is about another: {whom}")
    sent: bool = Field(True, description="false for what stays with the case here (代办)")

    @validator("pattern")
    def _compiles(cls, value: str) -> str:
        try:
            re.compile(value)
        except re.error as error:
            raise ValueError(f"is not a regular expression: {error}") from error
        return value


class When(Part):
    """A field is asked only when an earlier choice has one of these values."""

    element: str
    is_one_of: tuple[str, ...] = Field(..., alias="in")

    _filled = validator("is_one_of", allow_reuse=True)(at_least(1))


class FormField(Part):
    """One question of an item's application, in the order in which it is asked."""

    element: str
    required: bool = True
    ask: str = Field("", description="asked in place of the element's own question")
    choices: tuple[str, ...] = Field((), description="the only choices offered here; empty for all")
    when: Optional[When] = None


class Material(Part):
    """材料."""

    name: str
    type: MaterialType = MaterialType.certificate
    form: MaterialForm = MaterialForm.both
    necessity: Necessity = Necessity.required
    source: Source = Source.citizen
    issued_by: str = ""
    originals: int = Field(1, ge=0)
    copies: int = Field(0, ge=0)
    note: str = ""
    spared: str = Field("", description="why it need not be brought, when a department has it")


class Step(Part):
    """One stage of 办理流程."""

    name: str
    does: str
    takes: str = ""


class Limit(Part):
    """A time limit; ``n`` counts ``unit``."""

    n: int = Field(0, ge=0)
    unit: Unit

    def text(self) -> str:
        """The limit as people read it: 当场办结, 20 个工作日, 30 日."""
        return self.unit.label if self.unit is Unit.immediate else f"{self.n} {self.unit.label}"


class FeeLine(Part):
    """收费项目: amount in yuan."""

    name: str
    amount: float = Field(..., ge=0, allow_inf_nan=False)
    unit: str = ""
    basis: str
    reducible: str = ""


class Fee(Part):
    """收费."""

    charged: bool
    lines: tuple[FeeLine, ...] = ()
    online_payment: bool = False
    note: str = ""


class Place(Part):
    """办理地点."""

    name: str
    address: str = ""
    hours: str = ""
    phone: str = ""


class CompletePlace(Place):
    """A place of a complete guide: people know where it is and when to come."""

    address: str
    hours: str


class Visits(Part):
    """到现场次数, with the reason when not zero."""

    count: int = Field(..., ge=0)
    reason: str = ""


class LegalBasis(Part):
    """设定依据."""

    law: str
    article: str
    says: str = ""


class Result(Part):
    """办理结果."""

    name: str
    sample: str = Field("", description="what the result looks like, or the sample's file name")
    delivery: str = Field("", description="how people get it")


class Question(Part):
    """常见问题."""

    ask: str
    answer: str


class English(Part):
    """What somebody who asks in English is told: the key facts, beside fee, limit and phone."""

    name: str
    summary: str = Field(..., description="who may have it and what to do, one to three sentences")
    bring: tuple[str, ...] = Field((), description="what to bring, in the order of materials")
