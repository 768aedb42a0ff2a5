"""The only place where everything is put together: one Sanic app with the Rasa agent in it."""

from __future__ import annotations

import asyncio
import gc
import hmac
import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import rasa.core.channels.channel
from sanic import Sanic
from sanic.exceptions import PayloadTooLarge, SanicException
from sanic.request import Request
from sanic.response import HTTPResponse

from actions.turn import install
from gateway.cases.statuses import labels
from gateway.catalogue.live import watch
from gateway.channels.agent import load_agent
from gateway.channels.answers import as_json
from gateway.channels.attachment_page import attachment_page
from gateway.channels.callbacks import callback_door
from gateway.channels.describe import description
from gateway.channels.door import Door
from gateway.channels.limits import LocalLimit, RateLimit, RedisLimit
from gateway.channels.metrics import metrics_page
from gateway.channels.news import News
from gateway.channels.protocol import check_heads
from gateway.channels.rest import RestChannel
from gateway.channels.sample_sign_in import sample_sign_in
from gateway.channels.sign_in import sign_in_pages
from gateway.channels.understand import api
from gateway.channels.verify import verify_pages
from gateway.channels.wechat import WeChatChannel
from gateway.channels.wechat_account import WeChatAccount
from gateway.channels.widget import WidgetChannel, pages
from gateway.console.blueprint import blueprint as console
from gateway.console.records import Records
from gateway.conversations.review import Review
from gateway.core import Core
from gateway.errors import OurFault
from gateway.identity.staff import Staff
from gateway.privacy.masking import mask_text

log = logging.getLogger("yiwen.server")

THREADS = 16
LARGEST_REQUEST = 1024 * 1024
SLOWEST_UPLOAD = 120  # seconds; a contract from a phone with a poor line
SESSIONS_PER_MINUTE = 60
VERIFICATIONS_PER_MINUTE = 20
LOOKS_PER_MINUTE = 12
"""How often the page of one visitor may ask for news; it asks three times a minute."""


def build_app(core: Core, model: Path, name: str = "yiwen") -> Sanic:
    """The app, with the model loaded before it starts to listen."""
    app = Sanic(name, configure_logging=False)
    app.config.update(
        REQUEST_MAX_SIZE=max(LARGEST_REQUEST, core.attachments.most_bytes + 1024), FALLBACK_ERROR_FORMAT="json", ACCESS_LOG=False,
        KEEP_ALIVE_TIMEOUT=30, REQUEST_TIMEOUT=SLOWEST_UPLOAD, RESPONSE_TIMEOUT=60,
    )
    install(core)
    door = Door(core, _limit(core, core.settings.messages_per_minute))
    app.ctx.core, app.ctx.door = core, door
    _limit_bodies(app)
    _mount(app, core, door)
    _life(app, core, door, model)
    _errors(app)
    check_heads(app)
    return app


def _limit_bodies(app: Sanic) -> None:
    """Only files may be larger than a message can be."""

    @app.on_request
    async def limit(request: Request) -> None:
        if len(request.body) > LARGEST_REQUEST and not request.path.endswith("/attachment"):
            raise PayloadTooLarge("Request body exceeds the size limit")


def _wechat_account(core: Core) -> WeChatAccount | None:
    """The account that fetches photos and tells notices; None where AppID or AppSecret is not set."""
    settings = core.settings
    secret = settings.wechat_app_secret.get_secret_value()
    if not (settings.wechat_app_id and secret):
        return None
    return WeChatAccount(settings.wechat_app_id, secret, settings.wechat_api, settings.redis_url)


def _limit(core: Core, most: int) -> RateLimit:
    url = core.settings.redis_url
    return RedisLimit(url, most) if url else LocalLimit(most)


def _mount(app: Sanic, core: Core, door: Door) -> None:
    settings, key = core.settings, core.store.cipher.key
    wechat = WeChatChannel(door, settings.wechat_token.get_secret_value(), _wechat_account(core))
    app.ctx.wechat = wechat
    origins = {o.strip() for o in settings.widget_origins.split(",") if o.strip()}
    channels = [
        RestChannel(door, settings.rest_token.get_secret_value()),
        WidgetChannel(
            door, key("widget"), origins, _limit(core, SESSIONS_PER_MINUTE), _limit(core, LOOKS_PER_MINUTE)
        ),
        wechat,
    ]
    rasa.core.channels.channel.register(channels, app, route="/webhooks/")
    app.blueprint(pages())
    app.blueprint(api(door))
    app.blueprint(verify_pages(core.documents, core.home.name, _limit(core, VERIFICATIONS_PER_MINUTE)))
    app.blueprint(attachment_page(door, core.attachment_links))
    app.blueprint(description())
    app.blueprint(sign_in_pages(core.sign_ins, settings.public_url))
    if settings.sample_sign_in:
        app.blueprint(sample_sign_in(core.sign_ins, settings.rest_token.get_secret_value()))
    app.blueprint(callback_door(core.callbacks))
    figures = (core.connectors.metrics.text, core.figures.text)
    app.blueprint(metrics_page(figures, settings.metrics_token.get_secret_value()))
    app.blueprint(
        console(
            Review(core.store, mask_text), Staff(core.store), Records(core.store),
            core.submissions, lambda: core.live.current, case_status_labels=labels(),
            public_url=settings.public_url, clock=core.store.clock,
        )
    )
    _own_routes(app, core, door)


def _own_routes(app: Sanic, core: Core, door: Door) -> None:
    """Health for load balancers, and the control route of ``python -m gateway``."""

    @app.get("/health")
    async def health(request: Request) -> HTTPResponse:
        return as_json({"status": "alive"})

    @app.get("/ready")
    async def ready(request: Request) -> HTTPResponse:
        parts = await asyncio.to_thread(_readiness, core, door)
        # A department that is down does not stop the gateway: it answers and keeps applications.
        able = parts["model"] == "ready" and parts["store"] == "ready"
        return as_json({"ready": able, **parts}, 200 if able else 503)

    @app.post("/control/reload")
    async def reload(request: Request) -> HTTPResponse:
        token = core.store.cipher.digest("control", "reload")
        given = (request.headers.get("Authorization") or "").removeprefix("Bearer ")
        if not hmac.compare_digest(given.encode(errors="replace"), token.encode()):
            return as_json({"error": "Only 'python -m gateway catalogue reload' may do this."}, 401)
        try:
            change = await asyncio.to_thread(core.live.reload)
        except OurFault as error:
            return as_json({"error": str(error)}, 422)
        return as_json({"change": str(change)})


def _readiness(core: Core, door: Door) -> dict[str, Any]:
    def state(check: Callable[[], None]) -> str:
        try:
            check()
        except Exception as error:
            log.warning("Not ready: %s", error)
            return "away"
        return "ready"

    departments = core.connectors.departments
    # All at once: several that are away would each make the answer wait for a second.
    with ThreadPoolExecutor(len(departments) or 1) as pool:
        connectors = pool.map(lambda name: state(lambda: core.connectors.check(name)), departments)
    return {
        "model": "ready" if door.agent is not None and door.agent.is_ready() else "loading",
        "store": state(core.store.check),
        "connectors": dict(zip(departments, connectors, strict=True)),
    }


def _life(app: Sanic, core: Core, door: Door, model: Path) -> None:
    """What starts before the first request and ends after the last."""
    stop = threading.Event()
    workers: list[threading.Thread] = []

    @app.before_server_start
    async def start(app: Sanic, loop: asyncio.AbstractEventLoop) -> None:
        loop.set_default_executor(ThreadPoolExecutor(THREADS, thread_name_prefix="yiwen"))
        door.agent = app.ctx.agent = load_agent(
            model, core.store, core.settings.redis_url, door.record
        )
        gc.collect()
        gc.freeze()  # what was loaded stays: a collection need not walk all of TensorFlow each time
        for number in range(core.settings.workers):
            worker = threading.Thread(
                target=core.delivery.work, args=(core.bell, stop), name=f"delivery-{number}"
            )
            worker.start()
            workers.append(worker)
        if core.settings.workers:
            rounds = threading.Thread(target=core.rounds.work, args=(stop,), name="rounds", daemon=True)
            rounds.start()
            workers.append(rounds)
        app.ctx.news = asyncio.ensure_future(app.ctx.wechat.tell_news(News(door)))
        if core.settings.reload:
            app.ctx.unwatch = asyncio.Event()
            app.add_task(watch(core.live, app.ctx.unwatch))

    @app.before_server_stop
    async def end(app: Sanic, loop: asyncio.AbstractEventLoop) -> None:
        stop.set()
        app.ctx.news.cancel()
        core.bell.ring()
        if core.settings.reload:
            app.ctx.unwatch.set()
        for worker in workers:
            await asyncio.to_thread(worker.join, 5)

    @app.after_server_stop
    async def close(app: Sanic, loop: asyncio.AbstractEventLoop) -> None:
        core.close()


def _errors(app: Sanic) -> None:
    @app.exception(SanicException)
    async def refused(request: Request, error: SanicException) -> HTTPResponse:
        return as_json({"error": str(error)}, getattr(error, "status_code", 500) or 500)

    @app.exception(Exception)
    async def failed(request: Request, error: Exception) -> HTTPResponse:
        log.exception("%s %s failed", request.method, request.path)
        return as_json({"error": "Something went wrong on our side. Please try again."}, 500)
