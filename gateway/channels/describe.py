"""The API description: OpenAPI at ``/api/openapi.json``, and a page for people at ``/docs/api``.

``openapi.yml`` holds what is said. Its lists of words (``x-terms``) become enumerations; tests hold them
against the domain, the guide and the actions, so that the description cannot fall behind.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jinja2
import yaml
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse

from gateway.access import ADDRESSES, Access
from gateway.catalogue.model import ElementType
from gateway.channels.answers import as_json

HERE = Path(__file__).parent
METHODS = ("get", "post")
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-cache",
    "Cross-Origin-Resource-Policy": "same-origin",
}
WHO: dict[Access, str] = {
    "public": "谁都可以调用",
    "rest-token": "设了 GATEWAY_REST_TOKEN 时要带口令",
    "widget-token": "要带访客通行证",
    "wechat-signature": "只有微信，按签名认",
    "sample": "只在样例环境里有，口令和 REST 一样",
}
WORDS = {
    "string": "字符串", "integer": "整数", "number": "数字", "boolean": "真或假",
    "object": "对象", "array": "列表",
}


def description() -> Blueprint:
    """The routes of the description. Document and page are made once, here."""
    routes = Blueprint("description")
    told = document()
    html = page(told)

    @routes.get("/api/openapi.json")
    async def openapi(request: Request) -> HTTPResponse:
        return as_json(told)

    @routes.get("/docs/api")
    async def api_page(request: Request) -> HTTPResponse:
        return HTTPResponse(html, content_type="text/html; charset=utf-8", headers=HEADERS)

    return routes


def document() -> dict[str, Any]:
    """The whole OpenAPI document, as JSON can hold it."""
    told: dict[str, Any] = yaml.safe_load((HERE / "openapi.yml").read_text(encoding="utf-8"))
    schemas = told["components"]["schemas"]
    kinds = {kind.value: kind.label for kind in ElementType}
    schemas["AnswerType"]["x-terms"] = {**kinds, **schemas["AnswerType"]["x-terms"]}
    for schema in schemas.values():
        if "x-terms" in schema:
            # OpenAPI 3.0: a nullable enumeration has to name null as well.
            schema["enum"] = [*schema["x-terms"], *([None] if schema.get("nullable") else [])]
    return told


@dataclass(frozen=True)
class Row:
    """One line of a table of fields. ``words`` names a list of words further down the page."""

    name: str
    kind: str
    required: bool
    note: str
    words: str = ""


@dataclass(frozen=True)
class Body:
    """What is sent or answered: fields and an example, either may be missing."""

    title: str
    note: str = ""
    rows: list[Row] = field(default_factory=list)
    example: str = ""


@dataclass(frozen=True)
class Entry:
    """One operation as the page shows it."""

    id: str
    method: str
    path: str
    summary: str
    note: str
    who: str
    asked: Body
    curl: str
    answers: list[Body]


def page(told: dict[str, Any]) -> str:
    """The page for people."""
    loader = jinja2.FileSystemLoader(HERE / "templates")
    templates = jinja2.Environment(
        loader=loader, autoescape=True, undefined=jinja2.StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )
    entries = list(_entries(told))
    schemas = told["components"]["schemas"]
    words = {n: s for n, s in schemas.items() if "x-terms" in s}
    groups = [
        (tag, [e for t, e in entries if t == tag["name"]]) for tag in told["tags"]
    ]
    return templates.get_template("api.html").render(info=told["info"], groups=groups, words=words)


def _entries(told: dict[str, Any]) -> Iterator[tuple[str, Entry]]:
    who = {(a.method, a.path): WHO.get(a.access, "") for a in ADDRESSES}
    for path, operations in told["paths"].items():
        for method in METHODS:
            operation = operations.get(method)
            if operation is None:
                continue
            shared = operations.get("parameters", [])
            yield operation["tags"][0], Entry(
                id=operation["operationId"], method=method.upper(), path=path,
                summary=operation["summary"], note=operation.get("description", ""),
                who=who[method.upper(), path],
                asked=_asked(told, [*shared, *operation.get("parameters", [])], operation),
                curl=_curl(method, path, operation),
                answers=[
                    body for status, answer in operation["responses"].items()
                    for body in _answers(told, status, answer)
                ],
            )


def _asked(
    told: dict[str, Any], parameters: list[dict[str, Any]], operation: dict[str, Any]
) -> Body:
    rows = [
        Row(p["name"], "网址参数", p.get("required", False), p.get("description", ""))
        for p in parameters
    ]
    example = ""
    for kind in operation.get("requestBody", {}).get("content", {}).values():
        rows += _rows(told, kind["schema"])
        example = _shown(kind.get("example"))
    return Body("请求", "", rows, example)


def _answers(told: dict[str, Any], status: str, answer: dict[str, Any]) -> Iterator[Body]:
    answer = _resolved(told, answer)
    for kind, content in answer["content"].items():
        rows = _rows(told, content["schema"]) if status == "200" else []
        title = status if kind == "application/json" else f"{status} {kind}"
        yield Body(title, answer["description"], rows, _shown(content.get("example")))


def _rows(told: dict[str, Any], schema: dict[str, Any], prefix: str = "") -> list[Row]:
    """Fields of a schema, those of inner objects after their own, as ``outer.inner``.

    Of a list that is the whole body, the fields of one entry.
    """
    schema = _resolved(told, schema)
    if schema.get("type") == "array":
        return _rows(told, schema["items"], f"{prefix}[]" if prefix else "")
    rows: list[Row] = []
    for name, inner in schema.get("properties", {}).items():
        full = _resolved(told, inner)
        words = inner.get("$ref", "").rpartition("/")[2] if full.get("x-terms") else ""
        at = f"{prefix}.{name}" if prefix else name
        kind = WORDS[full["type"]] + ("，可为空" if full.get("nullable") else "")
        note = full.get("description", "")
        if "maxLength" in full:
            note += f"，最多 {full['maxLength']:,} 字"
        rows.append(Row(at, kind, name in schema.get("required", []), note, words))
        if not words:
            rows += _rows(told, inner, at)
    return rows


def _resolved(told: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in part:
        _, _, kind, name = part["$ref"].split("/")
        part = told["components"][kind][name]
    return part


def _shown(example: Any) -> str:
    if example is None or isinstance(example, str):
        return (example or "").strip()
    return json.dumps(example, ensure_ascii=False, indent=2)


def _curl(method: str, path: str, operation: dict[str, Any]) -> str:
    """The call as one types it, for operations that need no signature."""
    content = operation.get("requestBody", {}).get("content", {})
    if "微信" in operation["tags"]:
        return ""
    lines = [f"curl http://127.0.0.1:5005{path}"]
    if method == "post" and not content:
        lines[0] = lines[0].replace("curl ", "curl -X POST ")
    if any("restToken" in s for s in operation["security"]):
        lines.append("-H 'Authorization: Bearer 口令'")
    if "application/json" in content:
        body = json.dumps(content["application/json"]["example"], ensure_ascii=False)
        lines += ["-H 'Content-Type: application/json'", f"-d '{body}'"]
    return " \\\n  ".join(lines)
