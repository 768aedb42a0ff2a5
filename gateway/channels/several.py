"""Two requests in one message: 身份证补办多少钱，另外公积金怎么取. Told apart here, handled one by one."""

from __future__ import annotations

import re

LINKS = re.compile(
    r"[，,。；;！!？?\s]*(?:(?:另外|还有(?!多[少久]|几|没|效|钱)(?:就?是)?|顺便|顺带|其次|然后再?|接着|(?:^|(?<=[，,。；;！!？?\s]))(?:同时|对了|完了|还有(?=多久)))[，, ]*(?:我?还?想?再?问一?下?|帮我)?"
    r"|再(?=帮我|给我|问|查|办|看|申请)|还(?=想问|要问|想办|要办|得办|想查|想申请))[，,： ]*"
)
SHORTEST = 4
MOST = 3


def parts_of(text: str) -> list[str]:
    """The requests of a message, at most three; one entry when it holds one request."""
    if text.startswith("/"):
        return [text]
    parts = [part.strip(" ，,。；;") for part in LINKS.split(text)]
    if len(parts) < 2 or any(len(part) < SHORTEST for part in parts):
        return [text]
    return [*parts[: MOST - 1], "，".join(parts[MOST - 1:])] if len(parts) > MOST else parts
