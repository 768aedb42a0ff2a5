"""Who is upset and names nothing is heard, not put into a form; who names a matter gets on with it."""

from __future__ import annotations

import pytest

from actions.apply import only_vents


@pytest.mark.parametrize("said", ["烦死了，跑了三趟都没办成", "气死我了", "真烦，办不成"])
def test_nothing_is_named(said: str) -> None:
    assert only_vents(said)


@pytest.mark.parametrize("said", ["气死我了，我要投诉", "楼下烧烤摊天天吵到半夜，烦死了", "跑了三趟公积金还是没取出来，气死了"])
def test_a_matter_or_a_complaint_is_named(said: str) -> None:
    assert not only_vents(said)
