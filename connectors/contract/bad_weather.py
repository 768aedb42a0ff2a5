"""Requirements that need a fault: whatever breaks on the way, one application is one case."""

from __future__ import annotations

import time

from connectors.contract.bench import Bench
from connectors.contract.quiet import heard
from connectors.contract.requirement import NotApplicable, Requirement, raised, shown, want
from gateway.errors import (
    AnswerUnreadable,
    NotThere,
    OutcomeUnknown,
    RetryLater,
    YiwenError,
)

LATE_MS, READ_SECONDS = 600, 0.2
EVERY_FAULT = ("5xx", "busy", "maintenance", "drop_before", "drop_after_commit", "wrong_charset", None)


def _settled(bench: Bench, receipt: str) -> str:
    """Settle an unknown outcome as the gateway does: look it up, and send it again only where it is not there."""
    try:
        found = bench.look_up(receipt)
    except NotThere:
        reference = bench.submit(receipt).reference
        found = bench.look_up(receipt)
        want(found.reference == reference, f"sent again as case {reference}; {shown(found)}")
    if bench.manifest.idempotency is not None:
        again = bench.submit(receipt).reference
        want(again == found.reference, f"found case {found.reference}; sent again it became case {again}")
    want(bench.held(receipt) == 1, f"{bench.held(receipt)} cases")
    bench.made[receipt] = found.reference
    return f"unknown, then found: {shown(found)}"


def _lost_after(bench: Bench) -> str:
    receipt = bench.new_receipt()
    bench.faults(fail="drop_after_commit", times=1)
    raised(OutcomeUnknown, lambda: bench.submit(receipt))
    found = bench.look_up(receipt)
    want(bool(found.reference), shown(found))
    return _settled(bench, receipt)


def _lost_before(bench: Bench) -> str:
    receipt = bench.new_receipt()
    bench.faults(fail="drop_before", times=1)
    raised(OutcomeUnknown, lambda: bench.submit(receipt))
    raised(NotThere, lambda: bench.look_up(receipt))
    return _settled(bench, receipt)


def _lost_withdrawal(bench: Bench) -> str:
    if "withdraw" not in bench.manifest.operations:
        raise NotApplicable("the manifest has no operation withdraw")
    receipt = bench.new_receipt()
    reference = bench.submit(receipt).reference
    bench.faults(fail="drop_after_commit", times=1)
    raised(OutcomeUnknown, lambda: bench.withdraw(receipt, reference))
    found = bench.look_up(receipt)
    want(found.status == "withdrawn", f"looked up: {shown(found)}")
    again = bench.withdraw(receipt, reference)
    want(again.status == "withdrawn", f"withdrawn again: {shown(again)}")
    return shown(again)


def _unreadable(bench: Bench) -> str:
    came = ""
    for fail in ("wrong_charset", "changed_schema"):
        receipt = bench.new_receipt()
        bench.faults(fail=fail, times=1)
        raised(AnswerUnreadable, lambda receipt=receipt: bench.submit(receipt))  # type: ignore[misc]
        came = _settled(bench, receipt)
    return came


def _unreadable_look_up(bench: Bench) -> str:
    receipt = bench.new_receipt()
    reference = bench.submit(receipt).reference
    for fail in ("wrong_charset", "changed_schema"):
        bench.faults(fail=fail)
        raised(AnswerUnreadable, lambda: bench.look_up(receipt))
        bench.faults()
    found = bench.look_up(receipt)
    want(found.reference == reference, shown(found))
    return f"unknown, then found: {shown(found)}"


def _maintenance(bench: Bench) -> str:
    receipt = bench.new_receipt()
    bench.faults(fail="maintenance", times=1)
    told = raised(RetryLater, lambda: bench.submit(receipt), but=OutcomeUnknown)
    want(told.after == 1, f"{shown(told)}; Retry-After was read as {told.after}")
    want(bench.held(receipt) == 0, f"{shown(told)}; but the case is there")
    return shown(told)


def _server_error(bench: Bench) -> str:
    receipt = bench.new_receipt()
    bench.faults(fail="5xx", times=1)
    raised(OutcomeUnknown, lambda: bench.submit(receipt))
    return _settled(bench, receipt)


def _busy(bench: Bench) -> str:
    receipt = bench.new_receipt()
    bench.faults(fail="busy", times=1)
    told = raised(RetryLater, lambda: bench.submit(receipt), but=OutcomeUnknown)
    want(bench.held(receipt) == 0, f"{shown(told)}; but the case is there")
    answer = bench.submit(receipt)  # the fault was for one call: a second try would have used it up
    want(bool(answer.reference), shown(answer))
    return f"{shown(told)}; then {shown(answer)}"


def _sent_once(bench: Bench) -> str:
    receipt = bench.new_receipt()
    bench.faults(fail="busy", times=2)
    for _ in range(2):
        raised(RetryLater, lambda: bench.submit(receipt))
    answer = bench.submit(receipt)
    want(bool(answer.reference), shown(answer))
    return f"held back twice in two tries; then {shown(answer)}"


def _lost_look_up(bench: Bench) -> str:
    receipt = bench.new_receipt()
    reference = bench.submit(receipt).reference
    if bench.manifest.retries == 0:
        raise NotApplicable("the manifest sets retries 0")
    bench.faults(fail="drop_before", times=1)
    found = bench.look_up(receipt)
    want(found.reference == reference, shown(found))
    return shown(found)


def _late(bench: Bench) -> str:
    receipt = bench.new_receipt()
    bench.faults(latency_ms=LATE_MS, times=1)
    raised(OutcomeUnknown, lambda: bench.submit(receipt, connector=bench.connect(read=READ_SECONDS)))
    ends = time.monotonic() + bench.patience
    while bench.held(receipt) == 0 and time.monotonic() < ends:
        time.sleep(0.02)
    want(bench.held(receipt) == 1, f"not there {bench.patience:.0f} seconds later")
    return _settled(bench, receipt)


def _written_down(bench: Bench) -> str:
    personal = [bench.answers[e] for e in ("name", "id_number", "phone") if bench.answers.get(e)]
    if bench.spoiled:
        personal.append(bench.spoiled[1])
    calls = 0
    with heard() as lines:
        for fail in EVERY_FAULT:
            bench.faults(fail=fail)
            for changed in ({}, dict([bench.spoiled] if bench.spoiled else [])):
                lines += _error_of(bench, changed)
                calls += 1
    bench.faults()
    want(not [text for text in personal if any(text in line for line in lines)], "an answer stands in a log line or an error")
    told = sum(line.startswith(f"department={bench.manifest.department} operation={bench.operation} ") for line in lines)
    want(told == calls, f"{told} log lines for {calls} calls")
    return f"{len(lines)} lines of {calls} calls, none with an answer"


def _error_of(bench: Bench, changed: dict[str, str]) -> list[str]:
    receipt = bench.new_receipt()
    try:
        bench.submit(receipt, changed)
    except YiwenError as error:
        want(error.__cause__ is None, "an error carries the error of the connection, which shows the body")
        return [f"{error!r} {error}"]
    return []


_ONE_CASE = "Keep the key with the case in one transaction, and let look_up find by our receipt number at once."
_OURS = "This one is about the gateway: tell its makers."
BAD_WEATHER = (
    Requirement(
        "an-answer-lost-after-the-commit-is-found-again", "unknown; then found by our receipt number; one case",
        _ONE_CASE, _lost_after,
    ),
    Requirement(
        "a-connection-lost-before-the-commit-is-not-there", "unknown; then not there; sent again one case",
        "Answer the code of class not_found for what never arrived.", _lost_before,
    ),
    Requirement(
        "a-lost-withdrawal-may-be-said-again", "unknown; then looked up as withdrawn; withdrawn again",
        "A case that is withdrawn already is withdrawn: answer success, or give the code class duplicate.", _lost_withdrawal,
    ),
    Requirement(
        "an-answer-that-cannot-be-read-settles-as-one-case", "unknown; then found by our receipt number; one case",
        _ONE_CASE, _unreadable,
    ),
    Requirement(
        "a-look-up-that-cannot-be-read-leaves-it-unknown", "unknown; then found", _OURS, _unreadable_look_up,
    ),
    Requirement(
        "a-department-in-maintenance-did-nothing", "to be called again in a second; nothing was filed",
        "Answer HTTP 503 with Retry-After before anything is done.", _maintenance,
    ),
    Requirement(
        "a-server-error-settles-as-one-case", "unknown; then found or sent again; one case", _ONE_CASE, _server_error,
    ),
    Requirement(
        "a-busy-department-did-nothing", "to be called again; nothing was filed; then a case number",
        "Answer HTTP 429 or 503, or a code of class busy, before anything is done.", _busy,
    ),
    Requirement(
        "a-submission-is-sent-once-only", "one call for one try; then a case number", _OURS, _sent_once,
    ),
    Requirement(
        "a-look-up-survives-one-lost-connection", "found in the second try", _OURS, _lost_look_up,
    ),
    Requirement(
        "a-late-answer-settles-as-one-case", "unknown; then found by our receipt number; one case", _ONE_CASE, _late,
    ),
    Requirement(
        "neither-logs-nor-errors-hold-what-was-sent", "one log line a call, without an answer", _OURS, _written_down,
    ),
)
