"""Trying a department's system by the contract: what was called, what was expected, what came, how to mend.

It needs no fault dial, so it runs against any test system. It leaves behind one withdrawn case. What depends on
faults is held by ``connectors/contract.py``.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from connectors.answers import Answer
from connectors.client import Connector
from gateway.errors import DepartmentRefused, NotThere, OurFault, YiwenError

STRANGER = "not-the-secret-" + "0" * 49


@dataclass(frozen=True)
class Step:
    """One check. ``came`` holds no answer of a citizen; ``mend`` says what to look at when it failed."""

    called: str
    expected: str
    came: str
    passed: bool
    mend: str


@dataclass
class Trial:
    """One item tried at one department. ``stranger`` is the same connector with a wrong secret, or None where
    the department asks for none. ``answers`` are example answers; of an appointment without the time."""

    connector: Connector
    stranger: Connector | None
    item: str
    operation: str
    answers: Mapping[str, str]
    receipt: str = field(default_factory=lambda: f"TRY{uuid.uuid4().hex[:12].upper()}")

    def run(self) -> list[Step]:
        """All checks in order; those that need a case are left out when there is none."""
        steps = [self._nobody(), *self._strange(), self._incomplete()]
        first = self._first()
        steps.append(first[0])
        if first[1]:
            steps += [self._again(first[1]), self._found(first[1]), *self._withdrawn(first[1])]
        return steps

    def _call(
        self, operation: str, values: Mapping[str, str], *, receipt: str = "", reference: str = "",
        key: str = "", connector: Connector | None = None,
    ) -> Answer | YiwenError:
        try:
            return (connector or self.connector).call(
                operation, values, item=self.item, receipt=receipt or self.receipt,
                reference=reference, key=key or f"{self.receipt}-{operation}",
            )
        except YiwenError as error:
            return error

    def _values(self) -> dict[str, str]:
        values = dict(self.answers)
        if self.operation == "book" and "appointment_slot" not in values:
            got = self._call("slots", values)
            if isinstance(got, Answer) and got.slots:
                values["appointment_slot"] = got.slots[-1].id
        self.answers = values
        return values

    def _nobody(self) -> Step:
        came = self._call("look_up", {}, receipt=f"{self.receipt}X")
        return _step(
            "look_up of a receipt number that nobody has", "no such case, with a sentence for the citizen",
            came, isinstance(came, NotThere) and bool(came.sentence),
            "Give the code for an unknown case class not_found in errors; check auth and addresses first.",
        )

    def _strange(self) -> list[Step]:
        if self.stranger is None:
            return []
        came = self._call(self.operation, self._values(), connector=self.stranger)
        return [_step(
            f"{self.operation} with a wrong secret", "refused as not signed in", came,
            isinstance(came, OurFault),
            "Answer HTTP 401, or give the code class auth in errors.",
        )]

    def _incomplete(self) -> Step:
        missing = next(iter(self.answers), "")
        came = self._call(self.operation, {**self._values(), missing: ""}, receipt=f"{self.receipt}M")
        return _step(
            f"{self.operation} without {missing}", f"refused, {missing} named, with a sentence", came,
            isinstance(came, DepartmentRefused) and came.field == missing and bool(came.sentence),
            "Let success.field be the path of the name at fault, and give the code class refused.",
        )

    def _first(self) -> tuple[Step, str]:
        came = self._call(self.operation, self._values())
        good = isinstance(came, Answer) and came.status in {"submitted", "accepted"}
        step = _step(
            f"{self.operation} of the example answers", "a case number, submitted or accepted", came, good,
            "See the code: list it in success or errors; check fields, values, dates and answer.reference.",
        )
        return step, came.reference if isinstance(came, Answer) else ""

    def _again(self, reference: str) -> Step:
        came = self._call(self.operation, self._values())
        return _step(
            f"the same {self.operation} again, same key", "the same case number", came,
            isinstance(came, Answer) and came.reference == reference,
            "Let idempotency name the header or field of the key; a code for a repeated one is class duplicate.",
        )

    def _found(self, reference: str) -> Step:
        came = self._call("look_up", {})
        return _step(
            "look_up by our receipt number", "the same case number, a known status", came,
            isinstance(came, Answer) and came.reference == reference and bool(came.status),
            "Check sends.receipt, operations.look_up.answer, and that statuses lists every status.",
        )

    def _withdrawn(self, reference: str) -> list[Step]:
        if not self.connector.offers("withdraw"):
            return []
        steps = []
        for title in ("withdraw", "withdraw once more"):
            came = self._call("withdraw", {}, reference=reference)
            steps.append(_step(
                title, "withdrawn", came, isinstance(came, Answer) and came.status == "withdrawn",
                "A case that is withdrawn already is withdrawn: answer success, or give the code class duplicate.",
            ))
        return steps


def report(department: str, address: str, steps: list[Step]) -> str:
    """The steps for people, one block each, and a last line with the count."""
    lines = [f"{department} at {address}", ""]
    for number, step in enumerate(steps, start=1):
        lines += [
            f"{'pass' if step.passed else 'FAIL'}  {number}. {step.called}",
            f"      expected: {step.expected}", f"      came:     {step.came}",
        ]
        if not step.passed:
            lines.append(f"      mend:     {step.mend}")
    passed = sum(step.passed for step in steps)
    return "\n".join([*lines, "", f"{passed} of {len(steps)} passed."])


def _step(
    called: str, expected: str, came: Answer | YiwenError, passed: bool, mend: str
) -> Step:
    return Step(called, expected, _shown(came), passed, mend)


def _shown(came: Answer | YiwenError) -> str:
    if isinstance(came, Answer):
        return f"case {came.reference or '(no number)'}, status {came.status or '(none)'}"
    if isinstance(came, DepartmentRefused):
        at = f", at {came.field}" if came.field else ""
        return f"refused with code {came.code}{at}: {came.sentence}"
    return f"{type(came).__name__}: {came}"
