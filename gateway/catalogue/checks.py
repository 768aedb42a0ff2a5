"""Holds a readable catalogue against the rules: the list of all of them, and their run."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from gateway.catalogue import item_rules, rules
from gateway.catalogue.model import Catalogue, CompleteItem, Department, Element, Part, ServiceItem
from gateway.catalogue.rules import Around, Verdict

Record = TypeVar("Record", bound=Part)
Rules = tuple[tuple[str, Callable[[Record, Around], Verdict]], ...]
# An error would mislead a citizen or stop an application; a warning is untidy.

# What an item says must not contradict itself, however much of it is known.
ITEM_RULES: Rules[ServiceItem] = (
    ("error", item_rules.immediate_kind_has_immediate_limit),
    ("error", item_rules.full_depth_means_no_visit),
    ("error", item_rules.no_fee_means_nothing_to_pay),
    ("error", item_rules.item_lines_differ),
    ("error", item_rules.limits_are_counted),
    ("error", item_rules.promised_limit_is_within_statutory),
    ("error", item_rules.other_flows_ask_something),
    ("error", item_rules.other_flows_have_a_connector),
    ("error", item_rules.guide_was_checked_already),
    ("error", item_rules.law_names_close_their_marks),
    ("warning", item_rules.law_names_are_written_one_way),
)
# A complete guide leaves nothing open. Listed items (只有清单信息) are not held against these.
GUIDE_RULES: Rules[CompleteItem] = (
    ("error", item_rules.visits_have_a_reason),
    ("error", item_rules.no_visit_offline_needs_post),
    ("error", item_rules.fee_has_lines_with_basis),
    ("error", item_rules.permit_has_question_and_steps),
    ("error", item_rules.result_has_a_sample),
    ("error", item_rules.guide_says_why),
    ("error", item_rules.assurance_fits_the_flow),
)
ELEMENT_RULES: Rules[Element] = (
    ("error", rules.private_element_says_why),
    ("error", rules.choices_go_with_choice),
    ("error", rules.choices_differ),
    ("error", rules.attachments_are_counted),
    ("error", rules.source_is_a_department),
)
DEPARTMENT_RULES: Rules[Department] = (
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
    findings: list[Finding] = []
    for item in catalogue.items.values():
        file = f"{item.department}/{item.item}.yml"
        findings += _broken(file, ITEM_RULES, item, around)
        if isinstance(item, CompleteItem):
            findings += _broken(file, GUIDE_RULES, item, around)
    for element in catalogue.elements.values():
        findings += _broken("elements.yml", ELEMENT_RULES, element, around)
    for department in catalogue.departments.values():
        file = f"{department.department}/department.yml"
        findings += _broken(file, DEPARTMENT_RULES, department, around)
    return sorted(findings, key=lambda finding: (finding.file, finding.level))


def _broken(file: str, rules: Rules[Record], record: Record, around: Around) -> Iterator[Finding]:
    for level, rule in rules:
        if sentence := rule(record, around):
            yield Finding(file, rule.__name__, level, sentence)


def _laws_in_marks(catalogue: Catalogue) -> bool:
    names = [basis.law for item in catalogue.items.values() for basis in item.legal_basis]
    return sum(name.startswith("《") for name in names) * 2 > len(names)
