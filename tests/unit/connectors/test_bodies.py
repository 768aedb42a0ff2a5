"""What is written can be read again by any reader of the format, and nothing slips in."""

from __future__ import annotations

import email
import email.policy
import json
from urllib.parse import parse_qs

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given
from hypothesis import strategies as st

from connectors import bodies
from connectors.bodies import Unreadable

PAIRS = [("id", "1"), ("person.name", "李喆 <&\"'>"), ("person.home.city", "本市\n二行")]


def test_json_nests_dotted_names() -> None:
    raw = bodies.encode("json", PAIRS, "utf-8")
    assert json.loads(raw.decode("utf-8")) == {
        "id": "1", "person": {"name": "李喆 <&\"'>", "home": {"city": "本市\n二行"}},
    }


def test_a_form_is_in_the_charset_of_the_department() -> None:
    raw = bodies.encode("form", [("xm", "王䶮&=+ ")], "gb18030")
    assert parse_qs(raw.decode("ascii"), encoding="gb18030") == {"xm": ["王䶮&=+ "]}


def test_soap_is_in_the_charset_that_it_declares_and_in_order() -> None:
    raw = bodies.encode("soap", PAIRS, "gbk", action="Do", namespace="urn:x")
    assert raw.startswith(b'<?xml version="1.0" encoding="gbk"?>')
    action = fromstring(raw.decode("gbk"))[0][0]
    assert action.tag == "{urn:x}Do"
    assert [e.tag for e in action] == ["{urn:x}id", "{urn:x}person"]
    assert action[1][0].text == "李喆 <&\"'>"


def test_a_missing_character_never_becomes_a_number_in_the_text() -> None:
    for body in ("json", "form", "soap"):
        with pytest.raises(UnicodeEncodeError):
            bodies.encode(body, [("xm", "䶮")], "gbk", action="Do", namespace="urn:x")


@pytest.mark.parametrize("names", [("a", "a"), ("a", "a.b"), ("a.b", "a")])
def test_two_values_never_share_a_place(names: tuple[str, str]) -> None:
    with pytest.raises(ValueError, match="a"):
        bodies.nest([(name, "x") for name in names])


def test_numbers_stay_as_the_department_wrote_them() -> None:
    tree = bodies.decode("json", b'{"a": 1234.50, "b": 0, "c": null, "d": true, "e": 1e3}', "utf-8")
    assert tree == {"a": "1234.50", "b": "0", "c": "", "d": "true", "e": "1e3"}


def test_a_soap_answer_loses_its_wrapping_and_keeps_repeats() -> None:
    xml = """<?xml version="1.0" encoding="gbk"?><s:Envelope
      xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><r:DoResponse xmlns:r="urn:x">
      <r:Code>0</r:Code><Row><N>甲</N></Row><Row><N>乙</N></Row><Empty/></r:DoResponse></s:Body>
      </s:Envelope>"""
    assert bodies.decode("soap", xml.encode("gbk"), "gbk") == {
        "Code": "0", "Row": [{"N": "甲"}, {"N": "乙"}], "Empty": "",
    }


def test_a_soap_fault_gives_its_code_without_prefix() -> None:
    xml = """<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault>
      <faultcode>soap:Server.Busy</faultcode><faultstring>x</faultstring></s:Fault></s:Body>
      </s:Envelope>"""
    assert bodies.fault_code(bodies.decode("soap", xml.encode(), "utf-8")) == "Server.Busy"
    assert bodies.fault_code({"Code": "0"}) == ""


BOMB = """<!DOCTYPE a [<!ENTITY b "x"><!ENTITY c "&b;&b;">]><s:Envelope
  xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><a>&c;</a></s:Body></s:Envelope>"""
BAD = [
    ("json", b"{", "utf-8"),
    ("json", "李".encode("gbk"), "utf-8"),
    ("json", b"[" * 100_000, "utf-8"),
    ("form", b"<html>", "gb18030"),
    ("soap", b"<a/>", "gbk"),
    ("soap", b"<a", "gbk"),
    ("soap", b"", "gbk"),
    ("soap", BOMB.encode(), "utf-8"),
    ("soap", b"\xff\xff", "gbk"),
]


@pytest.mark.parametrize(("body", "raw", "charset"), BAD, ids=range(len(BAD)))
def test_an_answer_of_another_kind_is_unreadable(body: str, raw: bytes, charset: str) -> None:
    with pytest.raises(Unreadable) as told:
        bodies.decode(body, raw, charset)  # type: ignore[arg-type]
    assert told.value.__cause__ is None


@given(st.text(st.characters(codec="utf-8"), max_size=40))
def test_any_text_arrives_as_it_was_cleaned(text: str) -> None:
    cleaned = bodies.clean(text).replace("\ufffe", "").replace("\uffff", "")
    raw = bodies.encode("soap", [("t", cleaned)], "gb18030", action="Do", namespace="urn:x")
    assert fromstring(raw.decode("gb18030"))[0][0][0].text == (cleaned or None)


def test_a_path_that_leads_nowhere_is_empty() -> None:
    tree = {"a": {"b": "1", "c": ["x"]}}
    assert [bodies.text_at(tree, p) for p in ("a.b", "a", "a.c", "a.b.c", "z", "")] == [
        "1", "", "", "", "", "",
    ]


def test_a_multipart_body_is_read_back_whole_in_the_departments_charset() -> None:
    photo = bodies.Attachment("户口本 1.jpg", "image/jpeg", b"\xff\xd8--line\r\n--\x00")
    raw = bodies.encode_multipart(
        [("person.name", "王秀英"), ("note", "a\r\nb")], "gbk", "line0", "files", [photo, photo]
    )
    head = f"Content-Type: {bodies.content_type('multipart', 'gbk', 'line0')}\r\n\r\n".encode()
    parts = email.message_from_bytes(head + raw, policy=email.policy.HTTP).get_payload()
    told = [
        (p.get_param("name", header="Content-Disposition"), p.get_payload(decode=True)) for p in parts
    ]
    assert told == [
        ("person.name", "王秀英".encode("gbk")), ("note", b"a\r\nb"),
        ("files", photo.content), ("files", photo.content),
    ]
    assert [p.get_content_type() for p in parts[2:]] == ["image/jpeg"] * 2
    with pytest.raises(UnicodeEncodeError):
        bodies.encode_multipart([("name", "王䶮")], "gbk", "line0", "", [])


def test_what_people_attach_is_kept_out_of_reprs() -> None:
    assert "jpg" not in repr(bodies.Attachment("jpg-name", "image/png", b"x"))
