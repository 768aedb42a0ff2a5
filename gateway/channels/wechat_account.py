"""What the gateway asks of WeChat itself: the photo behind a message, and telling somebody something unasked.

Source: WeChat's 获取临时素材 and 客服消息. Both need the account's AppID and AppSecret. Everything here blocks.
"""

from __future__ import annotations

import json
import logging
import time
from typing import Any

import requests
from redis import Redis
from wechatpy import WeChatClient
from wechatpy.exceptions import WeChatClientException
from wechatpy.session.memorystorage import MemoryStorage
from wechatpy.session.redisstorage import RedisStorage

from gateway.cases.papers import megabytes
from gateway.errors import CitizenError, RetryLater

log = logging.getLogger("yiwen.wechat")

TIMEOUT = (3, 8)  # seconds to connect, and to wait for more
LONGEST_DOWNLOAD = 20.0  # seconds in all
CHUNK = 64 * 1024
STALE_TOKEN = {40001, 40014, 42001}
"""Codes that mean: ask for a new access token."""
NOT_NOW = {45015, 45047}
"""Codes that mean: the person's last message is more than 48 hours old, or too much was told since."""


class _Client(WeChatClient):
    """wechatpy's client, with the address of the settings and a time limit on the token, too."""

    def __init__(self, app_id: str, secret: str, api: str, session: Any) -> None:
        super().__init__(app_id, secret, session=session, timeout=TIMEOUT)
        self.API_BASE_URL = f"{api}/cgi-bin/"

    def fetch_access_token(self) -> dict[str, Any]:
        """See WeChatClient, whose call would wait for ever."""
        asked = {"grant_type": "client_credential", "appid": self.appid, "secret": self.secret}
        answer = self._http.get(f"{self.API_BASE_URL}token", params=asked, timeout=TIMEOUT).json()
        if not answer.get("access_token"):
            raise WeChatClientException(answer.get("errcode"), answer.get("errmsg"), client=self)
        self.session.set(self.access_token_key, answer["access_token"], answer.get("expires_in", 7200))
        self.expires_at = int(time.time()) + int(answer.get("expires_in", 7200))
        return dict(answer)


class WeChatAccount:
    """One official account. Several processes share its access token in Redis, where there is one."""

    def __init__(self, app_id: str, secret: str, api: str, redis_url: str = "") -> None:
        session = RedisStorage(Redis.from_url(redis_url, socket_timeout=2), "yiwen") if redis_url else MemoryStorage()
        self._client = _Client(app_id, secret, api.rstrip("/"), session)

    def photo(self, media_id: str, most_bytes: int) -> bytes:
        """The bytes of a photo that somebody sent.

        Raises:
            CitizenError: it is larger than ``most_bytes``.
            RetryLater: WeChat did not give it, or not in time.
        """
        try:
            content, code = self._download(media_id, most_bytes)
            if code in STALE_TOKEN:
                self._client.fetch_access_token()
                content, code = self._download(media_id, most_bytes)
        except (requests.RequestException, WeChatClientException, ValueError) as error:
            raise RetryLater(f"WeChat gave no photo: {type(error).__name__}") from error
        if code:
            raise RetryLater(f"WeChat gave no photo: errcode {code}")
        return content

    def tell(self, openid: str, words: str) -> bool:
        """Send a text by 客服消息; False when WeChat does not deliver it."""
        try:
            self._client.message.send_text(openid, words)
        except WeChatClientException as error:
            if error.errcode not in NOT_NOW:
                log.warning("WeChat did not deliver a message: errcode %s", error.errcode)
            return False
        except (requests.RequestException, ValueError) as error:
            log.warning("WeChat could not be reached: %s", type(error).__name__)
            return False
        return True

    def _download(self, media_id: str, most_bytes: int) -> tuple[bytes, int]:
        """(content, 0), or (nothing, WeChat's error code)."""
        end = time.monotonic() + LONGEST_DOWNLOAD
        asked = {"access_token": self._client.access_token, "media_id": media_id}
        address = f"{self._client.API_BASE_URL}media/get"
        with requests.get(address, params=asked, stream=True, timeout=TIMEOUT) as answer:
            answer.raise_for_status()
            content = b""
            for chunk in answer.iter_content(CHUNK):
                content += chunk
                if len(content) > most_bytes:
                    raise CitizenError("utter_attachment_larger", most=megabytes(most_bytes))
                if time.monotonic() > end:
                    raise RetryLater("WeChat gave a photo too slowly")
        if content.startswith(b"{"):  # an error comes with status 200, and no photo begins like that
            return b"", int(json.loads(content).get("errcode") or -1)
        return content, 0
