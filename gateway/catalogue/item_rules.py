"""The rules that one service item must keep; see ``gateway.catalogue.rules`` for what a rule is.

A rule about a :class:`CompleteItem` asks for something that a guide must say; one about a
:class:`ServiceItem` finds a contradiction in what is said, also where only a list's facts are known.
"""

from __future__ import annotations

from gateway.catalogue.model import (
    Assurance,
    CompleteItem,
    Flow,
    HandlingForm,
    ItemType,
    Kind,
    Limit,
    OnlineDepth,
    ServiceItem,
    Unit,
)
from gateway.catalogue.rules import Around, Verdict, lines_differ

DAYS_A_WORKING_DAY = 1.4  # five working days take seven days; holidays are left out
PERMIT_STEPS = 5  # 申请、受理、审查、决定、送达


def days(limit: Limit) -> float:
    """A limit in calendar days, so that limits of different units can be compared."""
    if limit.unit is Unit.immediate:
        return 0
    return limit.n * (DAYS_A_WORKING_DAY if limit.unit is Unit.working_days else 1)


def immediate_kind_has_immediate_limit(item: ServiceItem, around: Around) -> Verdict:
    """Municipal list: settled on the spot ⇔ 即办件."""
    if item.promised_limit is None:
        return None
    immediate = item.promised_limit.unit is Unit.immediate
    if item.kind is Kind.immediate and not immediate:
        return (
            f"The kind is immediate, but the promised limit is {item.promised_limit.text()}. "
            "Set promised_limit to unit: immediate, or kind to promised."
        )
    if item.kind is Kind.promised and immediate:
        return (
            "The promised limit is immediate, but the kind is promised. "
            "Set kind to immediate, or give the limit in days."
        )
    return None


def visits_have_a_reason(item: CompleteItem, around: Around) -> Verdict:
    """Municipal list."""
    if item.visits.count > 0 and not item.visits.reason:
        return (
            f"People must come {item.visits.count} time(s), and nothing says why. "
            "Write visits.reason, or set visits.count to 0."
        )
    return None


def no_visit_offline_needs_post(item: CompleteItem, around: Around) -> Verdict:
    """Municipal list."""
    ways = {HandlingForm.online, HandlingForm.post}
    if item.visits.count == 0 and not ways & set(item.forms):
        return (
            "Nobody has to come, but it is handled at the window only. "
            "Add online or post to forms, or count the visit."
        )
    return None


def full_depth_means_no_visit(item: ServiceItem, around: Around) -> Verdict:
    """Municipal list: 网办深度 Ⅳ ⇒ 到现场 0 次."""
    if item.online_depth is OnlineDepth.full and item.visits and item.visits.count > 0:
        return (
            f"The online depth is full, but people must come {item.visits.count} time(s). "
            "Set visits.count to 0, or a lower online_depth."
        )
    return None


def fee_has_lines_with_basis(item: CompleteItem, around: Around) -> Verdict:
    """Municipal list."""
    if item.fee.charged and not item.fee.lines:
        return "A fee is charged, but no line says how much. Add fee.lines, or set charged to false."
    bare = [line.name for line in item.fee.lines if not line.basis]
    if bare:
        return f"The fee {'、'.join(bare)} has no basis. Name the law or price document in basis."
    return None


def no_fee_means_nothing_to_pay(item: ServiceItem, around: Around) -> Verdict:
    """Municipal list, and our own word on lines."""
    if item.fee and not item.fee.charged and (item.fee.lines or item.fee.online_payment):
        what = "fee lines" if item.fee.lines else "online payment"
        return f"It is free of charge, but has {what}. Remove them, or set fee.charged to true."
    return None


def item_lines_differ(item: ServiceItem, around: Around) -> Verdict:
    """Municipal list: 咨询电话 ≠ 监督投诉电话."""
    return lines_differ(item.phone, item.supervision)


def permit_has_question_and_steps(item: CompleteItem, around: Around) -> Verdict:
    """Municipal list: 行政许可 ⇒ one question and five stages."""
    if item.type is not ItemType.permit:
        return None
    if not item.questions:
        return "A permit needs at least one question with its answer. Add it under questions."
    if len(item.steps) < PERMIT_STEPS:
        return (
            f"A permit needs {PERMIT_STEPS} steps, and here are {len(item.steps)}. "
            "Name 申请、受理、审查、决定、送达 each."
        )
    return None


def result_has_a_sample(item: CompleteItem, around: Around) -> Verdict:
    """Municipal list."""
    if not item.result.sample:
        return f"Nothing shows what {item.result.name} looks like. Write result.sample."
    return None


def limits_are_counted(item: ServiceItem, around: Around) -> Verdict:
    """Our own: 0 working days would be read out as a promise."""
    for name, limit in (
        ("statutory_limit", item.statutory_limit), ("promised_limit", item.promised_limit)
    ):
        if limit and (limit.n == 0) != (limit.unit is Unit.immediate):
            return (
                f"{name} is {limit.n} of unit {limit.unit.value}. "
                "Give a number of 1 or more, or unit: immediate without a number."
            )
    return None


def promised_limit_is_within_statutory(item: ServiceItem, around: Around) -> Verdict:
    """Municipal list. A working day counts as 1.4 days."""
    promised, statutory = item.promised_limit, item.statutory_limit
    if not promised or not statutory or days(promised) <= days(statutory) + 1e-9:
        return None
    return (
        f"The promised limit, {promised.text()} ({days(promised):g} calendar days), is longer than "
        f"the statutory one, {statutory.text()} ({days(statutory):g}; a working day counts as "
        f"{DAYS_A_WORKING_DAY}). Correct promised_limit or statutory_limit."
    )


def guide_says_why(item: CompleteItem, around: Around) -> Verdict:
    """Our own: flow guide ⇔ flow_reason, and then nothing is asked."""
    if item.flow is not Flow.guide:
        if item.flow_reason:
            return (
                f"flow_reason says why people cannot apply here, but the flow is "
                f"{item.flow.value}. Remove flow_reason, or set flow to guide."
            )
        return None
    if not item.flow_reason:
        return "People cannot apply for it here, and nothing says why. Write flow_reason."
    if item.fields:
        return "The flow is guide, so its fields are never asked. Remove them, or change flow."
    return None


def other_flows_ask_something(item: ServiceItem, around: Around) -> Verdict:
    """Our own."""
    if item.flow is not Flow.guide and not item.fields:
        return (
            f"The flow is {item.flow.value}, but nothing is asked. "
            "List the data elements under fields, or set flow to guide."
        )
    return None


def assurance_fits_the_flow(item: CompleteItem, around: Around) -> Verdict:
    """Our own: whoever applies or asks for a person's data is known by real name; guides are for all."""
    wanted = Assurance.none if item.flow is Flow.guide else Assurance.real_name
    if item.assurance is wanted:
        return None
    return (
        f"The flow is {item.flow.value}, but the assurance is {item.assurance.value}. "
        f"Set assurance to {wanted.value}."
    )


def other_flows_have_a_connector(item: ServiceItem, around: Around) -> Verdict:
    """Our own: what is filled in here must be able to reach its department."""
    if item.flow is not Flow.guide and not around.has_connector(item.department):
        return (
            f"The flow is {item.flow.value}, but {item.department} has no connector. "
            f"Write {item.department}/connector.yml, or set flow to guide."
        )
    return None


def guide_was_checked_already(item: ServiceItem, around: Around) -> Verdict:
    """Our own: the day stands under every answer."""
    if item.checked_on > around.today:
        return (
            f"checked_on is {item.checked_on}, after today ({around.today}). "
            "Write the day on which a person last checked the guide."
        )
    return None


def law_names_close_their_marks(item: ServiceItem, around: Around) -> Verdict:
    """Our own."""
    for basis in item.legal_basis:
        if basis.law.startswith("《") != ("》" in basis.law):
            return f"The law name {basis.law} has only one of 《 and 》. Write both, or none."
    return None


def law_names_are_written_one_way(item: ServiceItem, around: Around) -> Verdict:
    """Our own: the same law must be found under one spelling."""
    for basis in item.legal_basis:
        if basis.law.startswith("《") != around.laws_in_marks:
            usual = "with" if around.laws_in_marks else "without"
            return (
                f"Most law names here are written {usual} 《》, unlike {basis.law}. "
                "Write it like the others."
            )
    return None
