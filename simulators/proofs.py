"""How a sample office knows who calls: its own side of each scheme. Refusals are :class:`Stranger`."""

from __future__ import annotations

import hmac
import json
import secrets
import threading
from typing import Optional
from urllib.parse import parse_qsl

import gmalg
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.hmac import HMAC

from simulators.department import Request, Response
from simulators.store import Clock, Store

CALLER = "yiwen-gateway"
ALLOWED_SECONDS = 300
TOKEN_SECONDS = 600
SESSION_SECONDS = 1200


class Stranger(Exception):
    """Somebody who may not call; the text says why, to engineers."""


def same(given: str, wanted: str) -> bool:
    """Whether two secrets are the same, in a time that tells nothing."""
    return hmac.compare_digest(given.encode(), wanted.encode())


class Key:
    """The secret itself in a header."""

    def __init__(self, secret: str) -> None:
        self._secret = secret

    def sign_in(self, request: Request) -> Optional[Response]:
        """The answer to a sign-in; None when ``request`` is something else."""
        return None

    def check(self, request: Request) -> None:
        """Raise Stranger unless the caller is the one that shares the secret."""
        if not same(request.headers.get("x-api-key", ""), self._secret):
            raise Stranger("接口密钥无效")


class Peer(Key):
    """The certificate that the caller showed when the connection was made; the secret is not looked at."""

    def check(self, request: Request) -> None:
        """See Key."""
        if request.peer != CALLER:
            raise Stranger("没有出示证书，或证书不是给本系统调用方的")


class Signed(Key):
    """Five lines signed with SM3-HMAC: method, path, time, nonce, digest of the body."""

    def __init__(self, secret: str, store: Store, clock: Clock) -> None:
        super().__init__(secret)
        self._store, self._clock = store, clock

    def check(self, request: Request) -> None:
        """See Key. The caller's name, the clock, the signature, and only then whether it is a replay."""
        stamp, nonce = request.headers.get("x-timestamp", ""), request.headers.get("x-nonce", "")
        if request.headers.get("x-app-id") != CALLER or not (stamp.isascii() and stamp.isdigit()):
            raise Stranger("签名头不完整")
        now = int(self._clock().timestamp())
        if len(stamp) > 12 or abs(now - int(stamp)) > ALLOWED_SECONDS:
            raise Stranger("时间戳超出允许范围")
        lines = "\n".join((request.method, request.target, stamp, nonce, _sm3(request.body)))
        if not self._fits(lines.encode(), request.headers.get("x-signature", "")):
            raise Stranger("签名无效")
        if len(nonce) != 32 or not self._store.is_fresh(f"nonce {nonce}", now, 0):
            raise Stranger("随机数重复")

    def _fits(self, lines: bytes, signature: str) -> bool:
        mac = HMAC(self._secret.encode(), hashes.SM3())
        mac.update(lines)
        return same(signature, mac.finalize().hex())


class Sm2(Signed):
    """The same lines, signed with the caller's private key. The office only uses the public one, which it
    works out from the sample's secrets file."""

    def __init__(self, secret: str, store: Store, clock: Clock) -> None:
        super().__init__(secret, store, clock)
        public = gmalg.SM2().generate_pk(bytes.fromhex(secret))
        self._key = gmalg.SM2(uid=b"1234567812345678", pk=public)

    def _fits(self, lines: bytes, signature: str) -> bool:
        try:
            r, s = bytes.fromhex(signature[:64]), bytes.fromhex(signature[64:])
        except ValueError:
            return False
        return len(r) == len(s) == 32 and bool(self._key.verify(lines, r, s))


class Token(Key):
    """A token of OAuth 2 (RFC 6749, section 4.4), good for ten minutes; all end when the office restarts."""

    def __init__(self, secret: str, clock: Clock) -> None:
        super().__init__(secret)
        self._clock = clock
        self._lock = threading.Lock()
        self._tokens: dict[str, float] = {}

    def sign_in(self, request: Request) -> Optional[Response]:
        """See Key."""
        if (request.method, request.path) != ("POST", "/oauth/token"):
            return None
        form = dict(parse_qsl(request.body.decode("utf-8", "replace")))
        if form.get("grant_type") != "client_credentials":
            return _json(400, {"error": "unsupported_grant_type"})
        if form.get("client_id") != CALLER or not same(form.get("client_secret", ""), self._secret):
            return _json(401, {"error": "invalid_client"})
        token = secrets.token_urlsafe(32)
        with self._lock:
            self._tokens[token] = self._clock().timestamp() + TOKEN_SECONDS
        return _json(200, {"access_token": token, "token_type": "Bearer", "expires_in": TOKEN_SECONDS})

    def check(self, request: Request) -> None:
        """See Key."""
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        with self._lock:
            ends = self._tokens.get(token, 0.0)
        if self._clock().timestamp() >= ends:
            raise Stranger("令牌无效或已过期")


class Session(Key):
    """A form with name and password at ``login``, answered with a cookie that is good for twenty minutes after
    its last use; all end when the system restarts."""

    def __init__(self, secret: str, clock: Clock, login: str, cookie: str) -> None:
        super().__init__(secret)
        self._clock, self._login, self._cookie = clock, login, cookie
        self._lock = threading.Lock()
        self._sessions: dict[str, float] = {}

    def sign_in(self, request: Request) -> Optional[Response]:
        """See Key. A wrong password gets the same page without a cookie."""
        if (request.method, request.path) != ("POST", self._login):
            return None
        form = dict(parse_qsl(request.body.decode("utf-8", "replace")))
        if form.get("yhm") != CALLER or not same(form.get("mm", ""), self._secret):
            return Response(200, "用户名或密码不正确".encode(), "text/html; charset=utf-8")
        session = secrets.token_urlsafe(24)
        with self._lock:
            self._sessions[session] = self._clock().timestamp() + SESSION_SECONDS
        cookie = f"{self._cookie}={session}; Path=/; HttpOnly"
        return Response(302, b"", "text/html", {"Location": "/gjj/", "Set-Cookie": cookie})

    def check(self, request: Request) -> None:
        """See Key."""
        session = request.headers.get("cookie", "").removeprefix(f"{self._cookie}=")
        now = self._clock().timestamp()
        with self._lock:
            if now >= self._sessions.get(session, 0.0):
                raise Stranger("会话无效或已过期")
            self._sessions[session] = now + SESSION_SECONDS

    def end_all(self) -> None:
        """End every session."""
        with self._lock:
            self._sessions.clear()


def _sm3(body: bytes) -> str:
    summing = hashes.Hash(hashes.SM3())
    summing.update(body)
    return summing.finalize().hex()


def _json(status: int, value: object) -> Response:
    return Response(status, json.dumps(value).encode(), "application/json", {"Cache-Control": "no-store"})
