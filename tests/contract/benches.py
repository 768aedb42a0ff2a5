"""The sample departments as the contract wants them: with their own fault dial, and with a look into their lists."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from functools import cache

from connectors.access import Timeouts
from connectors.client import Connector
from connectors.contract import Bench
from connectors.contract.bench import times_of
from connectors.contract.stranger import stranger_of
from connectors.manifest import Manifest
from connectors.manifest_file import FILE_NAME, load_manifest
from connectors.registry import session_for
from gateway.settings import ROOT
from tests.support.departments import Departments

PERSON = {"name": "王秀英", "id_number": "11010519491231002X", "phone": "13800138000"}


@cache
def manifest_of(department: str) -> Manifest:
    """The manifest of a sample department."""
    return load_manifest(ROOT / "catalogue" / department / FILE_NAME)


def bench(
    departments: Departments, department: str, item: str, answers: Mapping[str, str],
    name_field: str, operation: str = "submit",
) -> Bench:
    """One sample department; ``name_field`` is what it calls the applicant's name.

    With ``operation`` book each receipt gets a time of its own that nobody has.
    """
    manifest = manifest_of(department)
    session = session_for(manifest, departments.secrets)

    def connect(*, secret: str = "", address: str = "", read: float = 0) -> Connector:
        timeouts = Timeouts(connect=1, read=read) if read else manifest.timeouts
        return Connector(
            manifest.copy(update={"timeouts": timeouts}),
            address or departments.addresses[department],
            secret or departments.secrets[manifest.auth.secret],
            session=session, sleep=lambda _: None,
        )

    def name_of(receipt: str) -> str:
        (case,) = departments.ledger(department, receipt)
        return str(case["fields"][name_field])

    made = Bench(
        connect=connect,
        stranger=stranger_of(manifest),
        operation=operation,
        item=item,
        answers={**PERSON, **answers},
        spoiled=("id_number", "110105194912310021"),
        faults=lambda **dial: departments.faults(department, **dial),
        count=lambda receipt: len(departments.ledger(department, receipt)),
        name_of=name_of,
        tidies=operation == "book",
    )
    return dataclasses.replace(made, own=times_of(made)) if operation == "book" else made
