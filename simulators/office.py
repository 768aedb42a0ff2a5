"""One department on the city's shared acceptance platform (统一受理平台): JSON, a key in a header.

Thirteen departments run it, each with its own matters, key, case numbers and windows. It refuses
whatever it does not know: a name that no form has, another way than the matter's own.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable
from typing import Any, Optional

from simulators.bureaus import Bureau
from simulators.department import Department, Request, Response, leaves
from simulators.forms import Field, Matter, NoRecord, first_problem
from simulators.store import Case, Clock, NewCase, SlotFull, SlotTwice, Store

_OURS = frozenset({"matterCode", "outerNo", "caseNo", "requestNo", "supplement"})
_WAITING = "22"
_NOTES = {
    _WAITING: "请补一份情况说明：写明申请理由，一两句话就行。",
    "32": "材料与系统核对的情况不一致。",
}
"""What the reviewers of the platform write to a status."""
_ENVELOPE = (Field("outerNo"), Field("requestNo"))
_REFUSALS = {
    "missing": ("MISSING", "必填项为空"), "id": ("BAD_ID", "身份证号校验不通过"),
    "mobile": ("BAD_MOBILE", "手机号码有误"), "card": ("BAD_CARD", "银行卡号有误"),
    "day": ("BAD_DATE", "日期有误"), "past": ("BAD_DATE", "日期晚于今天"),
    "order": ("DATE_ORDER", "结束早于开始"), "same": ("SAME_PERSON", "两人身份证号相同"),
    "amount": ("BAD_AMOUNT", "金额有误"), "income": ("BAD_AMOUNT", "金额有误"),
}
_OTHER_REFUSAL = ("BAD_VALUE", "内容有误")


class _Problem(Exception):
    def __init__(self, code: str, message: str, field: str = "", status: int = 200) -> None:
        super().__init__(code)
        self.code, self.message, self.field, self.status = code, message, field, status


class Office(Department):
    """The platform as one department has it."""

    protocol = "JSON 报文，接口密钥"
    statuses = {
        "10": "已预约", "11": "已收件", "12": "已受理", "13": "不予受理", "21": "审查中",
        "22": "待补正", "31": "准予", "32": "不予", "41": "已撤回",
    }
    course = ("11", "12", "21", "31")
    gone = "41"
    final = frozenset({"13", "31", "32"})

    def __init__(self, bureau: Bureau, store: Store, key: str, clock: Clock) -> None:
        super().__init__(store, clock)
        self.name, self.title, self.prefix = bureau.name, bureau.title, bureau.prefix
        self.matters = bureau.matters
        self._diary = bureau.diary
        self._key = key

    def busy(self) -> Response:
        return _answer(429, "BUSY", "请求过多", after=1)

    def business(self, request: Request) -> Response:
        doors: dict[str, Callable[[Matter, dict[str, str]], dict[str, Any]]] = {
            "/platform/accept": self._submit, "/platform/book": self._book,
            "/platform/slots": self._slots, "/platform/query": self._query,
            "/platform/find": self._show, "/platform/revoke": self._revoke,
            "/platform/supplement": self._supplement,
        }
        door = doors.get(request.path)
        if request.method != "POST" or door is None:
            return _answer(404, "NO_DOOR", "无此接口")
        try:
            self._check_key(request)
            told = _read(request)
            return _answer(200, "OK", "成功", data=door(self._matter(told), told))
        except _Problem as problem:
            return _answer(problem.status, problem.code, problem.message, field=problem.field)

    def _check_key(self, request: Request) -> None:
        given = request.headers.get("x-api-key", "")
        if not hmac.compare_digest(given.encode(), self._key.encode()):
            raise _Problem("BAD_KEY", "接口密钥无效", status=401)

    def _matter(self, told: dict[str, str]) -> Matter:
        matter = self.matters.get(told.get("matterCode", ""))
        if matter is None:
            raise _Problem("NO_MATTER", "事项编码不存在", status=400)
        unknown = told.keys() - _OURS - {f.name for f in matter.fields}
        if unknown:
            raise _Problem("UNKNOWN_FIELD", "有多余的字段", sorted(unknown)[0], status=400)
        return matter

    def _submit(self, matter: Matter, told: dict[str, str]) -> dict[str, Any]:
        self._check_form(matter, told, "submit", _ENVELOPE)
        case, _ = self.store.add(self._new(matter, told, "11"))
        return _described(case)

    def _book(self, matter: Matter, told: dict[str, str]) -> dict[str, Any]:
        self._check_form(matter, told, "book", _ENVELOPE)
        slot = told["slotNo"]
        if slot not in self._diary.offered(self.clock(), told["window"]):
            raise _Problem("SLOT_GONE", "时段不存在或已过", "slotNo")
        try:
            new = self._new(matter, told, "10", slot)
            case, _ = self.store.add(new, quota=self._diary.quota, gone=self.gone)
        except SlotFull:
            raise _Problem("SLOT_FULL", "时段已约满", "slotNo") from None
        except SlotTwice:
            raise _Problem("SLOT_TWICE", "同一时段已有预约", "slotNo") from None
        return _described(case)

    def _new(self, matter: Matter, told: dict[str, str], status: str, slot: str = "") -> NewCase:
        return NewCase(
            key=told["requestNo"], receipt=told["outerNo"], item=told["matterCode"], status=status,
            fields=matter.kept(told), slot=slot,
            person=told.get("person.certNo") or told["person.mobile"],
        )

    def _check_form(
        self, matter: Matter, told: dict[str, str], way: str, envelope: tuple[Field, ...] = ()
    ) -> None:
        if matter.way != way:
            raise _Problem("WRONG_WAY", "事项不走这个接口", status=400)
        problem = first_problem((*envelope, *matter.fields), told, self.today)
        if problem:
            raise _Problem(*_REFUSALS.get(problem.kind, _OTHER_REFUSAL), problem.field)

    def _slots(self, matter: Matter, told: dict[str, str]) -> dict[str, Any]:
        free = self._diary.free(self.clock(), told.get("window", ""), self.store.taken(self.gone))
        return {"times": [
            {
                "slotNo": slot.id, "place": self._diary.windows[slot.window],
                "from": slot.starts.isoformat(timespec="minutes"),
                "to": slot.ends.isoformat(timespec="minutes"), "left": left,
            }
            for slot, left in free
        ]}

    def _query(self, matter: Matter, told: dict[str, str]) -> dict[str, Any]:
        self._check_form(matter, told, "query")
        if matter.find is None:
            raise _Problem("WRONG_WAY", "事项不走这个接口", status=400)
        try:
            return matter.find(told, self.clock())
        except NoRecord as nothing:
            raise _Problem("NO_RECORD", "未查到", nothing.field) from None

    def _show(self, matter: Matter, told: dict[str, str]) -> dict[str, Any]:
        return _described(self._known(told))

    def _revoke(self, matter: Matter, told: dict[str, str]) -> dict[str, Any]:
        case = self._known(told)
        if case.status in self.final:
            raise _Problem("CLOSED", "已办结，不能撤回")
        if case.status != self.gone:
            self.store.move(case.reference, self.gone)
        return _described(self._known(told))

    def _supplement(self, matter: Matter, told: dict[str, str]) -> dict[str, Any]:
        """What a person adds after 待补正; the same request again changes nothing."""
        case = self._known(told)
        if not told.get("supplement"):
            raise _Problem("MISSING", "补正内容为空", "supplement")
        if self.store.is_fresh(told.get("requestNo", ""), int(self.clock().timestamp()), 0):
            if case.status != _WAITING:
                raise _Problem("NOT_WAITING", "办件不在补正阶段")
            self.store.move(case.reference, "21")
        return _described(self._known(told))

    def _known(self, told: dict[str, str]) -> Case:
        case = self.find(told.get("outerNo", ""), told.get("caseNo", ""))
        if case is None:
            raise _Problem("NO_CASE", "办件不存在")
        return case


def _read(request: Request) -> dict[str, str]:
    try:
        return leaves(request.body)
    except ValueError:
        raise _Problem("BAD_BODY", "报文不是 JSON", status=400) from None


def _described(case: Case) -> dict[str, Any]:
    return {"caseNo": case.reference, "outerNo": case.receipt, "state": case.status,
            "note": _NOTES.get(case.status, "")}


def _answer(
    status: int, code: str, message: str, *, data: Optional[dict[str, Any]] = None,
    field: str = "", after: int = 0,
) -> Response:
    """A refusal is HTTP 200 with a code; other statuses are for callers that are wrong."""
    body = {"code": code, "message": message, "field": field, "data": data}
    headers = {"Retry-After": str(after)} if after else {}
    text = json.dumps(body, ensure_ascii=False).encode()
    return Response(status, text, "application/json; charset=utf-8", headers)
