"""A form says what is wrong with an application, and which field it is."""

from __future__ import annotations

import datetime as dt

import pytest

from simulators.appointments import Diary
from simulators.forms import Field, Matter, Problem, Rule, coded, first_problem
from simulators.rules import SHANGHAI
from simulators.town import KINDS

TODAY = dt.date(2026, 11, 25)
FORM = (
    Field("name", "name"),
    Field("id", "id"),
    coded("way", "1 2"),
    Field("address", when=("way", "2")),
    Field("other", "id", optional=True, unlike="id"),
    Field("from", "past", optional=True),
    Field("to", "day", optional=True, since="from"),
)
GOOD = {"name": "王秀英", "id": "11010519491231002X", "way": "1"}
WRONG = [
    ({"name": ""}, "missing", "name"),
    ({"name": "王"}, "name", "name"),
    ({"id": "110105194912310021"}, "id", "id"),
    ({"way": "3"}, "code", "way"),
    ({"way": "2"}, "missing", "address"),
    ({"way": "2", "address": "路" * 301}, "text", "address"),
    ({"other": GOOD["id"]}, "same", "other"),
    ({"other": "1"}, "id", "other"),
    ({"from": "2026-11-26"}, "past", "from"),
    ({"from": "20261301"}, "day", "from"),
    ({"from": "2026-10-02", "to": "20261001"}, "order", "to"),
]


@pytest.mark.parametrize(("told", "kind", "field"), WRONG)
def test_what_is_wrong_is_named_with_its_field(told: dict[str, str], kind: str, field: str) -> None:
    assert first_problem(FORM, {**GOOD, **told}, TODAY) == Problem(kind, field)


@pytest.mark.parametrize("told", [
    {}, {"way": "2", "address": "东湖路 18 号"}, {"other": "110105190103070013"},
    {"from": "20261125", "to": "2026-11-25"}, {"to": "2027-03-12"},
])
def test_a_whole_application_is_taken(told: dict[str, str]) -> None:
    assert first_problem(FORM, {**GOOD, **told}, TODAY) is None


RULES: list[tuple[Rule, str, str]] = [
    ("mobile", "13800138000", "12800138000"),
    ("card", "6222020000000000005", "622202"),
    ("credit", "91110000600037341L", "91110000600037341I"),
    ("amount", "860000.00", "0"),
    ("amount", "0.01", "1,000"),
    ("income", "0.00", "-1"),
    ("count", "3", "0"),
    ("count", "12", "3.5"),
]


@pytest.mark.parametrize(("rule", "good", "bad"), RULES)
def test_each_rule_takes_the_right_form_and_no_other(rule: Rule, good: str, bad: str) -> None:
    form = (Field("x", rule),)
    assert first_problem(form, {"x": good}, TODAY) is None
    assert first_problem(form, {"x": bad}, TODAY) == Problem(rule, "x")


def test_a_case_keeps_its_forms_fields_and_nothing_else() -> None:
    matter = Matter("样例", FORM)
    assert matter.kept({**GOOD, "from": "", "appKey": "secret"}) == GOOD


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_form_refers_to_fields_that_it_has_and_codes_that_they_take(kind: object) -> None:
    for matter in kind.matters.values():  # type: ignore[attr-defined]
        fields = {field.name: field for field in matter.fields}
        assert len(fields) == len(matter.fields), matter.title
        for field in matter.fields:
            assert {field.unlike, field.since} - {""} <= fields.keys()
            if field.when:
                other, codes = field.when
                assert set(codes.split()) < fields[other].codes, (matter.title, field.name)


def test_case_numbers_tell_the_departments_apart() -> None:
    assert len({kind.prefix for kind in KINDS}) == len(KINDS)


def test_a_day_is_cut_into_times_within_opening_hours() -> None:
    now = dt.datetime(2026, 11, 25, 8, tzinfo=SHANGHAI)
    slots = Diary({"01": "窗口"}, minutes=60, days=1).offered(now).values()
    times = [f"{slot.starts:%H:%M}-{slot.ends:%H:%M}" for slot in slots]
    assert times == [
        "09:00-10:00", "10:00-11:00", "11:00-12:00", "13:30-14:30", "14:30-15:30", "15:30-16:30",
    ]
