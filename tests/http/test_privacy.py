"""After a full application nothing on disk holds the citizen's numbers."""

from __future__ import annotations

import uuid
from pathlib import Path

import requests

from simulators.town import ORDER
from tests.http.test_bad_input import apply_for_lost_card
from tests.support.gateway import Gateway

NEEDLES = ("11010519491231002X", "11010519491231002x", "13800138000", "王小明", "文昌路8号")


def test_a_byte_search_of_home_finds_no_number_name_or_address(gateway: Gateway, home: Path) -> None:
    sender = uuid.uuid4().hex
    apply_for_lost_card(gateway, sender)
    gateway.say(sender, "我叫王小明，身份证11010519491231002X 电话13800138000")
    found = [
        (file.name, needle)
        for file in home.rglob("*") if file.is_file()
        for needle in NEEDLES
        for form in (needle.encode(), needle.encode("utf-16-le"), needle.encode("gbk"))
        if form in file.read_bytes()
    ]
    assert any(file.stat().st_size > 10_000 for file in home.rglob("*.db*"))
    assert not found


def test_a_sender_id_that_is_a_phone_number_is_not_kept_in_the_clear(
    gateway: Gateway, home: Path
) -> None:
    gateway.say("13912345678", "你好")
    assert not [f for f in home.rglob("*") if f.is_file() and b"13912345678" in f.read_bytes()]


def test_health_and_readiness_name_their_parts(gateway: Gateway) -> None:
    assert requests.get(f"{gateway.url}/health", timeout=10).json() == {"status": "alive"}
    ready = requests.get(f"{gateway.url}/ready", timeout=10).json()
    assert ready["ready"] is True
    assert ready["model"] == ready["store"] == "ready"
    assert set(ready["connectors"]) == set(ORDER)
    assert set(ready["connectors"].values()) == {"ready"}
