"""The contract that every department's system keeps, as tests. A department subclasses it.

A subclass gives one fixture, ``bench``: the department under test and what to send it. Without it pytest
says that the fixture is missing. The suite needs a department with a fault dial; the sample departments have
one, a vendor's test system gets one in front of it.
"""

from __future__ import annotations

import dataclasses
import logging
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

import pytest

from connectors.answers import Answer
from connectors.client import Connector
from connectors.manifest import UNENCODABLE
from gateway.errors import (
    DepartmentRefused,
    NotThere,
    OurFault,
    OutcomeUnknown,
    RetryLater,
    YiwenError,
)

PATIENCE = 10.0
"""Seconds that a department may take to finish what it began before the connection broke."""
ODD_NAMES = ("李喆", "阿卜杜拉·买买提", "O'Neil \"小\" <b>&amp;</b>", "王&李=100%+1")
RARE_NAME = "王䶮"
"""䶮 (U+4DAE) is in GB18030 and not in GBK."""


@dataclasses.dataclass(frozen=True)
class Bench:
    """A department under test.

    ``connect(secret=…, address=…, read=…)`` makes a connector that differs in what is given;
    ``faults`` turns the dial; ``count`` says how many cases the department holds for a receipt;
    ``name_of`` how it wrote the applicant's name. ``spoiled`` is an answer that it must refuse.
    ``operation`` is ``book`` for a department that only gives appointments; ``own`` are then the
    answers that each receipt has for itself: a free time.
    """

    connect: Callable[..., Connector]
    item: str
    answers: Mapping[str, str]
    spoiled: tuple[str, str]
    faults: Callable[..., None]
    count: Callable[[str], int]
    name_of: Callable[[str], str]
    operation: str = "submit"
    own: Callable[[str], Mapping[str, str]] = lambda receipt: {}

    def submit(
        self, receipt: str, changed: Mapping[str, str] = {}, *, connector: Connector | None = None
    ) -> Answer:
        """Submit the sample application with some answers ``changed``; one key a receipt."""
        values = {**self.answers, **self.own(receipt), **changed}
        return (connector or self.connect()).call(
            self.operation, values, item=self.item, receipt=receipt, key=f"key-{receipt}"
        )

    def look_up(self, receipt: str) -> Answer:
        """Ask for the case under our receipt."""
        return self.connect().call("look_up", {}, item=self.item, receipt=receipt, key="look")

    def withdraw(self, receipt: str, reference: str) -> Answer:
        """Withdraw a case."""
        return self.connect().call(
            "withdraw", {}, item=self.item, receipt=receipt, reference=reference,
            key=f"withdraw-{receipt}",
        )


def _error_of(bench: Bench, receipt: str, changed: Mapping[str, str]) -> Exception | None:
    try:
        bench.submit(receipt, changed)
    except YiwenError as error:
        return error
    return None


class ConnectorContract:
    """What a connector and its department promise together."""

    @pytest.fixture(autouse=True)
    def _dial_off_afterwards(self, bench: Bench) -> object:
        yield
        bench.faults()

    @pytest.fixture
    def receipt(self) -> str:
        """A receipt number that no department knows."""
        return f"YW{uuid.uuid4().hex[:12].upper()}"

    def test_a_submission_gets_the_departments_number(self, bench: Bench, receipt: str) -> None:
        answer = bench.submit(receipt)
        assert answer.reference
        assert answer.status in {"submitted", "accepted"}
        assert bench.count(receipt) == 1

    def test_the_same_key_twice_is_one_case(self, bench: Bench, receipt: str) -> None:
        first, second = bench.submit(receipt), bench.submit(receipt)
        assert second.reference == first.reference
        assert bench.count(receipt) == 1

    def test_the_same_key_at_the_same_moment_is_one_case(self, bench: Bench, receipt: str) -> None:
        gate = threading.Barrier(4)

        def together(_: int) -> str:
            gate.wait()
            return bench.submit(receipt).reference

        with ThreadPoolExecutor(4) as pool:
            assert len(set(pool.map(together, range(4)))) == 1
        assert bench.count(receipt) == 1

    def test_a_case_is_found_by_our_receipt(self, bench: Bench, receipt: str) -> None:
        reference = bench.submit(receipt).reference
        assert bench.look_up(receipt).reference == reference

    def test_an_unknown_receipt_is_not_there(self, bench: Bench, receipt: str) -> None:
        with pytest.raises(NotThere) as told:
            bench.look_up(receipt)
        assert told.value.sentence

    def test_another_receipt_with_our_reference_is_not_there(
        self, bench: Bench, receipt: str
    ) -> None:
        reference = bench.submit(receipt).reference
        with pytest.raises(NotThere):
            bench.withdraw(f"{receipt}X", reference)

    def test_a_withdrawn_case_stays_withdrawn(self, bench: Bench, receipt: str) -> None:
        reference = bench.submit(receipt).reference
        assert bench.withdraw(receipt, reference).status == "withdrawn"
        assert bench.withdraw(receipt, reference).status == "withdrawn"
        assert bench.look_up(receipt).status == "withdrawn"

    def test_a_refusal_names_the_answer_at_fault(self, bench: Bench, receipt: str) -> None:
        element, value = bench.spoiled
        with pytest.raises(DepartmentRefused) as told:
            bench.submit(receipt, {element: value})
        assert told.value.field == element
        assert told.value.sentence.endswith("。")
        assert bench.count(receipt) == 0

    def test_a_missing_answer_is_refused_by_name(self, bench: Bench, receipt: str) -> None:
        with pytest.raises(DepartmentRefused) as told:
            bench.submit(receipt, {"name": ""})
        assert told.value.field == "name"

    def test_an_answer_lost_after_the_commit_is_unknown_and_then_found(
        self, bench: Bench, receipt: str
    ) -> None:
        bench.faults(fail="drop_after_commit", times=1)
        with pytest.raises(OutcomeUnknown):
            bench.submit(receipt)
        found = bench.look_up(receipt)
        assert bench.submit(receipt).reference == found.reference
        assert bench.count(receipt) == 1

    def test_a_connection_lost_before_the_commit_is_unknown_and_then_not_there(
        self, bench: Bench, receipt: str
    ) -> None:
        bench.faults(fail="drop_before", times=1)
        with pytest.raises(OutcomeUnknown):
            bench.submit(receipt)
        with pytest.raises(NotThere):
            bench.look_up(receipt)
        assert bench.submit(receipt).reference
        assert bench.count(receipt) == 1

    def test_a_lost_withdrawal_is_unknown_and_may_be_said_again(
        self, bench: Bench, receipt: str
    ) -> None:
        reference = bench.submit(receipt).reference
        bench.faults(fail="drop_after_commit", times=1)
        with pytest.raises(OutcomeUnknown):
            bench.withdraw(receipt, reference)
        assert bench.look_up(receipt).status == "withdrawn"
        assert bench.withdraw(receipt, reference).status == "withdrawn"

    @pytest.mark.parametrize("fail", ["wrong_charset", "changed_schema"])
    def test_an_answer_that_cannot_be_read_is_unknown_and_settles_as_one_case(
        self, bench: Bench, receipt: str, fail: str
    ) -> None:
        bench.faults(fail=fail, times=1)
        with pytest.raises(OutcomeUnknown):
            bench.submit(receipt)
        assert bench.submit(receipt).reference == bench.look_up(receipt).reference
        assert bench.count(receipt) == 1

    def test_a_department_in_maintenance_did_nothing_and_says_when_to_come(
        self, bench: Bench, receipt: str
    ) -> None:
        bench.faults(fail="maintenance", times=1)
        with pytest.raises(RetryLater) as told:
            bench.submit(receipt)
        assert not isinstance(told.value, OutcomeUnknown)
        assert told.value.after == 1
        assert bench.count(receipt) == 0

    def test_a_server_error_leaves_a_submission_unknown(self, bench: Bench, receipt: str) -> None:
        bench.faults(fail="5xx", times=1)
        with pytest.raises(OutcomeUnknown):
            bench.submit(receipt)

    def test_a_busy_department_did_nothing(self, bench: Bench, receipt: str) -> None:
        bench.faults(fail="busy", times=1)
        with pytest.raises(RetryLater) as told:
            bench.submit(receipt)
        assert not isinstance(told.value, OutcomeUnknown)
        assert bench.count(receipt) == 0

    def test_a_submission_is_sent_once_only(self, bench: Bench, receipt: str) -> None:
        bench.faults(fail="busy", times=1)
        with pytest.raises(RetryLater):
            bench.submit(receipt)
        assert bench.submit(receipt).reference, "the fault was used up by a second try"

    def test_a_look_up_survives_one_lost_connection(self, bench: Bench, receipt: str) -> None:
        reference = bench.submit(receipt).reference
        bench.faults(fail="drop_before", times=1)
        assert bench.look_up(receipt).reference == reference

    def test_a_department_that_is_down_was_not_reached(self, bench: Bench, receipt: str) -> None:
        nobody = bench.connect(address="http://127.0.0.1:9")
        with pytest.raises(RetryLater) as told:
            bench.submit(receipt, connector=nobody)
        assert not isinstance(told.value, OutcomeUnknown)

    def test_a_slow_answer_is_unknown_and_settles_as_one_case(
        self, bench: Bench, receipt: str
    ) -> None:
        bench.faults(latency_ms=600, times=1)
        with pytest.raises(OutcomeUnknown):
            bench.submit(receipt, connector=bench.connect(read=0.2))
        ends = time.monotonic() + PATIENCE
        while bench.count(receipt) == 0 and time.monotonic() < ends:
            time.sleep(0.02)
        found = bench.look_up(receipt)
        assert bench.submit(receipt).reference == found.reference
        assert bench.count(receipt) == 1

    def test_a_wrong_secret_is_our_fault(self, bench: Bench, receipt: str) -> None:
        stranger = bench.connect(secret="somebody-else")  # noqa: S106 (a wrong one)
        with pytest.raises(OurFault):
            bench.submit(receipt, connector=stranger)
        assert bench.count(receipt) == 0

    @pytest.mark.parametrize("name", ODD_NAMES)
    def test_a_name_arrives_as_it_was_given(self, bench: Bench, receipt: str, name: str) -> None:
        assert bench.name_of(bench.submit(receipt, {"name": name}).reference) == name

    def test_a_rare_character_arrives_or_is_refused_in_words(
        self, bench: Bench, receipt: str
    ) -> None:
        if bench.connect().manifest.charset == "gbk":
            with pytest.raises(DepartmentRefused) as told:
                bench.submit(receipt, {"name": RARE_NAME})
            assert (told.value.code, told.value.field) == (UNENCODABLE, "name")
            assert "窗口" in told.value.sentence
            assert bench.count(receipt) == 0
        else:
            assert bench.name_of(bench.submit(receipt, {"name": RARE_NAME}).reference) == RARE_NAME

    @pytest.mark.parametrize("fail", ["5xx", "busy", "maintenance", "drop_before", "drop_after_commit", "wrong_charset", None])
    def test_neither_logs_nor_errors_hold_what_was_sent(
        self, bench: Bench, receipt: str, caplog: pytest.LogCaptureFixture, fail: str | None
    ) -> None:
        caplog.set_level(logging.DEBUG)
        bench.faults(fail=fail)
        element, value = bench.spoiled
        errors = [_error_of(bench, receipt, changed) for changed in ({}, {element: value})]
        assert not any(error and error.__cause__ for error in errors)
        said = caplog.text + "".join(f"{error!r} {error}" for error in errors)
        said_by_us = [r.message for r in caplog.records if r.name == "yiwen.connector"]
        lines = [line for line in said_by_us if f"operation={bench.operation} " in line]
        assert len(lines) == 2, "one line a call"
        kept = {"name", "id_number", "phone"} & bench.answers.keys()
        assert not [e for e in kept if bench.answers[e] in said]
        assert value not in said
