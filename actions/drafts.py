"""What there is to say of a draft: how far it has come, and that it was erased by age."""

from __future__ import annotations

import re

from rasa_sdk.events import EventType

from actions.turn import Say, Turn, button, remember
from gateway.cases import form

WHERE = re.compile(r"填到哪|到哪一步|填了(?:多少|哪些|几)|还[差剩](?:多少|几|哪)|还有(?:多少|几)")
"""Asks how far the form has come."""


def no_draft(turn: Turn, say: Say) -> list[EventType]:
    """Nothing to go on with; if it was erased by age, that is said."""
    item = turn.matter(turn.core.drafts.expired(turn.citizen))
    if item is None:
        say("utter_no_draft")
        return remember(state="idle")
    say(
        "utter_draft_expired", item=item.name, days=turn.core.settings.draft_days,
        buttons=[button("从头填", "apply", item=item.item)],
    )
    return remember(item=item.item, state="idle")


def where_am_i(turn: Turn, say: Say) -> None:
    """我填到哪了: what is filled in, and how much is left."""
    draft = turn.draft()
    if draft is None:
        return
    item = turn.filled_in(draft)
    rows = form.summary(turn.catalogue, item, draft.answers)
    done, total = len(draft.answers), len(form.asked_fields(item, draft.answers))
    lines = "\n".join(f"· {name}：{value}" for _, name, value in rows)
    say("utter_where_am_i", item=item.name, done=done, total=total, lines=lines)
