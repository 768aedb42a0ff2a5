"""Housing fund (公积金中心): a sign-in with a session, then one door, a form in GB18030, an envelope with
return codes in JSON."""

from __future__ import annotations

import hmac
import json
from typing import Any, Optional
from urllib.parse import parse_qsl

from simulators.accounts import ACCOUNTS, Account, password
from simulators.department import Department, Request, Response
from simulators.forms import Field, Matter, coded, first_problem
from simulators.proofs import Session, Stranger
from simulators.store import Case, Clock, NewCase, Store

CHARSET = "gb18030"

_PERSON = (Field("xm", "name"), Field("zjhm", "id"), Field("sjhm", "mobile"))
_CARD = Field("yhkh", "card")
_REFUSALS = {
    "missing": ("1001", "必输项为空"), "id": ("1002", "证件号码有误"),
    "mobile": ("1003", "手机号码有误"), "card": ("1004", "银行卡号有误"),
    "same": ("1005", "配偶与申请人相同"), "amount": ("1006", "金额有误"),
    "day": ("1007", "日期有误"), "past": ("1007", "日期晚于今天"), "code": ("1008", "代码有误"),
}
_OTHER_REFUSAL = ("1009", "内容有误")


class _Problem(Exception):
    def __init__(self, code: str, message: str, field: str = "") -> None:
        super().__init__(code)
        self.code, self.message, self.field = code, message, field


class HousingFund(Department):
    """The housing fund centre's system."""

    name = "housing-fund"
    title = "住房公积金业务系统"
    protocol = "表单报文，GB18030 编码，返回码信封，登录会话"
    prefix = "GJJ"
    matters = {
        "TQ01": Matter("购房提取住房公积金", (
            *_PERSON, Field("htbh"), Field("gfzj", "amount"), Field("qdrq", "past"), _CARD,
        )),
        "TQ05": Matter("离退休提取住房公积金", (*_PERSON, Field("txrq", "past"), _CARD)),
        "TQ06": Matter("租房提取住房公积金", (
            *_PERSON, coded("hyzk", "10 20 30 40", optional=True),
            Field("pozjhm", "id", when=("hyzk", "20"), unlike="zjhm"),
            Field("zfcs", optional=True), Field("yzj", "amount"), _CARD,
        )),
        "ZY01": Matter("住房公积金异地转移接续", (
            *_PERSON, Field("zccs"), Field("yzhh", optional=True),
        )),
        "CX01": Matter(
            "住房公积金账户查询", (Field("xm"), Field("zjhm", "id"), Field("cxmm")), "query",
        ),
    }
    statuses = {
        "A0": "已登记", "A1": "已受理", "B1": "审核中", "B2": "待补件", "C1": "审核通过",
        "C9": "审核不通过", "D1": "已撤回", "D9": "不予受理",
    }
    course = ("A0", "A1", "B1", "C1")
    gone = "D1"
    final = frozenset({"C1", "C9", "D9"})
    waiting, resumed = "B2", "B1"
    notes = {"B2": "请补充说明：提取或转移的缘由，一两句话就行。", "C9": "不符合提取或转移的条件。"}

    def __init__(self, store: Store, secret: str, passwords: str, clock: Clock) -> None:
        super().__init__(store, clock)
        self.proof = Session(secret, clock, "/gjj/login.do", "GJJSESSION")
        self._passwords = passwords

    def busy(self) -> Response:
        return _answer("9001", "系统忙")

    def sign_in(self, request: Request) -> Optional[Response]:
        return self.proof.sign_in(request)

    def business(self, request: Request) -> Response:
        doors = {
            "3001": self._submit, "3002": self._show, "3003": self._withdraw, "1001": self._query,
            "3004": self._supplement,
        }
        if (request.method, request.path) != ("POST", "/gjj/gateway.do"):
            return Response(404, b"Not Found", "text/plain")
        try:
            self.proof.check(request)
            told = _read(request)
            if told.get("tranCode") not in doors:
                raise _Problem("9002", "交易码不存在")
            if told.get("ywlx") not in self.matters:
                raise _Problem("9004", "业务类型不存在")
            return _answer("0000", "交易成功", data=doors[told["tranCode"]](told))
        except _Problem as problem:
            return _answer(problem.code, problem.message, field=problem.field)
        except Stranger as stranger:
            return _answer("9003", str(stranger))

    def _submit(self, told: dict[str, str]) -> dict[str, str]:
        matter = self.matters[told["ywlx"]]
        if matter.way != "submit":
            raise _Problem("9004", "业务类型不支持登记")
        problem = first_problem((Field("lsh"), Field("wbbh"), *matter.fields), told, self.today)
        if problem:
            raise _Problem(*_REFUSALS.get(problem.kind, _OTHER_REFUSAL), problem.field)
        case, new = self.store.add(NewCase(
            key=told["lsh"], receipt=told["wbbh"], item=told["ywlx"], status="A0",
            fields=matter.kept(told), person=told["zjhm"],
        ))
        if not new:
            raise _Problem("3009", "流水号重复")
        return self._described(case)

    def _show(self, told: dict[str, str]) -> dict[str, str]:
        return self._described(self._known(told))

    def _withdraw(self, told: dict[str, str]) -> dict[str, str]:
        case = self._known(told)
        if case.status in self.final:
            raise _Problem("4005", "已办结，不可撤回")
        if case.status != self.gone:
            self.store.move(case.reference, self.gone)
        return self._described(self._known(told))

    def _supplement(self, told: dict[str, str]) -> dict[str, str]:
        case = self._known(told)
        if not told.get("bjsm"):
            raise _Problem("1001", "必输项为空", "bjsm")
        if not self.supplemented(case, told.get("lsh", "")):
            raise _Problem("4006", "业务不在补件阶段")
        return self._described(self._known(told))

    def _known(self, told: dict[str, str]) -> Case:
        case = self.find(told.get("wbbh", ""), told.get("slbh", ""))
        if case is None:
            raise _Problem("4004", "业务不存在")
        return case

    def _described(self, case: Case) -> dict[str, str]:
        return {"slbh": case.reference, "wbbh": case.receipt, "ywzt": case.status, "shyj": self.note(case)}

    def _query(self, told: dict[str, str]) -> dict[str, str]:
        """The balance. Who is not known and whose name differs get the same code: no hint."""
        account = self._account(told)
        wanted = password(self._passwords, account)
        if not hmac.compare_digest(wanted.encode(), told.get("cxmm", "").encode()):
            raise _Problem("2002", "查询密码不正确", "cxmm")
        return {
            "grzh": account.number, "zhzt": account.state, "zhye": account.balance,
            "yjce": account.monthly, "jzrq": account.paid_to, "dwmc": account.employer,
        }

    def _account(self, told: dict[str, str]) -> Account:
        for account in ACCOUNTS:
            if (account.id_number, account.name) == (told.get("zjhm"), told.get("xm")):
                return account
        raise _Problem("2001", "未查到账户", "zjhm")


def _read(request: Request) -> dict[str, str]:
    try:
        pairs = parse_qsl(
            request.body.decode("ascii"), keep_blank_values=True, strict_parsing=True,
            encoding=CHARSET, errors="strict", max_num_fields=100,
        )
    except ValueError:
        raise _Problem("1000", "报文有误") from None
    return dict(pairs)


def _answer(
    code: str, message: str, *, data: Optional[dict[str, str]] = None, field: str = ""
) -> Response:
    """Whatever happened, HTTP says 200; the return code tells."""
    envelope: dict[str, Any] = {"retCode": code, "retMsg": message, "data": data}
    if field:
        envelope["retField"] = field
    text = json.dumps(envelope, ensure_ascii=False).encode(CHARSET)
    return Response(200, text, f"application/json;charset={CHARSET.upper()}")
