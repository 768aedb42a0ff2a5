"""Whatever leaves a doubt about a write is OutcomeUnknown; nothing else is."""

from __future__ import annotations

import pytest

from connectors.error_map import AlreadyThere, Broken, Seen, SignInRefused, error_for
from connectors.manifest import ErrorRule
from gateway.errors import (
    AnswerUnreadable,
    DepartmentRefused,
    NotThere,
    OurFault,
    OutcomeUnknown,
    RetryLater,
)


def rule(kind: str) -> ErrorRule:
    return ErrorRule.parse_obj({"class": kind, "sentence": "不行。", "field": ""})


TABLE = [
    (Seen(broken=Broken.unreached), RetryLater, RetryLater),
    (Seen(broken=Broken.lost), OutcomeUnknown, RetryLater),
    (Seen(broken=Broken.unusable), OurFault, OurFault),
    (Seen(status=200, code="0", good=True), None, None),
    (Seen(status=201, code="0", good=True), None, None),
    (Seen(status=500, code="0", good=True), OutcomeUnknown, RetryLater),
    (Seen(status=200, code="77"), AnswerUnreadable, AnswerUnreadable),
    (Seen(status=200), AnswerUnreadable, AnswerUnreadable),
    (Seen(status=302), OurFault, OurFault),
    (Seen(status=400), OurFault, OurFault),
    (Seen(status=401), SignInRefused, SignInRefused),
    (Seen(status=403), SignInRefused, SignInRefused),
    (Seen(status=404), OurFault, OurFault),
    (Seen(status=408), OutcomeUnknown, RetryLater),
    (Seen(status=429), RetryLater, RetryLater),
    (Seen(status=500), OutcomeUnknown, RetryLater),
    (Seen(status=502), OutcomeUnknown, RetryLater),
    (Seen(status=503), RetryLater, RetryLater),
    (Seen(status=504), OutcomeUnknown, RetryLater),
    (Seen(status=200, code="r", rule=rule("refused")), DepartmentRefused, DepartmentRefused),
    (Seen(status=404, code="n", rule=rule("not_found")), NotThere, NotThere),
    (Seen(status=200, code="d", rule=rule("duplicate")), AlreadyThere, AlreadyThere),
    (Seen(status=500, code="b", rule=rule("busy")), RetryLater, RetryLater),
    (Seen(status=500, code="l", rule=rule("retry")), RetryLater, RetryLater),
    (Seen(status=200, code="a", rule=rule("auth")), SignInRefused, SignInRefused),
    (Seen(status=200, code="u", rule=rule("unknown")), OutcomeUnknown, RetryLater),
]


@pytest.mark.parametrize(("seen", "writing", "reading"), TABLE)
def test_what_was_seen_gives_one_class_of_error(
    seen: Seen, writing: type | None, reading: type | None
) -> None:
    assert _kind(error_for(seen, writes=True)) is writing
    assert _kind(error_for(seen, writes=False)) is reading


def test_the_wait_that_a_department_asks_for_is_kept() -> None:
    error = error_for(Seen(status=429, after=30.0), writes=True)
    assert isinstance(error, RetryLater)
    assert error.after == 30.0


def test_a_refusal_names_the_manifests_field_before_the_departments() -> None:
    own = ErrorRule.parse_obj({"class": "refused", "sentence": "不行。", "field": "phone"})
    named = error_for(Seen(status=200, code="x", rule=own, field="name"), writes=True)
    theirs = error_for(Seen(status=200, code="x", rule=rule("refused"), field="name"), writes=True)
    assert isinstance(named, DepartmentRefused)
    assert isinstance(theirs, DepartmentRefused)
    assert (named.field, theirs.field) == ("phone", "name")


def _kind(error: object) -> type | None:
    return None if error is None else type(error)
