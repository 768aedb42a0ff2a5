"""Each requirement is broken by a department that does not keep it, and by no other."""

from __future__ import annotations

import dataclasses
import datetime as dt
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from connectors.contract import REQUIREMENTS, hold
from connectors.contract.live import live_bench
from gateway.cases import form
from gateway.cases.examples import example_answers
from gateway.catalogue.model import Catalogue
from simulators.bureaus import JUSTICE
from simulators.forms import Matter
from simulators.office import Office, _Problem
from simulators.rules import SHANGHAI
from simulators.server import Server
from simulators.store import Case, NewCase, Store
from tests.contract.benches import manifest_of

KEY = "the key of an office that does something wrong"
DEPARTMENT, ITEM = "justice", "legal-aid"


class ForgetsKeys(Office):
    def _new(self, matter: Matter, told: dict[str, str], status: str, slot: str = "") -> NewCase:
        return dataclasses.replace(super()._new(matter, told, status, slot), key=secrets.token_hex(8))


class FindsNothing(Office):
    def _known(self, told: dict[str, str]) -> Case:
        raise _Problem("NO_CASE", "办件不存在")


class LooksAtTheReferenceOnly(Office):
    def _known(self, told: dict[str, str]) -> Case:
        return super()._known({"caseNo": told["caseNo"]} if told.get("caseNo") else told)


class WithdrawsOnceOnly(Office):
    def _revoke(self, matter: Matter, told: dict[str, str]) -> dict[str, Any]:
        if self._known(told).status == self.gone:
            raise _Problem("CLOSED", "已撤回")
        return super()._revoke(matter, told)


class TakesAnybody(Office):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._proof.check = lambda request: None  # type: ignore[method-assign]


class NamesNoField(Office):
    def _check_form(self, *args: Any, **kwargs: Any) -> None:
        try:
            super()._check_form(*args, **kwargs)
        except _Problem as problem:
            raise _Problem(problem.code, problem.message) from None


class WritesNamesItsOwnWay(Office):
    def _new(self, matter: Matter, told: dict[str, str], status: str, slot: str = "") -> NewCase:
        name = told["person.name"].encode("gb2312", "replace").decode("gb2312")
        return super()._new(matter, {**told, "person.name": name}, status, slot)


class FilesWhatItRefuses(Office):
    def _check_form(self, matter: Matter, told: dict[str, str], *args: Any, **kwargs: Any) -> None:
        try:
            super()._check_form(matter, told, *args, **kwargs)
        except _Problem:
            self.store.add(self._new(matter, told, "11"))
            raise


WITHDRAWAL = {"a-withdrawn-case-stays-withdrawn", "a-lost-withdrawal-may-be-said-again"}
NAMED = {"a-refusal-names-the-answer-at-fault", "a-missing-answer-is-refused-by-name"}
ONE_CASE = {
    "the-same-key-twice-is-one-case", "the-same-key-at-the-same-moment-is-one-case",
    "an-answer-lost-after-the-commit-is-found-again", "a-connection-lost-before-the-commit-is-not-there",
    "an-answer-that-cannot-be-read-settles-as-one-case", "a-server-error-settles-as-one-case",
    "a-late-answer-settles-as-one-case",
}
FOUND = {
    "a-submission-gets-a-number-of-the-department", "a-case-is-found-by-our-receipt-number",
    "another-receipt-number-with-our-reference-is-not-there", "a-look-up-that-cannot-be-read-leaves-it-unknown",
    "a-look-up-survives-one-lost-connection",
}
BROKEN: list[tuple[type[Office], set[str]]] = [
    (Office, set()),
    (ForgetsKeys, ONE_CASE),
    (FindsNothing, ONE_CASE | FOUND | WITHDRAWAL),
    (LooksAtTheReferenceOnly, {"another-receipt-number-with-our-reference-is-not-there"}),
    (WithdrawsOnceOnly, WITHDRAWAL),
    (TakesAnybody, {"a-wrong-secret-is-refused"}),
    (NamesNoField, NAMED),
    (WritesNamesItsOwnWay, {"a-name-arrives-as-it-was-given", "a-rare-character-arrives-or-is-refused-in-words"}),
    (FilesWhatItRefuses, NAMED),
]


def now() -> dt.datetime:
    return dt.datetime.now(SHANGHAI)


@pytest.fixture
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Server]:
    """An office of the class that the test names."""
    bureau = JUSTICE
    server = Server(request.param(bureau, Store(tmp_path / "office.db", "seal", "CL", now), KEY, now), 0)
    server.start()
    yield server
    server.stop()


@pytest.mark.parametrize(("office", "broken"), BROKEN, indirect=["office"], ids=lambda given: getattr(given, "__name__", ""))
def test_a_department_that_does_not_keep_a_requirement_is_told_so(
    office: Server, broken: set[str], catalogue: Catalogue
) -> None:
    answers = form.to_send(catalogue, example_answers(catalogue, catalogue.items[ITEM]))
    with live_bench(
        manifest_of(DEPARTMENT), office.address, {f"{DEPARTMENT}-key": KEY}, item=ITEM, operation="submit",
        answers=answers,
    ) as outside:
        bench = dataclasses.replace(
            outside, patience=0.5,
            name_of=lambda receipt: office.department.ledger(receipt=receipt)[0]["fields"]["person.name"],
        )
        findings = [hold(bench, requirement) for requirement in REQUIREMENTS]
    assert {f.requirement.name for f in findings if f.verdict == "failed"} == broken
