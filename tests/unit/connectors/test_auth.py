"""A proof can be computed again from the text of its scheme alone; a sign-in is kept, renewed, and never told."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import logging
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Union

import gmalg
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.hmac import HMAC

from connectors.access import Auth
from connectors.auth import SCHEMES, Outgoing, new_nonce, proof_of
from connectors.auth.oauth2 import Token
from connectors.error_map import Broken
from connectors.transport import Reply
from gateway.errors import OurFault, RetryLater
from tests.unit.connectors.samples import http, office, parsed

NOW = dt.datetime(2026, 10, 19, 8, 0, tzinfo=dt.timezone.utc)
BODY = b'{"a":1}'
NAMES = {"id": "X-Id", "timestamp": "X-Time", "nonce": "X-Once", "signature": "X-Sign"}
OAUTH = {"scheme": "oauth2", "secret": "s", "id": "us", "login": "/token"}
SESSION = {
    "scheme": "session", "secret": "s", "id": "us", "login": "/login", "id_field": "user", "field": "pass",
    "cookie": "SID",
}
PHRASE = "password-value"
GOOD = '{"code":"0","no":"N1","state":"new"}'


def outgoing(body: bytes = BODY, target: str = "/p?q=1") -> Outgoing:
    return Outgoing("POST", target, body, NOW)


def nobody(path: str, form: Sequence[tuple[str, str]]) -> Union[Reply, Broken]:
    raise AssertionError("this scheme does not sign in")


def signed(scheme: str, key: str = "k", sent: Outgoing | None = None) -> dict[str, str]:
    auth = Auth.parse_obj({"scheme": scheme, "secret": "name-of-it", "id": "us", "headers": NAMES})
    return proof_of(auth, key, nobody).headers(sent or outgoing())


def lines(headers: dict[str, str], digest: str) -> bytes:
    return f"POST\n/p?q=1\n{headers['X-Time']}\n{headers['X-Once']}\n{digest}".encode()


def sm3(text: bytes) -> str:
    summing = hashes.Hash(hashes.SM3())
    summing.update(text)
    return summing.finalize().hex()


def test_hmac_sha256_is_the_hmac_of_the_five_lines() -> None:
    found = signed("hmac_sha256")
    text = lines(found, hashlib.sha256(BODY).hexdigest())
    assert (found["X-Id"], found["X-Time"]) == ("us", "1792396800")
    assert found["X-Sign"] == hmac.new(b"k", text, hashlib.sha256).hexdigest()


def test_sm3_hmac_is_the_same_with_sm3_in_both_places() -> None:
    found = signed("sm3_hmac")
    mac = HMAC(b"k", hashes.SM3())
    mac.update(lines(found, sm3(BODY)))
    assert found["X-Sign"] == mac.finalize().hex()


def test_sm3_is_that_of_the_standard() -> None:
    assert sm3(b"abc") == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


def test_an_sm2_signature_is_checked_with_the_public_key_alone() -> None:
    private, public = gmalg.SM2().generate_keypair()
    found = signed("sm2", private.rjust(32, b"\0").hex())
    r, s = bytes.fromhex(found["X-Sign"][:64]), bytes.fromhex(found["X-Sign"][64:])
    checker = gmalg.SM2(uid=b"1234567812345678", pk=public)
    assert checker.verify(lines(found, sm3(BODY)), r, s)
    assert not checker.verify(lines(found, sm3(b"{}")), r, s)


@pytest.mark.parametrize("scheme", ["hmac_sha256", "sm3_hmac"])
def test_another_body_path_or_secret_is_another_signature(scheme: str) -> None:
    signs = {
        signed(scheme)["X-Sign"], signed(scheme, sent=outgoing(b""))["X-Sign"],
        signed(scheme, sent=outgoing(target="/p"))["X-Sign"], signed(scheme, "l")["X-Sign"],
    }
    assert len(signs) == 4


def test_a_nonce_is_never_the_same() -> None:
    nonces = {new_nonce() for _ in range(100)}
    assert len(nonces) == 100
    assert {len(n) for n in nonces} == {32}


def test_a_key_goes_where_the_manifest_says() -> None:
    header = proof_of(Auth.parse_obj({"scheme": "api_key", "secret": "s", "header": "X-Key"}), "v", nobody)
    field = proof_of(Auth.parse_obj({"scheme": "api_key", "secret": "s", "field": "key"}), "v", nobody)
    assert (header.headers(outgoing()), header.fields()) == ({"X-Key": "v"}, [])
    assert (field.headers(outgoing()), field.fields()) == ({}, [("key", "v")])
    assert proof_of(Auth(), "", nobody).headers(outgoing()) == {}


WRONG_SECRETS: list[tuple[dict[str, Any], str]] = [
    ({"scheme": "sm2", "secret": "s", "id": "us", "headers": NAMES}, "an SM2 private key of 64 hex digits"),
    ({"scheme": "mutual_tls", "secret": "s"}, "the path of a PEM file"),
]


@pytest.mark.parametrize(("auth", "told"), WRONG_SECRETS)
def test_a_secret_that_cannot_be_used_is_said_so_without_its_value(auth: dict[str, Any], told: str) -> None:
    with pytest.raises(OurFault, match=told) as error:
        proof_of(Auth.parse_obj(auth), "secret-value", nobody).headers(outgoing())
    assert "secret-value" not in str(error.value)


def test_every_scheme_of_the_manifest_has_its_module() -> None:
    assert set(SCHEMES) == set(Auth.__fields__["scheme"].type_.__args__)


# --- sign-ins, over HTTP ---

def token(text: str) -> bytes:
    return http(200, f'{{"access_token":"{text}","token_type":"Bearer","expires_in":600}}')


ENDINGS: list[tuple[dict[str, Any], bytes, bytes, bytes, str, list[str]]] = [
    (OAUTH, token("one"), http(401), token("two"), "Authorization", ["Bearer one", "Bearer one", "Bearer two"]),
    (OAUTH, token("one"), http(200, '{"code":"who"}'), token("two"), "Authorization",
     ["Bearer one", "Bearer one", "Bearer two"]),
    (SESSION, http(302, "", "Location: /", "Set-Cookie: SID=one; Path=/; HttpOnly"),
     http(302, "", "Location: /login"), http(200, "", "Set-Cookie: SID=two"), "Cookie",
     ["SID=one", "SID=one", "SID=two"]),
    (SESSION, http(200, "", "Set-Cookie: other=1", "Set-Cookie: SID=one"), http(200, '{"code":"who"}'),
     http(200, "", "Set-Cookie: SID=two"), "Cookie", ["SID=one", "SID=one", "SID=two"]),
]


@pytest.mark.parametrize(("auth", "first", "ended", "second", "header", "sent"), ENDINGS)
def test_a_sign_in_is_kept_and_made_anew_when_the_department_ends_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, auth: dict[str, Any], first: bytes, ended: bytes,
    second: bytes, header: str, sent: list[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    answers = (first, http(200, GOOD), ended, second, http(200, GOOD))
    with office(parsed(tmp_path, auth=auth), *answers, secret=PHRASE) as (connector, script):
        for receipt in ("R1", "R2"):
            answer = connector.call("submit", {}, item="leave", receipt=receipt, key=receipt)
            assert answer.reference == "N1"
    calls = [r for r in script.requests if r[1] == "/submit"]
    assert [r[2][header] for r in calls] == sent
    assert len(script.requests) == 5
    assert all(word not in caplog.text for word in ("password-value", "Bearer", "SID="))


@pytest.mark.parametrize(("auth", "form"), [
    (OAUTH, {"grant_type=client_credentials", "client_id=us", "client_secret=password-value"}),
    ({**OAUTH, "scope": "cases"},
     {"grant_type=client_credentials", "client_id=us", "client_secret=password-value", "scope=cases"}),
    (SESSION, {"user=us", "pass=password-value"}),
])
def test_a_sign_in_sends_the_form_that_the_scheme_says(
    tmp_path: Path, auth: dict[str, Any], form: set[str]
) -> None:
    with (
        office(parsed(tmp_path, auth=auth), http(401), secret=PHRASE) as (connector, script),
        pytest.raises(OurFault) as told,
    ):
        connector.call("submit", {}, item="leave", receipt="R", key="K")
    method, path, _, body = script.requests[0]
    assert (method, path) == ("POST", auth["login"])
    assert set(body.decode().split("&")) == form
    assert "password-value" not in str(told.value)
    assert len(script.requests) == 1, "nothing is sent without a sign-in"


SIGN_IN_ANSWERS: list[tuple[bytes, type[Exception]]] = [
    (http(400, '{"error":"invalid_client"}'), OurFault), (http(200, "<html>"), OurFault),
    (http(302, "", "Location: http://elsewhere.example/"), OurFault),
    (http(503, "", "Retry-After: 7"), RetryLater), (http(500), RetryLater), (b"", RetryLater),
]


@pytest.mark.parametrize("auth", [OAUTH, SESSION])
@pytest.mark.parametrize(("answer", "kind"), SIGN_IN_ANSWERS)
def test_a_sign_in_that_fails_says_whether_to_come_again(
    tmp_path: Path, auth: dict[str, Any], answer: bytes, kind: type[Exception]
) -> None:
    with (
        office(parsed(tmp_path, auth=auth), answer, secret=PHRASE) as (connector, _),
        pytest.raises(kind) as told,
    ):
        connector.call("submit", {}, item="leave", receipt="R", key="K")
    assert type(told.value) is kind, "a failed sign-in leaves no doubt: nothing was sent"


def test_a_sign_in_that_is_refused_twice_is_our_fault(tmp_path: Path) -> None:
    answers = (token("one"), http(401), token("two"), http(401))
    with (
        office(parsed(tmp_path, auth=OAUTH), *answers, secret=PHRASE) as (connector, script),
        pytest.raises(OurFault, match="sign-in"),
    ):
        connector.call("submit", {}, item="leave", receipt="R", key="K")
    assert len(script.requests) == 4


def test_a_token_is_not_used_to_its_last_second_and_fetched_once_for_all_threads() -> None:
    clock, fetched, gate = [0.0], [], threading.Barrier(4)

    def post(path: str, form: Sequence[tuple[str, str]]) -> Reply:
        fetched.append(path)
        body = f'{{"access_token":"t{len(fetched)}","token_type":"bearer","expires_in":600}}'
        return Reply(200, body.encode())

    held = Token(Auth.parse_obj(OAUTH), "v", post, lambda: clock[0])

    def ask(_: int) -> str:
        gate.wait()
        return held.headers(outgoing())["Authorization"]

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(ask, range(4))) == {"Bearer t1"}
    clock[0] = 569
    assert held.headers(outgoing()) == {"Authorization": "Bearer t1"}
    clock[0] = 571
    assert held.headers(outgoing()) == {"Authorization": "Bearer t2"}
    held.renew({"Authorization": "Bearer t1"})
    assert held.headers(outgoing()) == {"Authorization": "Bearer t2"}, "a newer token stays"
