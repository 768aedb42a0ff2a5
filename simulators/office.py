"""One department on the city's shared acceptance platform (统一受理平台).

Thirteen departments run it, each with its own matters, key, case numbers and windows, and some with their own
messages, signatures and habits: see :mod:`simulators.styles`. It refuses whatever it does not know: a name
that no form has, another way than the matter's own.
"""

from __future__ import annotations

import random
import ssl
import time
from collections.abc import Callable
from typing import Any, Optional

from simulators.bureaus import COMPANY, Bureau
from simulators.callbacks import Caller
from simulators.department import Department, Request, Response
from simulators.forms import Field, Matter, NoRecord, first_problem
from simulators.numbers import credit_code
from simulators.pace import Pace
from simulators.proofs import Stranger
from simulators.store import Case, Clock, NewCase, SlotFull, SlotTwice, Store
from simulators.styles import STYLES, USUAL
from simulators.wires import Unreadable

_OURS = frozenset({"matterCode", "outerNo", "caseNo", "requestNo", "supplement", "files"})
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

    statuses = {
        "10": "已预约", "11": "已收件", "12": "已受理", "13": "不予受理", "21": "审查中",
        "22": "待补正", "31": "准予", "32": "不予", "41": "已撤回",
    }
    course = ("11", "12", "21", "31")
    gone = "41"
    final = frozenset({"13", "31", "32"})
    waiting, resumed = "22", "21"
    notes = {
        "22": "请补一份情况说明：写明申请理由，一两句话就行。",
        "32": "材料与系统核对的情况不一致。",
    }

    def __init__(
        self, bureau: Bureau, store: Store, key: str, clock: Clock, *, callback_key: str = "",
        hurried: bool = True, tls: Optional[ssl.SSLContext] = None,
    ) -> None:
        super().__init__(store, clock)
        self.tls = tls
        self.name, self.title, self.prefix = bureau.name, bureau.title, bureau.prefix
        self.matters = bureau.matters
        self._diary = bureau.diary
        self._style = STYLES.get(bureau.name, USUAL)
        self.protocol = self._style.title
        self._proof = self._style.proof(key, store, clock)
        self._pace = Pace(self._style.calls_a_second)
        self._slow = (0.0, 0.0) if hurried else self._style.slow
        self.caller = Caller(bureau.name, callback_key, clock, lambda: self.faults.callbacks)

    def busy(self) -> Response:
        answer = self._style.wire.answer(429, "BUSY", "请求过多", None, "")
        return Response(429, answer.body, answer.content_type, {"Retry-After": "1"})

    def call_back(self, gateway: str) -> Optional[str]:
        if not self._style.told_later:
            return super().call_back(gateway)
        if gateway and not gateway.startswith(("http://", "https://")):
            return "address: an http or https address, or empty for no callbacks"
        self.caller.gateway = gateway.rstrip("/")
        return None

    def sign_in(self, request: Request) -> Optional[Response]:
        return self._proof.sign_in(request)

    def close(self) -> None:
        self.caller.close()
        super().close()

    def moved(self, case: Case) -> None:
        if self._style.told_later:
            self.caller.tell(case, self.note(case))

    def business(self, request: Request) -> Response:
        doors: dict[str, Callable[[Matter, dict[str, str]], dict[str, Any]]] = {
            "accept": self._submit, "book": self._book, "slots": self._slots, "query": self._query,
            "find": self._show, "revoke": self._revoke, "supplement": self._supplement,
        }
        if self._pace.is_over():
            return self.busy()
        answer = self._style.wire.answer
        try:
            self._proof.check(request)
            name, told = self._style.wire.read(request)
            if request.method != "POST" or name not in doors:
                raise _Problem("NO_DOOR", "无此接口", status=404)
            data = doors[name](self._matter(told), told)
        except _Problem as problem:
            return answer(problem.status, problem.code, problem.message, None, problem.field)
        except Stranger as stranger:
            return answer(401, "BAD_KEY", str(stranger), None, "")
        except Unreadable as unreadable:
            return answer(400, "BAD_BODY", str(unreadable), None, "")
        return answer(200, "OK", "成功", data, "")

    def _take_time(self) -> None:
        least, most = self._slow
        time.sleep(random.uniform(least, most))  # noqa: S311 (a wait)

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
        self._take_time()
        case, new = self.store.add(self._new(matter, told, "11"))
        if new and self._style.told_later and self.caller.gateway:
            self.advance(case.reference, "12")
        if self._style.asked_for:
            return {"caseNo": case.reference, "outerNo": case.receipt}
        return self._described(case)

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
        return self._described(case)

    def _new(self, matter: Matter, told: dict[str, str], status: str, slot: str = "") -> NewCase:
        return NewCase(
            key=told["requestNo"], receipt=told["outerNo"], item=told["matterCode"], status=status,
            fields={**matter.kept(told), **({"files": told["files"]} if told.get("files") else {})}, slot=slot,
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
        return self._described(self._known(told))

    def _revoke(self, matter: Matter, told: dict[str, str]) -> dict[str, Any]:
        case = self._known(told)
        if case.status in self.final:
            raise _Problem("CLOSED", "已办结，不能撤回")
        if case.status != self.gone:
            self.store.move(case.reference, self.gone)
        return self._described(self._known(told))

    def _supplement(self, matter: Matter, told: dict[str, str]) -> dict[str, Any]:
        """What a person adds after 待补正; the same request again changes nothing."""
        case = self._known(told)
        if not told.get("supplement"):
            raise _Problem("MISSING", "补正内容为空", "supplement")
        if not self.supplemented(case, told.get("requestNo", "")):
            raise _Problem("NOT_WAITING", "办件不在补正阶段")
        added = {"supplement": told["supplement"], "supplementFiles": told.get("files", "")}
        self.store.write_on(case, {name: text for name, text in added.items() if text})
        return self._described(self._known(told))

    def _known(self, told: dict[str, str]) -> Case:
        case = self.find(told.get("outerNo", ""), told.get("caseNo", ""))
        if case is None:
            raise _Problem("NO_CASE", "办件不存在")
        return case

    def _described(self, case: Case) -> dict[str, Any]:
        told: dict[str, Any] = {
            "caseNo": case.reference, "outerNo": case.receipt, "state": case.status, "note": self.note(case),
        }
        if (case.item, case.status) == (COMPANY, "31"):
            told["result"] = {"creditCode": credit_code(int(case.reference[-6:]))}
        return told
