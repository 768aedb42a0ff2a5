"""Finding the department that a citizen names."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.catalogue.loader import load
from gateway.catalogue.search import find_department
from tests.support.sample_catalogue import sample_department, sample_fund, write_catalogue


@pytest.mark.parametrize(("text", "department"), [
    ("公积金中心能办啥", "housing-fund"),
    ("安平市公安局在哪", "public-security"),
    ("派出所几点下班", "public-security"),
    ("公积金的事找谁", "housing-fund"),
    ("ga110 管什么", "public-security"),
    ("公安局旁边的公积金中心电话多少", "housing-fund"),
    ("公安局和财政局", "public-security"),
    ("财政局和公安局", "treasury"),
    ("今天天气怎么样", None),
    ("", None),
])
def test_the_department_with_the_longest_name_in_the_text_is_meant(
    tmp_path: Path, text: str, department: str | None
) -> None:
    catalogue = load(write_catalogue(tmp_path, items={}, departments=[
        sample_department(aliases=["派出所", "GA110"]),
        sample_fund(),
        sample_department(department="treasury", name="安平市财政局", short_name="财政局",
                          aliases=["中心"]),
    ]))
    found = find_department(catalogue, text)
    assert (found.department if found else None) == department
