"""A new department's sample system follows its own files."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pytest

from gateway.settings import ROOT
from scripts.new_department import main
from simulators.forms import first_problem
from simulators.newcomers import newcomers
from simulators.town import BASE_PORT, ORDER

TODAY = dt.date(2026, 11, 29)
PERSON = {"person.name": "王秀英", "person.certNo": "11010519491231002X", "person.mobile": "13800138000"}


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    """A small catalogue: the elements, and what the script writes for two departments."""
    folder = tmp_path / "catalogue"
    folder.mkdir()
    shutil.copy(ROOT / "catalogue" / "elements.yml", folder)
    for name, item, code in (("culture-tourism", "reader-card", "WH0101"), ("sports", "pool-pass", "0202")):
        told = [name, "某局", "--item", item, "--item-name", "某事", "--code", code, "--catalogue", str(folder)]
        assert main(told) == 0
    return folder


def change(path: Path, before: str, after: str) -> None:
    text = path.read_text("utf-8")
    assert before in text
    path.write_text(text.replace(before, after), "utf-8")


def test_each_gets_a_port_of_its_own_and_takes_what_its_item_asks(catalogue: Path) -> None:
    first, second = newcomers(catalogue, BASE_PORT, ORDER)
    assert (first.number, second.number) == (17, 18)
    assert second.bureau.matters.keys() == {"0202"}, "codes stay text"
    assert first.bureau.secret == "culture-tourism-key"  # noqa: S105 (a name)
    fields = first.bureau.matters["WH0101"].fields
    assert first_problem(fields, PERSON, TODAY) is None
    for name, kind in (("person.name", "missing"), ("person.certNo", "missing"), ("person.mobile", "missing")):
        problem = first_problem(fields, {**PERSON, name: ""}, TODAY)
        assert problem is not None
        assert (problem.kind, problem.field) == (kind, name)
    problem = first_problem(fields, {**PERSON, "person.certNo": "110105194912310021"}, TODAY)
    assert problem is not None
    assert problem.kind == "id"


def test_a_question_that_is_asked_after_a_choice_is_wanted_after_that_choice_only(catalogue: Path) -> None:
    own = catalogue / "culture-tourism"
    change(own / "reader-card.yml", "  - {element: phone}\n", (
        "  - {element: phone}\n  - {element: delivery_way}\n"
        "  - {element: mailing_address, when: {element: delivery_way, in: [post]}}\n"
        "  - {element: description, required: false}\n"
    ))
    change(own / "connector.yml", "  phone: person.mobile\n", (
        "  phone: person.mobile\n  delivery_way: form.way\n  mailing_address: form.address\n  description: form.note\n"
        'values:\n  delivery_way: {post: "1", pickup: "2"}\n'
    ))
    fields = newcomers(catalogue, BASE_PORT, ORDER)[0].bureau.matters["WH0101"].fields

    def problem(**told: str) -> tuple[str, str] | None:
        found = first_problem(fields, {**PERSON, **{f"form.{k}": v for k, v in told.items()}}, TODAY)
        return found and (found.kind, found.field)

    assert problem(way="1") == ("missing", "form.address")
    assert problem(way="1", address="文昌路 8 号") is None
    assert problem(way="2") is None
    assert problem(way="9") == ("code", "form.way")


@pytest.mark.parametrize(("file", "before", "after", "why"), [
    ("connector.yml", "  phone: person.mobile\n", "", "phone"),
    ("connector.yml", "body: json", "body: [", "ParserError"),
    ("connector.yml", ":5117", ":5118", "has the same port"),
    ("reader-card.yml", "{element: phone}", "{element: no_such_thing}", "no_such_thing"),
])
def test_one_whose_files_cannot_be_read_is_left_out_and_it_is_said_why(
    catalogue: Path, file: str, before: str, after: str, why: str
) -> None:
    change(catalogue / "culture-tourism" / file, before, after)
    said: list[str] = []
    assert len(newcomers(catalogue, BASE_PORT, ORDER, said.append)) == 1
    assert len(said) == 1
    assert why in said[0]


def test_a_department_with_a_test_system_of_its_own_gets_none(catalogue: Path) -> None:
    change(catalogue / "sports" / "connector.yml", "http://127.0.0.1:5118", "https://test.example/api")
    change(catalogue / "culture-tourism" / "connector.yml", "127.0.0.1:5117", "127.0.0.1:8080")
    assert newcomers(catalogue, BASE_PORT, ORDER) == []
    assert newcomers(ROOT / "catalogue", BASE_PORT, ORDER) == []
