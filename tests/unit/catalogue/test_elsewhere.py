"""What is asked for and not offered here: a list of texts, and a bad one is told as such."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.catalogue.loader import load
from gateway.errors import CatalogueErrors
from gateway.settings import ROOT
from gateway.understanding.index import own_texts
from tests.support.sample_catalogue import sample_item, write_catalogue


def catalogue_with(folder: Path, text: str) -> Path:
    write_catalogue(folder, items={"public-security": [sample_item()]})
    (folder / "elsewhere.yml").write_text(text, encoding="utf-8")
    return folder


def test_entries_are_read_and_change_the_digest(tmp_path: Path) -> None:
    one = load(catalogue_with(tmp_path / "one", "elsewhere: [护照丢了]\n"))
    two = load(catalogue_with(tmp_path / "two", "elsewhere: [护照丢了, 养狗要办证吗]\n"))
    assert two.elsewhere == ("护照丢了", "养狗要办证吗")
    assert one.digest != two.digest


@pytest.mark.parametrize("text", [
    "elsewhere: 护照\n", "elsewhere: [护]\n", "elsewhere: [1]\n", f"elsewhere: [{'长' * 41}]\n",
    "elsewhere: [护照丢了]\nmore: 1\n", "other: [护照丢了]\n",
])
def test_a_bad_list_is_told_with_what_is_allowed(tmp_path: Path, text: str) -> None:
    with pytest.raises(CatalogueErrors, match=r"elsewhere\.yml.*a list of texts of 2 to 40 characters"):
        load(catalogue_with(tmp_path, text))


def test_no_entry_of_ours_names_an_item_of_ours() -> None:
    catalogue = load(ROOT / "catalogue")
    texts = own_texts(catalogue)
    assert len(texts.ids) - texts.offered == len(catalogue.elsewhere) > 100
