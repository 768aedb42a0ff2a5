"""``python -m gateway submissions``."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.__main__ import main


def test_without_dead_submissions_the_list_says_so_and_a_wrong_id_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GATEWAY_HOME", str(tmp_path))
    assert main(["submissions", "list"]) == 0
    assert "None." in capsys.readouterr().out
    assert main(["submissions", "resend", "0" * 32]) == 1
    assert "没有这条提交" in capsys.readouterr().err
