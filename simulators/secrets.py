"""The secrets that sample departments share with the gateway: one YAML file, name → value.

The file is made with random values at the first run, readable by its owner only. Names that a later
version needs are added to an existing file; what stands there is never changed.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
from collections.abc import Iterable
from pathlib import Path

import yaml

from simulators.bureaus import BUREAUS

NAMES = (
    "public-security-hmac",
    "human-resources-token",
    "housing-fund-key",
    "housing-fund-passwords",
    "simulators-state",
    *(bureau.secret for bureau in BUREAUS),
    "medical-insurance-callback",
    "identity-provider-client",
    "licence-library-key",
    "disabled-persons-authority",
)
PATHS = {
    "disabled-persons-certificate": "disabled-persons-caller.pem",
    "disabled-persons-authority": "disabled-persons-authority.pem",
}
"""Secrets that are paths of files: name → file beside the secrets file, in ``certificates``."""
_HEAD = "# Secrets of the sample departments, made at the first run. Keep this file to yourself.\n"


class SimulatorError(Exception):
    """Something that whoever started the simulators can put right; the text says how."""


def ensure(path: Path, more: Iterable[str] = ()) -> dict[str, str]:
    """The secrets in ``path``, made or completed where needed; ``more`` are names besides the usual ones.

    Raises:
        SimulatorError: the file cannot be read or written, or is no mapping of names to text.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            _create(path)
        found = _read(path)
        missing = [name for name in dict.fromkeys((*NAMES, *more)) if name not in found]
        if missing:
            text = path.read_text("utf-8")
            with path.open("a", encoding="utf-8") as file:
                file.write(("" if text.endswith("\n") or not text else "\n") + _lines(path, missing))
            found = _read(path)
    except OSError as error:
        raise SimulatorError(
            f"The secrets file {path} cannot be used: {error.strerror}. "
            "Choose a folder that can be written, with --secrets FILE."
        ) from None
    return found


def _create(path: Path) -> None:
    """Write the whole file under another name first: a second process sees all of it or none."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(_HEAD + _lines(path, NAMES))
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()


def _lines(path: Path, names: tuple[str, ...] | list[str]) -> str:
    folder = path.resolve().parent / "certificates"
    values = {name: str(folder / PATHS[name]) if name in PATHS else secrets.token_hex(32) for name in names}
    return "".join(f"{name}: {json.dumps(value)}\n" for name, value in values.items())


def _read(path: Path) -> dict[str, str]:
    try:
        found = yaml.safe_load(path.read_text("utf-8")) or {}
    except (yaml.YAMLError, UnicodeDecodeError):
        found = None
    if not isinstance(found, dict) or not all(isinstance(v, str) and v for v in found.values()):
        raise SimulatorError(
            f'The secrets file {path} must hold lines such as  name: "value". '
            "Put it right, or remove it and a new one is made."
        )
    return {str(name): value for name, value in found.items()}
