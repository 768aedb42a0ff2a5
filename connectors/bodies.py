"""What travels: named values into bytes, bytes into a tree of text.

A name with dots lies inside another one (``applicant.name``). A SOAP body keeps the order in which
the names are given, because departments' schemas are sequences. A form, with or without files, is
answered with JSON, as departments do.
"""

from __future__ import annotations

import dataclasses
import json
import re
import secrets
from collections.abc import Sequence
from typing import Any, Union
from urllib.parse import urlencode
from xml.etree import ElementTree as Xml

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring
from urllib3.fields import RequestField
from urllib3.filepost import encode_multipart_formdata

from connectors.manifest import Body

ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
MOST_BYTES = 1024 * 1024
"""An answer longer than this is not read on."""

Pairs = Sequence[tuple[str, str]]
Tree = Union[str, dict[str, Any], list[Any]]

_CONTENT_TYPES = {
    "json": "application/json",
    "form": "application/x-www-form-urlencoded",
    "soap": "text/xml",
    "multipart": "multipart/form-data",
}
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclasses.dataclass(frozen=True)
class Attachment:
    """A file that goes with an application (附件). ``content_type`` is such as ``image/jpeg``."""

    name: str = dataclasses.field(repr=False)
    content_type: str
    content: bytes = dataclasses.field(repr=False)


class Unreadable(ValueError):
    """An answer that is not what the manifest says it is."""


def clean(text: str) -> str:
    """``text`` without control characters, which XML forbids and no department wants."""
    return _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def fits(text: str, charset: str) -> bool:
    """Whether every character of ``text`` exists in ``charset``."""
    try:
        text.encode(charset)
    except UnicodeEncodeError:
        return False
    return True


def new_boundary() -> str:
    """A line that no part of a multipart body holds."""
    return secrets.token_hex(16)


def encode_multipart(
    pairs: Pairs, charset: str, boundary: str, field: str, files: Sequence[Attachment]
) -> bytes:
    """The bytes of a multipart body (RFC 7578): one part a value, then one a file, all files in ``field``.

    Raises:
        UnicodeEncodeError: a character does not exist in ``charset``.
        ValueError: two values would stand in the same place.
    """
    _refuse_repeats([name for name, _ in pairs])
    parts = []
    for name, text in pairs:
        part = RequestField(name, text.encode(charset))
        part.make_multipart(content_type=f"text/plain; charset={charset}")
        parts.append(part)
    for file in files:
        part = RequestField(field, file.content, filename=file.name)
        part.make_multipart(content_type=file.content_type)
        parts.append(part)
    return encode_multipart_formdata(parts, boundary)[0]


def content_type(body: Body, charset: str, boundary: str = "") -> str:
    """The Content-Type header of a body."""
    if body == "multipart":
        return f"{_CONTENT_TYPES[body]}; boundary={boundary}"
    return f"{_CONTENT_TYPES[body]}; charset={charset}"


def encode(
    body: Body, pairs: Pairs, charset: str, *, action: str = "", namespace: str = ""
) -> bytes:
    """The bytes of a request body.

    Raises:
        UnicodeEncodeError: a character does not exist in ``charset`` (see :func:`fits`).
        ValueError: two values would stand in the same place.
    """
    if body == "form":
        return encode_query(pairs, charset).encode("ascii")
    if body == "json":
        return json.dumps(nest(pairs), ensure_ascii=False).encode(charset)
    return _encode_soap(nest(pairs), charset, action, namespace)


def encode_query(pairs: Pairs, charset: str) -> str:
    """Pairs as a form's body or an address's query."""
    names = [name for name, _ in pairs]
    _refuse_repeats(names)
    return urlencode(list(pairs), encoding=charset, errors="strict")


def nest(pairs: Pairs) -> dict[str, Any]:
    """Dotted names as a tree, in the order given.

    Raises:
        ValueError: two values would stand in the same place.
    """
    _refuse_repeats([name for name, _ in pairs])
    tree: dict[str, Any] = {}
    for name, text in pairs:
        *path, last = name.split(".")
        here = tree
        for part in path:
            here = here.setdefault(part, {})
            if not isinstance(here, dict):
                raise ValueError(f"{name} lies inside a value")
        if last in here:
            raise ValueError(f"{name} is already there")
        here[last] = text
    return tree


def _refuse_repeats(names: list[str]) -> None:
    repeated = sorted({n for n in names if names.count(n) > 1})
    if repeated:
        raise ValueError(f"{', '.join(repeated)} would be sent twice")


def _encode_soap(tree: dict[str, Any], charset: str, action: str, namespace: str) -> bytes:
    envelope = Xml.Element(f"{{{ENVELOPE}}}Envelope")
    inside = Xml.SubElement(envelope, f"{{{ENVELOPE}}}Body")
    _grow(Xml.SubElement(inside, f"{{{namespace}}}{action}"), tree, namespace)
    # tostring would write a missing character as &#…;, which departments store as it stands.
    text = Xml.tostring(envelope, encoding="unicode")
    return f'<?xml version="1.0" encoding="{charset}"?>\n{text}'.encode(charset)


def _grow(parent: Xml.Element, tree: dict[str, Any], namespace: str) -> None:
    for name, value in tree.items():
        child = Xml.SubElement(parent, f"{{{namespace}}}{name}")
        if isinstance(value, dict):
            _grow(child, value, namespace)
        else:
            child.text = value


def decode(body: Body, raw: bytes, charset: str) -> Tree:
    """The tree of an answer; every leaf is text, numbers as the department wrote them.

    Raises:
        Unreadable: another format or charset, or XML with a document type or entities.
    """
    try:
        text = raw.decode(charset)
        if body == "soap":
            return _decode_soap(text)
        tree = json.loads(text, parse_float=str, parse_int=str, parse_constant=str)
        return _texts(tree)
    except (ValueError, RecursionError, ParseError, DefusedXmlException) as error:
        raise Unreadable(f"the answer is not {body} in {charset}: {type(error).__name__}") from None


def _texts(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _texts(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_texts(v) for v in value]
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else value


def _decode_soap(text: str) -> Tree:
    envelope = fromstring(text.lstrip("\ufeff"), forbid_dtd=True)
    inside = envelope.find(f"{{{ENVELOPE}}}Body")
    if inside is None or len(inside) == 0:
        raise ValueError("no SOAP body")
    first = inside[0]
    tree = _shrink(first)
    return {"Fault": tree} if _local(first.tag) == "Fault" else tree


def _shrink(element: Xml.Element) -> Tree:
    if len(element) == 0:
        return element.text or ""
    tree: dict[str, Any] = {}
    for child in element:
        name, value = _local(child.tag), _shrink(child)
        if name in tree:
            before = tree[name]
            tree[name] = [*before, value] if isinstance(before, list) else [before, value]
        else:
            tree[name] = value
    return tree


def _local(tag: str) -> str:
    return tag.rsplit("}", 1)[-1]


def dig(tree: Any, path: str) -> Any:
    """What stands at a dotted path, or None."""
    for part in path.split("."):
        if not isinstance(tree, dict) or part not in tree:
            return None
        tree = tree[part]
    return tree


def text_at(tree: Any, path: str) -> str:
    """The text at a dotted path; empty when there is none, or no text."""
    found = dig(tree, path) if path else None
    return found if isinstance(found, str) else ""


def fault_code(tree: Any) -> str:
    """The code of a SOAP 1.1 fault without its prefix (section 4.4.1), such as ``Server.Busy``."""
    return text_at(tree, "Fault.faultcode").rsplit(":", 1)[-1]
