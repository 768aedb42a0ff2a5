"""For trials: one call signs a REST sender in as a sample citizen, so that conversations can be scripted.

It takes the same way as a browser: link, provider, code. Only the sample provider lets a program choose who
signs in, so this opens nothing at a real one. The route is there only with ``GATEWAY_SAMPLE_SIGN_IN``.
"""

from __future__ import annotations

import asyncio
import hmac
import secrets
from urllib.parse import parse_qsl, urlsplit

import requests
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse

from gateway.channels.answers import BadRequest, as_json, body_of, refusal, text_in
from gateway.channels.door import LONGEST_SENDER
from gateway.channels.sign_in import CALLBACK
from gateway.errors import RetryLater
from gateway.identity.provider import SignInRefused
from gateway.identity.sign_in import LinkGone, Signed, SignIns
from gateway.privacy.masking import mask_value

SECONDS = 10
LOCAL = "http://127.0.0.1"


def sample_sign_in(sign_ins: SignIns, token: str) -> Blueprint:
    """The route. ``token`` is the REST channel's, asked here too."""
    routes = Blueprint("sample_sign_in", url_prefix="/sample")

    @routes.post("/sign-in")
    async def sign_in(request: Request) -> HTTPResponse:
        try:
            given = (request.headers.get("Authorization") or "").removeprefix("Bearer ").strip()
            if token and not hmac.compare_digest(given.encode(errors="replace"), token.encode()):
                raise BadRequest("Send the token: Authorization: Bearer TOKEN.", 401)
            body = body_of(request)
            sender, citizen = text_in(body, "sender", LONGEST_SENDER), text_in(body, "citizen", 40)
            signed = await asyncio.to_thread(_sign_in, sign_ins, f"rest:{sender}", citizen)
        except BadRequest as error:
            return refusal(error)
        except (LinkGone, SignInRefused) as error:
            return as_json({"error": f"Not signed in: {error}."}, 422)
        except (RetryLater, requests.RequestException):
            return as_json({"error": "The sample identity provider cannot be reached."}, 503)
        return as_json({"level": signed.level, "name": mask_value(signed.name, "person_name")})

    return routes


def _sign_in(sign_ins: SignIns, sender: str, citizen: str) -> Signed:
    browser = secrets.token_urlsafe(24)
    address = sign_ins.begin(sign_ins.invite(sender), f"{LOCAL}{CALLBACK}", browser)
    parts = urlsplit(address)
    told = {**dict(parse_qsl(parts.query)), "citizen": citizen, "do": "sign-in"}
    with requests.Session() as session:
        session.trust_env = False
        answer = session.post(
            parts._replace(query="").geturl(), data=told, allow_redirects=False, timeout=SECONDS
        )
    back = dict(parse_qsl(urlsplit(answer.headers.get("Location", "")).query))
    if "code" not in back:
        raise SignInRefused(f"the sample provider knows no citizen {citizen}")
    number = sign_ins.finish(back["state"], browser, code=back["code"], issuer=back.get("iss", ""))
    signed = sign_ins.confirm(sender, number)
    if signed is None:
        raise LinkGone("another sign-in of this sender came in between")
    return signed
