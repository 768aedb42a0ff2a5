"""A second opinion on the act, by meaning: logistic regression over the encoder's vectors.

Characters know the words that were learned; vectors know what is like them (药我都数好了 is like a farewell).
Vectors cost time, so a share of the training lines is enough, and only messages that were encoded for the
matcher are asked about.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from gateway.understanding.encoder import Vectors
from gateway.understanding.text import normalise, without_greeting

LINES = 60
MORE_LINES = {"consult": 300, "apply": 300, "out_of_scope": 500}
"""So many lines of an act are read by meaning: more of those that most messages are, or resemble."""
SCALE = 10.0
"""Vectors of e5 lie close together; this brings what tells them apart to about one."""
C = 0.3


class ActMeaning:
    """The chances of the acts, from a vector. Immutable."""

    def __init__(
        self, encoder: str, acts: list[str], centre: Vectors, weights: NDArray[np.float64],
        offsets: NDArray[np.float64],
    ) -> None:
        """``encoder``: whose vectors these are; ``weights``: one row an act."""
        self.encoder = encoder
        self._acts = acts
        self._centre = centre
        self._weights = weights
        self._offsets = offsets

    @classmethod
    def learn(cls, encoder: str, vectors: Vectors, acts: Sequence[str]) -> ActMeaning:
        """Learn from one vector a line and its act; a rare act counts as much as a common one."""
        centre = vectors.mean(axis=0)
        learner = LogisticRegression(C=C, max_iter=300, class_weight="balanced")
        learner.fit((vectors - centre) * SCALE, list(acts))
        names = [str(act) for act in learner.classes_]
        if len(names) == 2:  # scikit-learn then keeps the second one's weights only
            weights, offsets = np.vstack([-learner.coef_, learner.coef_]) / 2, np.array([-1, 1]) * learner.intercept_ / 2
        else:
            weights, offsets = learner.coef_, learner.intercept_
        return cls(encoder, names, centre, weights, offsets)

    def write(self, file: Path) -> None:
        """Write to an ``.npz`` file."""
        np.savez(
            file, encoder=np.array(self.encoder), acts=np.array(self._acts), centre=self._centre,
            weights=self._weights, offsets=self._offsets,
        )

    @classmethod
    def read(cls, file: Path) -> ActMeaning:
        """Read what :meth:`write` wrote."""
        with np.load(file, allow_pickle=False) as kept:
            return cls(
                str(kept["encoder"]), [str(act) for act in kept["acts"]], kept["centre"],
                kept["weights"], kept["offsets"],
            )

    def chances(self, vector: Vectors) -> dict[str, float]:
        """How likely each act is; they add up to one."""
        votes = self._weights @ ((vector - self._centre) * SCALE) + self._offsets
        powers = np.exp(votes - votes.max())
        return dict(zip(self._acts, (powers / powers.sum()).tolist(), strict=True))


def lines_of(examples: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """The (text, act) lines that are read by meaning, in normal form: of each act some, evenly spread."""
    of_act: dict[str, list[str]] = {}
    for text, act in examples:
        of_act.setdefault(act, []).append(without_greeting(normalise(text)))
    chosen: dict[tuple[str, str], None] = {}
    for act, texts in of_act.items():
        most = MORE_LINES.get(act, LINES)
        spread = texts[:: max(1, len(texts) // most)][:most]
        chosen.update(dict.fromkeys((text, act) for text in spread if text))
    return list(chosen)
