"""One requirement of the contract, and what became of it at one department."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Literal, Optional, TypeVar

from connectors.answers import Answer
from connectors.contract.bench import Bench
from gateway.errors import DepartmentRefused, YiwenError

Verdict = Literal["passed", "failed", "not applicable"]
E = TypeVar("E", bound=YiwenError)


class NotKept(Exception):
    """A requirement is not kept; the text is what came instead. It holds no answer of a citizen."""


class NotApplicable(Exception):
    """A requirement that says nothing about this department; the text is why."""


@dataclasses.dataclass(frozen=True)
class Requirement:
    """``name`` is its id; ``expected`` what must come, ``mend`` what to look at when it does not. ``check``
    returns what came, or raises NotKept, NotApplicable, or an error of the call, which then is what came."""

    name: str
    expected: str
    mend: str
    check: Callable[[Bench], str]

    @property
    def title(self) -> str:
        """As people read it."""
        return self.name.replace("-", " ").capitalize()


@dataclasses.dataclass(frozen=True)
class Finding:
    """What became of one requirement."""

    requirement: Requirement
    verdict: Verdict
    came: str


def hold(bench: Bench, requirement: Requirement) -> Finding:
    """Check one requirement; afterwards the dial is off, and what was filed is withdrawn."""
    try:
        return Finding(requirement, "passed", requirement.check(bench))
    except NotKept as broken:
        return Finding(requirement, "failed", str(broken))
    except NotApplicable as reason:
        return Finding(requirement, "not applicable", str(reason))
    except YiwenError as error:
        return Finding(requirement, "failed", shown(error))
    finally:
        bench.tidy()


def want(kept: bool, came: str) -> None:
    """Raise NotKept with what came, unless it is as it must be."""
    if not kept:
        raise NotKept(came)


def raised(kind: type[E], call: Callable[[], Answer], *, but: Optional[type[YiwenError]] = None) -> E:
    """The error of class ``kind``, and not of ``but``, that the call must raise."""
    try:
        answer = call()
    except kind as error:
        want(but is None or not isinstance(error, but), shown(error))
        return error
    except YiwenError as other:
        raise NotKept(shown(other)) from None
    raise NotKept(shown(answer))


def shown(came: Answer | YiwenError) -> str:
    """An answer or an error as the report writes it."""
    if isinstance(came, Answer):
        return f"case {came.reference or '(no number)'}, status {came.status or '(none)'}"
    if isinstance(came, DepartmentRefused):
        at = f", at {came.field}" if came.field else ""
        return f"refused with code {came.code}{at}: {came.sentence}"
    return f"{type(came).__name__}: {came}"
