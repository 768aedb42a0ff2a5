"""The enumerations of the catalogue, by name; each value's label is the standard's Chinese term.

After GB/T 39554-2020 (政务服务事项实施清单). Foreign codes are mapped at import
(``gateway.catalogue.importing.codes``).
"""

from __future__ import annotations

from enum import Enum


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


class Assurance(Labelled):
    """How sure we must be who it is before an application or query begins. Consulting needs nothing."""

    none = "none", "不用登录"
    basic = "basic", "登录"
    real_name = "real_name", "实名登录"


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
    month = "month", "月份"
    choice = "choice", "选择"
    amount = "amount", "金额"
    integer = "integer", "整数"
    address = "address", "地址"
    bank_card = "bank_card", "银行卡号"
    email = "email", "电子邮箱"
    credit_code = "credit_code", "统一社会信用代码"
    secret = "secret", "口令"
    slot = "slot", "预约时段"
    attachment = "attachment", "附件"
