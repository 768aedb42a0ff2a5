"""What ``scripts/new-department`` cannot write it says, and leaves everything as it was.

``tests/http/test_new_department.py`` walks the guide with what it can.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.new_department import main

TOLD = ["culture-tourism", "文化和旅游局", "--item", "reader-card", "--item-name", "读者证申领", "--code", "WH0101"]


WRONG = [
    (["Culture", *TOLD[1:]], "Culture cannot be an id"),
    (["taxation", *TOLD[1:]], "is there already. Nothing was written."),
    ([*TOLD[:3], "tax-certificate", *TOLD[4:]], "There is an item tax-certificate already."),
    ([TOLD[0], "文旅: 局", *TOLD[2:]], "may not hold"),
]


@pytest.mark.parametrize(("told", "message"), WRONG)
def test_what_cannot_be_written_is_said_and_nothing_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], told: list[str], message: str
) -> None:
    folder = tmp_path / "catalogue"
    (folder / "taxation").mkdir(parents=True)
    (folder / "taxation" / "tax-certificate.yml").write_text("item: tax-certificate\n")
    before = sorted(folder.rglob("*"))
    assert main([*told, "--address", "http://127.0.0.1:1", "--catalogue", str(folder)]) == 2
    assert message in capsys.readouterr().err
    assert sorted(folder.rglob("*")) == before
