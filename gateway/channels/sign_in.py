"""The addresses of the sign-in: the link from a conversation, and the way back from the provider.

The first page asks before it goes on, so that no preview of a link uses it up, and nobody who was sent
a stranger's link goes on without being told. The last one shows the number to say in the conversation; a page of
ours that holds the conversation gets it in the fragment of its address, which browsers send to nobody.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from pathlib import Path
from urllib.parse import urlsplit

import jinja2
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, redirect

from gateway.errors import RetryLater
from gateway.identity.provider import SignInRefused
from gateway.identity.sign_in import LinkGone, SignIns

log = logging.getLogger("yiwen.sign_in")

COOKIE = "yiwen_sign_in"
COOKIE_SECONDS = 600
LONGEST = 2000
CALLBACK = "/sign-in/callback"
FROM = {"wechat": "微信里的对话", "widget": "网页上的对话"}
GONE = ("这个链接不能用了", ["链接 10 分钟内有效，只能用一次。", "回到对话，说“登录”，我再给您一个新的。"])
AWAY = ("统一身份认证暂时连不上", ["不是您的问题。过几分钟回到对话，说“登录”再试。"])
NOT_DONE = ("没有登录成功", ["身份没有核验成功，什么都没有改动。", "回到对话，说“登录”可以再试。"])
DONE = ("还差一步", ["回到刚才的对话，把这 6 位数字发出去，就登好了。", "10 分钟内有效。谁来要这个数字都别给，工作人员也不会要。"])
_TEMPLATES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).with_name("templates")), autoescape=True,
    undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True,
)


def sign_in_pages(sign_ins: SignIns, public_url: str) -> Blueprint:
    """The routes. ``public_url`` is where people reach the gateway; without it, where they did."""
    routes = Blueprint("sign_in", url_prefix="/sign-in")
    pages = _Pages(sign_ins, public_url.rstrip("/"))

    @routes.get("/go/<link:str>", name="ask_sign_in")
    async def ask(request: Request, link: str) -> HTTPResponse:
        return await pages.ask(link)

    @routes.post("/go/<link:str>", name="begin_sign_in")
    async def begin(request: Request, link: str) -> HTTPResponse:
        return await pages.begin(request, link)

    @routes.get("/callback")
    async def callback(request: Request) -> HTTPResponse:
        return await pages.come_back(request)

    return routes


class _Pages:
    def __init__(self, sign_ins: SignIns, public_url: str) -> None:
        self._sign_ins = sign_ins
        self._public_url = public_url

    async def ask(self, link: str) -> HTTPResponse:
        """Say whose conversation the link belongs to, and ask."""
        try:
            channel = await asyncio.to_thread(self._sign_ins.channel_of, link)
        except LinkGone:
            return _page(GONE, 410)
        lines = [
            f"登录后，{FROM.get(channel, '发出这个链接的对话')}就能用您的身份办事，{self._sign_ins.hours} 小时内有效，随时可以退出。",
            "链接要是别人发给您的，不要继续，直接关掉。",
        ]
        return _page(("登录一问", lines), go="是我自己点的，去登录")

    async def begin(self, request: Request, link: str) -> HTTPResponse:
        """Go to the provider, and mark this browser, so that no other can come back."""
        browser = secrets.token_urlsafe(24)
        try:
            address = await asyncio.to_thread(
                self._sign_ins.begin, link, f"{self._base(request)}{CALLBACK}", browser
            )
        except LinkGone:
            return _page(GONE, 410)
        except RetryLater as error:
            log.warning("No sign-in: %s", error)
            return _page(AWAY, 503)
        answer = redirect(address, status=303)
        answer.headers["Cache-Control"] = "no-store"
        answer.headers["Referrer-Policy"] = "no-referrer"
        page = "1" if request.args.get("back") == "page" else "0"
        answer.cookies[COOKIE] = f"{page}.{browser}"
        answer.cookies[COOKIE].update(self._cookie(COOKIE_SECONDS))
        return answer

    async def come_back(self, request: Request) -> HTTPResponse:
        """Take the provider's answer."""
        page, _, browser = (request.cookies.get(COOKIE) or "").partition(".")
        told = {name: str(request.args.get(name) or "")[:LONGEST] for name in ("state", "code", "iss", "error")}
        try:
            if told["error"] or not told["code"]:
                await asyncio.to_thread(self._sign_ins.give_up, told["state"], browser)
                answer = _page(NOT_DONE, 403)
            else:
                number = await asyncio.to_thread(
                    self._sign_ins.finish, told["state"], browser, code=told["code"], issuer=told["iss"]
                )
                here = redirect(f"/#signed-in={number}", status=303) if page == "1" else None
                answer = here or _page(DONE, number=number)
        except LinkGone:
            answer = _page(GONE, 410)
        except SignInRefused as error:
            log.warning("A sign-in was refused: %s", error)
            answer = _page(NOT_DONE, 403)
        except RetryLater as error:
            log.warning("No sign-in: %s", error)
            answer = _page(AWAY, 503)
        answer.cookies[COOKIE] = ""
        answer.cookies[COOKIE].update(self._cookie(0))
        return answer

    def _base(self, request: Request) -> str:
        return self._public_url or f"{request.scheme}://{request.host}"

    def _cookie(self, seconds: int) -> dict[str, object]:
        kept: dict[str, object] = {"path": "/sign-in", "max-age": seconds, "httponly": True, "samesite": "Lax"}
        return {**kept, "secure": True} if urlsplit(self._public_url).scheme == "https" else kept


def _page(said: tuple[str, list[str]], status: int = 200, go: str = "", number: str = "") -> HTTPResponse:
    title, lines = said
    html = _TEMPLATES.get_template("sign_in.html").render(title=title, lines=lines, go=go, number=number)
    # No form-action: browsers hold it against the provider's address too, to which the form leads.
    headers = {
        "Content-Security-Policy": (
            "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'"
        ),
        "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store",
    }
    return HTTPResponse(html, status=status, content_type="text/html; charset=utf-8", headers=headers)
