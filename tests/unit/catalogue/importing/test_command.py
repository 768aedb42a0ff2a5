"""``catalogue import`` at the terminal: the summary, the report, the exit code; and a real list."""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from gateway.catalogue.cli import add_commands
from gateway.catalogue.importing.report import MOST_SHOWN, OUTCOMES, Report
from gateway.catalogue.loader import load
from gateway.settings import ROOT
from tests.support.lists import (
    FUND_ROW,
    PERMIT_ROW,
    csv_bytes,
    files,
    mapping,
    write_mapping,
    xlsx_bytes,
)

REAL_LIST = ROOT.parent / "shared" / "data" / "real-catalogue" / "guangan-1135-items.json"
EXAMPLE = ROOT / "docs" / "examples" / "import-guangan.yml"


def run(*words: object) -> int:
    parser = argparse.ArgumentParser()
    add_commands(parser.add_subparsers())
    arguments = parser.parse_args(["catalogue", *map(str, words)])
    code: int = arguments.run(arguments)
    return code


def take(folder: Path, raw: bytes, name: str = "list.csv", *more: object, **changes: Any) -> int:
    """Run the command on a file with these bytes, into ``folder/out``."""
    (folder / name).write_bytes(raw)
    made = write_mapping(folder, mapping(**changes))
    return run("import", folder / name, "--mapping", made, "--out", folder / "out", *more)


def report_of(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def test_a_list_that_is_used_whole_exits_0_and_the_folder_passes_the_check(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert take(tmp_path, csv_bytes([PERMIT_ROW, FUND_ROW], "gbk")) == 0
    out = capsys.readouterr().out.splitlines()
    assert out[0].startswith("2 lines read from ")
    assert out[0].endswith(f"list.csv (CSV), into {tmp_path / 'out'}")
    assert "  items     2: 2 new" in out
    assert "  columns that the mapping does not name: 类型" in out
    assert out[-1] == "2 items of 2 departments, 0 data elements: 0 errors, 0 warnings."
    assert run("check", "--folder", tmp_path / "out") == 0


def test_a_spreadsheet_gives_the_same_folder_as_its_csv(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    sheet = [list(PERMIT_ROW), list(PERMIT_ROW.values()), list(FUND_ROW.values())]
    assert take(tmp_path / "a", csv_bytes([PERMIT_ROW, FUND_ROW])) == 0
    assert take(tmp_path / "b", xlsx_bytes(sheet), "list.xlsx") == 0
    assert files(tmp_path / "a" / "out") == files(tmp_path / "b" / "out")


def test_a_line_that_was_not_used_exits_1_and_stands_in_summary_and_report(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [PERMIT_ROW, {**FUND_ROW, "事项名称": ""}, {**FUND_ROW, "类型": "99"}]
    report = tmp_path / "report.jsonl"
    assert take(tmp_path, csv_bytes(rows), "list.csv", "--report", report, columns={"type": "类型"}) == 1
    out = capsys.readouterr().out
    assert "  not used: 2\n    line 3: No name in column '事项名称'." in out
    assert "    line 4 (公积金余额查询): '99' is not a known type." in out
    told = report_of(report)
    assert {entry["outcome"] for entry in told} <= set(OUTCOMES)
    assert [(e["line"], e["outcome"]) for e in told if "line" in e] == [(2, "new"), (3, "refused"), (4, "refused")]
    assert told[0]["file"] == "gong-an-ju/c-11a001.yml"


def test_every_line_of_the_list_stands_in_the_report(tmp_path: Path) -> None:
    rows = [{**PERMIT_ROW, "事项名称": f"第{n % 50}项", "实施编码": str(n)} for n in range(80)]
    report = tmp_path / "report.jsonl"
    take(tmp_path, csv_bytes(rows), "list.csv", "--report", report)
    lines = Counter(entry["line"] for entry in report_of(report) if "line" in entry)
    assert set(lines) == set(range(2, 82))


def test_a_long_summary_stops_and_says_where_the_rest_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [{**PERMIT_ROW, "事项名称": ""}] * (MOST_SHOWN + 5) + [FUND_ROW]
    take(tmp_path, csv_bytes(rows))
    out = capsys.readouterr().out
    assert out.count("No name in column") == MOST_SHOWN
    assert "… and 5 more: --report FILE names each" in out


@pytest.mark.parametrize(("raw", "changes", "words"), [
    (b"", {}, "holds no line below its header"),
    (csv_bytes([PERMIT_ROW]), {"columns": {"fee": "收费"}}, "the list has no column '收费'"),
])
def test_a_file_or_mapping_that_cannot_be_used_exits_2_and_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], raw: bytes, changes: dict[str, Any], words: str
) -> None:
    assert take(tmp_path, raw, **changes) == 2
    captured = capsys.readouterr()
    assert words in captured.err
    assert captured.err.endswith("Nothing was imported.\n")
    assert captured.out == ""
    assert not (tmp_path / "out").exists()


def test_a_report_that_cannot_be_written_is_said_and_the_items_are_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert take(tmp_path, csv_bytes([PERMIT_ROW]), "list.csv", "--report", tmp_path / "no" / "r.jsonl") == 2
    assert "the report cannot be written" in capsys.readouterr().err
    assert load(tmp_path / "out").items


def test_out_that_is_a_file_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "out").write_text("", encoding="utf-8")
    assert take(tmp_path, csv_bytes([PERMIT_ROW])) == 2
    assert "is a file. Allowed: a folder" in capsys.readouterr().err


def test_only_known_outcomes_are_reported() -> None:
    report = Report()
    with pytest.raises(KeyError):
        report.add("lost", 1)


def test_a_real_list_is_read_whole_loads_and_passes_the_check_and_a_second_import_changes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if not REAL_LIST.exists():
        pytest.skip(f"the real list is not at {REAL_LIST}")
    words = ("import", REAL_LIST, "--mapping", EXAMPLE, "--out", tmp_path / "out")
    report = tmp_path / "report.jsonl"
    began = time.perf_counter()
    assert run(*words, "--report", report) == 1
    seconds = time.perf_counter() - began
    out = capsys.readouterr().out
    assert out.startswith("1135 entries read from ")
    assert out.endswith("1133 items of 34 departments, 0 data elements: 0 errors, 0 warnings.\n")
    outcomes = {e["line"]: e["outcome"] for e in report_of(report) if "line" in e}
    assert len(outcomes) == 1135
    # Two pairs share department and name, and differ in their codes only.
    assert Counter(outcomes.values()) == {"new": 1133, "refused": 2}
    assert run("check", "--folder", tmp_path / "out") == 0
    before = files(tmp_path / "out")
    run(*words)
    assert "items     1133: 1133 unchanged" in capsys.readouterr().out
    assert files(tmp_path / "out") == before
    with capsys.disabled():
        print(f"\n1,135 real services imported and checked in {seconds:.1f} s")
