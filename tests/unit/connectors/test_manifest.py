"""A wrong manifest is refused in a sentence that says where, what, and what is allowed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from connectors.manifest_file import load_manifest
from gateway.errors import ManifestError
from tests.unit.connectors.samples import sample, write


def operations(**changes: Any) -> dict[str, Any]:
    return {"operations": {**sample()["operations"], **changes}}


SOAP = {"body": "soap", "charset": "gbk"}
QUERY_ONLY = {"operations": {"query": {"call": "POST /q"}}}
WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("unknown key", {"adresses": {}}, "adresses: is not a key (did you mean addresses?)"),
    ("unknown key inside", {"timeouts": {"reed": "1"}}, "timeouts.reed: is not a key (did you mean read?)"),
    ("own department", {"department": "x"}, "department: is not a key; the folder's name says it"),
    ("unknown operation", operations(withdrew={"call": "POST /w"}), "operations.withdrew: is not a name (did you mean withdraw?)"),
    ("unknown environment", {"addresses": {"prod": "https://a"}}, "addresses.prod: is not a key. Allowed: sample, test, live"),
    ("unknown body", {"body": "xml"}, "body: xml is not a value. Allowed: json, form, soap"),
    ("unknown charset", {"charset": "gb2312"}, "charset: gb2312 is not a value"),
    ("unknown status", {"statuses": {"9": "finished"}}, "statuses.9: finished is not a value"),
    ("unknown class", {"errors": {"9": {"class": "refuse"}}}, "errors.9.class: refuse is not a value (did you mean refused?)"),
    ("no sentence", {"errors": {"9": {"class": "refused"}}}, "errors.9: class refused needs a sentence"),
    ("no success", {"success": {}}, "success.path: is missing"),
    ("no codes", {"success": {"path": "code", "codes": []}}, "success.codes: needs one code or more"),
    ("key without place", {"auth": {"scheme": "api_key", "secret": "s"}}, "auth: scheme api_key takes header and secret or field and secret"),
    ("hmac without headers", {"auth": {"scheme": "hmac_sha256", "secret": "s", "id": "i"}}, "auth: scheme hmac_sha256 takes headers and id and secret"),
    ("token without place", {"auth": {"scheme": "oauth2", "secret": "s", "id": "i"}}, "auth: scheme oauth2 takes id and login and secret or id and login and scope and secret"),
    ("session without cookie", {"auth": {"scheme": "session", "secret": "s", "id": "i", "login": "/l"}}, "auth: scheme session takes cookie and field and id and id_field and login and secret"),
    ("sign-in elsewhere", {"auth": {"scheme": "oauth2", "secret": "s", "id": "i", "login": "https://other"}}, "auth.login: https://other: must be a path that begins with /"),
    ("certificate with a header", {"auth": {"scheme": "mutual_tls", "secret": "s", "header": "X"}}, "auth: scheme mutual_tls takes secret"),
    ("files in JSON", {"sends": {"receipt": "outer", "files": "files"}}, "sends.files: only body multipart takes files"),
    ("secret without scheme", {"auth": {"secret": "s"}}, "auth: scheme none takes nothing else"),
    ("two keys", {"idempotency": {"header": "K", "field": "k"}}, "idempotency: takes header or field"),
    ("plain live", {"addresses": {"live": "http://gov.example"}}, "must be an https address, because citizens' data goes there"),
    ("no address", {"addresses": {"test": "gov.example"}}, "addresses.test: gov.example: must be an http or https address"),
    ("user in address", {"addresses": {"test": "https://me:secret@gov.example"}}, "must be an http or https address"),
    ("endless wait", {"timeouts": {"read": "600"}}, "timeouts.read: 600: "),
    ("many tries", {"retries": "9"}, "retries: 9: "),
    ("no date", {"dates": {"day": "%Y"}}, "dates: day: %Y is not a date format such as %Y-%m-%d"),
    ("no path", operations(query={"call": "query"}), "operations.query.call: query: must be GET, POST or PUT"),
    ("people in addresses", operations(query={"call": "GET /q"}), "operations.query.call: GET would write personal data"),
    ("writing by GET", operations(withdraw={"call": "GET /w"}), "operations.withdraw.call: GET would"),
    ("action in JSON", operations(withdraw={"call": "POST /w", "action": "W"}), "operations.withdraw.action: is for body soap"),
    ("SOAP without action", {**SOAP, **QUERY_ONLY}, "operations.query.action: is for body soap, and needed there"),
    ("no reference", operations(submit={"call": "POST /s"}), "operations.submit.answer.reference: is missing"),
    ("no list of times", operations(slots={"call": "POST /s"}), "operations.slots.answer.slots: is missing"),
    ("no list of entries", operations(query={"call": "POST /q", "answer": {"listed": {"shown": {}}}}), "operations.query.answer.listed.list: is missing"),
    ("unknown key of entries", operations(query={"call": "POST /q", "answer": {"listed": {"list": "a", "show": {}}}}), "operations.query.answer.listed.show: is not a key (did you mean shown?)"),
    ("dots in a form", {"body": "form"}, "operations.submit.fields: a form is flat"),
    ("nothing settles", {"operations": {"submit": sample()["operations"]["submit"]}}, "operations.look_up: is missing"),
    ("no receipt", {"sends": {}}, "sends.receipt: is missing"),
    ("GBK without words", {"charset": "gbk"}, "errors.charset: is missing; gbk lacks characters"),
]


@pytest.mark.parametrize(("change", "message"), [w[1:] for w in WRONG], ids=[w[0] for w in WRONG])
def test_a_wrong_manifest_says_what_to_put_right(
    tmp_path: Path, change: dict[str, Any], message: str
) -> None:
    with pytest.raises(ManifestError) as told:
        load_manifest(write(tmp_path, sample(**change)))
    assert message in str(told.value)
    assert str(told.value).startswith("sample-office/connector.yml")


UNREADABLE = [
    ("body: json\nbody: form\n", "a key stands there twice: body (line 2)"),
    ("body: [", "is not YAML in line 1"),
    ("- a\n", "is not a mapping"),
    ("", "is not a mapping"),
]


@pytest.mark.parametrize(("text", "message"), UNREADABLE)
def test_a_file_that_is_no_manifest_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ManifestError) as told:
        load_manifest(write(tmp_path, text))
    assert message in str(told.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match=r"nowhere/connector.yml: cannot be read"):
        load_manifest(tmp_path / "nowhere" / "connector.yml")


def test_codes_keep_their_zeros_without_quotes(tmp_path: Path) -> None:
    text = """
addresses: {live: https://gov.example/api}
body: json
items: {leave: 007}
success: {path: code, codes: [0000]}
statuses: {00: submitted, no: not_accepted}
operations: {query: {call: POST /q}}
"""
    manifest = load_manifest(write(tmp_path, text))
    assert manifest.department == "sample-office"
    assert manifest.success.codes == ("0000",)
    assert manifest.items == {"leave": "007"}
    assert manifest.statuses == {"00": "submitted", "no": "not_accepted"}


def test_what_is_left_out_is_safe(tmp_path: Path) -> None:
    bare = {k: v for k, v in sample().items() if k not in {"timeouts", "dates", "values"}}
    manifest = load_manifest(write(tmp_path, bare))
    assert manifest.timeouts.connect <= 5
    assert manifest.timeouts.read <= 15
    assert manifest.charset == "utf-8"
