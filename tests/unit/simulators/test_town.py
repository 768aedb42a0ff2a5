"""The sample departments behave like somebody else's system, and give nothing away."""

from __future__ import annotations

import datetime as dt
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from connectors.client import Connector
from connectors.registry import Connectors
from gateway.settings import ROOT
from simulators import appointments
from simulators.accounts import ACCOUNTS, password
from simulators.rules import SHANGHAI, cover, is_id_number
from simulators.secrets import NAMES, SimulatorError, ensure
from simulators.town import ORDER, running
from tests.support.departments import Departments, free_base, start_departments

ID_NUMBER, PHONE = "11010519491231002X", "13800138000"
NAME = "<script>alert('李')</script>"


@pytest.fixture
def departments(tmp_path: Path) -> Iterator[Departments]:
    running_ones = start_departments(tmp_path)
    yield running_ones
    running_ones.stop()


def submit(departments: Departments) -> str:
    connectors = Connectors(ROOT / "catalogue", "sample", departments.secrets, departments.addresses)
    office = connectors.get("public-security")
    assert isinstance(office, Connector)
    values = {
        "name": NAME, "id_number": ID_NUMBER, "phone": PHONE, "delivery_way": "pickup",
        "lost_on": "2026-10-05",
    }
    reference = office.call("submit", values, item="id-card-lost", receipt="R1", key="K1").reference
    connectors.close()
    return reference


def test_the_list_page_shows_a_case_and_covers_the_person(departments: Departments) -> None:
    reference = submit(departments)
    page = requests.get(departments.addresses["public-security"], timeout=5).text
    assert reference in page
    assert "居民身份证丢失补领" in page
    assert "&lt;script&gt;" in page
    assert "<script>" not in page
    assert "110************02X" in page
    assert ID_NUMBER not in page
    assert PHONE not in page


def test_what_people_wrote_is_nowhere_on_the_disk_in_the_clear(
    departments: Departments, tmp_path: Path
) -> None:
    submit(departments)
    departments.stop()
    kept = b"".join(p.read_bytes() for p in tmp_path.rglob("*") if p.is_file())
    assert b"R1" in kept, "the case is there"
    for text in (ID_NUMBER, PHONE, NAME, "李"):
        assert text.encode() not in kept


def test_cases_outlive_a_restart(tmp_path: Path) -> None:
    first = start_departments(tmp_path)
    reference = submit(first)
    first.stop()
    second = start_departments(tmp_path)
    assert [c["reference"] for c in second.ledger("public-security")] == [reference]
    second.stop()


def test_a_department_that_restarts_is_reached_over_the_same_session(tmp_path: Path) -> None:
    secrets, base = ensure(tmp_path / "secrets.yml"), free_base()
    address = {"human-resources": f"http://127.0.0.1:{base + 2}"}
    connectors = Connectors(ROOT / "catalogue", "sample", secrets, address)
    office = connectors.get("human-resources")
    assert office is not None
    values = {"name": "李喆", "id_number": ID_NUMBER, "phone": PHONE}
    references = []
    for key in ("K1", "K2"):
        with running(tmp_path / "state", secrets, base):
            answer = office.call(
                "submit", values, item="social-security-card-lost", receipt=key, key=key
            )
            references.append(answer.reference)
    connectors.close()
    assert len(set(references)) == 2


def test_state_of_other_secrets_is_refused_in_a_sentence(tmp_path: Path) -> None:
    start_departments(tmp_path).stop()
    (tmp_path / "secrets.yml").unlink()
    with pytest.raises(SimulatorError, match="was sealed with other secrets"):
        start_departments(tmp_path)


def test_a_case_goes_its_course_step_by_step(departments: Departments) -> None:
    reference = submit(departments)
    seen = []
    for _ in range(3):
        departments.advance("public-security", reference)
        seen.append(departments.ledger("public-security")[0]["status"])
    assert seen == ["ACCEPTED", "PROCESSING", "APPROVED"]
    with pytest.raises(ValueError, match="has no next step"):
        departments.advance("public-security", reference)


def test_the_departments_that_were_there_first_keep_their_places() -> None:
    assert ORDER[:3] == ("public-security", "human-resources", "housing-fund")
    assert len(set(ORDER)) == len(ORDER) == 16


def test_every_department_has_its_own_key(departments: Departments) -> None:
    body = {"matterCode": "MZ0101", "outerNo": "R1"}
    keys = {name: departments.secrets[f"{name}-key"] for name in ("civil-affairs", "health")}
    codes = {
        name: requests.post(
            f"{departments.addresses['civil-affairs']}/platform/find", json=body,
            headers={"X-Api-Key": key}, timeout=5,
        ).json()["code"]
        for name, key in keys.items()
    }
    assert codes == {"civil-affairs": "NO_CASE", "health": "BAD_KEY"}


BAD_CONTROLS = [
    ("advance", {"reference": "nobody"}, "no such case"),
    ("faults", {"fail": "fire"}, "fail: one of 5xx, busy"),
    ("faults", {"latency_ms": -1}, "latency_ms: a whole number"),
    ("faults", {"latency_ms": True}, "latency_ms: a whole number"),
    ("faults", {"times": 0}, "times: a whole number"),
    ("faults", {"speed": 1}, "unknown: speed"),
    ("faults", ["fail"], "send a JSON object"),
]


@pytest.mark.parametrize(("dial", "told", "message"), BAD_CONTROLS)
def test_a_wrong_turn_of_a_dial_says_what_is_allowed(
    departments: Departments, dial: str, told: object, message: str
) -> None:
    address = f"{departments.addresses['housing-fund']}/control/{dial}"
    answer = requests.post(address, json=told, timeout=5)
    assert answer.status_code == 400
    assert message in answer.json()["error"]


def test_no_web_page_can_turn_a_dial_or_read_a_list(departments: Departments) -> None:
    address = departments.addresses["housing-fund"]
    form = requests.post(f"{address}/control/faults", data='{"fail": "5xx"}', timeout=5)
    named = requests.get(f"{address}/ledger", headers={"Host": "evil.example"}, timeout=5)
    assert (form.status_code, named.status_code) == (415, 403)


def test_a_body_without_end_is_not_read(departments: Departments) -> None:
    address = f"{departments.addresses['housing-fund']}/gjj/gateway.do"
    chunked = requests.post(address, data=iter([b"a"]), timeout=5)
    assert chunked.status_code == 411
    with socket.create_connection(("127.0.0.1", int(address.split(":")[2].split("/")[0]))) as raw:
        raw.sendall(b"POST /gjj/gateway.do HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n")
        assert raw.recv(100).startswith(b"HTTP/1.1 413")


GARBAGE = [
    b"", b"\xff\xfe", b"{" * 5000, b"<a>", b"a=1&a", b"tranCode=3001", b"[]", b'{"a":1}', b"{}",
    b'{"matterCode": "SW0501", "form": {"taxKind": {}}}',
]


@pytest.mark.parametrize("body", GARBAGE, ids=range(len(GARBAGE)))
@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("human-resources", "/services/BizService"), ("housing-fund", "/gjj/gateway.do"),
        *(("taxation", f"/platform/{door}") for door in (
            "accept", "book", "slots", "query", "find", "revoke",
        )),
    ],
)
def test_rubbish_is_answered_and_takes_no_case(
    departments: Departments, name: str, path: str, body: bytes
) -> None:
    headers = {
        "X-SI-Token": departments.secrets["human-resources-token"],
        "X-Api-Key": departments.secrets["taxation-key"],
    }
    answer = requests.post(
        departments.addresses[name] + path, data=body, headers=headers, timeout=5
    )
    assert b"Internal Server Error" not in answer.content
    assert departments.ledger(name) == []


def test_secrets_are_made_once_for_the_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "secrets.yml"
    first = ensure(path)
    assert set(first) == set(NAMES)
    assert len(set(first.values())) == len(NAMES)
    assert min(map(len, first.values())) >= 32
    assert path.stat().st_mode & 0o777 == 0o600
    assert ensure(path) == first
    assert [p.name for p in path.parent.iterdir()] == ["secrets.yml"]


def test_a_secrets_file_of_somebody_keeps_what_it_has(tmp_path: Path) -> None:
    path = tmp_path / "secrets.yml"
    path.write_text('# mine\nother: "mine"\nhousing-fund-key: "kept"')
    found = ensure(path)
    assert (found["other"], found["housing-fund-key"]) == ("mine", "kept")
    assert set(NAMES) <= set(found)
    assert path.read_text().startswith("# mine\n")


@pytest.mark.parametrize("text", ["- a", "a: 1", "a: [", "a:"])
def test_a_broken_secrets_file_is_refused_and_left_alone(tmp_path: Path, text: str) -> None:
    path = tmp_path / "secrets.yml"
    path.write_text(text)
    with pytest.raises(SimulatorError, match="must hold lines such as"):
        ensure(path)
    assert path.read_text() == text


def test_sample_accounts_have_valid_numbers_and_six_digits() -> None:
    today = dt.date(2026, 10, 19)
    assert all(is_id_number(a.id_number, today) for a in ACCOUNTS)
    assert len({password("seed", a) for a in ACCOUNTS}) == 3
    assert all(p.isdigit() and len(p) == 6 for p in (password("x", a) for a in ACCOUNTS))
    assert password("seed", ACCOUNTS[0]) != password("other", ACCOUNTS[0])


@pytest.mark.parametrize("number", ["110105194912310021", "11010519490231002X", "1" * 18, "11010520991231002X", ""])
def test_a_number_with_a_wrong_check_or_date_is_no_identity_number(number: str) -> None:
    assert not is_id_number(number, dt.date(2026, 10, 19))


def test_numbers_of_people_are_covered_inside_other_text() -> None:
    assert cover(f"电话{PHONE}，证号{ID_NUMBER}。") == "电话138****8000，证号110************02X。"
    assert cover("合同 2026-0012345") == "合同 2026-0012345"


def test_offices_keep_the_state_holidays_and_working_weekends() -> None:
    assert not appointments.is_working_day(dt.date(2026, 10, 1))
    assert appointments.is_working_day(dt.date(2026, 10, 10)), "a Saturday that makes up"
    assert not appointments.is_working_day(dt.date(2026, 10, 11))


def test_a_year_without_calendar_falls_back_to_weekdays() -> None:
    assert appointments.is_working_day(dt.date(2090, 1, 2)), "a Monday"
    assert not appointments.is_working_day(dt.date(2090, 1, 1)), "a Sunday"
    end_of_year = dt.datetime(2026, 12, 28, 12, tzinfo=SHANGHAI)
    diary = appointments.Diary({"W01": "窗口"})
    days = {s.starts.date() for s in diary.offered(end_of_year).values()}
    assert len(days) == 10
    assert max(days).year == 2027


def test_all_departments_stop_when_one_port_is_taken(tmp_path: Path) -> None:
    secrets, base = ensure(tmp_path / "secrets.yml"), free_base()
    with (
        socket.create_server(("127.0.0.1", base + 2)),
        pytest.raises(SimulatorError),
        running(tmp_path / "state", secrets, base),
    ):
        raise AssertionError("it started")
    with socket.create_server(("127.0.0.1", base + 1)):
        pass
