"""A signature can be computed again from the text of the scheme alone."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac

from connectors.auth import auth_fields, auth_headers, new_nonce
from connectors.manifest import Auth

NOW = dt.datetime(2026, 10, 19, 8, 0, tzinfo=dt.timezone.utc)
SIGNED = Auth.parse_obj({
    "scheme": "hmac_sha256", "secret": "name-of-it", "id": "us",
    "headers": {"id": "X-Id", "timestamp": "X-Time", "nonce": "X-Once", "signature": "X-Sign"},
})


def headers(
    key: str = "k", *, auth: Auth = SIGNED, body: bytes = b'{"a":1}', target: str = "/p?q=1"
) -> dict[str, str]:
    return auth_headers(
        auth, key, method="POST", target=target, body=body, now=NOW, nonce=lambda: "n" * 32
    )


def test_the_signature_is_the_hmac_of_the_five_lines() -> None:
    body = hashlib.sha256(b'{"a":1}').hexdigest()
    text = f"POST\n/p?q=1\n{int(NOW.timestamp())}\n{'n' * 32}\n{body}"
    assert headers() == {
        "X-Id": "us", "X-Time": "1792396800", "X-Once": "n" * 32,
        "X-Sign": hmac.new(b"k", text.encode(), hashlib.sha256).hexdigest(),
    }


def test_another_body_path_or_secret_is_another_signature() -> None:
    signs = {
        headers()["X-Sign"], headers(body=b"")["X-Sign"], headers(target="/p")["X-Sign"],
        headers("l")["X-Sign"],
    }
    assert len(signs) == 4


def test_a_nonce_is_never_the_same() -> None:
    nonces = {new_nonce() for _ in range(100)}
    assert len(nonces) == 100
    assert {len(n) for n in nonces} == {32}


def test_a_key_goes_where_the_manifest_says() -> None:
    header = Auth.parse_obj({"scheme": "api_key", "secret": "s", "header": "X-Key"})
    field = Auth.parse_obj({"scheme": "api_key", "secret": "s", "field": "key"})
    assert headers("value", auth=header) == {"X-Key": "value"}
    assert auth_fields(header, "value") == []
    assert headers("value", auth=field) == {}
    assert auth_fields(field, "value") == [("key", "value")]
    assert headers("", auth=Auth.parse_obj({})) == {}
