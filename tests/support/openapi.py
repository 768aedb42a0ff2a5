"""Checks real answers against the API description with JSON Schema."""

from __future__ import annotations

from typing import Any

import jsonschema


def violations(told: dict[str, Any], schema: dict[str, Any], value: Any) -> list[str]:
    """What is wrong with ``value``, where; empty when it is as ``schema`` of ``told`` says."""
    root = {**as_json_schema(schema), "components": as_json_schema(told["components"])}
    checker = jsonschema.Draft4Validator(root)
    return [f"{'/'.join(map(str, e.path))}: {e.message}" for e in checker.iter_errors(value)]


def as_json_schema(part: Any) -> Any:
    """OpenAPI 3.0 writes ``nullable: true`` where JSON Schema writes a list of types."""
    if isinstance(part, list):
        return [as_json_schema(entry) for entry in part]
    if not isinstance(part, dict):
        return part
    whole = {key: as_json_schema(inner) for key, inner in part.items()}
    if whole.pop("nullable", False) is True:
        whole["type"] = [whole["type"], "null"]
    return whole


def answer_schema(told: dict[str, Any], method: str, path: str, status: int) -> dict[str, Any]:
    """The schema of an answer.

    Raises:
        KeyError: the description knows no such status of that operation.
    """
    answer: dict[str, Any] = told["paths"][path][method.lower()]["responses"][str(status)]
    while "$ref" in answer:
        answer = told["components"]["responses"][answer["$ref"].rpartition("/")[2]]
    schema: dict[str, Any] = answer["content"]["application/json"]["schema"]
    return schema
