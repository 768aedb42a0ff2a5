"""What was encoded once is not encoded again, and no file can keep the gateway from starting."""

from __future__ import annotations

import logging
from pathlib import Path

import numpy as np
import pytest

from gateway.understanding.vector_cache import VectorCache
from tests.support.encoders import SIZE, CharacterEncoder

TEXTS = ["身份证", "公积金"]


def test_only_what_is_missing_is_encoded_and_rows_stand_in_order(tmp_path: Path) -> None:
    encoder = CharacterEncoder()
    cache = VectorCache(encoder, tmp_path)
    cache.vectors(TEXTS)
    rows = cache.vectors(["社保卡", *TEXTS[::-1], "社保卡"])
    assert encoder.asked == [*TEXTS, "社保卡"]
    expected = CharacterEncoder().encode(["社保卡", *TEXTS[::-1], "社保卡"])
    assert np.allclose(rows, expected, atol=1e-3)


def test_the_next_start_finds_the_vectors_of_the_last(tmp_path: Path) -> None:
    first = VectorCache(CharacterEncoder(), tmp_path).vectors(TEXTS)
    later = CharacterEncoder()
    assert np.allclose(VectorCache(later, tmp_path).vectors(TEXTS), first, atol=1e-3)
    assert later.asked == []


def test_texts_that_are_no_longer_used_leave_the_file(tmp_path: Path) -> None:
    VectorCache(CharacterEncoder(), tmp_path).vectors(TEXTS)
    VectorCache(CharacterEncoder(), tmp_path).vectors([TEXTS[0], "新的"])
    later = CharacterEncoder()
    VectorCache(later, tmp_path).vectors([TEXTS[1]])
    assert later.asked == [TEXTS[1]]


def test_vectors_that_came_with_the_model_are_used_and_their_file_is_left_alone(tmp_path: Path) -> None:
    VectorCache(CharacterEncoder(), tmp_path / "model").vectors(TEXTS)
    shipped = VectorCache(CharacterEncoder(), tmp_path / "model").file
    before = shipped.read_bytes()
    encoder = CharacterEncoder()
    VectorCache(encoder, tmp_path / "home", also=[shipped]).vectors([*TEXTS, "社保卡"])
    assert encoder.asked == ["社保卡"]
    assert shipped.read_bytes() == before


@pytest.mark.parametrize("kept", [0, 1, 4, 100, 400], ids=lambda size: f"{size} bytes")
@pytest.mark.parametrize("rest", [b"", b"\x00broken"], ids=["cut off", "overwritten"])
def test_a_broken_file_is_made_anew(tmp_path: Path, kept: int, rest: bytes) -> None:
    VectorCache(CharacterEncoder(), tmp_path).vectors(TEXTS)
    file = VectorCache(CharacterEncoder(), tmp_path).file
    file.write_bytes(file.read_bytes()[:kept] + rest)
    encoder = CharacterEncoder()
    assert VectorCache(encoder, tmp_path).vectors(TEXTS).shape == (2, SIZE)
    assert encoder.asked == TEXTS
    again = CharacterEncoder()
    VectorCache(again, tmp_path).vectors(TEXTS)
    assert again.asked == []


def test_vectors_of_another_encoder_are_not_used(tmp_path: Path) -> None:
    VectorCache(CharacterEncoder("old"), tmp_path).vectors(TEXTS)
    old = VectorCache(CharacterEncoder("old"), tmp_path).file
    encoder = CharacterEncoder("new")
    VectorCache(encoder, tmp_path, also=[old]).vectors(TEXTS)
    assert encoder.asked == TEXTS


def test_the_file_of_an_endpoint_stays_in_its_folder(tmp_path: Path) -> None:
    encoder = CharacterEncoder("../model@https://host/v1?x=/etc")
    VectorCache(encoder, tmp_path / "index").vectors(TEXTS)
    assert [file.parent for file in tmp_path.rglob("*.npz")] == [tmp_path / "index"]


def test_a_folder_that_cannot_be_written_is_only_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("in the way")
    with caplog.at_level(logging.WARNING):
        rows = VectorCache(CharacterEncoder(), tmp_path / "file" / "index").vectors(TEXTS)
    assert rows.shape == (2, SIZE)
    assert "could not be kept" in caplog.text


def test_vectors_that_lie_elsewhere_are_kept_here_too(tmp_path: Path) -> None:
    there = VectorCache(CharacterEncoder(), tmp_path / "there")
    there.vectors([*TEXTS, "社保卡"])
    encoder = CharacterEncoder()
    VectorCache(encoder, tmp_path / "here", also=[there.file]).vectors(TEXTS)
    assert encoder.asked == []
    assert VectorCache(encoder, tmp_path / "here").vectors(TEXTS).shape == (2, SIZE)
    assert encoder.asked == []
