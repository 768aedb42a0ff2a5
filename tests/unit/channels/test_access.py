"""Every address is in the access table, and keeps strangers out as the table says."""

from __future__ import annotations

import hashlib
import re

import pytest
import requests
from itsdangerous import URLSafeTimedSerializer

from gateway.access import ADDRESSES, MEANING, Address
from gateway.console.routes import ROUTES
from gateway.privacy.cipher import Cipher, find_secret
from gateway.settings import ROOT
from tests.support.gateway import Gateway
from tests.unit.channels.conftest import METRICS_TOKEN, REST_TOKEN, SITE, WECHAT_TOKEN

SECONDS = 20
FORGED = ("", "x", "bearer of nothing", "\xff\xfe")


def of(access: str) -> list[Address]:
    return [address for address in ADDRESSES if address.access == access]


def name(address: Address) -> str:
    return f"{address.method} {address.path}"


def call(
    gateway: Gateway, address: Address, query: str = "", **kwargs: object
) -> requests.Response:
    path = re.sub(r"<\w+:\w+>", "1", address.path)
    return requests.request(
        address.method, f"{gateway.url}{path}{query}", allow_redirects=False, timeout=SECONDS,
        **kwargs,  # type: ignore[arg-type]
    )


def bearer(token: str) -> dict[str, bytes]:
    return {"Authorization": b"Bearer " + token.encode("latin-1")}


def signed(token: str) -> str:
    timestamp, nonce = "1792281600", "20261008"
    text = "".join(sorted((token, timestamp, nonce)))
    signature = hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()
    return f"?signature={signature}&timestamp={timestamp}&nonce={nonce}&echostr=proof"


def test_every_route_of_the_app_is_in_the_table_and_every_row_is_a_route(
    routes: set[tuple[str, str]], routes_with_samples: set[tuple[str, str]],
) -> None:
    rows = [(address.method, address.path) for address in ADDRESSES]
    assert len(rows) == len(set(rows)), "an address stands in the table twice"
    samples = {(address.method, address.path) for address in of("sample")}
    assert samples
    assert set(rows) - samples == routes
    assert set(rows) == routes_with_samples


def test_without_the_sample_provider_its_addresses_are_not_there(locked: Gateway) -> None:
    for address in of("sample"):
        answer = call(locked, address, json={"sender": "a", "citizen": "chen-jianguo"}, headers=bearer(REST_TOKEN))
        assert answer.status_code == 404


@pytest.mark.parametrize("address", of("sign-in-link"), ids=name)
def test_a_sign_in_needs_a_link_of_a_conversation_and_the_browser_that_began_it(
    locked: Gateway, address: Address
) -> None:
    for query, cookies in (("", {}), ("?state=guessed&code=x&iss=y", {"yiwen_sign_in": "0.forged"})):
        answer = call(locked, address, query, cookies=cookies)
        assert answer.status_code == 410
        assert "不能用了" in answer.text


def test_the_console_asks_for_staff_where_the_table_says_so() -> None:
    table = {(a.method, a.path): a.access for a in ADDRESSES}
    for route in ROUTES:
        path = f"/staff{route.path}".rstrip("/")
        assert table[route.method, path] == route.access, path


def test_the_document_prints_the_table() -> None:
    text = (ROOT / "docs" / "access.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| `([^`]+)` \| ([\w-]+) \| (.+) \|$", text, re.MULTILINE)
    assert rows == [(a.method, a.path, a.access, a.purpose) for a in ADDRESSES]
    meanings = dict(re.findall(r"^\| ([\w-]+) \| (.+) \|$", text, re.MULTILINE))
    assert {access: meanings.get(access) for access in MEANING} == MEANING


@pytest.mark.parametrize("address", of("staff"), ids=name)
def test_a_stranger_is_sent_to_the_sign_in(locked: Gateway, address: Address) -> None:
    for cookies in ({}, {"yiwen_staff": "forged"}):
        answer = call(locked, address, cookies=cookies)
        assert answer.status_code == 303
        assert answer.headers["Location"].startswith("/staff/sign-in")
        assert not answer.content


def test_a_sign_in_without_the_forms_token_is_refused(locked: Gateway) -> None:
    (address,) = [a for a in of("public") if a.path == "/staff/sign-in" and a.method == "POST"]
    assert call(locked, address, data={"name": "admin", "password": "x"}).status_code == 403


@pytest.mark.parametrize("address", of("control"), ids=name)
def test_a_control_address_obeys_only_the_holder_of_the_key(
    locked: Gateway, address: Address
) -> None:
    assert call(locked, address).status_code == 401
    for token in FORGED:
        assert call(locked, address, headers=bearer(token)).status_code == 401
    secret, _ = find_secret("", locked.home)
    token = Cipher(secret).digest("control", address.path.rpartition("/")[2])
    assert call(locked, address, headers=bearer(token)).status_code == 200


@pytest.mark.parametrize("address", of("rest-token"), ids=name)
def test_with_a_rest_token_set_nobody_speaks_without_it(
    locked: Gateway, address: Address
) -> None:
    message = {"sender": "a", "message": "你好"}
    assert call(locked, address, json=message).status_code == 401
    for token in FORGED:
        assert call(locked, address, json=message, headers=bearer(token)).status_code == 401
    answer = call(locked, address, json=message, headers=bearer(REST_TOKEN))
    if address.path.endswith("/attachment"):  # past the door when it complains of the photo
        assert (answer.status_code, bool(answer.json()["error"])) == (400, True)
    else:
        assert answer.status_code == 200
        assert answer.json()[0]["text"]


@pytest.mark.parametrize("address", of("callback-signature"), ids=name)
def test_a_callback_without_the_departments_signature_is_refused_alike_for_all(
    locked: Gateway, address: Address
) -> None:
    body = {"eventId": "e", "at": "2026-11-23T10:00:00", "outerNo": "YW", "caseNo": "1", "state": "12"}
    forged = {"X-App-Id": "medical-insurance", "X-Timestamp": "1792310400", "X-Nonce": "0", "X-Signature": "0"}
    answers = set()
    for department in ("medical-insurance", "public-security", "nobody"):
        path = Address(address.method, address.path.replace("<department:str>", department), address.access, "")
        for headers in ({}, forged):
            answer = call(locked, path, json=body, headers=headers)
            answers.add((answer.status_code, answer.text))
    assert [status for status, _ in answers] == [401]


@pytest.mark.parametrize("address", of("metrics-token"), ids=name)
def test_figures_are_read_with_the_token_only(locked: Gateway, address: Address) -> None:
    assert call(locked, address).status_code == 401
    for token in FORGED:
        assert call(locked, address, headers=bearer(token)).status_code == 401
    answer = call(locked, address, headers=bearer(METRICS_TOKEN))
    assert answer.status_code == 200
    assert "# TYPE yiwen_connector_calls_total counter" in answer.text


@pytest.mark.parametrize("address", of("widget-token"), ids=name)
def test_a_visitor_cannot_make_a_token_to_speak_as_somebody_else(
    locked: Gateway, address: Address
) -> None:
    session = f"{locked.url}/webhooks/widget/session"
    real = requests.post(session, json={}, timeout=SECONDS).json()["token"]
    own_key = URLSafeTimedSerializer(b"0" * 32, salt="widget").dumps("victim")
    body, _, signature = real.partition(".")
    other = ("A" if body[1] != "A" else "B").join((body[:1], body[2:]))
    photo = address.path.endswith("/attachment")

    def speak(token: str) -> int:
        if photo:
            return call(locked, address, data=b"no photo", headers=bearer(token)).status_code
        return call(locked, address, json={"token": token, "message": "你好"}).status_code

    for token in ("", "victim", own_key, f"{other}.{signature}", real[:-2]):
        assert speak(token) == 401, token
    assert call(locked, address, json={"message": "你好"}).status_code == (401 if photo else 400)
    assert speak(real) == (400 if photo else 200), "a photo that is none is refused past the door"


@pytest.mark.parametrize("address", of("wechat-signature"), ids=name)
def test_only_wechats_signature_opens_its_address(locked: Gateway, address: Address) -> None:
    wrong = ("", "?signature=&timestamp=&nonce=", "?signature=%ff%fe&timestamp=1&nonce=2",
             signed("another token"))
    for query in wrong:
        assert call(locked, address, query).status_code == 403, query
    # POST is past the door when it complains of the body.
    assert call(locked, address, signed(WECHAT_TOKEN)).status_code == (
        200 if address.method == "GET" else 400
    )


PAGES = [a for a in of("public") if a.method == "GET" and "<" not in a.path]


@pytest.mark.parametrize("address", PAGES, ids=name)
def test_a_public_page_opens_for_anybody(locked: Gateway, address: Address) -> None:
    assert call(locked, address).status_code == 200


@pytest.mark.parametrize("door", ["session", "webhook"])
def test_only_a_named_site_may_embed_the_widget(locked: Gateway, door: str) -> None:
    url = f"{locked.url}/webhooks/widget/{door}"
    for origin, allowed in ((SITE, SITE), ("https://other.example", None)):
        headers = {"Origin": origin, "Access-Control-Request-Method": "POST"}
        answer = requests.options(url, headers=headers, timeout=SECONDS)
        assert answer.status_code == 204
        assert answer.headers.get("Access-Control-Allow-Origin") == allowed
