"""Public security (公安局): JSON, each request signed with HMAC-SHA256, appointments at windows."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any, Optional
from urllib.parse import parse_qs, urlsplit

from simulators import appointments, rules
from simulators.department import Department, Request, Response
from simulators.store import Case, Clock, NewCase, SlotFull, SlotTwice, Store

APP_ID = "yiwen-gateway"
ALLOWED_SECONDS = 300
_PERSON = ("applicant.name", "applicant.idNo", "applicant.mobile")
_DELIVERED = (*_PERSON, "delivery.mode")


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
    items = {
        "HZ-0103": "居民身份证丢失补领",
        "HZ-0102": "居民身份证有效期满换领（预约）",
        "HZ-0301": "居住证申领",
        "JG-0205": "驾驶证遗失补证",
    }
    required = {
        "HZ-0103": (*_DELIVERED, "lost.date"),
        "HZ-0102": (*_PERSON, "slotId"),
        "HZ-0301": (*_PERSON, "residence.address", "residence.since", "residence.ground"),
        "JG-0205": (*_DELIVERED, "licence.vehicleClass"),
    }
    statuses = {
        "RECEIVED": "已收件", "BOOKED": "已预约", "ACCEPTED": "已受理", "PROCESSING": "办理中",
        "SUPPLEMENT": "待补正", "APPROVED": "已办结", "REJECTED": "不予办理", "DENIED": "不予受理",
        "REVOKED": "已撤回",
    }
    course = ("RECEIVED", "ACCEPTED", "PROCESSING", "APPROVED")
    gone = "REVOKED"
    final = frozenset({"APPROVED", "REJECTED", "DENIED"})

    def __init__(self, store: Store, secret: str, clock: Clock) -> None:
        super().__init__(store)
        self._secret = secret
        self._clock = clock

    def busy(self) -> Response:
        return _answer(503, "E5001", "系统繁忙", after=2)

    def business(self, request: Request) -> Response:
        doors = {
            ("POST", "/api/v1/applications"): self._submit,
            ("POST", "/api/v1/appointments"): self._submit,
            ("POST", "/api/v1/slots"): self._slots,
            ("POST", "/api/v1/cases/revoke"): self._revoke,
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
        now = int(self._clock().timestamp())
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
        item = told.get("bizType", "")
        if item not in self.items:
            raise _Problem(400, "E1003", "业务类型不存在")
        self._check_fields(told, self.required[item])
        slot = told.get("slotId", "") if "slotId" in self.required[item] else ""
        if slot:
            self._check_slot(slot, told.get("windowCode", ""))
        ours = {"bizType", "outerNo", "idempotencyKey"}
        new = NewCase(
            key=told["idempotencyKey"], receipt=told["outerNo"], item=item,
            status="BOOKED" if slot else "RECEIVED",
            fields={name: text for name, text in told.items() if name not in ours},
            person=told["applicant.idNo"], slot=slot,
        )
        try:
            case, _ = self.store.add(new, quota=appointments.QUOTA, gone=self.gone)
        except SlotFull:
            raise _Problem(409, "E3001", "该时段已约满") from None
        except SlotTwice:
            raise _Problem(409, "E3003", "同一时段不可重复预约") from None
        return _described(case)

    def _check_fields(self, told: dict[str, str], required: tuple[str, ...]) -> None:
        for name in ("outerNo", "idempotencyKey", *required):
            if not told.get(name):
                raise _Problem(422, "E1001", "必填项缺失", name)
        if not rules.is_id_number(told["applicant.idNo"], self._clock().date()):
            raise _Problem(422, "E1002", "公民身份号码校验不通过", "applicant.idNo")
        if not rules.is_mobile(told["applicant.mobile"]):
            raise _Problem(422, "E1004", "手机号码格式不正确", "applicant.mobile")
        if not 2 <= len(told["applicant.name"]) <= 30:
            raise _Problem(422, "E1001", "姓名长度不正确", "applicant.name")
        if told.get("delivery.mode") == "2" and not told.get("delivery.address"):
            raise _Problem(422, "E1001", "邮寄须填写地址", "delivery.address")

    def _check_slot(self, slot: str, window: str) -> None:
        if slot not in appointments.offered(self._clock(), window):
            raise _Problem(409, "E3002", "时段不存在或已过期")

    def _slots(self, told: dict[str, str]) -> dict[str, Any]:
        if told.get("bizType", "") not in self.items:
            raise _Problem(400, "E1003", "业务类型不存在")
        slots = appointments.offered(self._clock(), told.get("windowCode", ""))
        return {"slots": appointments.described(slots, self.store.taken(self.gone))}

    def _show(self, told: dict[str, str]) -> dict[str, Any]:
        return _described(self._known(told))

    def _revoke(self, told: dict[str, str]) -> dict[str, Any]:
        case = self._known(told)
        if case.status in self.final:
            raise _Problem(409, "E2002", "已办结，不能撤回")
        if case.status != self.gone:
            self.store.move(case.reference, self.gone)
        return _described(self._known(told))

    def _known(self, told: dict[str, str]) -> Case:
        case = self.find(told.get("outerNo", ""), told.get("caseNo", ""))
        if case is None:
            raise _Problem(404, "E2001", "办件不存在")
        return case


def _arguments(request: Request) -> dict[str, str]:
    """What the caller said, nested names joined by dots; the key comes in a header."""
    told: dict[str, str] = {}
    if request.method == "GET":
        told = {k: v[0] for k, v in parse_qs(urlsplit(request.target).query).items()}
    else:
        try:
            _flatten(json.loads(request.body.decode("utf-8")), "", told)
        except (ValueError, RecursionError):
            raise _Problem(400, "E1000", "报文不是 JSON") from None
    told["idempotencyKey"] = request.headers.get("idempotency-key", "")
    return told


def _flatten(value: Any, name: str, into: dict[str, str]) -> None:
    if isinstance(value, dict):
        for key, inner in value.items():
            _flatten(inner, f"{name}.{key}" if name else str(key), into)
    elif isinstance(value, str) and name:
        into[name] = value
    else:
        raise ValueError(name)


def _described(case: Case) -> dict[str, Any]:
    return {"caseNo": case.reference, "outerNo": case.receipt, "state": case.status}


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
