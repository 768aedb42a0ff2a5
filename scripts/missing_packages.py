"""``missing_packages.py FILE…``: print each pinned package that is missing or of another version.

Run by ``scripts/setup.sh`` with the interpreter that is asked about; needs the standard library only.
Exit code 0: all there. 1: something is missing. The files hold ``name==version`` lines.
"""

from __future__ import annotations

import re
import sys
from importlib.metadata import distributions
from pathlib import Path


def pinned(files: list[Path]) -> dict[str, str]:
    """Name to version, from all files; names in the one spelling of PEP 503."""
    found: dict[str, str] = {}
    for file in files:
        for line in file.read_text(encoding="utf-8").splitlines():
            name, equals, version = line.partition("#")[0].strip().partition("==")
            if equals:
                found[plain(name)] = version.strip()
    return found


def installed() -> dict[str, str]:
    """Name to version of everything that this interpreter can import.

    A package without a list of its files was cut off while it was being installed: it does not count.
    The list is RECORD, or installed-files.txt where an old pip ran a package's own setup.py.
    """
    return {
        plain(d.metadata["Name"]): d.version
        for d in distributions()
        if d.metadata["Name"] and (d.read_text("RECORD") or d.read_text("installed-files.txt"))
    }


def plain(name: str) -> str:
    """One spelling for ``Ruamel.YAML_clib`` and ``ruamel-yaml-clib``."""
    return re.sub(r"[-_.]+", "-", name).lower()


def main(arguments: list[str]) -> int:
    """See the top of this file."""
    have = installed()
    wrong = [
        f"{name}=={version}"
        for name, version in pinned([Path(a) for a in arguments]).items()
        if have.get(name) != version
    ]
    if wrong:
        print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
