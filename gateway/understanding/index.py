"""The item index: finds the service items that a text is about. No Rasa in here.

Characters decide: TF-IDF over 1–3-grams of every name, alias and example, the nearest ones of each
item; the same over each item as a whole, where words that other items share count little (租房 against
公积金); and how much of the message an alias covers. Scores are calibrated on the catalogue's own examples (each
one left out in turn) against talk that is about no item, so 0.9 means right nine times in ten.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from gateway.catalogue.model import Catalogue, Status
from gateway.understanding.text import normalise
from gateway.understanding.vectors import TextVectors

Scores = NDArray[np.float64]
NEAREST = 3
MOST_CALIBRATED = 3000
_FILLER = re.compile(
    r"请问|一下|我想|我要|我的|怎么|如何|什么|需要|可以|能不能|哪里|多少|麻烦|帮我|您好|你好|[吗呢吧啊呀的了,。?!、 ]"
)


@dataclass(frozen=True)
class Match:
    """One item with its calibrated score in 0–1. ``named``: the text shares a word with the
    item's name or an alias, so it is not only a bare follow-up such as 多久能拿到."""

    item: str
    name: str
    score: float
    named: bool = True


class ItemIndex:
    """An index over one catalogue. Immutable: a reload builds a new one."""

    def __init__(self, catalogue: Catalogue, off_topic: list[str]) -> None:
        items = [i for i in catalogue.items.values() if i.status is Status.active]
        self._ids = [i.item for i in items]
        self._names = [i.name for i in items]
        texts, owners = [], []
        for number, item in enumerate(items):
            for text in dict.fromkeys((item.name, *item.aliases, *item.utterances)):
                texts.append(_core(text))
                owners.append(number)
        self._owners = np.array(owners)
        self._aliases = [
            [_core(a) for a in (i.name, *i.aliases) if len(a) > 1] for i in items
        ]
        fitted = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True)
        self._documents = fitted.fit_transform(texts or ["无"])
        self._example_vectors = TextVectors(fitted)
        self._transposed = self._documents.T.tocsr()
        wholes = ["\n".join(t for t, o in zip(texts, owners, strict=True) if o == n) for n in range(len(items))]
        fitted = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True)
        self._item_documents = fitted.fit_transform(wholes or ["无"]).T.tocsr()
        self._item_vectors = TextVectors(fitted)
        self._calibration = self._calibrate(texts, off_topic)

    def find(self, text: str, most: int = 5) -> list[Match]:
        """The nearest items, best first, at most ``most``."""
        if not self._ids:
            return []
        text = normalise(text)
        raw = self._item_scores(self._near(text), text, self._whole(text))
        order = raw.argsort()[::-1][:most]
        features = self._features(raw, order)
        chances = self._calibration.predict_proba(features)[:, 1]
        matches = [
            Match(self._ids[i], self._names[i], round(float(c), 4), self._is_named(text, i))
            for i, c in zip(order, chances, strict=True) if raw[i] > 0
        ]
        return sorted(matches, key=lambda m: -m.score)

    def _is_named(self, text: str, number: int) -> bool:
        core = _core(text)
        pairs = {core[k:k + 2] for k in range(len(core) - 1)}
        return any(pair in alias for alias in self._aliases[number] for pair in pairs)

    def _whole(self, text: str) -> Scores:
        """Likeness to each item as a whole."""
        return (self._item_vectors.row(_core(text)) @ self._item_documents).toarray()[0]

    def _near(self, text: str) -> NDArray[np.float64]:
        """Likeness to each example."""
        return (self._example_vectors.row(_core(text)) @ self._transposed).toarray()[0]

    def _item_scores(self, near: Scores, text: str, whole: Scores) -> Scores:
        """One raw score an item: its nearest examples, the item as a whole, its alias in the text."""
        scores = np.zeros(len(self._ids))
        core = _core(text)
        for number in range(len(self._ids)):
            own = np.sort(near[self._owners == number])[::-1][:NEAREST]
            scores[number] = 0.7 * own[0] + 0.3 * own.mean() if len(own) else 0.0
            covered = max((len(a) for a in self._aliases[number] if a in core), default=0)
            scores[number] += 0.35 * covered / len(core)
        return scores + whole

    @staticmethod
    def _features(raw: Scores, order: NDArray[np.int_]) -> Scores:
        """(score, lead over the best other item) of every item in ``order``."""
        rows = []
        for i in order:
            others = np.delete(raw, i)
            rows.append((raw[i], raw[i] - (others.max() if len(others) else 0.0)))
        return np.array(rows)

    def _calibrate(self, texts: list[str], off_topic: list[str]) -> LogisticRegression:
        rows: list[Scores] = []
        right: list[bool] = []
        similar = (self._documents @ self._transposed).tolil()
        similar.setdiag(0)
        similar = sparse.csr_matrix(similar)
        chosen = np.random.default_rng(1).permutation(len(texts))[:MOST_CALIBRATED]
        for k in chosen:
            raw = self._item_scores(similar[k].toarray()[0], texts[k], self._whole(texts[k]))
            best = raw.argsort()[::-1][:2]
            rows.extend(self._features(raw, best))
            right.extend(best == self._owners[k])
        # As much talk about nothing as about items: the mix decides what a score of 0.9 means.
        idle = np.random.default_rng(1).permutation(len(off_topic))[: len(chosen)]
        for text in (off_topic[k] for k in idle):
            raw = self._item_scores(self._near(text), text, self._whole(text))
            best = raw.argsort()[::-1][:1]
            rows.extend(self._features(raw, best))
            right.append(False)
        if len(set(right)) < 2:  # one lonely item: nothing to confuse it with
            rows, right = [*rows, np.zeros(2), np.ones(2)], [*right, False, True]
        return LogisticRegression(C=10.0).fit(np.array(rows), np.array(right, dtype=int))


def _core(text: str) -> str:
    """The text without the words that stand in every question."""
    text = normalise(text)
    return _FILLER.sub("", text) or text
