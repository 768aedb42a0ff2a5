"""From answers of a citizen to one HTTP request in the department's own words."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence

from connectors import bodies
from connectors.manifest import SENDS_ANSWERS, UNENCODABLE, Manifest, Operation
from gateway.errors import DepartmentRefused, OurFault


@dataclasses.dataclass(frozen=True)
class Call:
    """One operation with everything that it sends. ``key`` is the idempotency key.

    What people wrote is kept out of ``repr``, which tools print with a traceback.
    """

    operation: str
    values: Mapping[str, str] = dataclasses.field(repr=False)
    item: str
    receipt: str
    reference: str
    key: str
    files: Sequence[bodies.Attachment] = ()


@dataclasses.dataclass(frozen=True)
class Request:
    """A request before it is signed. ``target`` is the path with its query, below the address."""

    method: str
    target: str = dataclasses.field(repr=False)
    body: bytes = dataclasses.field(repr=False)
    headers: dict[str, str]


def build(manifest: Manifest, call: Call, proof: Sequence[tuple[str, str]]) -> Request:
    """The request of one call; ``proof`` are the fields that say who calls.

    Raises:
        OurFault: the manifest does not cover the operation, the item or an answer.
        DepartmentRefused: code ``charset``: a character does not exist in the department's charset.
    """
    operation = manifest.operations.get(call.operation)  # type: ignore[call-overload]
    if operation is None:
        raise OurFault(f"{manifest.department} has no operation {call.operation}")
    pairs = _pairs(manifest, call, operation, proof)
    headers = {"Accept-Encoding": "identity"}
    if manifest.idempotency and manifest.idempotency.header:
        headers[manifest.idempotency.header] = call.key
    try:
        if operation.method == "GET":
            query = bodies.encode_query(pairs, manifest.charset)
            target = f"{operation.path}?{query}" if query else operation.path
            return Request("GET", target, b"", headers)
        boundary = bodies.new_boundary()
        body = _body(manifest, operation, call, pairs, boundary)
    except UnicodeEncodeError:
        raise OurFault(f"{manifest.department}: its manifest has text outside its charset") from None
    except ValueError as error:
        raise OurFault(f"{manifest.department}, {call.operation}: {error}") from None
    headers["Content-Type"] = bodies.content_type(manifest.body, manifest.charset, boundary)
    if manifest.body == "soap":
        headers["SOAPAction"] = f'"{manifest.namespace}/{operation.action}"'
    return Request(operation.method, operation.path, body, headers)


def _body(
    manifest: Manifest, operation: Operation, call: Call, pairs: list[tuple[str, str]], boundary: str
) -> bytes:
    if call.files and not manifest.sends.files:
        raise OurFault(f"{manifest.department}: sends.files is missing, and there are files to send")
    if manifest.body == "multipart":
        return bodies.encode_multipart(
            pairs, manifest.charset, boundary, manifest.sends.files, call.files
        )
    return bodies.encode(
        manifest.body, pairs, manifest.charset,
        action=operation.action, namespace=manifest.namespace,
    )


def _pairs(
    manifest: Manifest, call: Call, operation: Operation, proof: Sequence[tuple[str, str]]
) -> list[tuple[str, str]]:
    """Department's name and text, in the order: sign-in, constants, ours, answers."""
    if call.item not in manifest.items:
        raise OurFault(f"{manifest.department} has no code for item {call.item}")
    ours = [
        (manifest.sends.item, manifest.items[call.item]),
        (manifest.sends.receipt, call.receipt),
        (manifest.sends.reference, call.reference),
    ]
    if manifest.idempotency and manifest.idempotency.field:
        ours.append((manifest.idempotency.field, call.key))
    return [
        *proof,
        *operation.constants.items(),
        *((name, text) for name, text in ours if name and text),
        *_answers(manifest, call),
    ]


def _answers(manifest: Manifest, call: Call) -> list[tuple[str, str]]:
    fields = manifest.fields_of(call.operation)
    unnamed = [e for e, text in call.values.items() if text and e not in fields]
    if unnamed and call.operation in SENDS_ANSWERS:
        raise OurFault(f"{manifest.department} has no name for {', '.join(sorted(unnamed))}")
    pairs = []
    for element, name in fields.items():
        text = bodies.clean(call.values.get(element, ""))
        if text:
            pairs.append((name, _theirs(manifest, element, text)))
    return pairs


def _theirs(manifest: Manifest, element: str, text: str) -> str:
    """One answer as the department writes it."""
    table = manifest.values_.get(element)
    if table is not None:
        if text not in table:
            raise OurFault(f"{manifest.department}: values.{element} lacks a choice that was made")
        return table[text]
    if element in manifest.dates:
        try:
            whole = f"{text}-01" if len(text) == len("2026-12") else text  # a month is kept as 2026-12
            return dt.date.fromisoformat(whole).strftime(manifest.dates[element])
        except ValueError:
            raise OurFault(f"{manifest.department}: {element} is not a date") from None
    if not bodies.fits(text, manifest.charset):
        rule = manifest.errors.get(UNENCODABLE)
        if rule is None:
            raise OurFault(f"{element} has a character that {manifest.charset} lacks")
        raise DepartmentRefused(UNENCODABLE, rule.sentence, field=element)
    return text
