"""Every address of the gateway and who may call it: one table, and a test that nothing is missing.

``docs/access.md`` prints the same table. A new route without a row here fails the tests, and so does
a row whose route does not keep strangers out as it says.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Access = Literal[
    "public", "rest-token", "widget-token", "document-link", "wechat-signature", "sign-in-link", "sample",
    "attachment-link", "staff", "control", "metrics-token", "callback-signature",
]

MEANING: dict[Access, str] = {
    "public": "anybody",
    "rest-token": "whoever has `GATEWAY_REST_TOKEN`; anybody while none is set",
    "widget-token": "a visitor with the signed token of `POST /webhooks/widget/session`",
    "document-link": "whoever has the signed link, for 24 hours after it was given out",
    "wechat-signature": "WeChat, known by its signature with `GATEWAY_WECHAT_TOKEN`",
    "attachment-link": "whoever has the signed link, for 30 minutes and while its application is open",
    "sign-in-link": "whoever holds a one-time link of a conversation; back only the browser that went",
    "sample": "there only with `GATEWAY_SAMPLE_SIGN_IN`; then as rest-token",
    "staff": "a signed-in member of staff; a form needs its own CSRF token too",
    "control": "`python -m gateway` on a machine that knows the gateway's key",
    "callback-signature": "a department whose manifest has `callback`, known by its signature",
    "metrics-token": "whoever has `GATEWAY_METRICS_TOKEN`; nobody while none is set",
}


@dataclass(frozen=True)
class Address:
    """One route: ``path`` as the router writes it, with ``<name:kind>`` for what varies."""

    method: str
    path: str
    access: Access
    purpose: str


ADDRESSES: tuple[Address, ...] = (
    Address("GET", "/", "public", "the citizen page"),
    Address("GET", "/widget/<name:str>", "public", "the chat widget's scripts, style and picture"),
    Address("GET", "/verify", "public", "check an electronic document by its code; tries are limited"),
    Address("GET", "/documents/<token:str>", "document-link", "the electronic document of a granted case"),
    Address("GET", "/health", "public", "whether the process is alive"),
    Address("GET", "/ready", "public", "whether model, store and connectors are ready"),
    Address("GET", "/metrics", "metrics-token", "figures of calls to departments, submissions not settled and cases past their day, for Prometheus"),
    Address("GET", "/docs/api", "public", "the API description for people"),
    Address("GET", "/api/openapi.json", "public", "the API description for programs"),
    Address("POST", "/api/understand", "public", "what a text means: act, aspect, items, values"),
    Address("GET", "/webhooks/rest", "public", "whether the REST channel is there"),
    Address("POST", "/webhooks/rest/webhook", "rest-token", "one message of a sender, its replies"),
    Address("POST", "/webhooks/widget/session", "public", "a token for a new visitor"),
    Address("POST", "/webhooks/widget/webhook", "widget-token", "one message of a visitor"),
    Address("OPTIONS", "/webhooks/widget/session", "public", "a browser asks before it calls"),
    Address("OPTIONS", "/webhooks/widget/webhook", "public", "a browser asks before it calls"),
    Address("POST", "/webhooks/rest/attachment", "rest-token", "a photo or PDF for what a sender has open"),
    Address("POST", "/webhooks/widget/attachment", "widget-token", "a photo or PDF for what a visitor has open"),
    Address("OPTIONS", "/webhooks/widget/attachment", "public", "a browser asks before it calls"),
    Address("POST", "/webhooks/widget/news", "widget-token", "what waits for a visitor whose page is open"),
    Address("OPTIONS", "/webhooks/widget/news", "public", "a browser asks before it calls"),
    Address("GET", "/webhooks/wechat/webhook", "wechat-signature", "WeChat checks the set-up"),
    Address("POST", "/webhooks/wechat/webhook", "wechat-signature", "one message from WeChat"),
    Address("GET", "/send/<link:str>/attachment", "attachment-link", "a page that takes a photo or PDF"),
    Address("POST", "/send/<link:str>/attachment", "attachment-link", "a photo or PDF from that page"),
    Address("GET", "/sign-in/go/<link:str>", "sign-in-link", "asks before the sign-in begins"),
    Address("POST", "/sign-in/go/<link:str>", "sign-in-link", "to the identity provider"),
    Address("GET", "/sign-in/callback", "sign-in-link", "back from the identity provider"),
    Address("POST", "/sample/sign-in", "sample", "signs a REST sender in as a sample citizen"),
    Address("GET", "/staff/console.css", "public", "the console's style sheet"),
    Address("GET", "/staff/sign-in", "public", "the sign-in form"),
    Address("POST", "/staff/sign-in", "public", "sign in; needs the form's CSRF token"),
    Address("POST", "/staff/sign-out", "staff", "sign out"),
    Address("GET", "/staff/password", "staff", "the form for a new password"),
    Address("POST", "/staff/password", "staff", "change one's own password"),
    Address("GET", "/staff", "staff", "the overview"),
    Address("GET", "/staff/conversations", "staff", "the list of conversations"),
    Address("GET", "/staff/conversations/<conversation:str>", "staff", "a transcript; audited"),
    Address("POST", "/staff/turns/<turn:str>/verdict", "staff", "mark a turn right or wrong"),
    Address("POST", "/staff/hand-offs/<hand_off:str>/settle", "staff", "settle a hand-off"),
    Address("GET", "/staff/cases", "staff", "the list of cases"),
    Address(
        "POST", "/staff/submissions/<submission:str>/resend", "staff", "send a dead submission again; audited"
    ),
    Address("GET", "/staff/audit", "staff", "the audit"),
    Address("GET", "/staff/<rest:path>", "staff", "any other page: there is none"),
    Address("POST", "/callbacks/<department:str>", "callback-signature", "a department tells how a case stands"),
    Address("POST", "/control/reload", "control", "read the catalogue again"),
)
