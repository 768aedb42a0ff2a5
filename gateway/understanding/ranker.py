"""The ranker: weighs the sides of the index and says how likely each item is, or that it is none.

A conditional logit: the chance of an item is its weighted sides, exponentiated, over the sum of all
candidates and of "no item", which gains with how much the message sounds like idle talk. The weights are learned from the catalogue's own texts, each left out in
turn, and from talk that is about no item; so its chances are calibrated by construction, and 0.9
means right nine times in ten.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from gateway.understanding.encoder import Vectors
from gateway.understanding.index import SIDES, ItemIndex, Numbers

CANDIDATES = 12
MOST_LEARNED = 3000
IDLE_RIDGE = 5.0
DECAY, DECAY_NONE = 10.0, 3.0
"""Pull of the weights towards the prior, which keeps a small catalogue from learning its own accidents.
What its own texts teach of each other is a little rosy; what idle talk teaches is less so."""
PRIOR = np.array([8.0, 3.0, 8.0, 4.0, 2.0, 1.0, -1.0, -0.5, -0.5, 1.0, 1.0, 3.0, 0.2])
"""Where learning starts, and what a catalogue without examples uses."""
PRIOR_NONE, PRIOR_IDLE = 7.0, 2.0


@dataclass(frozen=True)
class Weights:
    """One weight a side; the score of "no item", and what sounding idle (0–1) adds to it."""

    sides: NDArray[np.float64]
    none: float
    idle: float


START = Weights(PRIOR, PRIOR_NONE, PRIOR_IDLE)


def candidates_of(sides: Numbers) -> NDArray[np.int_]:
    """The items worth weighing, likeliest first."""
    rough = sides @ PRIOR
    most = min(CANDIDATES, len(rough))
    chosen = np.argpartition(-rough, most - 1)[:most]
    return np.asarray(chosen[np.argsort(-rough[chosen])])


def chances(
    sides: Numbers, idle: float, weights: Weights
) -> tuple[NDArray[np.int_], NDArray[np.float64]]:
    """(items, their chances), likeliest first. What is missing to one is the chance of no item.

    ``idle``: how much the message sounds like talk about nothing, 0 to 1 (:class:`Idleness`).
    """
    chosen = candidates_of(sides)
    scores = sides[chosen] @ weights.sides
    none = weights.none + weights.idle * idle
    top = max(float(scores.max(initial=none)), none)
    powers = np.exp(scores - top)
    likely = powers / (powers.sum() + np.exp(none - top))
    order = np.argsort(-likely)
    return chosen[order], likely[order]


class Idleness:
    """How much a vector lies on the side of idle talk: ridge regression, idle talk against own texts."""

    def __init__(self, own: Vectors, idle: Vectors) -> None:
        """Vectors of the catalogue's texts and of idle talk, centred alike."""
        rows = np.concatenate([own, idle])
        answers = np.concatenate([np.zeros(len(own)), np.ones(len(idle))]).astype(np.float32)
        # Both kinds count the same, however many there are of each.
        share = np.where(answers > 0, 0.5 / max(len(idle), 1), 0.5 / max(len(own), 1)) * len(rows)
        rows = np.concatenate([rows, np.ones((len(rows), 1), dtype=np.float32)], axis=1)
        weighted = rows * share[:, None]
        inverse = np.linalg.inv(weighted.T @ rows + IDLE_RIDGE * np.eye(rows.shape[1]))
        self._map = inverse @ (weighted.T @ answers)
        fitted = rows @ self._map
        pull = np.einsum("ij,jk,ik->i", rows, inverse, weighted, optimize=True)
        left_out = (fitted - pull * answers) / np.maximum(1.0 - pull, 0.05)
        self.of_own, self.of_idle = left_out[: len(own)], left_out[len(own):]

    def of(self, vector: Vectors) -> float:
        """0 for talk about services, 1 for talk about nothing, and between."""
        return float(vector @ self._map[:-1] + self._map[-1])


def learn(
    index: ItemIndex, texts: list[str], idle_sides: list[Numbers], idleness: Idleness
) -> Weights:
    """Weights from the index's own ``texts`` (in its order) and from the sides of idle talk."""
    offered = int((index.owners < index.offered).sum())
    if index.offered < 3 or offered < 2 * index.offered:
        return START  # hardly any examples: what other catalogues taught must do
    asked = [k for k in range(len(texts)) if k not in index.name_rows]
    chosen = np.random.default_rng(1).permutation(asked)[:MOST_LEARNED]
    rows: list[Numbers] = []
    right: list[int] = []
    for row in chosen:
        sides = index.sides_of_own(int(row), texts[row])
        near = candidates_of(sides)
        rows.append(sides[near])
        place = np.flatnonzero(near == index.owners[row])
        right.append(int(place[0]) if len(place) else -1)
    for sides in idle_sides:
        rows.append(sides[candidates_of(sides)])
        right.append(-1)
    idle = np.concatenate([idleness.of_own[chosen], idleness.of_idle])
    return _fit(np.stack(rows).astype(float), idle, np.array(right))


def _fit(rows: NDArray[np.float64], idle: NDArray[np.float64], right: NDArray[np.int_]) -> Weights:
    """Maximum likelihood with a pull towards the prior. ``right`` is -1 where no item is meant."""
    cases, most, sides = rows.shape
    decay = np.array([*[DECAY] * sides, DECAY_NONE, DECAY_NONE])
    place = np.where(right < 0, most, right)

    def loss(values: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        none = values[-2] + values[-1] * idle
        scores = np.concatenate([rows @ values[:-2], none[:, None]], axis=1)
        scores -= scores.max(axis=1, keepdims=True)
        powers = np.exp(scores)
        share = powers / powers.sum(axis=1, keepdims=True)
        value = -np.log(share[np.arange(cases), place] + 1e-12).sum()
        share[np.arange(cases), place] -= 1.0
        pull = values - START_VALUES
        gradient = np.concatenate([
            np.einsum("ij,ijk->k", share[:, :-1], rows), [share[:, -1].sum(), share[:, -1] @ idle]
        ])
        return value + decay @ pull**2, gradient + 2 * decay * pull

    found = minimize(
        loss, START_VALUES, jac=True, method="L-BFGS-B", bounds=BOUNDS, options={"maxiter": 200}
    )
    return Weights(found.x[:-2], float(found.x[-2]), float(found.x[-1]))


START_VALUES = np.array([*PRIOR, PRIOR_NONE, PRIOR_IDLE])
BOUNDS = [(0.0, None) if value >= 0 else (None, 0.0) for value in START_VALUES]
"""No side may count against what it speaks for."""
assert len(PRIOR) == len(SIDES)
