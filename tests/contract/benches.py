"""The sample departments as the contract suite wants them."""

from __future__ import annotations

from collections.abc import Mapping

from connectors.access import Timeouts
from connectors.client import Connector
from connectors.contract import Bench
from connectors.manifest_file import FILE_NAME, load_manifest
from connectors.registry import new_session
from gateway.settings import ROOT
from tests.support.departments import Departments

PERSON = {"name": "王秀英", "id_number": "11010519491231002X", "phone": "13800138000"}


def bench(
    departments: Departments, department: str, item: str, answers: Mapping[str, str],
    name_field: str, operation: str = "submit",
) -> Bench:
    """One sample department; ``name_field`` is what it calls the applicant's name.

    With ``operation`` book each receipt gets a time of its own that nobody has.
    """
    manifest = load_manifest(ROOT / "catalogue" / department / FILE_NAME)
    session = new_session()

    def connect(*, secret: str = "", address: str = "", read: float = 0) -> Connector:
        timeouts = Timeouts(connect=1, read=read) if read else manifest.timeouts
        return Connector(
            manifest.copy(update={"timeouts": timeouts}),
            address or departments.addresses[department],
            secret or departments.secrets[manifest.auth.secret],
            session=session, sleep=lambda _: None,
        )

    def name_of(reference: str) -> str:
        cases = departments.ledger(department)
        return str(next(c for c in cases if c["reference"] == reference)["fields"][name_field])

    times: dict[str, str] = {}
    free: list[str] = []
    if operation == "book":
        slots = connect().call("slots", answers, item=item, key="").slots
        most = max(slot.left for slot in slots)
        free += [slot.id for slot in slots if slot.left == most]

    def own(receipt: str) -> dict[str, str]:
        return {"appointment_slot": times.setdefault(receipt, free[len(times)])} if free else {}

    return Bench(
        connect=connect,
        operation=operation,
        own=own,
        item=item,
        answers={**PERSON, **answers},
        spoiled=("id_number", "110105194912310021"),
        faults=lambda **dial: departments.faults(department, **dial),
        count=lambda receipt: sum(c["receipt"] == receipt for c in departments.ledger(department)),
        name_of=name_of,
    )
