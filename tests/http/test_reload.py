"""A new service is one new file, answerable after a reload: no restart, no training."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from pathlib import Path

import yaml

from gateway.settings import ROOT
from tests.support.gateway import Gateway
from tests.support.sample_catalogue import sample_item


def reload(gateway: Gateway) -> subprocess.CompletedProcess[str]:
    """``python -m gateway catalogue reload`` in the gateway's environment."""
    return subprocess.run(
        [sys.executable, "-m", "gateway", "catalogue", "reload"], cwd=ROOT, text=True,
        capture_output=True, env={**os.environ, **gateway.environment}, check=False, timeout=60,
    )


def kite_item() -> dict[str, object]:
    """A service that nobody offers."""
    return sample_item(
        fields=[{"element": "name"}, {"element": "phone"}], item="kite-licence", name="风筝放飞许可", aliases=["放风筝许可", "风筝证"],
        utterances=[f"{how}放风筝{what}" for how in ("想", "我要", "去公园", "申请") for what in ("要许可吗", "办个证")],
    )


def test_a_new_item_is_answerable_after_a_reload(own_gateway: Gateway, own_catalogue: Path) -> None:
    assert own_gateway.understand("放风筝要办许可吗")["items"][:1] != ["kite-licence"]
    file = own_catalogue / "public-security" / "kite-licence.yml"
    item = kite_item()
    item.pop("department", None)
    file.write_text(yaml.safe_dump(item, allow_unicode=True), encoding="utf-8")
    done = reload(own_gateway)
    file.unlink()  # in force until the next reload
    assert done.returncode == 0, done.stderr
    assert "kite-licence" in done.stdout
    assert own_gateway.understand("放风筝要办许可吗")["items"][0]["item"] == "kite-licence"
    replies = own_gateway.say(uuid.uuid4().hex, "风筝证要多少钱")
    assert replies[-1]["custom"]["item"] == "kite-licence"


def test_a_broken_file_changes_nothing_and_is_named(own_gateway: Gateway, own_catalogue: Path) -> None:
    file = own_catalogue / "public-security" / "broken.yml"
    file.write_text("item: broken\nnam: x\n", encoding="utf-8")
    done = reload(own_gateway)
    file.unlink()
    assert done.returncode == 1
    assert "public-security/broken.yml" in done.stderr
    assert "nam" in done.stderr
    assert own_gateway.understand("身份证丢了")["items"][0]["item"] == "id-card-lost"


def test_a_stranger_cannot_reload(own_gateway: Gateway) -> None:
    other = {**own_gateway.environment, "GATEWAY_SECRET_KEY": "another-key-" * 4}
    running_as_stranger = Gateway(own_gateway.url, own_gateway.home, own_gateway.process, None, other)
    assert reload(running_as_stranger).returncode == 2


def test_without_a_gateway_the_command_says_so(own_gateway: Gateway) -> None:
    alone = Gateway("", own_gateway.home, own_gateway.process, None, {**own_gateway.environment, "GATEWAY_PORT": "1"})
    done = reload(alone)
    assert done.returncode == 2
    assert "No gateway answers" in done.stderr
