"""Uploading a photo: the same for every channel that has a way to send one."""

from __future__ import annotations

import asyncio
from typing import Any

from gateway.channels.door import Door


async def take_photo(door: Door, channel: str, sender: str, content: bytes) -> list[dict[str, Any]]:
    """Keep one photo of a sender; the replies to it.

    Raises:
        CitizenError: it cannot be used, or nothing is open that it could be for.
    """
    core = door.core
    await door.admit(channel, sender)
    citizen = await asyncio.to_thread(core.citizens.of, f"{channel}:{sender}")
    kept = await asyncio.to_thread(core.attachments.add, citizen, content)
    words = door.words("utter_attachment_kept", item=kept.item, count=kept.count)
    return [door.reply(f"{channel}:{sender}", words)]
