"""The sample department with mutual TLS talks to whoever shows its certificate, and is talked to only if it is vouched for."""

from __future__ import annotations

import shutil
import stat
from pathlib import Path

import pytest
import requests

from connectors.client import Connector
from connectors.contract.stranger import stranger_of
from connectors.manifest import Manifest
from connectors.manifest_file import FILE_NAME, load_manifest
from connectors.registry import Connectors
from gateway.errors import NotThere, OurFault
from gateway.settings import ROOT
from tests.support.departments import Departments

NAME, ITEM = "disabled-persons", "disability-certificate"
CERTIFICATE, AUTHORITY = f"{NAME}-certificate", f"{NAME}-authority"


@pytest.fixture(scope="module")
def manifest() -> Manifest:
    return load_manifest(ROOT / "catalogue" / NAME / FILE_NAME)


def look_up(departments: Departments, **changed: str) -> None:
    """Ask for a case that nobody has, with some secrets ``changed``."""
    connectors = Connectors(
        ROOT / "catalogue", "sample", {**departments.secrets, **changed}, {NAME: departments.addresses[NAME]}, only=NAME
    )
    connector = connectors.get(NAME)
    assert isinstance(connector, Connector)
    try:
        connector.call("look_up", {}, item=ITEM, receipt="NOBODY", key="k")
    finally:
        connectors.close()


def test_it_is_called_over_tls_and_its_page_is_plain(departments: Departments) -> None:
    address = departments.addresses[NAME]
    assert address.startswith("https://127.0.0.1:")
    with pytest.raises(NotThere):
        look_up(departments)
    page = requests.get(address.replace("https", "http"), timeout=5).text
    assert "双向 TLS 证书" in page


def test_a_call_without_tls_is_refused(departments: Departments) -> None:
    address = departments.addresses[NAME].replace("https", "http")
    answer = requests.post(f"{address}/platform/find", json={"matterCode": "CL0101", "outerNo": "NOBODY"}, timeout=5)
    assert (answer.status_code, answer.json()["code"]) == (401, "BAD_KEY")


def test_a_certificate_of_somebody_else_is_refused(departments: Departments, manifest: Manifest) -> None:
    stranger = stranger_of(manifest)
    assert stranger
    with pytest.raises(OurFault, match="certificate"):
        look_up(departments, **{CERTIFICATE: stranger})


def test_a_department_for_which_nobody_vouches_hears_nothing(
    departments: Departments, manifest: Manifest, tmp_path: Path
) -> None:
    other = tmp_path / "other.pem"
    shutil.copy(stranger_of(manifest) or "", other)
    for authority in ("", str(tmp_path / "nowhere.pem"), str(other)):
        with pytest.raises(OurFault, match="certificate"):
            look_up(departments, **{AUTHORITY: authority})


def test_the_key_of_the_caller_is_for_its_owner_alone(departments: Departments) -> None:
    path = Path(departments.secrets[CERTIFICATE])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert b"PRIVATE KEY" not in Path(departments.secrets[AUTHORITY]).read_bytes()
