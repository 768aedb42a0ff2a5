"""The finder: the item index of one catalogue with the weights learned from it.

Built when the gateway starts and again after each reload, beside the one in force; conversations go on
with the old one until the new one is whole. What is costly is kept on disk by the hash of its content:
the vectors of each text, and the learned weights.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gateway.catalogue.model import Catalogue
from gateway.errors import OurFault
from gateway.understanding.encoder import Encoder, Vectors
from gateway.understanding.index import SIDES, ItemIndex, Question, own_texts
from gateway.understanding.operations import affirmed
from gateway.understanding.ranker import START, Idleness, Weights, chances, learn
from gateway.understanding.text import normalise
from gateway.understanding.vector_cache import VectorCache

log = logging.getLogger("yiwen.understanding")

MOST_IDLE = 1000
LEAST_CHANCE = 0.01


@dataclass(frozen=True)
class Match:
    """One item with its calibrated chance in 0–1. ``named``: the text shares a word with the
    item's name or an alias, so it is not only a bare follow-up such as 多久能拿到. ``event``: it is a life event."""

    item: str
    name: str
    score: float
    named: bool = True
    event: bool = False


class Finder:
    """Finds the items of one catalogue. Immutable: a reload builds a new one."""

    def __init__(
        self, catalogue: Catalogue, cache: VectorCache, encoder: Encoder, idle: Sequence[str],
        folder: Path,
    ) -> None:
        """``idle``: talk that is about no item; ``folder``: where the weights are kept."""
        texts = own_texts(catalogue)
        self._encoder = encoder
        self._examples = frozenset(texts.texts)
        self._index: ItemIndex | None = None
        if not texts.ids:
            return
        chosen = [normalise(t) for t in idle][:MOST_IDLE]
        rows = cache.vectors([*texts.texts, *chosen])  # in one call: it keeps what the call uses
        vectors, idle_vectors = rows[:len(texts.texts)], rows[len(texts.texts):]
        index = self._index = ItemIndex(vectors, texts)
        self._idleness = Idleness(index.centred(vectors), index.centred(idle_vectors))

        def made() -> Weights:
            pairs = zip(chosen, idle_vectors, strict=True)
            return learn(index, texts.texts, [index.sides(Question(t, v)) for t, v in pairs], self._idleness)

        self._weights = _kept_weights(folder, [encoder.name, *SIDES, *texts.texts, *chosen], made)

    def vector(self, text: str) -> Vectors | None:
        """The meaning of a citizen's text; None when the encoder is away, which is logged."""
        try:
            return self._encoder.encode([text])[0]
        except OurFault as error:
            log.warning("Matching by characters only: %s", error)
            return None

    def knows(self, text: str) -> bool:
        """Whether the catalogue itself gives these very words as an example."""
        return text in self._examples

    def find(self, text: str, vector: Vectors | None, most: int = 5) -> tuple[list[Match], float]:
        """(the likeliest items and life events, best first; the chance that no service is meant, here or
        elsewhere).

        ``vector`` is that of what the text says is meant (:func:`affirmed`).
        """
        index = self._index
        if index is None:
            return [], 1.0
        meant = affirmed(text)
        idle = 0.5 if vector is None else self._idleness.of(index.centred(vector))
        items, likely = chances(index.sides(Question(meant, vector)), idle, self._weights)
        matches = [
            Match(index.ids[i], index.names[i], round(float(c), 4), index.is_named(text, int(i)), int(i) in index.events)
            for i, c in zip(items, likely, strict=True) if c >= LEAST_CHANCE and i < index.offered
        ][:most]
        return matches, round(1.0 - float(likely.sum()), 4)


def _kept_weights(folder: Path, content: Sequence[str], make: Callable[[], Weights]) -> Weights:
    digest = hashlib.blake2b("\0".join(content).encode(), digest_size=12).hexdigest()
    file = folder / "weights.json"
    try:
        kept = json.loads(file.read_text(encoding="utf-8"))
        if kept["content"] == digest:
            return Weights(np.array(kept["sides"]), float(kept["none"]), float(kept["idle"]))
    except (OSError, ValueError, KeyError, TypeError):
        log.debug("No weights of this catalogue are kept in %s.", folder)
    made = make()
    if made is not START:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            values = {"content": digest, "sides": list(made.sides), "none": made.none, "idle": made.idle}
            file.write_text(json.dumps(values), encoding="utf-8")
        except OSError as error:
            log.warning("The weights could not be kept in %s: %s", folder, error.strerror)
    return made
