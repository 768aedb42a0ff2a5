"""The part of a manifest that says how a department is reached: where, when, how fast, and who calls."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any, Literal, Optional

from pydantic import BaseModel, Field, root_validator, validator

from connectors.address import check_address


class Part(BaseModel):
    """Base of every record: unknown keys refused, values fixed once read."""

    class Config:
        extra = "forbid"
        frozen = True


class Addresses(Part):
    """Base address of the department's system in each environment."""

    sample: str = ""
    test: str = ""
    live: str = ""

    @validator("sample", "test", "live")
    def _usable(cls, value: str, field: Any) -> str:
        check_address(value, secure=field.name == "live")
        return value


class SignatureHeaders(Part):
    """Names of the four headers of a signed request."""

    id: str
    timestamp: str
    nonce: str
    signature: str


Scheme = Literal[
    "none", "api_key", "hmac_sha256", "sm3_hmac", "sm2", "oauth2", "session", "mutual_tls"
]
_SIGNED = [{"secret", "id", "headers"}]
_TAKES: dict[str, list[set[str]]] = {
    "none": [set()],
    "api_key": [{"secret", "header"}, {"secret", "field"}],
    "hmac_sha256": _SIGNED, "sm3_hmac": _SIGNED, "sm2": _SIGNED,
    "oauth2": [{"secret", "id", "login"}, {"secret", "id", "login", "scope"}],
    "session": [{"secret", "id", "login", "id_field", "field", "cookie"}],
    "mutual_tls": [{"secret"}],
}


class Auth(Part):
    """How a call proves that it is ours. ``secret`` is a name in the secrets file, never a value."""

    scheme: Scheme = "none"
    secret: str = ""
    id: str = Field("", description="the name under which the department knows us")
    header: str = Field("", description="header of the key (api_key)")
    field: str = Field("", description="field of the body that holds the key, or of the login form the password")
    headers: Optional[SignatureHeaders] = None
    login: str = Field("", description="path to sign in at (oauth2, session)")
    scope: str = Field("", description="scope of the token (oauth2)")
    id_field: str = Field("", description="field of the login form that holds our id (session)")
    cookie: str = Field("", description="name of the session's cookie (session)")

    @validator("login")
    def _path(cls, value: str) -> str:
        if value and not re.fullmatch(r"/\S*", value):
            raise ValueError("must be a path that begins with /")
        return value

    @root_validator(skip_on_failure=True)
    def _complete(cls, values: dict[str, Any]) -> dict[str, Any]:
        given = {k for k, v in values.items() if v} - {"scheme"}
        wanted = _TAKES[values["scheme"]]
        if given not in wanted:
            choices = " or ".join(" and ".join(sorted(w)) or "nothing else" for w in wanted)
            raise ValueError(f"scheme {values['scheme']} takes {choices}")
        return values


class Timeouts(Part):
    """Seconds. ``connect`` to reach the department, ``read`` for its whole answer."""

    connect: float = Field(3, gt=0, le=30)
    read: float = Field(10, gt=0, le=120)


class Hours(Part):
    """Opening hours of the system, Chinese time. ``working`` days are those of the State Council's calendar."""

    days: Literal["every", "working"] = "every"
    opens: dt.time = Field(..., alias="from")
    closes: dt.time = Field(..., alias="to")

    @root_validator(skip_on_failure=True)
    def _forward(cls, values: dict[str, Any]) -> dict[str, Any]:
        if values["opens"] >= values["closes"]:
            raise ValueError("from must be earlier than to, on one day")
        return values


class Window(Part):
    """One announced maintenance, Chinese time: ``2026-12-05T22:00`` to ``2026-12-06T06:00``."""

    begins: dt.datetime = Field(..., alias="from")
    ends: dt.datetime = Field(..., alias="to")

    @root_validator(skip_on_failure=True)
    def _forward(cls, values: dict[str, Any]) -> dict[str, Any]:
        if values["begins"].tzinfo or values["ends"].tzinfo:
            raise ValueError("write local times without a zone, such as 2026-12-05T22:00")
        if values["begins"] >= values["ends"]:
            raise ValueError("from must be earlier than to")
        return values


class Idempotency(Part):
    """Where the key goes by which the department knows a repeated call: a header or a field."""

    header: str = ""
    field: str = ""

    @root_validator(skip_on_failure=True)
    def _one(cls, values: dict[str, Any]) -> dict[str, Any]:
        if bool(values["header"]) == bool(values["field"]):
            raise ValueError("takes header or field")
        return values


class Callback(Part):
    """How the department tells by itself how a case stands: JSON, signed as scheme hmac_sha256 or sm3_hmac
    sign, in the charset of the manifest. The rest are paths in it; ``event`` is a number that no other event has,
    ``at`` when it happened, ISO 8601; ``given`` is that of an answer."""

    scheme: Literal["hmac_sha256", "sm3_hmac"] = "hmac_sha256"
    secret: str
    id: str
    headers: SignatureHeaders
    event: str
    at: str
    receipt: str
    reference: str = ""
    status: str
    note: str = ""
    given: dict[str, str] = {}


class Sends(Part):
    """The department's names for what we send besides answers. Empty: it is not sent."""

    item: str = ""
    receipt: str = ""
    reference: str = ""
    files: str = Field("", description="the field of attachments; body multipart only")
    file_kilobytes: int = Field(8192, ge=50, le=20480, description="the largest attachment that it takes")
