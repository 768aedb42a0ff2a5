"""A sample identity provider (统一身份认证): OpenID Connect with authorization code and PKCE.

After OpenID Connect Core 1.0, Discovery 1.0, RFC 6749, RFC 7636 (S256 only) and RFC 9207 (``iss`` in the
answer). Whoever opens its page may be any sample citizen: it is for trying things out on one machine.
Codes and tokens are in memory and gone with the process; so is the signing key.
"""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import hmac
import html
import json
import secrets
import threading
from collections.abc import Callable, Mapping
from typing import Any, Optional
from urllib.parse import parse_qs, unquote_plus, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

from simulators.citizens import CITIZENS, Citizen, find
from simulators.department import Request, Response
from simulators.rules import cover
from simulators.service import Service, page
from simulators.store import Clock

NAME = "identity-provider"
CLIENT = "yiwen"
CALLBACK = "/sign-in/callback"
SCOPES = ("openid", "profile", "id_number")
CODE_SECONDS, TOKEN_SECONDS = 60, 300
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
ASKED = ("client_id", "redirect_uri", "response_type", "scope", "state", "nonce", "code_challenge",
         "code_challenge_method")


@dataclasses.dataclass(frozen=True)
class _Grant:
    """What a code or a token stands for, and until when (seconds since 1970)."""

    citizen: Citizen
    until: float
    redirect_uri: str = ""
    nonce: str = ""
    challenge: str = ""


class _Problem(Exception):
    def __init__(self, error: str, status: int = 400) -> None:
        super().__init__(error)
        self.error, self.status = error, status


class IdentityProvider(Service):
    """The provider. ``secret`` is the client's; ``gateway`` an origin that may receive codes besides
    those of this machine; ``issuer`` is set when its address is known."""

    name = NAME
    title = "统一身份认证（样例）"
    protocol = "OpenID Connect"
    prefix = "DL"

    def __init__(self, secret: str, clock: Clock, gateway: str = "") -> None:
        super().__init__(clock)
        self.issuer = ""
        self._secret = secret
        self._gateway = gateway.rstrip("/")
        self._key = RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"}, auto_kid=True)
        self._codes: dict[str, _Grant] = {}
        self._tokens: dict[str, _Grant] = {}
        self._lock = threading.Lock()

    def business(self, request: Request) -> Response:
        """See Department."""
        doors: dict[tuple[str, str], Callable[[Request], Response]] = {
            ("GET", "/.well-known/openid-configuration"): self._discovery,
            ("GET", "/jwks"): self._jwks,
            ("GET", "/authorize"): self._choose,
            ("POST", "/authorize"): self._chosen,
            ("POST", "/token"): self._token,
            ("GET", "/userinfo"): self._userinfo,
        }
        door = doors.get((request.method, request.path))
        if door is None:
            return _json({"error": "not_found"}, 404)
        try:
            return door(request)
        except _Problem as problem:
            headers = {"WWW-Authenticate": "Bearer"} if problem.status == 401 else {}
            return _json({"error": problem.error}, problem.status, headers)

    def _discovery(self, request: Request) -> Response:
        return _json({
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "jwks_uri": f"{self.issuer}/jwks",
            "response_types_supported": ["code"], "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"], "scopes_supported": SCOPES,
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "claims_supported": ["sub", "name", "id_number", "acr"],
            "acr_values_supported": sorted({c.level for c in CITIZENS}),
            "authorization_response_iss_parameter_supported": True,
        })

    def _jwks(self, request: Request) -> Response:
        return _json({"keys": [self._key.as_dict(private=False)]})

    def _choose(self, request: Request, problem: str = "", asked: Optional[Mapping[str, str]] = None) -> Response:
        """The sign-in page. A wrong client or address gets no redirect, only a page (RFC 6749, 4.1.2.1)."""
        asked = asked or _query(urlsplit(request.target).query)
        if not self._may_receive(asked):
            return page("这个登录请求不对", "<p>应用或回跳地址没有登记。请回到对话，重新点登录。</p>", 400)
        hidden = "".join(
            f'<input type="hidden" name="{name}" value="{html.escape(asked.get(name, ""))}">' for name in ASKED
        )
        people = "".join(
            f'<label><input type="radio" name="citizen" value="{c.id}"> {html.escape(c.name)} '
            f'<span class="number">{cover(c.id_number)}</span><small>{html.escape(c.about)}</small></label>'
            for c in CITIZENS
        )
        said = f'<p class="problem">{html.escape(problem)}</p>' if problem else ""
        return page(self.title, (
            "<p>这里只有样例居民，谁都不是真人。选一位，或者输入其中一位的身份证号。</p>"
            f'{said}<form method="post" action="/authorize">{hidden}{people}'
            '<label>身份证号<input type="text" name="id_number" autocomplete="off"></label>'
            '<button name="do" value="sign-in">登录</button> <button name="do" value="leave">不登录</button></form>'
        ))

    def _chosen(self, request: Request) -> Response:
        told = _query(request.body.decode("utf-8", "replace"))
        if not self._may_receive(told):
            return self._choose(request, asked=told)
        error = _request_problem(told)
        if not error and told.get("do") == "leave":
            error = "access_denied"
        if error:
            return self._back(told, {"error": error})
        citizen = find(id=told.get("citizen", ""), id_number=told.get("id_number", "").strip().upper())
        if citizen is None:
            return self._choose(request, "没有这位样例居民，请选一位。", told)
        code = secrets.token_urlsafe(32)
        with self._lock:
            self._codes[code] = _Grant(
                citizen, self.clock().timestamp() + CODE_SECONDS, told["redirect_uri"],
                told.get("nonce", ""), told["code_challenge"],
            )
        self.asked.add(self.prefix, "登录", "已登录", {"居民": citizen.name, "证件": citizen.id_number}, self.clock())
        return self._back(told, {"code": code})

    def _back(self, told: Mapping[str, str], answer: dict[str, str]) -> Response:
        answer |= {"state": told.get("state", ""), "iss": self.issuer}
        joint = "&" if "?" in told["redirect_uri"] else "?"
        location = f"{told['redirect_uri']}{joint}{urlencode(answer)}"
        return Response(302, b"", "text/plain; charset=utf-8", {"Location": location, "Cache-Control": "no-store"})

    def _may_receive(self, asked: Mapping[str, str]) -> bool:
        parts = urlsplit(asked.get("redirect_uri", ""))
        near = parts.scheme == "http" and parts.hostname in LOOPBACK
        known = bool(self._gateway) and f"{parts.scheme}://{parts.netloc}" == self._gateway
        return asked.get("client_id") == CLIENT and parts.path == CALLBACK and (near or known)

    def _token(self, request: Request) -> Response:
        told = _query(request.body.decode("utf-8", "replace"))
        self._check_client(request, told)
        if told.get("grant_type") != "authorization_code":
            raise _Problem("unsupported_grant_type")
        with self._lock:
            grant = self._codes.pop(told.get("code", ""), None)
        now = self.clock().timestamp()
        if grant is None or grant.until < now or grant.redirect_uri != told.get("redirect_uri"):
            raise _Problem("invalid_grant")
        digest = hashlib.sha256(told.get("code_verifier", "").encode()).digest()
        if not hmac.compare_digest(base64.urlsafe_b64encode(digest).rstrip(b"=").decode(), grant.challenge):
            raise _Problem("invalid_grant")
        token = secrets.token_urlsafe(32)
        with self._lock:
            self._tokens[token] = _Grant(grant.citizen, now + TOKEN_SECONDS)
        claims = self.claims(grant.citizen, grant.nonce, int(now))
        signed = jwt.encode({"alg": "RS256", "kid": self._key.kid}, claims, self._key)
        return _json({
            "access_token": token, "token_type": "Bearer", "expires_in": TOKEN_SECONDS, "id_token": signed,
        })

    def claims(self, citizen: Citizen, nonce: str, now: int) -> dict[str, Any]:
        """What the ID token says."""
        return {
            "iss": self.issuer, "sub": citizen.id, "aud": CLIENT, "iat": now, "exp": now + TOKEN_SECONDS,
            "auth_time": now, "nonce": nonce, "acr": citizen.level,
        }

    def _check_client(self, request: Request, told: Mapping[str, str]) -> None:
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        client, secret = told.get("client_id", ""), told.get("client_secret", "")
        if scheme.lower() == "basic":
            try:
                pair = base64.b64decode(given).decode()
            except ValueError:
                pair = ""
            client, _, secret = (unquote_plus(part) for part in pair.partition(":"))
        if client != CLIENT or not hmac.compare_digest(secret.encode(), self._secret.encode()):
            raise _Problem("invalid_client", 401)

    def _userinfo(self, request: Request) -> Response:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        with self._lock:
            grant = self._tokens.get(token)
        if scheme.lower() != "bearer" or grant is None or grant.until < self.clock().timestamp():
            raise _Problem("invalid_token", 401)
        who = grant.citizen
        return _json({"sub": who.id, "name": who.name, "id_number": who.id_number, "acr": who.level})


def _request_problem(asked: Mapping[str, str]) -> str:
    """The error code of an authorization request that is not as it must be, or nothing."""
    if asked.get("response_type") != "code":
        return "unsupported_response_type"
    if "openid" not in asked.get("scope", "").split():
        return "invalid_scope"
    if asked.get("code_challenge_method") != "S256" or len(asked.get("code_challenge", "")) != 43:
        return "invalid_request"
    return ""


def _query(text: str) -> dict[str, str]:
    """Names and single values; of a name that stands there twice, the first."""
    return {name: values[0] for name, values in parse_qs(text, keep_blank_values=True).items()}


def _json(value: object, status: int = 200, headers: Optional[Mapping[str, str]] = None) -> Response:
    body = json.dumps(value, ensure_ascii=False).encode()
    return Response(status, body, "application/json; charset=utf-8", {"Cache-Control": "no-store", **(headers or {})})
