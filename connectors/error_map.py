"""From what was seen on the wire to our tree of errors: one pure function, one table.

The rule behind it: an operation that changes something may be called again only when it is sure
that the department did nothing. Whatever leaves a doubt is OutcomeUnknown.

=============================================  ===================  =====================
seen                                           submit, book,        query, look_up, slots
                                               withdraw
=============================================  ===================  =====================
department not reached, or no time left        RetryLater           RetryLater
connection lost or answer too late             OutcomeUnknown       RetryLater
certificate not trusted, address unusable      OurFault             OurFault
a code of the manifest's ``errors``            by its class         by its class
a code of ``success`` with 2xx                 no error             no error
3xx (redirects are not followed)               OurFault             OurFault
401, 403, 407                                  OurFault             OurFault
408, other 5xx                                 OutcomeUnknown       RetryLater
429, 503                                       RetryLater           RetryLater
other 4xx                                      OurFault             OurFault
2xx with an unlisted code or unreadable        AnswerUnreadable     AnswerUnreadable
=============================================  ===================  =====================
"""

from __future__ import annotations

import dataclasses
import enum
from typing import Optional

from connectors.manifest import ErrorRule
from gateway.errors import (
    AnswerUnreadable,
    DepartmentRefused,
    NotThere,
    OurFault,
    OutcomeUnknown,
    RetryLater,
    YiwenError,
)

NOT_LISTED_IS_AUTH = frozenset({401, 403, 407})
NOTHING_DONE = frozenset({429, 503})


class Broken(enum.Enum):
    """How a call failed without an answer."""

    unreached = "the department could not be reached"
    late = "the time for the call was over before it was sent"
    lost = "the connection was lost, or the answer came too late"
    unusable = "the address or the certificate is not right"


class SignInRefused(OurFault):
    """The department does not accept our sign-in: it did nothing. The client may sign in anew and try once more."""


class AlreadyThere(YiwenError):
    """The department knows this very request. The client settles it; nobody else sees it."""


@dataclasses.dataclass(frozen=True)
class Seen:
    """What one try showed.

    ``code`` is empty when the answer had none or could not be read; ``rule`` is its entry of the
    manifest's ``errors``; ``after`` is the wait in seconds that the department named.
    """

    broken: Optional[Broken] = None
    status: int = 0
    code: str = ""
    good: bool = False
    rule: Optional[ErrorRule] = None
    after: Optional[float] = None
    field: str = ""


def error_for(seen: Seen, *, writes: bool) -> Optional[YiwenError]:
    """The error to raise, or None for a good answer. Texts hold no value that was sent."""
    if seen.broken is not None:
        return _of_broken(seen.broken, writes)
    if seen.rule is not None:
        return _of_rule(seen.rule, seen, writes)
    status = seen.status
    if seen.good and 200 <= status < 300:
        return None
    if status in NOTHING_DONE:
        return RetryLater(f"the department answered HTTP {status}", after=seen.after)
    if status in NOT_LISTED_IS_AUTH:
        return SignInRefused(f"the department does not accept our sign-in (HTTP {status})")
    if status == 408 or status >= 500:
        return _doubt(f"the department answered HTTP {status}", writes)
    if status >= 300:
        return OurFault(f"the department answered HTTP {status}; check the manifest's addresses")
    known = f"with code {seen.code}, which errors does not list" if seen.code else "unreadably"
    return AnswerUnreadable(f"the department answered {known}")


def _of_broken(broken: Broken, writes: bool) -> YiwenError:
    if broken in (Broken.unreached, Broken.late):
        return RetryLater(broken.value)
    if broken is Broken.unusable:
        return OurFault(broken.value)
    return _doubt(broken.value, writes)


def _of_rule(rule: ErrorRule, seen: Seen, writes: bool) -> YiwenError:
    text = f"department code {seen.code}"
    if rule.kind == "refused":
        return DepartmentRefused(seen.code, rule.sentence, field=rule.field or seen.field or None)
    if rule.kind == "not_found":
        return NotThere(seen.code, rule.sentence, field=rule.field or None)
    if rule.kind in {"retry", "busy"}:
        return RetryLater(text, after=seen.after)
    if rule.kind == "auth":
        return SignInRefused(f"the department does not accept our sign-in ({text})")
    if rule.kind == "duplicate":
        return AlreadyThere(text)
    return _doubt(text, writes)


def _doubt(text: str, writes: bool) -> RetryLater:
    return OutcomeUnknown(text) if writes else RetryLater(text)
