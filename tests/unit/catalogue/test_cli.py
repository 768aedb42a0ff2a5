"""``catalogue check`` at the terminal."""

from __future__ import annotations

import argparse
import subprocess
from pathlib import Path

import pytest

from gateway.catalogue.cli import add_commands
from gateway.settings import ROOT
from tests.support.sample_catalogue import REMOVED, sample_item, sample_query, write_catalogue


def run(*words: str) -> int:
    parser = argparse.ArgumentParser()
    add_commands(parser.add_subparsers())
    arguments = parser.parse_args(["catalogue", *words])
    code: int = arguments.run(arguments)
    return code


def test_a_clean_catalogue_exits_0_with_its_counts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("check", "--folder", str(write_catalogue(tmp_path))) == 0
    assert capsys.readouterr().out == (
        "2 items of 2 departments, 5 data elements: 0 errors, 0 warnings.\n"
    )


def test_broken_rules_exit_1_and_are_grouped_by_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_catalogue(tmp_path, items={
        "public-security": [sample_item(result={"name": "居住证"}, forms=["window"])],
        "housing-fund": [sample_query()],
    })
    (tmp_path / "housing-fund" / "connector.yml").unlink()
    assert run("check", "--folder", str(tmp_path)) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "housing-fund/fund-balance.yml"
    assert lines[1].startswith("  error: The flow is query, but housing-fund has no connector.")
    assert lines[2] == "public-security/residence-permit.yml"
    assert [line[:9] for line in lines[3:5]] == ["  error: "] * 2
    assert lines[5] == "2 items of 2 departments, 5 data elements: 3 errors, 0 warnings."


def test_warnings_alone_exit_0(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_catalogue(tmp_path, items={
        "public-security": [sample_item(legal_basis=[{"law": "《居住证条例》", "article": "一"}])],
        "housing-fund": [sample_query()],
    })
    assert run("check", "--folder", str(tmp_path)) == 0
    assert capsys.readouterr().out.endswith("0 errors, 1 warning.\n")


def test_an_unreadable_catalogue_exits_2_with_every_problem(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_catalogue(tmp_path, items={"public-security": [sample_item(kind="quick", phone=REMOVED)]})
    assert run("check", "--folder", str(tmp_path)) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "'quick' is not a known value" in captured.err
    assert captured.err.endswith("The catalogue cannot be read: 2 problems.\n")


def test_a_badly_written_table_of_regions_exits_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (write_catalogue(tmp_path) / "regions.yml").write_text("regions:\n  四川省:\n", encoding="utf-8")
    assert run("check", "--folder", str(tmp_path)) == 2
    assert "regions.yml line 2: regions.四川省: '四川省' is no province." in capsys.readouterr().err


def test_without_a_folder_the_setting_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GATEWAY_CATALOGUE", str(tmp_path / "nowhere"))
    assert run("check") == 2
    assert "nowhere: there is no such folder" in capsys.readouterr().err


def test_the_script_can_be_run_and_is_valid_bash() -> None:
    script = ROOT / "scripts" / "check-catalogue"
    assert script.stat().st_mode & 0o111
    done = subprocess.run(["/bin/bash", "-n", str(script)], capture_output=True, check=False)  # noqa: S603
    assert (done.returncode, done.stderr) == (0, b"")
