"""The shapes in which sample offices want their messages: JSON under paths, JSON-RPC, a form with files."""

from __future__ import annotations

import email
import email.policy
import hashlib
import json
from collections.abc import Mapping
from typing import Any, Optional

from simulators.department import Request, Response, leaves

CHARSET = "application/json; charset=utf-8"
MOST_FILES, LARGEST_FILE = 9, 2 * 1024 * 1024


class Unreadable(Exception):
    """A message that is not what the office's interface document says."""


class Paths:
    """JSON, one path a door: ``/platform/accept``."""

    title = "JSON 报文"

    def read(self, request: Request) -> tuple[str, dict[str, str]]:
        """The door that is meant and what was told, by name.

        Raises:
            Unreadable
        """
        return _door(request.path), self._told(request)

    def answer(
        self, status: int, code: str, message: str, data: Optional[Mapping[str, Any]], field: str
    ) -> Response:
        """The office's answer; ``field`` is the name of the field at fault."""
        return _json(status, {"code": code, "message": message, "field": field, "data": data})

    def _told(self, request: Request) -> dict[str, str]:
        try:
            return leaves(request.body)
        except ValueError:
            raise Unreadable("报文有误") from None


class Rpc(Paths):
    """JSON-RPC 2.0: one path; the method is the door, the answer's ``result`` holds the office's code."""

    title = "JSON-RPC 2.0 报文"

    def read(self, request: Request) -> tuple[str, dict[str, str]]:
        """See Paths."""
        told = self._told(request)
        if request.path != "/rpc" or told.get("jsonrpc") != "2.0" or not told.get("id"):
            raise Unreadable("不是 JSON-RPC 2.0")
        inside = {k.removeprefix("params."): v for k, v in told.items() if k.startswith("params.")}
        return told.get("method", ""), inside

    def answer(
        self, status: int, code: str, message: str, data: Optional[Mapping[str, Any]], field: str
    ) -> Response:
        """See Paths."""
        named = f"params.{field}" if field else ""
        result = {"code": code, "message": message, "field": named, "data": data}
        return _json(status, {"jsonrpc": "2.0", "id": "1", "result": result})


class Multipart(Paths):
    """A form with files (RFC 7578). What is kept of files are their names, kinds, sizes and digests."""

    title = "多部件表单，可带附件"

    def _told(self, request: Request) -> dict[str, str]:
        kind = request.headers.get("content-type", "")
        raw = f"Content-Type: {kind}\r\n\r\n".encode() + request.body
        message = email.message_from_bytes(raw, policy=email.policy.HTTP)
        if message.get_content_type() != "multipart/form-data" or not message.is_multipart():
            raise Unreadable("不是多部件表单")
        told: dict[str, str] = {}
        files: list[str] = []
        for part in message.iter_parts():
            name = str(part.get_param("name", "", header="Content-Disposition"))
            content = bytes(part.get_payload(decode=True) or b"")
            if part.get_filename() is None:
                told[name] = _text(content)
            else:
                files.append(_file(str(part.get_filename()), part.get_content_type(), content))
        if len(files) > MOST_FILES:
            raise Unreadable("附件过多")
        return {**told, **({"files": "；".join(files)} if files else {})}


def _file(name: str, kind: str, content: bytes) -> str:
    if len(content) > LARGEST_FILE:
        raise Unreadable("附件过大")
    return f"{name} {kind} {len(content)} 字节 SHA-256 {hashlib.sha256(content).hexdigest()}"


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        raise Unreadable("不是 UTF-8") from None


def _door(path: str) -> str:
    return path.removeprefix("/platform/") if path.startswith("/platform/") else ""


def _json(status: int, value: object) -> Response:
    return Response(status, json.dumps(value, ensure_ascii=False).encode(), CHARSET)
