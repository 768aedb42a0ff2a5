"""An encoder for tests: a text's vector counts its characters, so shared characters are likeness."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np

from gateway.errors import OurFault
from gateway.understanding.encoder import Vectors

SIZE = 64


class CharacterEncoder:
    """The same text has the same vector everywhere. ``asked``: every text that was encoded, in order;
    with ``away`` set it fails as an endpoint does that cannot be reached."""

    def __init__(self, name: str = "characters") -> None:
        self.name = name
        self.asked: list[str] = []
        self.away = False

    def encode(self, texts: Sequence[str]) -> Vectors:
        """See gateway.understanding.encoder.Encoder."""
        if self.away:
            raise OurFault("The encoder of the tests is away.")
        self.asked += texts
        rows = np.zeros((len(texts), SIZE), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for character in text:
                row[zlib.crc32(character.encode()) % SIZE] += 1.0
        return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9))
