"""Human resources (人社局): SOAP 1.1 in GBK, fields named by the trade's own codes."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from xml.etree import ElementTree as Xml

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from simulators.department import Department, Request, Response
from simulators.forms import Field, Matter, coded, first_problem
from simulators.store import Case, Clock, NewCase, Store

CHARSET = "gbk"
NAMESPACE = "urn:sample:human-resources:biz"
ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"

_PERSON = (Field("AAC003", "name"), Field("AAC147", "id"), Field("AAE005", "mobile"))
_PAYOUT = (coded("AAE145", "1 2"), Field("AAE010", "card", when=("AAE145", "2")))
_REFUSALS = {
    "missing": ("-1002", "必填项缺失"), "id": ("-1001", "身份号码校验不通过"),
    "mobile": ("-1003", "联系电话格式不正确"), "past": ("-1004", "日期晚于今天"),
    "card": ("-1005", "银行账号格式不正确"), "order": ("-1006", "终止年月早于起始年月"),
    "amount": ("-1007", "金额不正确"), "code": ("-1008", "代码不存在"),
}
_OTHER_REFUSAL = ("-1009", "内容不正确")


class _Problem(Exception):
    """A result code of a business kind."""

    def __init__(self, code: str, message: str, item: str = "") -> None:
        super().__init__(code)
        self.code, self.message, self.item = code, message, item


class _Fault(Exception):
    """A SOAP fault."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code)
        self.code, self.message = code, message


class HumanResources(Department):
    """The human resources and social security bureau's system."""

    name = "human-resources"
    title = "人社局业务系统"
    protocol = "SOAP 1.1，GBK 编码"
    prefix = "RS"
    matters = {
        "SBK0101": Matter("社会保障卡申领", (
            *_PERSON, coded("AAE008", "102 103 105 402"), coded("BAZ101", "1 2"),
            Field("AAE006", when=("BAZ101", "2")),
            coded("BAE201", "3301 3302", when=("BAZ101", "1")),
        )),
        "SBK0102": Matter("社会保障卡挂失", (
            *_PERSON, Field("BAZ103", "past", optional=True), Field("BAZ102", optional=True),
        )),
        "SYBX0301": Matter("失业保险金申领", (
            *_PERSON, Field("AAB069"), Field("AAE031", "past"), coded("AAE160", "11 12 13 14 15"),
            *_PAYOUT,
        )),
        "SYBX0402": Matter("职业技能提升补贴申领", (
            *_PERSON, Field("BHC101"), coded("BHC102", "5 4 3"), Field("BHC103", "past"), *_PAYOUT,
        )),
        "YLBX0501": Matter("企业职工基本养老保险关系转移接续", (
            *_PERSON, Field("BAB301"), coded("BAC302", "1 2 3"), coded("BAC303", "1 3"),
            Field("AAB004", when=("BAC303", "1")),
        )),
        "YLBX0601": Matter("养老保险待遇领取资格认证", (
            *_PERSON, coded("BAC601", "1 2"), coded("BAC602", "1 2"), Field("BAC006"),
        )),
        "CBDJ0201": Matter("灵活就业人员参保登记", (
            *_PERSON, coded("BAC401", "1 2 3 4"), Field("BAB010", "credit", when=("BAC401", "3")),
            Field("BAC006"),
        )),
        "ZMDY0101": Matter("社会保险个人缴费证明打印", (
            *_PERSON, coded("AAE140", "000 110 210 410"), Field("AAE041", "month"),
            Field("AAE042", "month", since="AAE041"),
        )),
        "LDJC0101": Matter("欠薪投诉举报", (
            *_PERSON, Field("AAB004"), Field("BLD101"), Field("BLD102", "past"),
            Field("BLD103", "amount"), Field("AAE013"),
        )),
    }
    statuses = {
        "00": "已接收", "10": "已受理", "20": "审核中", "30": "待补正", "80": "办结（准予）",
        "81": "办结（不予）", "90": "已撤销", "91": "不予受理",
    }
    course = ("00", "10", "20", "80")
    gone = "90"
    final = frozenset({"80", "81", "91"})
    waiting, resumed = "30", "20"
    notes = {
        "30": "请补充说明：参保或离职的情况，一两句话就行。", "81": "不符合规定的条件。",
    }

    def __init__(self, store: Store, secret: str, clock: Clock) -> None:
        super().__init__(store, clock)
        self._secret = secret

    def busy(self) -> Response:
        return _fault("Server.Busy", "系统繁忙，请稍后再试")

    def business(self, request: Request) -> Response:
        doors = {
            "SubmitBiz": self._submit, "QueryBiz": self._show, "RevokeBiz": self._revoke,
            "AppendBiz": self._append,
        }
        if (request.method, request.path) != ("POST", "/services/BizService"):
            return Response(404, b"", "text/plain")
        action = ""
        try:
            self._check_token(request)
            action, told = _read(request)
            if action not in doors:
                raise _Fault("Client", "无此操作")
            case = doors[action](told)
        except _Fault as fault:
            return _fault(fault.code, fault.message)
        except _Problem as problem:
            return _result(action, problem.code, problem.message, item=problem.item)
        return _result(action, "0", "成功", AcceptNo=case.reference, Step=case.status, Opinion=self.note(case))

    def _check_token(self, request: Request) -> None:
        given = request.headers.get("x-si-token", "")
        if not hmac.compare_digest(given.encode(), self._secret.encode()):
            raise _Fault("Client.Authentication", "令牌无效")

    def _submit(self, told: dict[str, str]) -> Case:
        matter = self.matters.get(told.get("BizCode", ""))
        if matter is None:
            raise _Fault("Client", "业务编码不存在")
        problem = first_problem((Field("ReqId"), Field("OuterNo"), *matter.fields), told, self.today)
        if problem:
            raise _Problem(*_REFUSALS.get(problem.kind, _OTHER_REFUSAL), problem.field)
        case, _ = self.store.add(NewCase(
            key=told["ReqId"], receipt=told["OuterNo"], item=told["BizCode"], status="00",
            fields=matter.kept(told), person=told["AAC147"],
        ))
        return case

    def _show(self, told: dict[str, str]) -> Case:
        case = self.find(told.get("OuterNo", ""), told.get("AcceptNo", ""))
        if case is None:
            raise _Problem("-2001", "无此业务")
        return case

    def _revoke(self, told: dict[str, str]) -> Case:
        case = self._show(told)
        if case.status in self.final:
            raise _Problem("-2002", "业务已办结，不能撤销")
        if case.status != self.gone:
            self.store.move(case.reference, self.gone)
        return self._show(told)

    def _append(self, told: dict[str, str]) -> Case:
        case = self._show(told)
        if not told.get("AppendNote"):
            raise _Problem("-1002", "必填项缺失", "AppendNote")
        if not self.supplemented(case, told.get("ReqId", "")):
            raise _Problem("-2003", "业务不在补正阶段")
        return self._show(told)


def _read(request: Request) -> tuple[str, dict[str, str]]:
    """Action and leaves of a request; the same leaf twice is refused by keeping to one name each."""
    try:
        envelope = fromstring(request.body.decode(CHARSET), forbid_dtd=True)
    except (ValueError, ParseError, DefusedXmlException):
        raise _Fault("Client", "报文不是 GBK 编码的 XML") from None
    body = envelope.find(f"{{{ENVELOPE}}}Body")
    if body is None or len(body) != 1 or not body[0].tag.startswith(f"{{{NAMESPACE}}}"):
        raise _Fault("Client", "报文没有操作")
    action = _local(body[0].tag)
    if request.headers.get("soapaction", "").strip('"') != f"{NAMESPACE}/{action}":
        raise _Fault("Client", "SOAPAction 与报文不一致")
    return action, {_local(e.tag): e.text or "" for e in body[0].iter() if len(e) == 0}


def _local(tag: str) -> str:
    return tag.rsplit("}", 1)[-1]


def _result(action: str, code: str, message: str, *, item: str = "", **parts: str) -> Response:
    result = {"Code": code, "Msg": message, **({"Item": item} if item else {})}
    return _envelope(200, f"{{{NAMESPACE}}}{action}Response", {"Result": result, **parts})


def _fault(code: str, message: str) -> Response:
    """SOAP 1.1 wants HTTP 500 for every fault (section 6.2)."""
    return _envelope(
        500, f"{{{ENVELOPE}}}Fault", {"faultcode": f"soap:{code}", "faultstring": message}
    )


def _envelope(status: int, tag: str, parts: Mapping[str, object]) -> Response:
    envelope = Xml.Element(f"{{{ENVELOPE}}}Envelope")
    top = Xml.SubElement(Xml.SubElement(envelope, f"{{{ENVELOPE}}}Body"), tag)
    for name, value in parts.items():
        child = Xml.SubElement(top, name)
        if isinstance(value, Mapping):
            for inner, text in value.items():
                Xml.SubElement(child, str(inner)).text = str(text)
        else:
            child.text = str(value)
    text = f'<?xml version="1.0" encoding="{CHARSET}"?>' + Xml.tostring(envelope, encoding="unicode")
    return Response(status, text.encode(CHARSET), f"text/xml; charset={CHARSET}")
