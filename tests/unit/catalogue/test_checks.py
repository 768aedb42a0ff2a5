"""Every rule of the check list: one record that breaks it, and the sentence that says so."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from gateway.catalogue.checks import (
    DEPARTMENT_RULES,
    ELEMENT_RULES,
    GUIDE_RULES,
    ITEM_RULES,
    Finding,
    check,
)
from gateway.catalogue.loader import load
from tests.support.sample_catalogue import (
    sample_department,
    sample_elements,
    sample_fund,
    sample_item,
    sample_query,
    write_catalogue,
)

TODAY = dt.date(2025, 11, 20)
STEP = {"name": "申请", "does": "填写"}
LINE = {"name": "工本费", "amount": 20, "basis": "发改价格〔2003〕2322号"}


def findings_of(folder: Path, *, connectors: bool = True) -> list[Finding]:
    return check(load(folder), has_connector=lambda department: connectors, today=TODAY)


def limit(n: int, unit: str) -> dict[str, Any]:
    return {"n": n, "unit": unit}


# rule, what is changed in the valid item, words of the sentence
BROKEN_ITEMS: list[tuple[str, dict[str, Any], str]] = [
    ("immediate_kind_has_immediate_limit", {"kind": "immediate"}, "10 个工作日"),
    ("immediate_kind_has_immediate_limit", {"promised_limit": {"unit": "immediate"}},
     "Set kind to immediate"),
    ("visits_have_a_reason", {"online_depth": "receive", "visits": {"count": 1}}, "visits.reason"),
    ("no_visit_offline_needs_post", {"forms": ["window"]}, "Add online or post"),
    ("full_depth_means_no_visit", {"visits": {"count": 2, "reason": "按指纹"}}, "2 time(s)"),
    ("fee_has_lines_with_basis", {"fee": {"charged": True}}, "no line says how much"),
    ("no_fee_means_nothing_to_pay", {"fee": {"charged": False, "online_payment": True}},
     "online payment"),
    ("no_fee_means_nothing_to_pay", {"fee": {"charged": False, "lines": [LINE]}}, "fee lines"),
    ("item_lines_differ", {"supervision": "057112345678"}, "both 0571-12345678"),
    ("permit_has_question_and_steps", {"type": "permit", "questions": [], "steps": [STEP] * 5},
     "at least one question"),
    ("permit_has_question_and_steps", {"type": "permit", "steps": [STEP] * 4}, "here are 4"),
    ("result_has_a_sample", {"result": {"name": "居住证"}}, "what 居住证 looks like"),
    ("limits_are_counted", {"promised_limit": limit(0, "days")}, "0 of unit days"),
    ("limits_are_counted", {"statutory_limit": {"unit": "days"}, "promised_limit": limit(1, "days")},
     "statutory_limit is 0"),
    ("promised_limit_is_within_statutory", {"promised_limit": limit(16, "days")}, "16 日 (16"),
    ("promised_limit_is_within_statutory", {"promised_limit": limit(11, "working_days")},
     "11 个工作日 (15.4 calendar days)"),
    ("promised_limit_is_within_statutory", {"statutory_limit": {"unit": "immediate"}}, "当场办结"),
    ("guide_says_why", {"flow": "guide", "fields": []}, "Write flow_reason"),
    ("assurance_fits_the_flow", {"assurance": "none"}, "Set assurance to real_name"),
    ("assurance_fits_the_flow", {"flow": "guide", "flow_reason": "要现场", "fields": []}, "assurance to none"),
    ("guide_says_why", {"flow": "guide", "flow_reason": "要现场按指纹"}, "never asked"),
    ("guide_says_why", {"flow_reason": "要现场按指纹"}, "the flow is apply"),
    ("other_flows_ask_something", {"fields": []}, "flow is apply, but nothing is asked"),
    ("other_flows_ask_something", {"flow": "appointment", "fields": []}, "flow is appointment"),
    ("guide_was_checked_already", {"checked_on": "2025-11-21"}, "after today (2025-11-20)"),
    ("law_names_close_their_marks", {"legal_basis": [{"law": "居住证暂行条例》", "article": "一"}]},
     "only one of 《 and 》"),
    ("law_names_are_written_one_way", {"legal_basis": [{"law": "《户口登记条例》", "article": "一"}]},
     "Most law names here are written without 《》"),
]


@pytest.mark.parametrize(("rule", "change", "words"), BROKEN_ITEMS)
def test_an_item_that_breaks_a_rule_is_found_and_the_sentence_says_how(
    tmp_path: Path, rule: str, change: dict[str, Any], words: str
) -> None:
    write_catalogue(tmp_path, items={
        "public-security": [sample_item(**change)],
        "housing-fund": [sample_query()],
    })
    findings = [f for f in findings_of(tmp_path) if f.rule == rule]
    assert len(findings) == 1
    assert findings[0].file == "public-security/residence-permit.yml"
    assert words in findings[0].sentence


def test_the_sample_catalogue_keeps_every_rule(tmp_path: Path) -> None:
    assert findings_of(write_catalogue(tmp_path)) == []


@pytest.mark.parametrize("change", [
    {"promised_limit": limit(15, "days")},
    {"statutory_limit": limit(20, "working_days"), "promised_limit": limit(28, "days")},
    {"fee": {"charged": True, "lines": [LINE], "online_payment": True}},
    {"forms": ["window", "post"]},
    {"online_depth": "precheck", "visits": {"count": 1, "reason": "按指纹"}},
    {"type": "permit", "steps": [STEP] * 5},
    {"checked_on": "2025-11-20"},
    {"flow": "guide", "flow_reason": "要现场按指纹", "fields": [], "assurance": "none"},
])
def test_what_the_rules_allow_passes(tmp_path: Path, change: dict[str, Any]) -> None:
    write_catalogue(tmp_path, items={"public-security": [sample_item(**change)]})
    assert findings_of(tmp_path) == []


def test_an_item_filled_in_here_needs_a_connector_of_its_department(tmp_path: Path) -> None:
    guide = {"flow": "guide", "flow_reason": "要现场按指纹", "fields": [], "assurance": "none"}
    write_catalogue(tmp_path, items={
        "public-security": [sample_item(**guide)], "housing-fund": [sample_query()],
    })
    findings = findings_of(tmp_path, connectors=False)
    assert [(f.rule, f.file) for f in findings] == [
        ("other_flows_have_a_connector", "housing-fund/fund-balance.yml")
    ]


# rule, number of the element, what is changed in it, words of the sentence
BROKEN_ELEMENTS: list[tuple[str, int, dict[str, Any], str]] = [
    ("private_element_says_why", 1, {"why": "  "}, "id_number is sensitive"),
    ("choices_go_with_choice", 3, {"type": "choice"}, "choice without choices"),
    ("choices_go_with_choice", 2, {"type": "text"}, "its type is text"),
    ("choices_differ", 2, {"choices": [
        {"value": "work", "label": "工作"}, {"value": "home", "label": "有住处", "aliases": ["工作"]},
        {"value": "study", "label": "读书"},
    ]}, "工作 means two choices"),
    ("source_is_a_department", 1, {"source": {
        "department": "nobody", "licence": "register", "licence_name": "登记信息", "valid_days": 30,
    }}, "no department here"),
    ("attachments_are_counted", 3, {"type": "attachment"}, "not how many"),
]


@pytest.mark.parametrize(("rule", "number", "change", "words"), BROKEN_ELEMENTS)
def test_an_element_that_breaks_a_rule_is_found_and_the_sentence_says_how(
    tmp_path: Path, rule: str, number: int, change: dict[str, Any], words: str
) -> None:
    elements = sample_elements()
    elements[number].update(change)
    elements[number] = {k: v for k, v in elements[number].items() if v != "  "}
    findings = findings_of(write_catalogue(tmp_path, elements=elements))
    assert [(f.file, f.rule) for f in findings] == [("elements.yml", rule)]
    assert words in findings[0].sentence


def test_a_private_element_that_nobody_asks_needs_no_purpose(tmp_path: Path) -> None:
    elements = sample_elements()
    assert elements[4]["element"] == "phone"
    del elements[4]["why"]
    assert findings_of(write_catalogue(tmp_path, elements=elements)) == []


@pytest.mark.parametrize(("rule", "change", "files"), [
    ("department_lines_differ", {"supervision": "0571 1234 5678"}, ["public-security"]),
    ("department_names_are_its_own", {"aliases": ["公积金"]}, ["housing-fund", "public-security"]),
])
def test_a_department_that_breaks_a_rule_is_found(
    tmp_path: Path, rule: str, change: dict[str, Any], files: list[str]
) -> None:
    write_catalogue(tmp_path, departments=[sample_department(**change), sample_fund()])
    found = [(f.rule, f.file) for f in findings_of(tmp_path)]
    assert found == [(rule, f"{file}/department.yml") for file in files]


def test_every_rule_has_a_broken_record_in_these_tests() -> None:
    tested = {row[0] for row in (*BROKEN_ITEMS, *BROKEN_ELEMENTS)} | {
        "other_flows_have_a_connector", "department_lines_differ", "department_names_are_its_own",
    }
    rules = (*ITEM_RULES, *GUIDE_RULES, *ELEMENT_RULES, *DEPARTMENT_RULES)
    assert {rule.__name__ for _, rule in rules} == tested


def test_errors_of_a_file_come_before_its_warnings(tmp_path: Path) -> None:
    broken = sample_item(legal_basis=[{"law": "《户口登记条例》", "article": "一"}], fields=[])
    write_catalogue(tmp_path, items={
        "public-security": [broken], "housing-fund": [sample_query()],
    })
    assert [f.level for f in findings_of(tmp_path)] == ["error", "warning"]
