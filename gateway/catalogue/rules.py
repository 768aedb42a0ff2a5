"""What every rule knows, and the rules of data elements and departments.

A rule gets one record and what it must know around it, and answers with a sentence that says what is
wrong and what to do, or with None. Rules marked "municipal list" come from the published check list
that goes with GB/T 39554-2020; the others are our own. ``gateway.catalogue.checks`` lists them all.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Optional

from gateway.catalogue.model import Catalogue, Department, Element, ElementType, Sensitivity

Verdict = Optional[str]


@dataclass(frozen=True)
class Around:
    """What a rule may know besides its own record."""

    catalogue: Catalogue
    has_connector: Callable[[str], bool]
    today: dt.date
    used_elements: frozenset[str]
    laws_in_marks: bool  # whether most law names of the catalogue are written in 《》


def private_element_says_why(element: Element, around: Around) -> Verdict:
    """Our own, after 个人信息保护法 article 17: the purpose is said when the value is asked."""
    private = element.sensitivity is not Sensitivity.public
    if private and element.element in around.used_elements and not element.why:
        return (
            f"{element.element} is {element.sensitivity.value} and is asked of people, but nothing "
            "says what for. Write why."
        )
    return None


def choices_go_with_choice(element: Element, around: Around) -> Verdict:
    """Our own."""
    if element.type is ElementType.choice and not element.choices:
        return f"{element.element} is a choice without choices. List them under choices."
    if element.type is not ElementType.choice and element.choices:
        return (
            f"{element.element} has choices, but its type is {element.type.value}. "
            "Set type to choice, or remove them."
        )
    return None


def choices_differ(element: Element, around: Around) -> Verdict:
    """Our own: an answer must mean one choice."""
    owner: dict[str, int] = {}
    for number, choice in enumerate(element.choices):
        for word in (choice.value, choice.label, *choice.aliases):
            if owner.setdefault(word, number) != number:
                return f"In {element.element}, {word} means two choices. Keep it in one of them."
    return None


def attachments_are_counted(element: Element, around: Around) -> Verdict:
    """Our own: people are told how many files they may send."""
    if element.type is ElementType.attachment and not 1 <= (element.max or 0) <= 9:
        return f"{element.element} takes files, but not how many. Write max: 1 to 9."
    return None


def source_is_a_department(element: Element, around: Around) -> Verdict:
    """Our own: people are told who holds what is fetched."""
    source = element.source
    if source and source.department not in around.catalogue.departments:
        return (
            f"{element.element} comes from {source.department}, which is no department here. "
            "Correct source.department, or remove source."
        )
    return None


def department_lines_differ(department: Department, around: Around) -> Verdict:
    """Municipal list, for the department's own lines."""
    return lines_differ(department.phone, department.supervision)


def department_names_are_its_own(department: Department, around: Around) -> Verdict:
    """Our own: a name must lead to one department."""
    mine = {department.name, department.short_name, *department.aliases}
    for other in around.catalogue.departments.values():
        shared = mine & {other.name, other.short_name, *other.aliases}
        if shared and other.department != department.department:
            return (
                f"{'、'.join(sorted(shared))} also means {other.department}. "
                "Remove it from one of the two."
            )
    return None


def lines_differ(phone: str, supervision: str) -> Verdict:
    """咨询电话 ≠ 监督投诉电话, however the digits are grouped."""
    both_known = phone and supervision
    if both_known and re.sub(r"\D", "", phone) == re.sub(r"\D", "", supervision):
        return (
            f"The enquiry line and the supervision line are both {phone}. "
            "Give complaints a line of their own in supervision."
        )
    return None
