"""The documents hold together: links lead somewhere, both READMEs say the same, pictures are small."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from gateway.settings import ROOT

APART = {".venv", ".tools", "node_modules", "var", "out", "models"}
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
WORD = re.compile(r"^\| ([a-z][a-z ,-]+) \| ([^|]+) \|", re.MULTILINE)
FENCE = re.compile(r"^```.*?^```\n?", re.MULTILINE | re.DOTALL)
READMES = ("README.md", "README.zh-CN.md")
LARGEST_PICTURE = 200_000


def documents() -> list[Path]:
    found = sorted(ROOT.rglob("*.md"))
    inside = [path.relative_to(ROOT).parts for path in found]
    return [
        path for path, parts in zip(found, inside, strict=True)
        if not any(part in APART or part.startswith(".") for part in parts[:-1])
    ]


def prose(path: Path) -> str:
    return FENCE.sub("", path.read_text(encoding="utf-8"))


def anchors(path: Path) -> set[str]:
    """The anchors of a document's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", prose(path), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings}


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("document", documents(), ids=name)
def test_every_relative_link_leads_to_a_file_and_a_heading(document: Path) -> None:
    for link in LINK.findall(prose(document)):
        if re.match(r"[a-z]+:", link):
            continue
        file, _, anchor = link.partition("#")
        target = (document.parent / file).resolve() if file else document
        assert target.exists(), f"{link} leads nowhere"
        assert target.is_relative_to(ROOT), f"{link} leads out of the project"
        assert not anchor or anchor in anchors(target), f"{link}: no such heading"


def outline(readme: str) -> dict[str, Any]:
    """What a README is made of, apart from its language."""
    text = (ROOT / readme).read_text(encoding="utf-8")
    plain = prose(ROOT / readme)
    commands = re.findall(r"^(?:scripts/|\.venv/|curl |  -[Hd] ).*", text, re.MULTILINE)
    links = LINK.findall(plain)
    return {
        "headings": [len(marks) for marks in re.findall(r"^(#+) ", plain, re.MULTILINE)],
        "words": [row for row in WORD.findall(plain) if row[1] != "中文"],
        "links": sorted(link for link in links if link not in READMES),
        "commands": [command.partition("#")[0].strip() for command in commands],
        "points": len(re.findall(r"^(?:- |\d\. )", plain, re.MULTILINE)),
        "code": len(re.findall(r"^```\w+$", text, re.MULTILINE)),
    }


def test_both_readmes_have_the_same_headings_words_commands_and_links() -> None:
    english, chinese = (outline(readme) for readme in READMES)
    assert len(english["headings"]) > 8
    assert len(english["words"]) > 10
    assert english == chinese


def test_a_command_that_the_readme_names_is_there() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    scripts = set(re.findall(r"\bscripts/[\w-]+", text))
    assert scripts >= {"scripts/run", "scripts/test"}
    assert [script for script in scripts if not (ROOT / script).is_file()] == []


@pytest.mark.parametrize("picture", sorted((ROOT / "docs").rglob("*.png")), ids=name)
def test_a_picture_of_the_documents_is_small_and_shown(picture: Path) -> None:
    assert picture.stat().st_size <= LARGEST_PICTURE
    linked = {
        (document.parent / link).resolve()
        for document in documents() for link in LINK.findall(prose(document))
    }
    assert picture in linked


def test_the_architecture_names_every_room() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    packages = {path.parent.name for path in (ROOT / "gateway").glob("*/__init__.py")}
    assert {room for room in packages if f"gateway/{room}" not in text} == set()


def test_every_decision_has_a_number_of_its_own_and_says_why() -> None:
    files = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    assert [int(file.name[:4]) for file in files] == list(range(1, len(files) + 1))
    for file in files:
        text = file.read_text(encoding="utf-8")
        assert text.startswith(f"# {file.name[:4]} "), file.name
        assert all(part in text for part in ("**Decided.**", "**Why.**", "**Costs.**")), file.name
