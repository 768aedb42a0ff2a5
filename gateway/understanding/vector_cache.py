"""Vectors that were made once are not made again: in memory, and on disk by the hash of their text."""

from __future__ import annotations

import hashlib
import logging
import os
import re
import sys
import threading
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from tqdm import tqdm

from gateway.settings import ROOT
from gateway.understanding.encoder import Encoder, Vectors

log = logging.getLogger("yiwen.vectors")

KEPT = ROOT / "models" / "vectors"
"""Where training keeps vectors: those of lines of data/nlu in ``lines``, the catalogue's in ``catalogue``."""
BATCH = 256
WORTH_A_BAR = 150
"""So many texts take about two seconds."""


class VectorCache:
    """The vectors of our own texts (names, aliases, examples); never of what citizens write."""

    def __init__(self, encoder: Encoder, folder: Path, also: Iterable[Path] = ()) -> None:
        """``folder``: where the cache is kept; ``also``: files with vectors that are only read."""
        self._encoder = encoder
        self.file = folder / f"{re.sub(r'[^0-9A-Za-z.-]+', '-', encoder.name)}.npz"
        self._lock = threading.Lock()
        self._rows: dict[bytes, Vectors] = {}
        for file in (*also, self.file):
            self._rows.update(read_vectors(file, encoder.name))

    def vectors(self, texts: Sequence[str], told: str = "Reading the catalogue") -> Vectors:
        """One row a text, in order. What is missing is encoded, with a progress bar, and kept.

        Raises:
            OurFault: the encoder cannot be used.
        """
        with self._lock:
            keys = [_key(text) for text in texts]
            missing = {k: t for k, t in zip(keys, texts, strict=True) if k not in self._rows}
            if missing:
                self._encode(missing, told)
            if missing or not self.file.exists():
                self._write(keys)
            return np.array([self._rows[k] for k in keys], dtype=np.float32)

    def _encode(self, missing: dict[bytes, str], told: str) -> None:
        keys, texts = list(missing), list(missing.values())
        with tqdm(
            total=len(texts), desc=told, file=sys.stderr, disable=len(texts) < WORTH_A_BAR,
            bar_format="{desc}: {percentage:3.0f}% |{bar:30}| {elapsed}",
        ) as bar:
            for start in range(0, len(texts), BATCH):
                rows = self._encoder.encode(texts[start:start + BATCH])
                self._rows.update(zip(keys[start:start + BATCH], rows, strict=True))
                bar.update(len(rows))

    def _write(self, used: Sequence[bytes]) -> None:
        """Keep what this call used; a folder that cannot be written costs time at the next start only."""
        try:
            write_vectors(self.file, self._encoder.name, {k: self._rows[k] for k in used})
        except OSError as error:
            log.warning("Vectors could not be kept in %s: %s", self.file, error.strerror)


def _key(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=16).digest()


def read_vectors(file: Path, encoder: str) -> dict[bytes, Vectors]:
    """The vectors in a file; none if it is missing, broken, or of another encoder."""
    try:
        with file.open("rb") as raw, np.load(raw, allow_pickle=False) as kept:
            if str(kept["encoder"]) != encoder:
                return {}
            keys = kept["keys"].tobytes()
            rows = kept["rows"].astype(np.float32)
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return {}
    return {keys[16 * n:16 * (n + 1)]: row for n, row in enumerate(rows)}


def write_vectors(file: Path, encoder: str, rows: dict[bytes, Vectors]) -> None:
    """Write a whole file or nothing. Half precision: the rounding is far below the encoder's own."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.stem}-{os.getpid()}.npz")
    np.savez(
        draft, encoder=np.array(encoder), keys=np.frombuffer(b"".join(rows), dtype=np.uint8),
        rows=np.array(list(rows.values()), dtype=np.float16),
    )
    draft.replace(file)


