"""Reading ``connector.yml``: every problem is a sentence with the file, the key and the way out."""

from __future__ import annotations

import difflib
import typing
from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError

from connectors.manifest import Manifest
from gateway.errors import ManifestError

FILE_NAME = "connector.yml"


class _TextLoader(getattr(yaml, "CBaseLoader", yaml.BaseLoader)):  # type: ignore[misc]
    """YAML with every scalar as text, and no key given twice."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                line = key.start_mark.line + 1
                raise yaml.constructor.ConstructorError(None, None, f"{key.value} (line {line})")
            seen.add(key.value)
        return super().construct_mapping(node, deep=True)


def load_manifest(path: Path) -> Manifest:
    """Read one manifest; the folder's name is the department.

    Raises:
        ManifestError: the file cannot be read, or the first problem found in it.
    """
    name = f"{path.parent.name}/{path.name}"
    raw = _read(path, name)
    if "department" in raw:
        raise ManifestError(name, "department", "is not a key; the folder's name says it")
    try:
        return Manifest.parse_obj({**raw, "department": path.parent.name})
    except ValidationError as error:
        raise _explain(name, error, raw) from None


def _read(path: Path, name: str) -> dict[str, Any]:
    text = ""
    try:
        text = path.read_text("utf-8")
        raw = yaml.load(text, Loader=_TextLoader)  # noqa: S506 (text only)
    except yaml.constructor.ConstructorError as error:
        raise ManifestError(name, "", f"a key stands there twice: {error.problem}") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        # What is never closed is noticed behind the last line.
        where = f" in line {min(mark.line + 1, len(text.splitlines()))}" if mark else ""
        raise ManifestError(name, "", f"is not YAML{where}") from None
    except UnicodeDecodeError:
        raise ManifestError(name, "", "is not UTF-8 text") from None
    except OSError as error:
        raise ManifestError(name, "", f"cannot be read: {error.strerror}") from None
    if not isinstance(raw, dict):
        raise ManifestError(name, "", "is not a mapping", _list(_keys(Manifest)))
    return raw


def _explain(name: str, error: ValidationError, raw: dict[str, Any]) -> ManifestError:
    """The first problem of pydantic's list, in our words; an unknown key before all others."""
    problems = sorted(error.errors(), key=lambda e: e["type"] != "value_error.extra")
    first = problems[0]
    loc = tuple(str(part) for part in first["loc"])
    if first["type"] == "value_error.extra":
        allowed = _keys(_model_at(loc[:-1]))
        return ManifestError(
            name, ".".join(loc), "is not a key" + _nearest(loc[-1], allowed), _list(allowed)
        )
    if loc[-1] == "__key__":
        allowed = list(first.get("ctx", {}).get("permitted", ()))
        bad = next((k for k in _at(raw, loc[:-1]) if k not in allowed), "")
        key = ".".join((*loc[:-1], bad))
        return ManifestError(name, key, "is not a name" + _nearest(bad, allowed), _list(allowed))
    return _bad_value(name, loc, first, raw)


def _bad_value(name: str, loc: tuple[str, ...], first: Any, raw: Any) -> ManifestError:
    key = ".".join(part for part in loc if part != "__root__")
    value = _at(raw, loc)
    if first["type"] == "value_error.missing":
        return ManifestError(name, key, "is missing")
    permitted = first.get("ctx", {}).get("permitted")
    if permitted:
        problem = f"{value} is not a value" + _nearest(str(value), permitted)
        return ManifestError(name, key, problem, _list(permitted))
    message = first["msg"]
    if "__root__" in loc:
        about, colon, rest = message.partition(": ")
        if colon and not key:
            return ManifestError(name, about, rest)
        return ManifestError(name, key, message)
    shown = f"{value}: " if isinstance(value, str) else ""
    return ManifestError(name, key, f"{shown}{message}")


def _model_at(loc: tuple[str, ...]) -> type[BaseModel]:
    """The model whose keys stand at a dotted place; a mapping's own keys are passed over."""
    model: Any = Manifest
    parts = list(loc)
    while parts:
        part = parts.pop(0)
        field = next(f for f in model.__fields__.values() if part in (f.alias, f.name))
        model = field.type_
        if typing.get_origin(field.outer_type_) is dict:
            parts = parts[1:]
    return typing.cast("type[BaseModel]", model)


def _keys(model: type[BaseModel]) -> list[str]:
    return [f.alias for f in model.__fields__.values() if f.alias != "department"]


def _at(raw: Any, loc: tuple[str, ...]) -> Any:
    for part in loc:
        if not isinstance(raw, dict) or part not in raw:
            return raw if part == "__root__" else None
        raw = raw[part]
    return raw


def _nearest(word: str, allowed: typing.Iterable[str]) -> str:
    close = difflib.get_close_matches(word, list(allowed), n=1)
    return f" (did you mean {close[0]}?)" if close else ""


def _list(words: typing.Iterable[str]) -> str:
    return ", ".join(words)
