"""The shared sample services: signing in with OpenID Connect, and electronic licences."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from joserfc import jwt
from joserfc.jwk import KeySet

from gateway.cases.values import id_number_problem
from simulators.accounts import ACCOUNTS
from simulators.citizens import CITIZENS, find
from simulators.licence_library import KINDS
from simulators.services import serving

SECRETS = {"identity-provider-client": "sample secret", "licence-library-key": "sample key"}
VERIFIER = "v" * 50
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
BACK = "http://127.0.0.1:5005/sign-in/callback"
ASK = {
    "client_id": "yiwen", "redirect_uri": BACK, "response_type": "code", "scope": "openid", "state": "s",
    "nonce": "n", "code_challenge": CHALLENGE, "code_challenge_method": "S256",
}


@pytest.fixture(scope="module")
def addresses() -> Iterator[dict[str, str]]:
    with serving(SECRETS, gateway="https://yiwen.example.cn/") as servers:
        yield {server.department.name: server.address for server in servers}


@pytest.fixture
def provider(addresses: dict[str, str]) -> str:
    return addresses["identity-provider"]


def sign_in(provider: str, **changes: str) -> requests.Response:
    told = {**ASK, "citizen": "chen-jianguo", "do": "sign-in", **changes}
    return requests.post(f"{provider}/authorize", data=told, allow_redirects=False, timeout=5)


def answer_of(reply: requests.Response) -> dict[str, str]:
    assert reply.status_code == 302, reply.text
    location = urlsplit(reply.headers["Location"])
    return {name: values[0] for name, values in parse_qs(location.query).items()}


def redeem(provider: str, code: str, secret: str = "sample secret", **changes: str) -> requests.Response:  # noqa: S107
    told = {
        "grant_type": "authorization_code", "code": code, "redirect_uri": BACK, "code_verifier": VERIFIER,
        **changes,
    }
    return requests.post(f"{provider}/token", data=told, auth=("yiwen", secret), timeout=5)


def test_sample_citizens_have_valid_numbers_that_belong_to_nobody() -> None:
    assert not [c.id for c in CITIZENS if id_number_problem(c.id_number)]
    example = "11010519491231002X"
    assert all(c.id_number == example or int(c.id_number[6:10]) < 1906 for c in CITIZENS)
    assert len({c.id_number for c in CITIZENS}) == len(CITIZENS)
    assert {a.id_number for a in ACCOUNTS} <= {c.id_number for c in CITIZENS}, "accounts can be queried"


def test_a_citizen_signs_in_and_the_signed_answer_names_them(provider: str) -> None:
    facts: dict[str, Any] = requests.get(f"{provider}/.well-known/openid-configuration", timeout=5).json()
    page = requests.get(facts["authorization_endpoint"], params=ASK, timeout=5)
    assert "陈建国" in page.text
    assert "110105190103070013" not in page.text
    answer = answer_of(sign_in(provider))
    assert (answer["state"], answer["iss"]) == ("s", facts["issuer"])
    tokens = redeem(provider, answer["code"]).json()
    keys = KeySet.import_key_set(requests.get(facts["jwks_uri"], timeout=5).json())
    claims = jwt.decode(tokens["id_token"], keys, algorithms=["RS256"]).claims
    assert (claims["sub"], claims["aud"], claims["nonce"], claims["acr"]) == (
        "chen-jianguo", "yiwen", "n", "real_name",
    )
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    info = requests.get(facts["userinfo_endpoint"], headers=bearer, timeout=5).json()
    assert (info["sub"], info["name"], info["id_number"]) == ("chen-jianguo", "陈建国", "110105190103070013")


def test_a_citizen_may_be_named_by_identity_number_and_an_unknown_one_is_asked_again(provider: str) -> None:
    assert "code" in answer_of(sign_in(provider, citizen="", id_number="11010519491231002x"))
    assert "没有这位样例居民" in sign_in(provider, citizen="", id_number="1").text


def test_a_code_is_taken_once_with_its_own_verifier_address_and_secret(provider: str) -> None:
    code = answer_of(sign_in(provider))["code"]
    assert redeem(provider, code).status_code == 200
    assert redeem(provider, code).json() == {"error": "invalid_grant"}
    for wrong in ({"code_verifier": "w" * 50}, {"redirect_uri": BACK + "x"}, {"grant_type": "password"}):
        code = answer_of(sign_in(provider))["code"]
        assert redeem(provider, code, **wrong).status_code == 400, wrong
    code = answer_of(sign_in(provider))["code"]
    assert redeem(provider, code, secret="another").status_code == 401  # noqa: S106


@pytest.mark.parametrize("wrong", [
    {"redirect_uri": "https://elsewhere.example/sign-in/callback"},
    {"redirect_uri": "http://127.0.0.1:5005/other"},
    {"client_id": "other"},
])
def test_a_code_goes_to_the_registered_client_only(provider: str, wrong: dict[str, str]) -> None:
    assert sign_in(provider, **wrong).status_code == 400


def test_the_address_given_at_start_may_receive_codes(provider: str) -> None:
    told = {"redirect_uri": "https://yiwen.example.cn/sign-in/callback"}
    assert "code" in answer_of(sign_in(provider, **told))


@pytest.mark.parametrize(("wrong", "error"), [
    ({"code_challenge_method": "plain"}, "invalid_request"), ({"scope": "profile"}, "invalid_scope"),
    ({"response_type": "token"}, "unsupported_response_type"), ({"do": "leave"}, "access_denied"),
])
def test_what_is_not_as_it_must_be_goes_back_as_an_error(
    provider: str, wrong: dict[str, str], error: str
) -> None:
    answer = answer_of(sign_in(provider, **wrong))
    assert answer["error"] == error
    assert "code" not in answer


def test_nothing_is_told_without_a_token(provider: str) -> None:
    answer = requests.get(f"{provider}/userinfo", headers={"Authorization": "Bearer x"}, timeout=5)
    assert answer.status_code == 401
    assert "name" not in answer.text


def look_up(addresses: dict[str, str], key: str = "sample key", **changes: str) -> dict[str, Any]:
    told = {
        "licenceType": "MARRIAGE", "holderIdNo": "110105190103070013", "purpose": "公租房申请",
        "consentNo": "c1", **changes,
    }
    answer = requests.post(
        f"{addresses['licence-library']}/licences/find", json=told, headers={"X-Api-Key": key}, timeout=5
    )
    found: dict[str, Any] = answer.json()
    return found


def test_the_library_gives_a_licence_for_a_purpose_and_a_consent_only(addresses: dict[str, str]) -> None:
    assert look_up(addresses)["data"]["spouseName"] == "刘玉兰"
    assert look_up(addresses, holderIdNo="110105190411230015") == {"code": "NONE", "data": {}}
    assert look_up(addresses, consentNo="")["code"] == "NO_CONSENT"
    assert look_up(addresses, purpose="")["code"] == "NO_CONSENT"
    assert look_up(addresses, key="another")["code"] == "BAD_KEY"
    assert look_up(addresses, licenceType="UNKNOWN")["code"] == "NO_KIND"


def test_the_library_lists_every_look_up_with_the_number_covered(addresses: dict[str, str]) -> None:
    look_up(addresses, consentNo="c2")
    newest = requests.get(f"{addresses['licence-library']}/ledger", timeout=5).json()[0]
    assert newest["fields"] == {"证件": "110************013", "用途": "公租房申请", "授权编号": "c2"}


def test_every_licence_of_a_sample_citizen_is_a_kind_that_the_library_has() -> None:
    assert {kind for c in CITIZENS for kind in c.licences} == set(KINDS)
    assert find(id="nobody") is None
