"""The registry finds every department, and says what is missing before a citizen notices."""

from __future__ import annotations

import logging
import socket
from pathlib import Path

import pytest

from connectors.registry import Connectors
from gateway.errors import ManifestError, OurFault, RetryLater
from gateway.settings import ROOT
from tests.unit.connectors.samples import http, office, parsed, sample, write

KEYED = {"auth": {"scheme": "api_key", "secret": "the-key", "header": "X"}}


def test_every_department_of_the_catalogue_can_be_called() -> None:
    connectors = Connectors(ROOT / "catalogue", "sample", {})
    folders = {path.parent.name for path in (ROOT / "catalogue").glob("*/department.yml")}
    assert set(connectors.departments) == folders
    connectors.close()


def test_a_department_without_manifest_has_no_connector(tmp_path: Path) -> None:
    write(tmp_path, sample())
    connectors = Connectors(tmp_path, "sample", {})
    assert connectors.departments == ["sample-office"]
    found = connectors.get("sample-office")
    assert found is not None
    assert found.address == "http://127.0.0.1:5199"
    assert connectors.get("nobody") is None
    with pytest.raises(OurFault, match="nobody has no manifest"):
        connectors.check("nobody")


def test_a_given_address_replaces_the_manifests(tmp_path: Path) -> None:
    write(tmp_path, sample())
    connectors = Connectors(tmp_path, "test", {}, {"sample-office": "http://127.0.0.1:7/"})
    found = connectors.get("sample-office")
    assert found is not None
    assert found.address == "http://127.0.0.1:7"


def test_an_environment_without_address_stops_the_start(tmp_path: Path) -> None:
    write(tmp_path, sample())
    with pytest.raises(ManifestError, match=r"addresses.live: is missing, and the environment"):
        Connectors(tmp_path, "live", {})


def test_a_given_live_address_must_be_https(tmp_path: Path) -> None:
    write(tmp_path, sample())
    with pytest.raises(ManifestError, match="must be an https address"):
        Connectors(tmp_path, "live", {}, {"sample-office": "http://gov.example"})


def test_an_address_for_nobody_is_a_mistake(tmp_path: Path) -> None:
    write(tmp_path, sample())
    with pytest.raises(OurFault, match="simple-office, which has no manifest"):
        Connectors(tmp_path, "sample", {}, {"simple-office": "http://127.0.0.1:7"})


def test_a_missing_secret_is_told_by_name_at_the_start(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write(tmp_path, sample(**KEYED))
    caplog.set_level(logging.WARNING)
    Connectors(tmp_path, "sample", {"other": "hidden"})
    assert "sample-office has no secret the-key" in caplog.text
    assert "hidden" not in caplog.text


def test_a_check_tells_an_open_door_from_a_closed_one(tmp_path: Path) -> None:
    write(tmp_path, sample())
    with socket.create_server(("127.0.0.1", 0)) as door:
        address = f"http://127.0.0.1:{door.getsockname()[1]}"
        connectors = Connectors(tmp_path, "sample", {}, {"sample-office": address})
        connectors.check("sample-office")
    with pytest.raises(RetryLater, match="sample-office cannot be reached"):
        connectors.check("sample-office")


def test_the_environment_gives_no_proxy_and_no_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password mine\n")


    answer = http(200, '{"code": "0", "no": "D1", "state": "new"}')
    with office(parsed(tmp_path), answer) as (connector, script):
        connector.call("look_up", {}, item="leave", receipt="R", key="K")
    assert "Authorization" not in script.requests[0][2]
