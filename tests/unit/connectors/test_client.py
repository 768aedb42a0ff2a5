"""The client sends once, believes little, and says what it knows and no more."""

from __future__ import annotations

import json
import logging
import time
from pathlib import Path
from typing import Any

import pytest

from connectors.answers import Answer
from connectors.bodies import MOST_BYTES
from connectors.client import Connector
from gateway.errors import (
    AnswerUnreadable,
    DepartmentRefused,
    NotThere,
    OurFault,
    OutcomeUnknown,
    RetryLater,
)
from tests.unit.connectors.samples import http, office, parsed

GOOD = http(200, '{"code": "0", "no": "D1", "state": "new", "money": 1234.50}')
SECRET = "s3cr3t"  # noqa: S105 (a made-up one)
PEOPLE = {"name": "王秀英", "phone": "13800138000", "day": "2026-10-05", "way": "post"}


def submit(connector: Connector, **changes: str) -> Answer:
    return connector.call(
        "submit", {**PEOPLE, **changes}, item="leave", receipt="R1", key="K1"
    )


def look_up(connector: Connector) -> Answer:
    return connector.call("look_up", {}, item="leave", receipt="R1", key="K1")


def refused(code: str) -> bytes:
    return http(200, json.dumps({"code": code, "field": "person.phone"}))


def test_answers_go_out_under_the_departments_names_and_codes(tmp_path: Path) -> None:
    with office(parsed(tmp_path, idempotency={"header": "X-Key"}), GOOD) as (connector, script):
        assert submit(connector) == Answer(reference="D1", status="submitted")
    method, path, headers, body = script.requests[0]
    assert (method, path, headers["X-Key"]) == ("POST", "/submit", "K1")
    assert json.loads(body) == {
        "type": "L1", "outer": "R1", "person": {"name": "王秀英", "phone": "13800138000"},
        "day": "20261005", "way": "2",
    }


def test_a_look_up_by_address_holds_only_numbers_of_the_case(tmp_path: Path) -> None:
    with office(parsed(tmp_path), GOOD) as (connector, script):
        connector.call("look_up", PEOPLE, item="leave", receipt="R 1", key="K")
    assert script.requests[0][:2] == ("GET", "/cases?type=L1&outer=R+1")


def test_a_query_shows_what_the_manifest_labels(tmp_path: Path) -> None:
    with office(parsed(tmp_path), GOOD) as (connector, _):
        answer = connector.call("query", {"name": "王"}, item="leave", key="K")
    assert answer.fields == {"余额": "1234.50"}


UNKNOWN_ANSWERS = {
    "lost": b"",
    "silent": b"hold",
    "cut short": b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{",
    "not HTTP": b"hello\r\n\r\n",
    "not JSON": http(200, "<html>"),
    "unlisted code": http(200, '{"code": "strange"}'),
    "no number": http(200, '{"code": "0"}'),
    "too long": http(200, b'{"code": "0", "no": "D1"}'.ljust(MOST_BYTES + 1)),
    "compressed": http(200, b"\x1f\x8b\x08\x00", "Content-Encoding: gzip"),
    "server error": http(500, "oops"),
    "said so": refused("perhaps"),
}


@pytest.mark.parametrize("answer", UNKNOWN_ANSWERS.values(), ids=UNKNOWN_ANSWERS)
def test_a_write_that_may_have_happened_is_unknown_and_sent_once(
    tmp_path: Path, answer: bytes
) -> None:
    with office(parsed(tmp_path), answer) as (connector, script):
        with pytest.raises(OutcomeUnknown):
            submit(connector)
        assert len(script.requests) == 1


NOTHING_DONE = {
    "busy": http(503, "", "Retry-After: 40"), "too many": http(429, "", "Retry-After: 40"),
}


@pytest.mark.parametrize("answer", NOTHING_DONE.values(), ids=NOTHING_DONE)
def test_a_department_that_asks_to_wait_did_nothing(tmp_path: Path, answer: bytes) -> None:
    with office(parsed(tmp_path), answer) as (connector, script):
        for call in (submit, look_up):
            with pytest.raises(RetryLater) as told:
                call(connector)
            assert (type(told.value), told.value.after) == (RetryLater, 40.0)
        assert len(script.requests) == 2, "a long wait is not waited for inside a call"


OUR_FAULTS = {
    "redirect": http(302, "", "Location: http://127.0.0.1:9/elsewhere"),
    "sign-in": http(401), "wrong path": http(404), "code": refused("who"),
}


@pytest.mark.parametrize("answer", OUR_FAULTS.values(), ids=OUR_FAULTS)
def test_what_only_we_can_mend_is_our_fault(tmp_path: Path, answer: bytes) -> None:
    with office(parsed(tmp_path), answer) as (connector, script):
        for call in (submit, look_up):
            with pytest.raises(OurFault):
                call(connector)
        assert len(script.requests) == 2


@pytest.mark.parametrize("broken", [b"", http(500), http(503), refused("later")])
def test_a_read_is_tried_three_times_at_most(tmp_path: Path, broken: bytes) -> None:
    with office(parsed(tmp_path), broken, broken, GOOD) as (connector, script):
        assert look_up(connector).reference == "D1"
        assert len(script.requests) == 3
    with office(parsed(tmp_path), broken) as (connector, script):
        with pytest.raises(RetryLater) as told:
            look_up(connector)
        assert type(told.value) is RetryLater
        assert len(script.requests) == 3
    with office(parsed(tmp_path, retries="0"), broken) as (connector, script):
        with pytest.raises(RetryLater):
            look_up(connector)
        assert len(script.requests) == 1


@pytest.mark.parametrize("body", ["<html>", '{"code": "strange"}', '{"code": "0", "no": "D", "state": "odd"}'])
def test_an_answer_that_nobody_understands_is_unreadable_and_a_read_is_tried_again(
    tmp_path: Path, body: str
) -> None:
    with office(parsed(tmp_path), http(200, body)) as (connector, script):
        with pytest.raises(AnswerUnreadable):
            look_up(connector)
        assert len(script.requests) == 3
    with office(parsed(tmp_path), http(200, body), GOOD) as (connector, _):
        assert look_up(connector).reference == "D1"


def test_a_number_is_enough_for_a_submission_whose_status_is_new_to_us(tmp_path: Path) -> None:
    answer = http(200, '{"code": "0", "no": "D1", "state": "odd"}')
    with office(parsed(tmp_path), answer) as (connector, _):
        assert submit(connector) == Answer(reference="D1", status="submitted")


def test_a_refusal_names_the_answer_by_the_departments_word_for_it(tmp_path: Path) -> None:
    with (
        office(parsed(tmp_path), refused("refused")) as (connector, _),
        pytest.raises(DepartmentRefused) as told,
    ):
        submit(connector)
    assert (told.value.code, told.value.sentence, told.value.field) == ("refused", "不行。", "phone")


def test_a_request_that_the_department_had_before_gives_its_first_answer(tmp_path: Path) -> None:
    with office(parsed(tmp_path), refused("again"), GOOD) as (connector, script):
        assert submit(connector).reference == "D1"
        assert [r[1].split("?")[0] for r in script.requests] == ["/submit", "/cases"]


@pytest.mark.parametrize("then", [refused("gone"), http(503)])
def test_a_request_had_before_but_not_shown_is_unknown(tmp_path: Path, then: bytes) -> None:
    with (
        office(parsed(tmp_path), refused("again"), then) as (connector, _),
        pytest.raises(OutcomeUnknown),
    ):
        submit(connector)


def test_a_case_withdrawn_before_is_withdrawn(tmp_path: Path) -> None:
    with office(parsed(tmp_path), refused("again")) as (connector, _):
        answer = connector.call("withdraw", {}, item="leave", reference="D1", key="K")
    assert answer == Answer(reference="D1", status="withdrawn")


def test_a_case_that_the_department_does_not_know_is_not_there(tmp_path: Path) -> None:
    with office(parsed(tmp_path), refused("gone")) as (connector, script):
        with pytest.raises(NotThere):
            look_up(connector)
        assert len(script.requests) == 1


WRONG_CALLS: list[tuple[dict[str, Any], str]] = [
    ({"operation": "book"}, "no operation book"),
    ({"operation": "no such"}, "no operation no such"),
    ({"item": "other"}, "no code for item other"),
    ({"values": {"shoe_size": "42"}}, "no name for shoe_size"),
    ({"values": {"way": "by drone"}}, "values.way lacks a choice"),
    ({"values": {"day": "tomorrow"}}, "day is not a date"),
]


@pytest.mark.parametrize(("change", "message"), WRONG_CALLS)
def test_a_call_that_the_manifest_does_not_cover_is_never_sent(
    tmp_path: Path, change: dict[str, Any], message: str
) -> None:
    told = {"operation": "submit", "values": PEOPLE, "item": "leave", **change}
    with office(parsed(tmp_path), GOOD) as (connector, script):
        with pytest.raises(OurFault, match=message) as error:
            connector.call(
                told["operation"], told["values"], item=told["item"], receipt="R", key="K"
            )
        assert script.requests == []
    assert "drone" not in str(error.value)
    assert "tomorrow" not in str(error.value)


def test_half_a_character_is_never_sent(tmp_path: Path) -> None:
    with office(parsed(tmp_path), GOOD) as (connector, script):
        with pytest.raises(OurFault, match="name has a character"):
            submit(connector, name="\ud83d")
        assert script.requests == []


def test_an_empty_answer_is_not_sent(tmp_path: Path) -> None:
    with office(parsed(tmp_path), GOOD) as (connector, script):
        submit(connector, phone="", name="王\x00秀\r\n英")
    assert json.loads(script.requests[0][3])["person"] == {"name": "王秀\n英"}


def test_without_its_secret_a_department_is_not_called(tmp_path: Path) -> None:
    manifest = parsed(tmp_path, auth={"scheme": "api_key", "secret": "the-key", "header": "X"})
    with office(manifest, GOOD) as (connector, script):
        with pytest.raises(OurFault, match="the secrets file has no the-key"):
            submit(connector)
        assert script.requests == []


def test_one_line_a_call_says_outcome_and_code_and_nothing_personal(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    manifest = parsed(tmp_path, auth={"scheme": "api_key", "secret": "s", "header": "X"})
    with office(manifest, GOOD, refused("refused"), refused("13800138000"), secret=SECRET) as (
        connector, _,
    ):
        submit(connector)
        for error in (DepartmentRefused, OutcomeUnknown):
            with pytest.raises(error):
                submit(connector)
    lines = [r for r in caplog.records if r.name == "yiwen.connector"]
    assert [(r.outcome, r.code, r.tries) for r in lines] == [  # type: ignore[attr-defined]
        ("ok", "0", 1), ("refused", "refused", 1), ("unreadable", "?", 1),
    ]
    assert lines[0].getMessage().startswith(
        "department=sample-office operation=submit outcome=ok code=0 tries=1 milliseconds="
    )
    for private in (PEOPLE["name"], PEOPLE["phone"], SECRET):
        assert private not in caplog.text


def test_a_key_never_follows_a_redirect_or_a_cookie(tmp_path: Path) -> None:
    cookie = http(200, '{"code": "0", "no": "D1"}', "Set-Cookie: sid=1")
    with office(parsed(tmp_path), cookie) as (connector, script):
        submit(connector)
        submit(connector)
    assert "Cookie" not in script.requests[1][2]


def test_an_answer_that_drips_is_given_up(tmp_path: Path) -> None:
    """Each drop comes in time; the whole does not."""
    manifest = parsed(tmp_path, timeouts={"connect": "0.2", "read": "0.3"})
    with office(manifest, b"drip") as (connector, _):
        began = time.monotonic()
        with pytest.raises(OutcomeUnknown):
            submit(connector)
        assert time.monotonic() - began < 2
