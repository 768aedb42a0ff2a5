"""Every route of the console with the access that it needs: the one table it is built from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from gateway.console import account, lists, talks
from gateway.console.desk import Desk
from gateway.console.visit import Answer, Visit

Access = Literal["public", "staff"]
ShownBy = Callable[[Desk, Visit], Answer]


@dataclass(frozen=True)
class Route:
    """One route below ``/staff``. POST routes need the CSRF token of their form.

    ``with_one_time_password``: open even to somebody who must choose a password of their own first.
    """

    method: Literal["GET", "POST"]
    path: str
    page: ShownBy
    access: Access
    with_one_time_password: bool = False


ROUTES: tuple[Route, ...] = (
    Route("GET", "/console.css", account.stylesheet, "public"),
    Route("GET", "/sign-in", account.sign_in_form, "public"),
    Route("POST", "/sign-in", account.sign_in, "public"),
    Route("POST", "/sign-out", account.sign_out, "staff", with_one_time_password=True),
    Route("GET", "/password", account.password_form, "staff", with_one_time_password=True),
    Route("POST", "/password", account.change_password, "staff", with_one_time_password=True),
    Route("GET", "/", talks.overview, "staff"),
    Route("POST", "/hand-offs/<hand_off:str>/settle", talks.settle, "staff"),
    Route("GET", "/conversations", talks.conversations, "staff"),
    Route("GET", "/conversations/<conversation:str>", talks.transcript, "staff"),
    Route("POST", "/turns/<turn:str>/verdict", talks.judge, "staff"),
    Route("GET", "/cases", lists.cases, "staff"),
    Route("POST", "/submissions/<submission:str>/resend", lists.resend, "staff"),
    Route("GET", "/audit", lists.audit, "staff"),
    Route("GET", "/<rest:path>", lists.nothing, "staff"),
)
