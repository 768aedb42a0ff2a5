"""A classifier of short texts: character n-grams and cues, one logistic regression a label.

Kept as plain arrays: nothing in the file can run, and it is read in a fraction of a second.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from gateway.understanding.cues import cues
from gateway.understanding.text import normalise
from gateway.understanding.vectors import TextVectors

RANKED = 8


class Ranker:
    """Ranks the labels of a text. Immutable."""

    def __init__(
        self, vectors: TextVectors, labels: list[str], weights: NDArray[np.float64],
        offsets: NDArray[np.float64],
    ) -> None:
        """``weights``: one row an n-gram, then one a cue; one column a label."""
        self._vectors = vectors
        self._labels = labels
        self._weights = weights
        self._letters, self._cues = weights[: vectors.size], weights[vectors.size:]
        self._offsets = offsets

    @classmethod
    def learn(cls, pairs: Sequence[tuple[str, str]], longest: int, c: float) -> Ranker:
        """Learn from (text, label) pairs; n-grams up to ``longest``, ``c``: inverse of regularisation."""
        texts = [normalise(text) for text, _ in pairs]
        labels = [label for _, label in pairs]
        vectoriser = TfidfVectorizer(analyzer="char", ngram_range=(1, longest), sublinear_tf=True)
        letters = vectoriser.fit_transform([_edged(text) for text in texts])
        seen = sparse.csr_matrix(np.array([cues(text) for text in texts]))
        learner = LogisticRegression(
            C=c, class_weight=_weights(labels), solver="liblinear", random_state=1
        )
        learner.fit(sparse.hstack([letters, seen]).tocsr(), labels)
        return cls(
            TextVectors(vectoriser), [str(label) for label in learner.classes_],
            np.ascontiguousarray(learner.coef_.T), learner.intercept_,
        )

    def write(self, file: Path) -> None:
        """Write to an ``.npz`` file."""
        np.savez(
            file, labels=np.array(self._labels), weights=self._weights.astype(np.float32),
            offsets=self._offsets, **self._vectors.arrays(),
        )

    @classmethod
    def read(cls, file: Path) -> Ranker:
        """Read what :meth:`write` wrote."""
        with np.load(file, allow_pickle=False) as kept:
            return cls(
                TextVectors.of_arrays(kept), [str(label) for label in kept["labels"]],
                kept["weights"].astype(float), kept["offsets"],
            )

    def rank(self, text: str) -> list[dict[str, Any]]:
        """The labels, best first: one-against-the-rest chances that add up to one."""
        places, weights = self._vectors.parts(_edged(text))
        votes = weights @ self._letters[places] + cues(text) @ self._cues + self._offsets
        chances = 1.0 / (1.0 + np.exp(-votes))
        chances /= chances.sum()
        order = chances.argsort()[::-1][:RANKED]
        return [{"name": self._labels[i], "confidence": float(chances[i])} for i in order]


def _edged(text: str) -> str:
    """Where a text begins and ends says as much as its words."""
    return f"^{text}$"


def _weights(labels: list[str]) -> dict[str, float]:
    """A rare label counts more than its share, but not as much as a common one."""
    counts = Counter(labels)
    return {label: float(np.sqrt(len(labels) / count)) for label, count in counts.items()}
