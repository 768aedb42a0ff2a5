"""The output of one turn: each reply one message with text, buttons and custom together."""

from __future__ import annotations

import re
from typing import Any

from rasa.core.channels.channel import CollectingOutputChannel

BUTTON = ("title", "payload", "url")


class Collector(CollectingOutputChannel):
    """Collects replies in Rasa's REST shape."""

    def __init__(self, channel: str) -> None:
        super().__init__()
        self._channel = channel

    def name(self) -> str:
        """The channel's name, for responses that differ by channel."""
        return self._channel

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Keep one reply."""
        reply: dict[str, Any] = {"recipient_id": recipient_id, "text": tidy(message.get("text") or "")}
        if message.get("buttons"):
            reply["buttons"] = [{key: b[key] for key in BUTTON if key in b} for b in message["buttons"]]
        for key in ("custom", "image"):
            if message.get(key):
                reply[key] = message[key]
        if reply["text"] or len(reply) > 2:
            self.messages.append(reply)


def tidy(text: str) -> str:
    """Without the gaps that empty values leave in a response, and with a space between Chinese and
    numbers, as VOICE writes them."""
    lines = [line.strip() for line in text.split("\n")]
    text = "\n".join(line for line in lines if line)
    text = re.sub(r"(?<=[一-龥])(?=[0-9])", " ", text)
    return re.sub(r"(?<=[0-9])(?=[一-龥])", " ", text)
