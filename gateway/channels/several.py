"""Several requests in one message: 身份证补办多少钱，另外公积金怎么取. Told apart here, handled one by one.

A link word stands in stories, too (我妈一个人在老家，还有个妹妹在读书): it only parts what is a request on both
sides. Lists of matters (身份证和驾照都丢了) are taken apart in :mod:`gateway.channels.joined`.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any

from gateway.catalogue.model import Catalogue
from gateway.channels.joined import Joined

Parse = Callable[[str], Awaitable[dict[str, Any]]]

LINKS = re.compile(
    r"[，,。；;！!？?\s]*(?:(?:另外|还有(?!多[少久]|几|没|效|钱|(?:一?个|一[位名]|[两三俩])(?!问题|事))(?:就?是)?|顺便|顺带|其次|然后再?|接着"
    r"|(?:^|(?<=[，,。；;！!？?\s]))(?:同时|对了|完了|还有(?=多久)))(?:[一两]?[个件](?:问题|事情?))?[，, ：:]*(?:我?还?想?再?问一?下?|帮我)?"
    r"|再(?=帮我|给我|问|查|办|看|申请)|还(?=想问|要问|想办|要办|得办|想查|想申请))[，,： ]*"
)
ASKS = re.compile(
    r"[?？]|[吗么呢]|什么|啥|怎么|咋|怎样|如何|多少|几[天个块点号月]|哪|多久|多长|能不能|可不可以|要不要|用不用|是不是|有没有|行不行|该不该|"
    r"什麼|怎麼|嗎|幾|邊度|点样|點樣|点算|點算|咩|乜"
)
WISHES = re.compile(
    r"我要|我想|想[要办查问申领取补换]|帮我|给我|替我|申请|申领|[办辦补補换換查取领領开開转轉]|挂失|预约|投诉|举报|登记|余额|报销|认证"
)
BEFELL = re.compile(r"丢|偷|没了|不见|找不[到着]|过期|到期|拖欠|没人管|丟|過期")
DONE = re.compile(r"(?:办|登记|申请|预约|提交|领|交|开|查|补|换|取|转)[^，,。；;]{0,6}[了过]|已经")
"""A deed that is done is told, not asked for: 我在北京交过社保."""
SPOKEN = " ，,。；;"
SHORTEST = 4
MOST = 3
SURE_WISH = 0.35
LIKELY = 0.3
REQUESTS = frozenset({
    "consult", "apply", "book_appointment", "query_progress", "list_services", "open_data", "complaint",
    "hand_off", "withdraw_case", "cancel_appointment", "supplement_case", "personal_data",
})
"""Acts that are a request of their own, when two stand in one message."""


def parts_of(text: str) -> list[str]:
    """The requests that link words part, at most three; one entry when it holds one request."""
    if text.startswith("/"):
        return [text]
    parts: list[str] = []
    begun = 0
    for link in LINKS.finditer(text):
        part = text[begun:link.start()].strip(SPOKEN)
        if is_request(part) and is_request(text[link.end():].strip(SPOKEN)):
            parts.append(part)
            begun = link.end()
    if not parts:
        return [text]
    parts.append(text[begun:].strip(SPOKEN))
    return [*parts[: MOST - 1], "，".join(parts[MOST - 1:])] if len(parts) > MOST else parts


def is_request(part: str) -> bool:
    """Whether words by themselves ask for something, or tell what befell a paper."""
    if len(part) < SHORTEST:
        return False
    return asks(part) or bool(BEFELL.search(part)) or (bool(WISHES.search(part)) and not DONE.search(part))


def asks(part: str) -> bool:
    """Whether words contain a question."""
    return bool(ASKS.search(part))


class Several:
    """Takes messages apart, and makes sure that each part can be understood by itself."""

    def __init__(self, parse: Parse, catalogue: Callable[[], Catalogue]) -> None:
        self._parse = parse
        self._catalogue = catalogue
        self._joined: tuple[Catalogue, Joined] | None = None

    async def requests(self, text: str) -> list[str]:
        """The requests of a message in the order in which to handle them: what has to be asked about
        comes last, for its question must stay the last thing said."""
        linked = parts_of(text)
        parsed: dict[str, dict[str, Any]] = {}
        if len(linked) > 1 and not await self._understood(linked, parsed, listed=False):
            linked = [text]
        parts: list[str] = []
        for part in linked:
            listed = self._lists().parts(part)
            whole = len(listed) < 2 or not await self._understood(listed, parsed, listed=True)
            parts += [part] if whole else listed
        return sorted(parts, key=lambda part: bool(parsed[part].get("clarify"))) if len(parts) > 1 else [text]

    async def _understood(
        self, parts: list[str], kept: dict[str, dict[str, Any]], *, listed: bool
    ) -> bool:
        """Whether each part is a request. Things of a list, and what is told without a question, must be
        known and different services. What the parts mean is left in ``kept``."""
        seen: list[str] = []
        for part in parts:
            parsed = kept[part] = await self._parse(part)
            if parsed.get("act") not in REQUESTS or parsed["intent"]["confidence"] < SURE_WISH:
                return False
            item = _likely_item(parsed)
            told = listed or not (asks(part) or WISHES.search(part))
            if told and (not item or item in seen):
                return False
            if seen and item and not asks(parts[0]) and item == seen[0]:
                return False  # 身份证丢了，还有…，身份证怎么补
            seen.append(item)
        return True

    def _lists(self) -> Joined:
        catalogue = self._catalogue()
        if self._joined is None or self._joined[0] is not catalogue:
            self._joined = (catalogue, Joined(catalogue))
        return self._joined[1]


def _likely_item(parsed: dict[str, Any]) -> str:
    """The item that the words name, if it is likely; else nothing."""
    best: dict[str, Any] = next(iter(parsed.get("items") or ()), {})
    return str(best["item"]) if best.get("named") and best["score"] >= LIKELY else ""
