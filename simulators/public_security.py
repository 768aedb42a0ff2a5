"""Public security (公安局): JSON, each request signed with HMAC-SHA256, appointments at windows."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any, Optional
from urllib.parse import parse_qs, urlsplit

from simulators.appointments import Diary
from simulators.department import Department, Request, Response, leaves
from simulators.forms import Field, Matter, coded, first_problem
from simulators.numbers import id_number
from simulators.store import Case, Clock, NewCase, SlotFull, SlotTwice, Store

APP_ID = "yiwen-gateway"
ALLOWED_SECONDS = 300
DIARY = Diary({"W01": "市民服务中心", "W02": "城东便民服务中心"})

_NEWBORN = "HZ-0201"
_PERSON = (
    Field("applicant.name", "name"), Field("applicant.idNo", "id"),
    Field("applicant.mobile", "mobile"),
)
_WINDOW = coded("windowCode", "W01 W02")
_VISIT = (_WINDOW, Field("slotId"))
_DELIVERY = (
    coded("delivery.mode", "1 2"),
    Field("delivery.address", when=("delivery.mode", "2")),
    coded("windowCode", "W01 W02", optional=True),
)
_LICENCE = coded("licence.vehicleClass", "C1 C2 AB DEF QT")
_REFUSALS = {
    "missing": ("E1001", "必填项缺失"), "name": ("E1001", "姓名长度不正确"),
    "id": ("E1002", "公民身份号码校验不通过"), "same": ("E1008", "两人的公民身份号码相同"),
    "mobile": ("E1004", "手机号码格式不正确"), "code": ("E1005", "代码不存在"),
    "day": ("E1006", "日期格式不正确"), "past": ("E1006", "日期晚于今天"),
}
_OTHER_REFUSAL = ("E1007", "内容不正确")


def _for(whom: str) -> tuple[Field, ...]:
    """An appointment for the applicant (code 1), or for a child (2)."""
    return (
        coded(whom, "1 2"), *_PERSON, Field("child.name", "name", when=(whom, "2")),
        Field("child.idNo", "id", when=(whom, "2"), unlike="applicant.idNo"), *_VISIT,
    )


class _Problem(Exception):
    def __init__(self, status: int, code: str, message: str, field: str = "") -> None:
        super().__init__(code)
        self.status, self.code, self.message, self.field = status, code, message, field


class PublicSecurity(Department):
    """The public security bureau's system."""

    name = "public-security"
    title = "公安局业务系统"
    protocol = "JSON 报文，HMAC-SHA256 签名"
    prefix = "GA"
    matters = {
        "HZ-0101": Matter("居民身份证首次申领（预约）", _for("holder"), "book"),
        "HZ-0102": Matter("居民身份证有效期满换领（预约）", (*_PERSON, *_VISIT), "book"),
        "HZ-0103": Matter("居民身份证丢失补领", (
            *_PERSON, Field("lost.date", "past"), Field("lost.place", optional=True), *_DELIVERY,
        )),
        _NEWBORN: Matter("新生儿出生登记", (
            *_PERSON, Field("child.name", "name"), Field("child.birthDate", "past"),
            Field("child.birthCertNo"), coded("household.follow", "1 2"), _WINDOW,
        )),
        "HZ-0202": Matter("户口迁移", (
            *_PERSON, coded("household.from", "1 2"), coded("household.ground", "01 02 03 04 05"),
            Field(
                "household.relativeIdNo", "id", when=("household.ground", "04"),
                unlike="applicant.idNo",
            ),
            Field("household.address"), _WINDOW,
        )),
        "HZ-0301": Matter("居住证申领", (
            *_PERSON, Field("residence.address"), Field("residence.since", "past"),
            coded("residence.ground", "01 02 03"), coded("windowCode", "W01 W02", optional=True),
        )),
        "JG-0204": Matter("驾驶证期满换证", (
            *_PERSON, Field("licence.hospital"), _LICENCE, *_DELIVERY,
        )),
        "JG-0205": Matter("驾驶证遗失补证", (
            *_PERSON, _LICENCE, Field("lost.date", "past", optional=True), *_DELIVERY,
        )),
        "CR-0101": Matter("普通护照签发（预约）", _for("traveller"), "book"),
        "CR-0102": Matter("往来港澳通行证及签注签发（预约）", _for("traveller"), "book"),
        "ZM-0101": Matter("开具无犯罪记录证明", (
            *_PERSON, coded("record.use", "01 02 03 99"), Field("record.receiver", optional=True),
            *_DELIVERY,
        )),
    }
    statuses = {
        "RECEIVED": "已收件", "BOOKED": "已预约", "ACCEPTED": "已受理", "PROCESSING": "办理中",
        "SUPPLEMENT": "待补正", "APPROVED": "已办结", "REJECTED": "不予办理", "DENIED": "不予受理",
        "REVOKED": "已撤回",
    }
    course = ("RECEIVED", "ACCEPTED", "PROCESSING", "APPROVED")
    gone = "REVOKED"
    final = frozenset({"APPROVED", "REJECTED", "DENIED"})
    waiting, resumed = "SUPPLEMENT", "PROCESSING"
    notes = {
        "SUPPLEMENT": "请说明情况：证件是怎么丢的或原来那本在哪里，一两句话就行。",
        "REJECTED": "核查的情况与申请不一致。",
    }

    def __init__(self, store: Store, secret: str, clock: Clock) -> None:
        super().__init__(store, clock)
        self._secret = secret

    def busy(self) -> Response:
        return _answer(503, "E5001", "系统繁忙", after=2)

    def business(self, request: Request) -> Response:
        doors = {
            ("POST", "/api/v1/applications"): self._submit,
            ("POST", "/api/v1/appointments"): self._submit,
            ("POST", "/api/v1/slots"): self._slots,
            ("POST", "/api/v1/cases/revoke"): self._revoke,
            ("POST", "/api/v1/cases/supplement"): self._supplement,
            ("GET", "/api/v1/cases"): self._show,
        }
        door = doors.get((request.method, request.path))
        if door is None:
            return _answer(404, "E0404", "无此接口")
        try:
            self._check_signature(request)
            return _answer(200, "0", "成功", data=door(_arguments(request)))
        except _Problem as problem:
            return _answer(problem.status, problem.code, problem.message, field=problem.field)

    def _check_signature(self, request: Request) -> None:
        """The caller's name, the clock, the signature, and only then whether it is a replay."""
        stamp, nonce = request.headers.get("x-timestamp", ""), request.headers.get("x-nonce", "")
        if request.headers.get("x-app-id") != APP_ID or not (stamp.isascii() and stamp.isdigit()):
            raise _Problem(401, "E4001", "签名无效")
        now = int(self.clock().timestamp())
        if len(stamp) > 12 or abs(now - int(stamp)) > ALLOWED_SECONDS:
            raise _Problem(401, "E4002", "时间戳超出允许范围")
        digest = hashlib.sha256(request.body).hexdigest()
        text = "\n".join((request.method, request.target, stamp, nonce, digest))
        wanted = hmac.new(self._secret.encode(), text.encode(), hashlib.sha256).hexdigest()
        if not hmac.compare_digest(wanted.encode(), request.headers.get("x-signature", "").encode()):
            raise _Problem(401, "E4001", "签名无效")
        if len(nonce) < 16 or not self.store.is_fresh(nonce, int(stamp), now - ALLOWED_SECONDS):
            raise _Problem(401, "E4003", "请求重复")

    def _submit(self, told: dict[str, str]) -> dict[str, Any]:
        matter = self._matter(told)
        self._check_form(matter, told)
        slot = told.get("slotId", "") if matter.way == "book" else ""
        if slot and slot not in DIARY.offered(self.clock(), told["windowCode"]):
            raise _Problem(409, "E3002", "时段不存在或已过期")
        new = NewCase(
            key=told["idempotencyKey"], receipt=told["outerNo"], item=told["bizType"],
            status="BOOKED" if slot else "RECEIVED", fields=matter.kept(told),
            person=told["applicant.idNo"], slot=slot,
        )
        try:
            case, _ = self.store.add(new, quota=DIARY.quota, gone=self.gone)
        except SlotFull:
            raise _Problem(409, "E3001", "该时段已约满") from None
        except SlotTwice:
            raise _Problem(409, "E3003", "同一时段不可重复预约") from None
        return self._described(case)

    def _matter(self, told: dict[str, str]) -> Matter:
        matter = self.matters.get(told.get("bizType", ""))
        if matter is None:
            raise _Problem(400, "E1003", "业务类型不存在")
        return matter

    def _check_form(self, matter: Matter, told: dict[str, str]) -> None:
        wanted = (Field("outerNo"), Field("idempotencyKey"), *matter.fields)
        problem = first_problem(wanted, told, self.today)
        if problem:
            code, message = _REFUSALS.get(problem.kind, _OTHER_REFUSAL)
            raise _Problem(422, code, message, problem.field)

    def _slots(self, told: dict[str, str]) -> dict[str, Any]:
        self._matter(told)
        taken = self.store.taken(self.gone)
        return {"slots": [
            {
                "slotId": slot.id, "windowName": DIARY.windows[slot.window],
                "beginTime": slot.starts.isoformat(timespec="minutes"),
                "endTime": slot.ends.isoformat(timespec="minutes"), "remain": left,
            }
            for slot, left in DIARY.free(self.clock(), told.get("windowCode", ""), taken)
        ]}

    def _show(self, told: dict[str, str]) -> dict[str, Any]:
        return self._described(self._known(told))

    def _revoke(self, told: dict[str, str]) -> dict[str, Any]:
        case = self._known(told)
        if case.status in self.final:
            raise _Problem(409, "E2002", "已办结，不能撤回")
        if case.status != self.gone:
            self.store.move(case.reference, self.gone)
        return self._described(self._known(told))

    def _supplement(self, told: dict[str, str]) -> dict[str, Any]:
        case = self._known(told)
        if not told.get("supplement.text"):
            raise _Problem(422, "E1001", "必填项缺失", "supplement.text")
        if not self.supplemented(case, told["idempotencyKey"]):
            raise _Problem(409, "E2003", "办件不在补正阶段")
        return self._described(self._known(told))

    def _known(self, told: dict[str, str]) -> Case:
        case = self.find(told.get("outerNo", ""), told.get("caseNo", ""))
        if case is None:
            raise _Problem(404, "E2001", "办件不存在")
        return case

    def _described(self, case: Case) -> dict[str, Any]:
        told: dict[str, Any] = {
            "caseNo": case.reference, "outerNo": case.receipt, "state": case.status, "opinion": self.note(case),
        }
        if case.item == _NEWBORN and case.status == "APPROVED":
            told["result"] = {"idNo": id_number(case.fields["child.birthDate"], int(case.reference[-6:]))}
        return told


def _arguments(request: Request) -> dict[str, str]:
    """What the caller said, nested names joined by dots; the key comes in a header."""
    if request.method == "GET":
        told = {k: v[0] for k, v in parse_qs(urlsplit(request.target).query).items()}
    else:
        try:
            told = leaves(request.body)
        except ValueError:
            raise _Problem(400, "E1000", "报文不是 JSON") from None
    told["idempotencyKey"] = request.headers.get("idempotency-key", "")
    return told


def _answer(
    status: int, code: str, message: str, *, data: Optional[dict[str, Any]] = None,
    field: str = "", after: int = 0,
) -> Response:
    body: dict[str, Any] = {"code": code, "message": message}
    if data is not None:
        body["data"] = data
    if field:
        body["field"] = field
    headers = {"Retry-After": str(after)} if after else {}
    text = json.dumps(body, ensure_ascii=False).encode()
    return Response(status, text, "application/json; charset=utf-8", headers)
