"""Taking a photo or PDF: the same for every channel that has a way to send one."""

from __future__ import annotations

import asyncio
from typing import Any

from gateway.cases.attachments import Kept
from gateway.channels.door import Door
from gateway.channels.facts import expects_of

SENT = {"title": "传好了", "payload": '/inform{"value": "sent"}'}
GO_ON = {"title": "接着填", "payload": "/resume_draft"}


async def take_file(door: Door, channel: str, sender: str, content: bytes) -> list[dict[str, Any]]:
    """Keep one photo or PDF of a sender; the replies to it. The last one that its question takes ends the
    question.

    Raises:
        CitizenError: it cannot be used, or nothing is open that it could be for.
    """
    await door.admit(channel, sender)
    full_name = f"{channel}:{sender}"
    citizen = await asyncio.to_thread(door.core.citizens.of, full_name)
    question = await door.open_question(full_name)
    receipt = (question or {}).get("receipt") or ""
    kept = await door.slowly(door.core.attachments.add, citizen, content, receipt)
    replies = [told(door, full_name, kept, question)]
    if kept.full and answers(kept, question):
        replies += await door.handle(channel, sender, SENT["payload"])
    return replies


def answers(kept: Kept, question: dict[str, Any] | None) -> bool:
    """Whether a file is what the open question asks for."""
    if not question or not question.get("files"):
        return False
    return bool(question.get("element") == kept.target.element or (kept.target.case and question.get("receipt")))


def told(door: Door, sender: str, kept: Kept, question: dict[str, Any] | None) -> dict[str, Any]:
    """The reply to one file, with what the conversation waits for."""
    values = {"name": kept.target.name, "count": kept.count, "most": kept.target.most}
    if not answers(kept, question):
        reply = door.reply(sender, door.words("utter_attachment_kept_aside", **values))
        reply["buttons"] = [] if question is not None or kept.target.case else [GO_ON]
    elif kept.full:
        return door.reply(sender, door.words("utter_attachment_kept_last", **values))
    else:
        reply = door.reply(sender, door.words("utter_attachment_kept", **values))
        reply["buttons"] = [SENT]
    if question and question.get("type"):
        reply["custom"] = {"expects": expects_of(question)}
    return reply
