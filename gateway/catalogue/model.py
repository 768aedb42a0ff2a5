"""The typed model of the catalogue: department, service item (政务服务事项), data element (数据元).

Field names follow GB/T 39554-2020 (政务服务事项实施清单); enumerations are ours by name, with the
standard's Chinese term as label. Unknown keys are refused everywhere.
"""

from __future__ import annotations

import datetime as dt
import re
from enum import Enum
from typing import Any, Optional

from pydantic import BaseModel, Field, validator
from pydantic.errors import DateError

Slug = Field(..., regex=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$")


def at_least(n: int) -> Any:
    """A validator that refuses a list of fewer than ``n`` entries."""

    def check(cls: type, value: tuple[Any, ...]) -> tuple[Any, ...]:
        if len(value) < n:
            raise ValueError(f"has {len(value)}, needs {n} or more entries")
        return value

    return check


class Labelled(str, Enum):
    """A value written in data files, with the term that people read."""

    label: str

    def __new__(cls, value: str, label: str) -> Labelled:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member


class ItemType(Labelled):
    """事项类型."""

    permit = "permit", "行政许可"
    penalty = "penalty", "行政处罚"
    compulsion = "compulsion", "行政强制"
    levy = "levy", "行政征收"
    benefit = "benefit", "行政给付"
    inspection = "inspection", "行政检查"
    confirmation = "confirmation", "行政确认"
    reward = "reward", "行政奖励"
    ruling = "ruling", "行政裁决"
    other_power = "other_power", "其他行政权力"
    public_service = "public_service", "公共服务"


class Status(Labelled):
    """事项状态. Only ``active`` items are offered to citizens."""

    active = "active", "在用"
    paused = "paused", "暂停"
    cancelled = "cancelled", "取消"


class Kind(Labelled):
    """办件类型: settled on the spot, or within a promised limit."""

    immediate = "immediate", "即办件"
    promised = "promised", "承诺件"


class Audience(Labelled):
    """服务对象."""

    personal = "personal", "个人"
    business = "business", "企业"
    both = "both", "个人和企业"


class Flow(Labelled):
    """What the gateway does with the item."""

    apply = "apply", "在这里申请"
    query = "query", "当场查询"
    appointment = "appointment", "在这里预约"
    guide = "guide", "只提供咨询"


class Level(Labelled):
    """行使层级."""

    national = "national", "国家"
    provincial = "provincial", "省"
    municipal = "municipal", "市"
    county = "county", "县"
    town = "town", "镇街"


class Scope(Labelled):
    """通办范围."""

    national = "national", "全国"
    provincial = "provincial", "全省"
    municipal = "municipal", "全市"
    county = "county", "全县"
    town = "town", "全镇"
    villages = "villages", "跨村"


class HandlingForm(Labelled):
    """办理形式."""

    window = "window", "窗口"
    online = "online", "网上"
    post = "post", "快递"


class OnlineDepth(Labelled):
    """网办深度 of the older lists: full means 全程网办 (Ⅳ)."""

    consult = "consult", "Ⅰ 信息发布"
    receive = "receive", "Ⅱ 网上收件"
    precheck = "precheck", "Ⅲ 网上预审"
    full = "full", "Ⅳ 全程网办"


class Necessity(Labelled):
    """材料必要性."""

    required = "required", "必要"
    optional = "optional", "非必要"
    later = "later", "容缺后补"


class Source(Labelled):
    """来源渠道."""

    citizen = "citizen", "申请人自备"
    department = "department", "政府部门核发"
    other = "other", "其他"


class MaterialForm(Labelled):
    """材料形式."""

    paper = "paper", "纸质"
    electronic = "electronic", "电子"
    both = "both", "纸质或电子"


class MaterialType(Labelled):
    """材料类型."""

    certificate = "certificate", "证件证书证明"
    form = "form", "申请表格文书"
    other = "other", "其他"


class Unit(Labelled):
    """Unit of a limit."""

    immediate = "immediate", "当场办结"
    working_days = "working_days", "个工作日"
    days = "days", "日"


class Sensitivity(Labelled):
    """How a value is kept: everything but public is encrypted at rest and masked when shown."""

    public = "public", "公开"
    personal = "personal", "个人信息"
    sensitive = "sensitive", "敏感个人信息"
    secret = "secret", "口令，不保存"


class ElementType(Labelled):
    """How an answer is read and checked (see gateway.cases.answers)."""

    text = "text", "文字"
    person_name = "person_name", "姓名"
    id_number = "id_number", "公民身份号码"
    phone = "phone", "手机号码"
    date = "date", "日期"
    choice = "choice", "选择"
    amount = "amount", "金额"
    integer = "integer", "整数"
    address = "address", "地址"
    bank_card = "bank_card", "银行卡号"
    email = "email", "电子邮箱"
    credit_code = "credit_code", "统一社会信用代码"
    secret = "secret", "口令"
    slot = "slot", "预约时段"


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
    max: Optional[float] = Field(None, description="greatest amount, integer or text length")
    not_before_today: bool = False
    not_after_today: bool = False

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
    address: str
    hours: str
    phone: str = ""


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


class ServiceItem(Part):
    """A service item and its guide (办事指南). One file of ``catalogue/<department>/``."""

    item: str = Slug
    name: str
    department: str = Field("", description="filled in by the loader from the folder")
    status: Status = Status.active
    version: str = "1"
    implementation_code: str = Field("", description="实施编码, 31 characters, where known")
    aliases: tuple[str, ...]
    utterances: tuple[str, ...]
    type: ItemType
    kind: Kind
    audience: Audience
    flow: Flow
    acts: tuple[str, ...] = Field((), description="speech acts that lead here when no item is named")
    flow_reason: str = Field("", description="why it cannot be applied for here (guide only)")
    level: Level = Level.county
    scope: Scope = Scope.municipal
    forms: tuple[HandlingForm, ...]
    online_depth: OnlineDepth
    visits: Visits
    summary: str = Field(..., description="the answer to 'what is this', one or two sentences")
    conditions: tuple[str, ...]
    materials: tuple[Material, ...] = ()
    steps: tuple[Step, ...]
    statutory_limit: Limit
    promised_limit: Limit
    fee: Fee
    places: tuple[Place, ...]
    phone: str = Field(..., description="咨询电话")
    supervision: str = Field(..., description="监督投诉电话")
    online: str = Field(..., description="how it can be done online, one or two sentences")
    legal_basis: tuple[LegalBasis, ...]
    result: Result
    questions: tuple[Question, ...] = ()
    english: Optional[English] = None
    fields: tuple[FormField, ...] = ()
    checked_on: dt.date = Field(..., description="day on which a person last checked the guide")

    _filled = validator(
        "aliases", "forms", "conditions", "steps", "places", "legal_basis", allow_reuse=True
    )(at_least(1))
    _enough = validator("utterances", allow_reuse=True)(at_least(8))

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

    @property
    def source_line(self) -> str:
        """The line of origin under every answer: law, article and the day of the last check."""
        basis = self.legal_basis[0]
        law = basis.law if basis.law.startswith("《") else f"《{basis.law}》"
        day = self.checked_on
        return f"依据{law}{basis.article}，{day.month} 月 {day.day} 日核对"


class Department(Part):
    """A department: ``catalogue/<department>/department.yml``."""

    department: str = Slug
    name: str
    short_name: str = Field(..., description="what the assistant calls it: 公安局")
    aliases: tuple[str, ...] = ()
    name_en: str
    about: str = Field(..., description="what it looks after, one sentence")
    phone: str
    supervision: str
    address: str
    hours: str


class Catalogue(Part):
    """Everything that was read, by id. ``digest`` changes with any content."""

    departments: dict[str, Department]
    items: dict[str, ServiceItem]
    elements: dict[str, Element]
    digest: str

    def department_of(self, item: ServiceItem) -> Department:
        """The department that owns ``item``."""
        return self.departments[item.department]

    def items_of(self, department: str) -> list[ServiceItem]:
        """The active items of a department, in the order of their ids."""
        return [
            i for _, i in sorted(self.items.items())
            if i.department == department and i.status is Status.active
        ]
