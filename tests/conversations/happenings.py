"""What happens at a department in the middle of a conversation.

``moves``: the case that was submitted last gets this status there. ``calls_back``: the department tells by itself from now
on. ``faults``: its fault dial. ``others_take``: so many other people book the first time that was just offered.
``decide``: departments decide about steps of the life event that was shown last (item: status).
"""

from __future__ import annotations

import re
import time
import uuid
from typing import Any

from gateway.settings import ROOT
from tests.support.applicant import apply_for
from tests.support.gateway import Gateway

HAPPENINGS = {"moves", "calls_back", "faults", "others_take", "decide"}
RECEIPT = re.compile(r"YW[0-9]{12}[0-9A-Z]")
SECONDS = 10.0
SLOT = "appointment_slot"
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


class Town:
    """The departments as one conversation meets them."""

    def __init__(self, gateway: Gateway) -> None:
        assert gateway.departments is not None
        self._gateway, self._departments = gateway, gateway.departments
        self._item = self._receipt = ""
        self._steps: dict[str, dict[str, Any]] = {}
        self._dialled: set[str] = set()
        self._calling: set[str] = set()

    def hears(self, replies: list[dict[str, Any]]) -> None:
        """Note which item is talked about, and which case was submitted."""
        custom = replies[-1].get("custom") or {}
        self._item = custom.get("item") or self._item
        if "filing" in custom:
            self._steps = {step["item"]: step for step in custom["filing"]["steps"]}
        found = RECEIPT.search(" ".join(r["text"] for r in replies))
        self._receipt = found.group() if found else self._receipt

    def happens(self, turn: dict[str, Any], replies: list[dict[str, Any]]) -> None:
        """Let it happen."""
        if "decide" in turn:
            self._decide(turn["decide"])
            return
        department = next((ROOT / "catalogue").glob(f"*/{self._item}.yml")).parent.name
        if "faults" in turn:
            self._departments.faults(department, **turn["faults"])
            self._dialled.add(department)
        if turn.get("calls_back"):
            self._departments.call_back(department, self._gateway.url)
            self._calling.add(department)
        if "moves" in turn:
            self._departments.advance(department, self._reference(department), turn["moves"])
        if "others_take" in turn:
            self._others_take(turn["others_take"], replies)

    def calm(self) -> None:
        """All is as it was before."""
        for department in self._dialled:
            self._departments.faults(department)
        for department in self._calling:
            self._departments.call_back(department, "")

    def _decide(self, decisions: dict[str, str]) -> None:
        for item, status in decisions.items():
            step = self._steps[item]
            self._departments.advance(step["department"], self._reference(step["department"], step["case"]), status)

    def _reference(self, department: str, receipt: str = "") -> str:
        receipt = receipt or self._receipt
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            for case in self._departments.ledger(department):
                if case["receipt"] == receipt:
                    return str(case["reference"])
            time.sleep(0.1)
        raise AssertionError(f"{department} has no case {receipt}")

    def _others_take(self, people: int, replies: list[dict[str, Any]]) -> None:
        wanted = next(b["payload"] for r in replies for b in r["buttons"])
        for number in range(people):
            given = {SLOT: wanted, "id_number": _id_number(number)}
            apply_for(self._gateway.say, uuid.uuid4().hex, self._item, given)


def _id_number(number: int) -> str:
    """An identity number of somebody who is nobody."""
    head = f"11010519900101{number + 100:03d}"
    total = sum(w * int(c) for w, c in zip(WEIGHTS, head, strict=True))
    return head + "10X98765432"[total % 11]
