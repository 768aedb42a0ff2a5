"""What an item asks must have a place in its department's ``connector.yml``: the part of the catalogue's check that
looks into both."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from connectors.manifest import Manifest
from connectors.manifest_file import FILE_NAME, load_manifest
from gateway.cases.form import choices_of
from gateway.catalogue.checks import Finding
from gateway.catalogue.model import Catalogue, ElementType, Flow, ServiceItem
from gateway.errors import ManifestError
from gateway.identity.representations import SELF

OPERATION_OF = {Flow.apply: "submit", Flow.appointment: "book", Flow.query: "query"}
"""The operation that takes the answers of an item."""


def connector_findings(catalogue: Catalogue, folder: Path) -> list[Finding]:
    """All findings of the connectors in ``folder``: manifests that cannot be read, and items that one does not cover."""
    manifests: dict[str, Manifest] = {}
    findings = []
    for path in sorted(folder.glob(f"*/{FILE_NAME}")):
        try:
            manifests[path.parent.name] = load_manifest(path)
        except ManifestError as error:
            findings.append(Finding(error.file, "connector_is_readable", "error", str(error)))
    for item in catalogue.items.values():
        manifest = manifests.get(item.department)
        if manifest is not None and item.flow in OPERATION_OF:
            file = f"{item.department}/{FILE_NAME}"
            findings += [
                Finding(file, "connector_covers_items", "error", sentence)
                for sentence in _uncovered(catalogue, item, manifest)
            ]
    return findings


def _uncovered(catalogue: Catalogue, item: ServiceItem, manifest: Manifest) -> Iterator[str]:
    operation = OPERATION_OF[item.flow]
    if item.item not in manifest.items:
        yield f"items: {item.item} is missing; say the department's code of it."
    if operation not in manifest.operations:
        yield f"operations: {operation} is missing; {item.item} needs it, because its flow is {item.flow.value}."
        return
    names = manifest.fields_of(operation)
    sent = [catalogue.elements[f.element] for f in item.fields if catalogue.elements[f.element].sent]
    papers = [e.element for e in sent if e.type is ElementType.attachment]
    if papers and not manifest.sends.files:
        yield f"sends: files is missing; {item.item} asks {papers[0]}, so say the department's name of files."
    asked = [e.element for e in sent if e.type is not ElementType.attachment]
    for element in asked:
        if element not in names:
            yield f"fields: {element} is missing; {item.item} asks it, so say the department's name of it."
        choices = {choice.value for choice in catalogue.elements[element].choices}
        for choice in sorted(choices - set(manifest.values_.get(element, {}))):
            yield f"values.{element}: {choice} is missing; {item.item} offers it, so say the department's code of it."
    for field in item.fields:
        kept = catalogue.elements[field.element]
        if not kept.sent and kept.element in names:
            offered = {c.value for c in choices_of(field, kept)} - {SELF}
            for choice in sorted(offered - set(manifest.values_.get(kept.element, {}))):
                yield f"values.{kept.element}: {choice} is missing; {item.item} offers it, so say the department's code of it."
    told = [names[element] for element in asked if element in names]
    for name in sorted({name for name in told if told.count(name) > 1}):
        yield f"fields: two answers of {item.item} would be sent as {name}; give each a name of its own."
