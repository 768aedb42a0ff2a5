"""One request to the console and its answer, free of any web framework."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from gateway.errors import StaffError
from gateway.identity.staff import Signed

PREFIX = "/staff"
SESSION_COOKIE = "yiwen_staff"
# Holds the CSRF token of the sign-in form, which has no session to keep it in.
FORM_COOKIE = "yiwen_staff_form"


@dataclass(frozen=True)
class Visit:
    """What a browser asked for. ``query`` and ``form`` hold the first value of each field."""

    method: str
    path: str
    address: str
    query: Mapping[str, str] = field(default_factory=dict)
    query_string: str = ""
    form: Mapping[str, str] = field(default_factory=dict)
    params: Mapping[str, str] = field(default_factory=dict)
    cookies: Mapping[str, str] = field(default_factory=dict)
    signed: Signed | None = None

    @property
    def who(self) -> Signed:
        """The signed-in member of staff; only for pages whose route needs staff."""
        if self.signed is None:
            raise Problem(403, "请先登录。", back=f"{PREFIX}/sign-in")
        return self.signed


@dataclass(frozen=True)
class Answer:
    """What goes back. A cookie with an empty value is removed from the browser."""

    body: str = ""
    status: int = 200
    content_type: str = "text/html; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)
    cookies: Mapping[str, str] = field(default_factory=dict)


class Problem(StaffError):
    """A request that cannot be met; ``back`` is the page from which to go on."""

    def __init__(self, status: int, sentence: str, *, back: str = PREFIX) -> None:
        super().__init__(sentence)
        self.status = status
        self.back = back


def go(where: str, *, cookies: Mapping[str, str] | None = None) -> Answer:
    """Send the browser to another page of the console, which it fetches with GET."""
    return Answer(status=303, headers={"Location": where}, cookies=cookies or {})
