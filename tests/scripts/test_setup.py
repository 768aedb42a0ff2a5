"""Set-up: which Python is taken, when .venv is made or mended, and what is said when it cannot be."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from gateway.settings import ROOT

NO_PYTHON = """
python_candidates() { :; }
find_uv() { return 1; }
may_use_apt() { return 1; }
"""
RECORDED = """
make_venv() { echo made-anew; ln -sfn "$REAL_VENV" .venv; }
install_packages() { echo "installed $*"; sed -i /no-such-package/d "$@"; }
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with a space in its path: the scripts, a finished .venv, one requirements file."""
    root = tmp_path / "a checkout"
    (root / "scripts").mkdir(parents=True)
    for name in ("setup.sh", "missing_packages.py"):
        shutil.copy(ROOT / "scripts" / name, root / "scripts" / name)
    (root / ".venv").symlink_to(Path(sys.prefix))
    (root / "requirements.txt").write_text(f"requests=={version('requests')}\n")
    return root


def bash(checkout: Path, script: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run ``script`` after set-up's functions were read."""
    return subprocess.run(  # noqa: S603 - our own script
        ["/usr/bin/env", "bash", "-c", f'source "$0/scripts/setup.sh"\n{script}', str(checkout)],
        capture_output=True, text=True, timeout=60, check=False, cwd="/",
        env={
            "PATH": os.environ["PATH"], "HOME": str(checkout), "REAL_VENV": sys.prefix, **environment
        },
    )


def program(path: Path, text: str) -> None:
    """Write a small program."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)


def test_a_python_that_exists_but_fails_is_passed_over(checkout: Path, tmp_path: Path) -> None:
    program(tmp_path / "shims" / "python3.10", "#!/bin/sh\necho 'command not found' >&2\nexit 127\n")
    program(tmp_path / "old" / "python3", "#!/bin/sh\nexit 1\n")
    real = tmp_path / "real"
    real.mkdir()
    (real / "python").symlink_to(sys.executable)
    path = f"{tmp_path / 'shims'}:{tmp_path / 'old'}:{real}:/usr/bin:/bin"
    found = bash(checkout, "find_python", PATH=path)
    assert (found.returncode, found.stdout.strip()) == (0, str(real / "python"))


def test_pyenv_is_asked_where_its_pythons_are(checkout: Path, tmp_path: Path) -> None:
    root = tmp_path / "pyenv"
    (root / "versions" / "3.10.99" / "bin").mkdir(parents=True)
    real = root / "versions" / "3.10.99" / "bin" / "python3.10"
    real.symlink_to(sys.executable)
    program(tmp_path / "bin" / "pyenv", f'#!/bin/sh\n[ "$1" = root ] && echo "{root}"\n')
    for name in ("python3.10", "python3", "python"):
        program(tmp_path / "bin" / name, "#!/bin/sh\nexit 127\n")
    hidden = "type() { [[ $1 == -aP ]] && echo \"$BIN/$2\"; }\n"
    found = bash(
        checkout, hidden + "find_python", PATH=f"{tmp_path / 'bin'}:/usr/bin:/bin",
        BIN=str(tmp_path / "bin"),
    )
    assert found.stdout.strip() == str(real)


def test_without_any_python_one_sentence_says_what_to_install(checkout: Path) -> None:
    (checkout / ".venv").unlink()
    told = bash(checkout, NO_PYTHON + "prepare requirements.txt")
    assert told.returncode == 1
    assert "Python 3.10 is needed" in told.stderr
    assert "apt-get install python3.10" in told.stderr
    assert "line " not in told.stderr  # no words of bash itself


def test_a_complete_environment_is_left_alone(checkout: Path) -> None:
    done = bash(checkout, RECORDED + "prepare requirements.txt")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert not (checkout / ".tools").exists()


def test_a_missing_package_is_installed_without_starting_over(checkout: Path) -> None:
    with (checkout / "requirements.txt").open("a") as file:
        file.write("no-such-package==1.0\n")
    done = bash(checkout, RECORDED + "prepare requirements.txt")
    assert (done.returncode, done.stdout) == (0, "installed requirements.txt\n")


def test_a_set_up_that_was_cut_off_is_done_again_from_the_start(checkout: Path) -> None:
    (checkout / ".tools").mkdir()
    (checkout / ".tools" / "installing").touch()
    done = bash(checkout, RECORDED + "prepare requirements.txt")
    assert done.stdout == "made-anew\ninstalled requirements.txt\n"
    assert "cut off" in done.stderr
    assert not (checkout / ".tools" / "installing").exists()


def test_an_environment_of_another_python_is_made_anew(checkout: Path) -> None:
    (checkout / ".venv").unlink()
    program(checkout / ".venv" / "bin" / "python", "#!/bin/sh\nexit 1\n")
    shutil.move(checkout / ".venv", checkout / "old")
    (checkout / ".venv").symlink_to(checkout / "old")
    done = bash(checkout, RECORDED + "prepare requirements.txt")
    assert done.stdout.startswith("made-anew\n")


def test_a_failed_installation_says_why_and_is_remembered(checkout: Path) -> None:
    with (checkout / "requirements.txt").open("a") as file:
        file.write("no-such-package==1.0\n")
    failing = """
find_uv() { return 1; }
patiently() { echo 'ERROR: No space left on device' >"$3"; return 1; }
"""
    told = bash(checkout, failing + "prepare requirements.txt")
    assert told.returncode == 1
    assert "Packages could not be installed: ERROR: No space left on device" in told.stderr
    assert (checkout / ".tools" / "installing").exists()


def test_a_folder_that_cannot_be_written_is_named(checkout: Path) -> None:
    (checkout / ".venv").unlink()
    (checkout / ".tools").write_text("a file in the way")
    told = bash(checkout, "prepare requirements.txt")
    assert told.returncode == 1
    assert f"The folder {checkout} cannot be written" in told.stderr


def test_a_command_that_takes_long_keeps_its_status_and_its_words_in_the_log(checkout: Path) -> None:
    done = bash(
        checkout,
        'patiently "Waiting" nothing "$0/log" bash -c "echo words; exit 7"; echo "status $?"',
    )
    assert done.stdout == "status 7\n"
    assert (checkout / "log").read_text() == "words\n"


def test_the_end_of_set_up_ends_what_it_started(checkout: Path) -> None:
    done = bash(
        checkout,
        'on_signals; (sleep 1; kill -TERM $$) & patiently W nothing "$0/log" '
        'bash -c "echo \\$\\$; sleep 50"',
    )
    assert done.returncode == 143
    pid = (checkout / "log").read_text().strip()
    assert not Path(f"/proc/{pid}").exists()
