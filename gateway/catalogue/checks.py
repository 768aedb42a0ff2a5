"""Holds a readable catalogue against the rules: the list of all of them, and their run."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from gateway.catalogue import item_rules, rules
from gateway.catalogue.model import Catalogue, Department, Element, ServiceItem
from gateway.catalogue.rules import Around, Verdict

# An error would mislead a citizen or stop an application; a warning is untidy.

ITEM_RULES: tuple[tuple[str, Callable[[ServiceItem, Around], Verdict]], ...] = (
    ("error", item_rules.immediate_kind_has_immediate_limit),
    ("error", item_rules.visits_have_a_reason),
    ("error", item_rules.no_visit_offline_needs_post),
    ("error", item_rules.full_depth_means_no_visit),
    ("error", item_rules.fee_has_lines_with_basis),
    ("error", item_rules.no_fee_means_nothing_to_pay),
    ("error", item_rules.item_lines_differ),
    ("error", item_rules.permit_has_question_and_steps),
    ("error", item_rules.result_has_a_sample),
    ("error", item_rules.limits_are_counted),
    ("error", item_rules.promised_limit_is_within_statutory),
    ("error", item_rules.guide_says_why),
    ("error", item_rules.other_flows_ask_something),
    ("error", item_rules.other_flows_have_a_connector),
    ("error", item_rules.guide_was_checked_already),
    ("error", item_rules.law_names_close_their_marks),
    ("warning", item_rules.law_names_are_written_one_way),
)
ELEMENT_RULES: tuple[tuple[str, Callable[[Element, Around], Verdict]], ...] = (
    ("error", rules.private_element_says_why),
    ("error", rules.choices_go_with_choice),
    ("error", rules.choices_differ),
)
DEPARTMENT_RULES: tuple[tuple[str, Callable[[Department, Around], Verdict]], ...] = (
    ("error", rules.department_lines_differ),
    ("error", rules.department_names_are_its_own),
)


@dataclass(frozen=True)
class Finding:
    """One broken rule. ``file`` is relative to the catalogue's folder; ``level`` error or warning."""

    file: str
    rule: str
    level: str
    sentence: str


def check(
    catalogue: Catalogue, *, has_connector: Callable[[str], bool], today: dt.date
) -> list[Finding]:
    """All findings, by file, errors first.

    ``has_connector`` tells whether the department of an id has a connector; ``today`` is the day
    that no ``checked_on`` may lie after.
    """
    around = Around(
        catalogue=catalogue,
        has_connector=has_connector,
        today=today,
        used_elements=frozenset(
            field.element for item in catalogue.items.values() for field in item.fields
        ),
        laws_in_marks=_laws_in_marks(catalogue),
    )
    findings = [
        Finding(f"{item.department}/{item.item}.yml", rule.__name__, level, sentence)
        for item in catalogue.items.values()
        for level, rule in ITEM_RULES
        if (sentence := rule(item, around))
    ]
    findings += [
        Finding("elements.yml", rule.__name__, level, sentence)
        for element in catalogue.elements.values()
        for level, rule in ELEMENT_RULES
        if (sentence := rule(element, around))
    ]
    findings += [
        Finding(f"{department.department}/department.yml", rule.__name__, level, sentence)
        for department in catalogue.departments.values()
        for level, rule in DEPARTMENT_RULES
        if (sentence := rule(department, around))
    ]
    return sorted(findings, key=lambda finding: (finding.file, finding.level))


def _laws_in_marks(catalogue: Catalogue) -> bool:
    names = [basis.law for item in catalogue.items.values() for basis in item.legal_basis]
    return sum(name.startswith("《") for name in names) * 2 > len(names)
