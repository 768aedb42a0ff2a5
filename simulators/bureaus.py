"""The thirteen departments that work with the city's shared acceptance platform. Data only."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from simulators.appointments import Diary
from simulators.estates import search
from simulators.forms import Field, Matter, coded

SEES_NOBODY = Diary({})


@dataclasses.dataclass(frozen=True)
class Bureau:
    """One department. ``prefix`` begins its case numbers; ``diary`` is when it sees people; ``key`` is the name of
    its key in the secrets file, where that is not the usual one."""

    name: str
    title: str
    prefix: str
    matters: Mapping[str, Matter]
    diary: Diary = SEES_NOBODY
    key: str = ""

    @property
    def secret(self) -> str:
        """The name of its key in the secrets file."""
        return self.key or f"{self.name}-key"


def _places(counter: str) -> dict[str, str]:
    return {"01": f"市民服务中心{counter}", "02": f"城东便民服务中心{counter}"}


_NAME, _CERT, _MOBILE = (
    Field("person.name", "name"), Field("person.certNo", "id"), Field("person.mobile", "mobile"),
)
_PERSON = (_NAME, _CERT, _MOBILE)
_HOME = Field("form.address")
_AGENT = (
    coded("agent.relation", "0 1 2", optional=True), coded("agent.basis", "1 2 3 4", when=("agent.relation", "1 2")),
    Field("agent.name", "name", when=("agent.relation", "1 2")),
    Field("agent.certNo", "id", when=("agent.relation", "1 2")),
)
"""Who acts for the applicant, where somebody does."""
_HOUSEHOLD = (Field("form.householdSize", "count"), Field("form.monthlyIncome", "income"))
_PAYOUT = (coded("form.payout", "1 2"), Field("form.bankCard", "card", when=("form.payout", "2")))
_VISIT = (coded("window", "01 02"), Field("slotNo"))

MEDICAL_INSURANCE = Bureau("medical-insurance", "医疗保障经办系统", "YB", {
    "YB0101": Matter("城乡居民基本医疗保险参保登记", (
        coded("form.insured", "1 2"), *_PERSON,
        Field("form.childName", "name", when=("form.insured", "2")),
        Field("form.childCertNo", "id", when=("form.insured", "2"), unlike="person.certNo"),
        coded("form.ground", "01 02 03"), _HOME,
    )),
    "YB0301": Matter("跨省异地就医备案", (
        *_PERSON, coded("form.filing", "11 12 21 22"), Field("form.city"),
        coded("form.proof", "1 2 9", when=("form.filing", "11 12")),
        Field("form.hospital", when=("form.filing", "21")), Field("form.startDate", "day"),
    )),
})

TAXATION = Bureau("taxation", "税务办理系统", "SW", {
    "SW0501": Matter("开具个人完税证明", (
        *_PERSON, coded("form.taxKind", "10 90"), Field("form.periodFrom", "month"),
        Field("form.periodTo", "month", since="form.periodFrom"),
    )),
})

CIVIL_AFFAIRS = Bureau("civil-affairs", "民政业务系统", "MZ", {
    "MZ0101": Matter("最低生活保障申请", (
        *_PERSON, _HOME, *_HOUSEHOLD, coded("form.hardship", "01 02 03 04 99"),
        Field("form.remark", optional=True),
    )),
    "MZ0102": Matter("残疾人两项补贴申领", (*_PERSON, _HOME, coded("form.allowance", "1 2 3"), *_PAYOUT)),
    "MZ0103": Matter("高龄津贴申领", (*_PERSON, _HOME, *_PAYOUT)),
    "MZ0201": Matter("结婚登记（预约）", (
        *_PERSON, Field("form.partnerName", "name"),
        Field("form.partnerCertNo", "id", unlike="person.certNo"), *_VISIT,
    ), "book"),
    "MZ0202": Matter("离婚登记（预约）", (
        *_PERSON, Field("form.spouseName", "name"), coded("form.visit", "1 2"),
        coded("form.certificates", "2 1 0", when=("form.visit", "1")), *_VISIT,
    ), "book"),
}, Diary(_places("婚姻登记处"), quota=3))

COMPANY = "SJ0101"
"""The matter that gives a new company its code."""
MARKET_REGULATION = Bureau("market-regulation", "市场监管业务系统", "SJ", {
    COMPANY: Matter("公司设立登记", (
        *_PERSON, Field("form.companyName"), Field("form.capital", "amount"),
        Field("form.shareholders"), _HOME, Field("form.scope"),
    )),
    "SJ0102": Matter("个体工商户设立登记", (
        *_PERSON, coded("form.mode", "1 2"), Field("form.family", when=("form.mode", "2")),
        Field("form.shopName", optional=True), coded("form.trade", "01 02 03 04 99"), _HOME,
    )),
    "SJ0201": Matter("食品经营许可新办", (
        Field("form.companyName"), Field("form.creditCode", "credit"), _NAME, _MOBILE,
        coded("form.business", "1 2 3"), Field("form.products"), _HOME,
    )),
    "SJ0301": Matter("消费者投诉举报", (
        *_PERSON, Field("form.postAddress"), coded("form.kind", "1 2 3"), Field("form.merchant"),
        coded("form.request", "01 02 03 04 99", when=("form.kind", "1 3")),
        Field("form.description"),
    )),
})

NATURAL_RESOURCES = Bureau("natural-resources", "不动产登记系统", "BD", {
    "BD0201": Matter("不动产转移登记（预约）", (
        *_PERSON, coded("form.reason", "01 02 03 04 05 99"), Field("form.location"), *_VISIT,
    ), "book"),
    "BD0901": Matter("不动产登记信息查询", (
        _NAME, _CERT, coded("form.purpose", "01 02 03 04 99"), coded("form.scope", "1 2"),
        Field("form.certificate", when=("form.scope", "1")),
    ), "query", search),
}, Diary(_places("不动产登记窗口"), quota=4))

EDUCATION = Bureau("education", "义务教育招生系统", "JY", {
    "JY0101": Matter("义务教育入学报名", (
        *_PERSON, Field("form.childName", "name"),
        Field("form.childCertNo", "id", unlike="person.certNo"), coded("form.grade", "1 7"),
        coded("form.ground", "1 2 3"), _HOME,
    )),
})

HEALTH = Bureau("health", "卫生健康业务系统", "WJ", {
    "WJ0101": Matter("生育登记", (
        *_PERSON, Field("form.birthDate", "day"), coded("form.birthOrder", "1 2 3 4"),
        Field("form.otherCertNo", "id", optional=True, unlike="person.certNo"), _HOME,
    )),
})

HOUSING_CONSTRUCTION = Bureau("housing-construction", "住房保障系统", "ZJ", {
    "ZJ0101": Matter("公共租赁住房申请", (
        *_PERSON, coded("form.ground", "1 2 3"), coded("form.marital", "10 20 30 40"),
        Field("form.spouseCertNo", "id", when=("form.marital", "20"), unlike="person.certNo"),
        *_HOUSEHOLD,
    )),
})

TRANSPORT = Bureau("transport", "公共交通卡务系统", "JT", {
    "JT0101": Matter("老年人乘车优待卡办理", (
        *_PERSON, coded("form.cardForm", "1 2"),
        coded("form.delivery", "1 2", when=("form.cardForm", "2")),
        Field("form.postAddress", when=("form.delivery", "2")),
        coded("window", "01 02", when=("form.delivery", "1")),
    )),
})

VETERANS = Bureau("veterans", "退役军人事务系统", "TY", {
    "TY0101": Matter("退役军人优待证申领", (
        coded("form.identity", "1 2 3 4"), *_PERSON, _HOME, coded("form.onFile", "1 0 9"),
        coded("form.bank", "102 103 104 105 403"),
    )),
})

JUSTICE = Bureau("justice", "公共法律服务系统", "SF", {
    "SF0101": Matter("法律援助申请", (
        coded("form.aidMatter", "01 02 03 04 99"), Field("form.description"),
        coded("form.hardship", "1 2 3 4 9"), coded("form.deadline", "1 2"), *_PERSON,
    )),
    "SF0201": Matter("公证（预约）", (
        coded("form.deedKind", "01 02 03 04 99"), coded("form.applicant", "1 2"),
        Field("form.companyName", when=("form.applicant", "2")), *_PERSON, *_VISIT,
    ), "book"),
}, Diary(_places("公证窗口"), quota=1, minutes=60))

DISABLED_PERSONS = Bureau("disabled-persons", "残疾人证管理系统", "CL", {
    "CL0101": Matter("残疾人证新办", (
        *_PERSON, _HOME, coded("form.disability", "1 2 3 4 5 6 7"),
        Field("form.guardianName", "name", optional=True), coded("form.assessment", "1 2"),
        coded("form.delivery", "1 2"), *_AGENT,
    )),
}, key="disabled-persons-certificate")

DATA_ADMINISTRATION = Bureau("data-administration", "政务服务热线和数据开放系统", "ZS", {
    "ZS0101": Matter("12345 诉求", (
        coded("form.kind", "1 2 3 4 5 6 9"), Field("form.description"),
        Field("form.place", optional=True), _NAME, _MOBILE, coded("form.confidential", "0 1"),
        Field("form.companyName", optional=True),
    )),
    "ZS0201": Matter("公共数据开放申请", (
        coded("form.applicant", "1 2"), Field("person.certNo", "id", when=("form.applicant", "1")),
        Field("form.creditCode", "credit", when=("form.applicant", "2")), _NAME, _MOBILE,
        Field("form.dataName"), Field("form.purpose"), coded("form.supply", "1 2"),
    )),
})

BUREAUS = (
    MEDICAL_INSURANCE, TAXATION, CIVIL_AFFAIRS, MARKET_REGULATION, NATURAL_RESOURCES, EDUCATION,
    HEALTH, HOUSING_CONSTRUCTION, TRANSPORT, VETERANS, JUSTICE, DISABLED_PERSONS,
    DATA_ADMINISTRATION,
)
