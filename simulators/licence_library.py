"""A sample library of electronic licences (电子证照库): one look-up by kind and identity number.

It answers only for a stated purpose and with a consent's number, as such libraries do, and keeps its own
list of every look-up. JSON, a key in a header.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping

from simulators.citizens import find
from simulators.department import Request, Response, leaves
from simulators.service import Service
from simulators.store import Clock

NAME = "licence-library"
KINDS: Mapping[str, str] = {
    "RESIDENCE": "居住登记信息", "MARRIAGE": "婚姻登记信息", "DRIVER": "机动车驾驶证", "INSURED": "参保停保记录",
}


class LicenceLibrary(Service):
    """The library. ``key`` is the gateway's."""

    name = NAME
    title = "电子证照库（样例）"
    protocol = "JSON 报文，接口密钥"
    prefix = "ZZ"

    def __init__(self, key: str, clock: Clock) -> None:
        super().__init__(clock)
        self._key = key

    def business(self, request: Request) -> Response:
        """See Department."""
        if (request.method, request.path) != ("POST", "/licences/find"):
            return _answer("NO_DOOR", 404)
        if not hmac.compare_digest(request.headers.get("x-api-key", "").encode(), self._key.encode()):
            return _answer("BAD_KEY", 401)
        try:
            told = leaves(request.body)
        except ValueError:
            return _answer("BAD_BODY", 400)
        kind = told.get("licenceType", "")
        if kind not in KINDS:
            return _answer("NO_KIND", 400)
        if not told.get("purpose") or not told.get("consentNo"):
            return _answer("NO_CONSENT", 400)
        citizen = find(id_number=told.get("holderIdNo", ""))
        licence = citizen.licences.get(kind) if citizen else None
        self.asked.add(
            self.prefix, KINDS[kind], "已提供" if licence else "没有",
            {"证件": told.get("holderIdNo", ""), "用途": told["purpose"], "授权编号": told["consentNo"]}, self.clock(),
        )
        return _answer("OK", data=licence) if licence else _answer("NONE")


def _answer(code: str, status: int = 200, data: Mapping[str, str] | None = None) -> Response:
    body = json.dumps({"code": code, "data": data or {}}, ensure_ascii=False).encode()
    return Response(status, body, "application/json; charset=utf-8")
