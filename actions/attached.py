"""Questions that are answered with files: what is offered beside them, and what is said about the files."""

from __future__ import annotations

from typing import Any

from actions.turn import Turn, button
from gateway.cases import answers as checks
from gateway.cases import form
from gateway.cases.drafts import DraftView
from gateway.catalogue.model import Element, ElementType, FormField, Matter
from gateway.errors import CitizenError


def takes_files(element: Element) -> bool:
    """Whether the answer is files."""
    return element.type is ElementType.attachment


def allowed(turn: Turn, item: Matter, draft: DraftView, element: Element) -> dict[str, Any]:
    """What the channel's file chooser has to know."""
    department = item.takers(element.element, draft.answers)[0].department
    return turn.core.attachments.allowed(department, int(element.max or 1))


def choices(count: int, field: FormField) -> list[dict[str, str]]:
    """传好了 and 重新传 once there is something, else 跳过 where there need be no answer."""
    if count:
        return [button("传好了", "inform", value=checks.SENT), button("重新传", "inform", value=checks.AGAIN)]
    return [] if field.required else [button("跳过", "inform", skip="yes")]


def read(turn: Turn, draft: DraftView, field: FormField, element: Element, said: str) -> str:
    """The answer: how many files were sent.

    Raises:
        CitizenError: none came yet, they are to be sent anew, or something else was said.
    """
    count = turn.core.attachments.of_draft(draft.id, element.element)
    skips = bool(turn.entities.get("skip")) or (checks.declines(turn.text) and not count)
    if skips and not field.required:
        turn.core.attachments.clear(draft.id, element.element)
        return form.SKIPPED
    word = checks.SENT if count and checks.declines(turn.text) else _word(turn, element, said)
    if word == checks.AGAIN:
        turn.core.attachments.clear(draft.id, element.element)
        raise CitizenError("utter_attachment_again", name=element.name, most=int(element.max or 1))
    if not count:
        raise CitizenError("utter_attachment_none", name=element.name)
    return str(count)


def _word(turn: Turn, element: Element, said: str) -> str:
    try:
        return checks.read(element, said, turn.core.today())
    except CitizenError as error:
        raise CitizenError(error.response, **{**error.values, "why": element.why}) from None
