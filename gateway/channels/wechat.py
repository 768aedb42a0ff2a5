"""WeChat official account (公众号) in plain mode: signature check, text, photos and events, passive reply.

Source: WeChat's 接收普通消息 and 被动回复用户消息. WeChat repeats a message after five seconds, three times
in all; the same message id is answered once, with the same reply.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any
from xml.parsers.expat import ExpatError

import defusedxml.ElementTree
from defusedxml.common import DefusedXmlException
from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, text
from wechatpy import create_reply, parse_message
from wechatpy.exceptions import InvalidSignatureException
from wechatpy.messages import BaseMessage, ImageMessage, TextMessage
from wechatpy.utils import check_signature

from gateway.channels.attachments import take_file
from gateway.channels.door import LONGEST_MESSAGE, Door
from gateway.channels.news import News
from gateway.channels.wechat_account import WeChatAccount
from gateway.errors import CitizenError, RetryLater

log = logging.getLogger("yiwen.wechat")

MOST_BYTES = 64 * 1024
LONGEST_REPLY = 2000  # bytes; WeChat refuses longer text
MOST_REMEMBERED = 5000
PATIENCE = 4.5  # seconds; WeChat gives up after five
NEWS_PAUSE = 10.0  # seconds between two looks for somebody to tell
NEWS_HOURS = 48
"""WeChat lets an account tell only who wrote in this time."""
LEAVE_ALONE = 3600.0  # seconds after WeChat did not deliver


class WeChatChannel(InputChannel):
    """``/webhooks/wechat/webhook``: GET proves the token, POST takes messages. Off without a token.

    With ``account`` photos are fetched, and what was not answered in time is told by 客服消息.
    """

    def __init__(self, door: Door, token: str, account: WeChatAccount | None = None) -> None:
        self._door = door
        self._token = token
        self._account = account
        self._late: set[asyncio.Task[str]] = set()
        self._telling: set[asyncio.Future[bool]] = set()
        self._answers: OrderedDict[str, asyncio.Task[str]] = OrderedDict()
        self._choices: OrderedDict[str, list[dict[str, str]]] = OrderedDict()

    @classmethod
    def name(cls) -> str:
        """The channel's name in its address."""
        return "wechat"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Routes; messages go through the door."""
        routes = Blueprint("wechat_webhook")

        @routes.get("/webhook")
        async def prove(request: Request) -> HTTPResponse:
            refused = self._refused(request)
            return refused or text(request.args.get("echostr", "")[:200])

        @routes.post("/webhook")
        async def receive(request: Request) -> HTTPResponse:
            refused = self._refused(request)
            if refused:
                return refused
            message = _read(request.body)
            if message is None:
                return text("The body is not a WeChat message.", status=400)
            return await self._answer(message)

        return routes

    async def tell_news(self, news: News) -> None:
        """Tell people what waits for them by 客服消息, until cancelled; nothing to do without an account."""
        quiet: dict[str, float] = {}  # sender → until when WeChat is not asked again
        while self._account:
            await asyncio.sleep(NEWS_PAUSE)
            try:
                board = self._door.core.notices
                for sender in await asyncio.to_thread(board.senders_to_tell, "wechat", NEWS_HOURS):
                    await self._tell(news, sender, quiet)
            except Exception:
                log.exception("A round of news failed; the next one follows.")

    async def _tell(self, news: News, sender: str, quiet: dict[str, float]) -> None:
        now = time.monotonic()
        if quiet.get(sender, 0) > now:
            return
        source = sender.partition(":")[2]

        async def send(replies: list[dict[str, Any]]) -> bool:
            assert self._account is not None
            return await self._door.slowly(self._account.tell, source, self._rendered(source, replies))

        if not await news.bring(sender, send):
            quiet[sender] = now + LEAVE_ALONE
        for old in [s for s, until in quiet.items() if until < now]:
            del quiet[old]

    def _refused(self, request: Request) -> HTTPResponse | None:
        if not self._token:
            return text("WeChat is not set up: set GATEWAY_WECHAT_TOKEN.", status=404)
        given = [request.args.get(name, "") for name in ("signature", "timestamp", "nonce")]
        try:
            check_signature(self._token, *given)
        except InvalidSignatureException:
            return text("The signature is wrong.", status=403)
        return None

    async def _answer(self, message: BaseMessage) -> HTTPResponse:
        key = str(getattr(message, "id", 0) or f"{message.source}{message.create_time}{message.type}")
        task = self._answers.get(key)
        if task is None:
            task = asyncio.ensure_future(self._reply(message))
            self._answers[key] = task
            while len(self._answers) > MOST_REMEMBERED:
                self._late.discard(self._answers.popitem(last=False)[1])
        done, _ = await asyncio.wait({task}, timeout=PATIENCE)
        if not done and self._account and task not in self._late:
            self._late.add(task)
            task.add_done_callback(lambda told: self._tell_late(message.source, told))
        words = task.result() if done and task not in self._late else ""
        if not words:
            return text("success")  # WeChat's word for: received, nothing to say
        xml = create_reply(words, message).render()
        return HTTPResponse(xml, content_type="application/xml; charset=utf-8")

    def _tell_late(self, source: str, task: asyncio.Task[str]) -> None:
        """Send what was not ready in time. The task stays in ``_late``, so that no repeat says it again."""
        if self._account and not task.cancelled() and not task.exception() and task.result():
            telling = asyncio.ensure_future(self._door.slowly(self._account.tell, source, task.result()))
            self._telling.add(telling)  # the loop itself keeps no hold of it
            telling.add_done_callback(self._telling.discard)

    async def _reply(self, message: BaseMessage) -> str:
        if isinstance(message, ImageMessage):
            return await self._photo(message)
        said = self._said(message)
        if said is None:
            return self._door.words("utter_only_text") if _from_person(message) else ""
        try:
            replies = await self._door.handle("wechat", message.source, said)
        except CitizenError as error:
            return self._door.words(error.response, **error.values)
        return self._rendered(message.source, replies + await self._how_to_send(message.source, replies))

    async def _photo(self, message: ImageMessage) -> str:
        """Take a photo; where it cannot be fetched, give the link to a page that takes it."""
        try:
            link = await self._link(message.source)
            if self._account is None:
                return self._door.words("utter_wechat_files_link", link=link)
            most = self._door.core.attachments.most_bytes
            content = await self._door.slowly(self._account.photo, message.media_id, most)
            replies = await take_file(self._door, "wechat", message.source, content)
        except RetryLater as error:
            log.warning("%s", error)
            return self._door.words("utter_wechat_photo_lost", link=link)
        except CitizenError as error:
            return self._door.words(error.response, **error.values)
        return self._rendered(message.source, replies)

    async def _how_to_send(self, source: str, replies: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """How files are sent here, said after a question that takes them."""
        expects = (replies[-1].get("custom") or {}).get("expects") or {} if replies else {}
        if not expects.get("files"):
            return []
        try:
            link = await self._link(source)
        except CitizenError:
            return []
        response = "utter_wechat_files" if self._account else "utter_wechat_files_link"
        return [self._door.reply(f"wechat:{source}", self._door.words(response, link=link))]

    async def _link(self, source: str) -> str:
        sender, core = f"wechat:{source}", self._door.core
        citizen = await asyncio.to_thread(core.citizens.of, sender)
        receipt = (await self._door.open_question(sender) or {}).get("receipt") or ""
        return await asyncio.to_thread(core.attachment_links.for_citizen, citizen, receipt)

    def _said(self, message: BaseMessage) -> str | None:
        """The words of a message; a number picks the button that was shown under it."""
        if message.type == "event":
            return "/greet" if message.event.startswith("subscribe") else None
        if not isinstance(message, TextMessage):
            recognition = getattr(message, "recognition", None)
            return str(recognition)[:LONGEST_MESSAGE] if recognition else None
        said = str(message.content or "")
        buttons = self._choices.get(message.source, [])
        if said.strip().isdigit() and 0 < int(said.strip()[:3]) <= len(buttons):
            return buttons[int(said.strip()[:3]) - 1]["payload"]
        return said

    def _rendered(self, source: str, replies: list[dict[str, Any]]) -> str:
        """All replies as one text: plain mode has no buttons, so they become numbered lines."""
        parts = [r["text"] for r in replies if r.get("text")]
        buttons: list[dict[str, str]] = next(
            (r["buttons"] for r in reversed(replies) if r.get("buttons")), []
        )
        parts += [f"{b['title']}：{b['url']}" for b in buttons if b.get("url")]
        buttons = self._choices[source] = [b for b in buttons if not b.get("url")]
        self._choices.move_to_end(source)
        while len(self._choices) > MOST_REMEMBERED:
            self._choices.popitem(last=False)
        if buttons:
            lines = [f"{n}. {b['title']}" for n, b in enumerate(buttons, 1)]
            parts.append("回复数字：\n" + "\n".join(lines))
        return _fit("\n\n".join(parts))


def _read(body: bytes) -> BaseMessage | None:
    """The message, or None when the body is none. Entities and DTDs are refused before parsing."""
    if not body or len(body) > MOST_BYTES:
        return None
    try:
        root = defusedxml.ElementTree.fromstring(body)
        if root.findtext("FromUserName") is None or root.findtext("MsgType") is None:
            return None
        return parse_message(body.decode("utf-8"))
    except (DefusedXmlException, ExpatError, SyntaxError, ValueError, KeyError, TypeError):
        return None


def _from_person(message: BaseMessage) -> bool:
    return bool(message.type != "event")


def _fit(words: str) -> str:
    """Cut at a line so that WeChat takes it, and say so."""
    if len(words.encode()) <= LONGEST_REPLY:
        return words
    more = "\n……内容较长，可以分开问。"
    lines = words.split("\n")
    while len(lines) > 1 and len("\n".join(lines).encode()) > LONGEST_REPLY - len(more.encode()):
        lines.pop()
    return "\n".join(lines).encode()[: LONGEST_REPLY - len(more.encode())].decode(errors="ignore") + more
