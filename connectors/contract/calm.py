"""Requirements that need no fault: what every call of a department's system must come to."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from connectors.callback import NotTheirs
from connectors.contract.bench import Bench
from connectors.contract.requirement import NotApplicable, NotKept, Requirement, raised, shown, want
from connectors.manifest import UNENCODABLE
from gateway.errors import DepartmentRefused, NotThere, OurFault, OutcomeUnknown, RetryLater

ODD_NAMES = ("李喆", "阿卜杜拉·买买提", "O'Neil \"小\" <b>&amp;</b>", "王&李=100%+1")
RARE_NAME = "王䶮"
"""䶮 (U+4DAE) is in GB18030 and not in GBK."""
_AT_ONCE = 4


def _unknown_receipt(bench: Bench) -> str:
    told = raised(NotThere, lambda: bench.look_up(bench.new_receipt()))
    want(bool(told.sentence), "a code of class not_found without a sentence")
    return shown(told)


def _wrong_secret(bench: Bench) -> str:
    if bench.stranger is None or bench.manifest.auth.scheme == "none":
        raise NotApplicable("the manifest's auth has scheme none")
    receipt, stranger = bench.new_receipt(), bench.connect(secret=bench.stranger)
    if bench.manifest.auth.scheme == "mutual_tls":
        # The department may hang up before it says why; what counts is that it took nothing.
        told: OurFault | RetryLater = _refused_in_the_handshake(bench, receipt)
    else:
        told = raised(OurFault, lambda: bench.submit(receipt, connector=stranger))
    want(bench.held(receipt) == 0, f"{shown(told)}; but the case is there")
    return shown(told)


def _refused_in_the_handshake(bench: Bench, receipt: str) -> OurFault | RetryLater:
    try:
        answer = bench.submit(receipt, connector=bench.connect(secret=bench.stranger))
    except (OurFault, RetryLater) as error:
        return error
    raise NotKept(shown(answer))


def _refusal(bench: Bench) -> str:
    if bench.spoiled is None:
        raise NotApplicable("the item asks for nothing whose form could be wrong in a known way")
    element, value = bench.spoiled
    receipt = bench.new_receipt()
    told = raised(DepartmentRefused, lambda: bench.submit(receipt, {element: value}))
    want(told.field == element and told.sentence.endswith("。"), shown(told))
    want(bench.held(receipt) == 0, f"{shown(told)}; but the case is there")
    return shown(told)


def _missing(bench: Bench) -> str:
    receipt = bench.new_receipt()
    told = raised(DepartmentRefused, lambda: bench.submit(receipt, {bench.needed: ""}))
    want(told.field == bench.needed and bool(told.sentence), f"without {bench.needed}: {shown(told)}")
    want(bench.held(receipt) == 0, f"{shown(told)}; but the case is there")
    return shown(told)


def _number(bench: Bench) -> str:
    receipt = bench.new_receipt()
    answer = bench.submit(receipt)
    want(bool(answer.reference) and answer.status in {"submitted", "accepted"}, shown(answer))
    want(bench.held(receipt) == 1, f"{shown(answer)}; but {bench.held(receipt)} cases under our receipt number")
    return shown(answer)


def _twice(bench: Bench) -> str:
    _needs_key(bench)
    receipt = bench.new_receipt()
    first, second = bench.submit(receipt).reference, bench.submit(receipt).reference
    want(second == first, f"case {first}, then case {second}")
    want(bench.held(receipt) == 1, f"{bench.held(receipt)} cases")
    return f"case {first} both times"


def _at_once(bench: Bench) -> str:
    _needs_key(bench)
    receipt, gate = bench.new_receipt(), threading.Barrier(_AT_ONCE)

    def together(_: int) -> str:
        gate.wait()
        return bench.submit(receipt).reference

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        numbers = sorted(set(pool.map(together, range(_AT_ONCE))))
    want(len(numbers) == 1, f"cases {', '.join(numbers)}")
    want(bench.held(receipt) == 1, f"{bench.held(receipt)} cases")
    return f"case {numbers[0]} four times"


def _needs_key(bench: Bench) -> None:
    if bench.manifest.idempotency is None:
        raise NotApplicable("the manifest has no idempotency; the gateway asks look_up before it sends again")


def _found(bench: Bench) -> str:
    receipt = bench.new_receipt()
    reference, found = bench.submit(receipt).reference, bench.look_up(receipt)
    want(found.reference == reference and bool(found.status), f"submitted as case {reference}; {shown(found)}")
    return shown(found)


def _others(bench: Bench) -> str:
    _needs_withdraw(bench)
    receipt = bench.new_receipt()
    reference = bench.submit(receipt).reference
    told = raised(NotThere, lambda: bench.withdraw(f"{receipt}X", reference))
    want(bench.look_up(receipt).status != "withdrawn", f"{shown(told)}; but the case is withdrawn")
    return shown(told)


def _withdrawn(bench: Bench) -> str:
    _needs_withdraw(bench)
    receipt = bench.new_receipt()
    reference = bench.submit(receipt).reference
    for what in ("withdrawn once", "withdrawn twice"):
        answer = bench.withdraw(receipt, reference)
        want(answer.status == "withdrawn", f"{what}: {shown(answer)}")
    found = bench.look_up(receipt)
    want(found.status == "withdrawn", f"looked up afterwards: {shown(found)}")
    return shown(found)


def _needs_withdraw(bench: Bench) -> None:
    if "withdraw" not in bench.manifest.operations:
        raise NotApplicable("the manifest has no operation withdraw")


def _names(bench: Bench) -> str:
    if "name" not in bench.answers:
        raise NotApplicable("the item does not ask for a name")
    came = []
    for name in ODD_NAMES:
        receipt = bench.new_receipt()
        reference = bench.submit(receipt, {"name": name}).reference
        kept = bench.name_of(receipt) if bench.name_of else name
        want(kept == name, f"{name} arrived as {kept}")
        came.append(f"{reference} {name}")
    return "; ".join(came) + ("" if bench.name_of else "; compare them in your system")


def _rare(bench: Bench) -> str:
    if "name" not in bench.answers:
        raise NotApplicable("the item does not ask for a name")
    receipt = bench.new_receipt()
    if bench.manifest.charset == "gbk":
        told = raised(DepartmentRefused, lambda: bench.submit(receipt, {"name": RARE_NAME}))
        want((told.code, told.field) == (UNENCODABLE, "name") and "窗口" in told.sentence, shown(told))
        want(bench.held(receipt) == 0, f"{shown(told)}; but the case is there")
        return shown(told)
    reference = bench.submit(receipt, {"name": RARE_NAME}).reference
    kept = bench.name_of(receipt) if bench.name_of else RARE_NAME
    want(kept == RARE_NAME, f"{RARE_NAME} arrived as {kept}")
    return f"{reference} {RARE_NAME}" + ("" if bench.name_of else "; compare it in your system")


def _down(bench: Bench) -> str:
    nobody = bench.connect(address="http://127.0.0.1:9")
    told = raised(RetryLater, lambda: bench.submit(bench.new_receipt(), connector=nobody), but=OutcomeUnknown)
    return shown(told)


def _callback(bench: Bench) -> str:
    if bench.manifest.callback is None:
        raise NotApplicable("the manifest has no callback")
    if bench.news is None:
        raise NotApplicable("nobody listens; give --listen, and let the test system call that address")
    receipt = bench.new_receipt()
    reference = bench.submit(receipt).reference
    try:
        news = bench.news(receipt)
    except (NotTheirs, ValueError, TimeoutError) as problem:
        raise NotKept(str(problem)) from None
    want(news.reference in ("", reference), f"case {news.reference}; submitted as case {reference}")
    return f"event {news.event}: case {news.reference or reference}, status {news.status}"


CALM = (
    Requirement(
        "an-unknown-receipt-number-is-not-there", "no such case, with a sentence for the citizen",
        "Give the code for an unknown case class not_found in errors; check auth and addresses first.",
        _unknown_receipt,
    ),
    Requirement(
        "a-wrong-secret-is-refused", "refused as not signed in; nothing was filed",
        "Answer HTTP 401, or give the code class auth in errors.", _wrong_secret,
    ),
    Requirement(
        "a-refusal-names-the-answer-at-fault", "refused, the data element named, with a sentence; nothing was filed",
        "Let success.field be the path of the name at fault, and give the code class refused and a sentence.", _refusal,
    ),
    Requirement(
        "a-missing-answer-is-refused-by-name", "refused, the data element named, with a sentence; nothing was filed",
        "Let success.field be the path of the name at fault, and give the code class refused and a sentence.", _missing,
    ),
    Requirement(
        "a-submission-gets-a-number-of-the-department", "a case number, submitted or accepted",
        "See the code: list it in success or errors; check fields, values, dates and answer.reference.", _number,
    ),
    Requirement(
        "the-same-key-twice-is-one-case", "the same case number both times",
        "Let idempotency name the header or field of the key; a code for a repeated one is class duplicate.", _twice,
    ),
    Requirement(
        "the-same-key-at-the-same-moment-is-one-case", "the same case number four times",
        "Make the key unique where cases are kept; a look before writing comes too early.", _at_once,
    ),
    Requirement(
        "a-case-is-found-by-our-receipt-number", "the same case number, a known status",
        "Check sends.receipt, operations.look_up.answer, and that statuses lists every status.", _found,
    ),
    Requirement(
        "another-receipt-number-with-our-reference-is-not-there", "no such case; ours stays as it is",
        "Withdraw only where receipt number and reference are of one case; else answer the code of class not_found.", _others,
    ),
    Requirement(
        "a-withdrawn-case-stays-withdrawn", "withdrawn, also the second time and when looked up",
        "A case that is withdrawn already is withdrawn: answer success, or give the code class duplicate.", _withdrawn,
    ),
    Requirement(
        "a-name-arrives-as-it-was-given", "every name kept as it was sent",
        "Read the body in the charset of the manifest, and neither trim nor escape what is kept.", _names,
    ),
    Requirement(
        "a-rare-character-arrives-or-is-refused-in-words", "kept as it was sent; with charset gbk refused with a sentence",
        "Use charset utf-8 or gb18030; with gbk write errors.charset with a sentence that leads to the window.", _rare,
    ),
    Requirement(
        "a-department-that-is-down-was-not-reached", "to be called again later; nothing is in doubt",
        "This one is about the gateway: tell its makers.", _down,
    ),
    Requirement(
        "a-callback-is-signed-and-tells-of-the-case", "a callback about our receipt number whose signature fits",
        "Sign as callback.scheme says with callback.secret; check callback's headers and paths.", _callback,
    ),
)
