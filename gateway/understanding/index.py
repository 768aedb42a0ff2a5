"""The item index: how like a message is to each service item, seen from several sides. No Rasa in here.

Every name, alias and example of the catalogue is one text. A message is compared with all of them by
meaning (vectors of the encoder), by a linear map from vectors to items, by its rarer words, and by what is
to be done and for whom. ``gateway.understanding.ranker`` weighs these sides and says how likely
each item is.

To learn the weights, each text is asked as if it were a message, left out of everything that it is
compared with (leave one out); :meth:`ItemIndex.sides_of_own` gives those sides for all texts at once.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer

from gateway.catalogue.model import Audience, Catalogue, Matter, ServiceItem, Status
from gateway.understanding.encoder import Vectors
from gateway.understanding.operations import SAID, read_operations
from gateway.understanding.text import normalise
from gateway.understanding.vectors import TextVectors

Numbers = NDArray[np.float32]
SIDES = (
    "meaning", "meaning_name", "middle", "words", "alias", "operation", "other_operation",
    "unsaid", "audience", "told", "name_told", "operation_meant", "operation_fit",
)
ALIAS = SIDES.index("alias")
LIKELY = 64
LEAST_NAME = 3
SAME = 0.9999
OPERATION_RIDGE = 1.0
UNSURE = 0.02
"""No operation is ever ruled out, nor certain, by meaning alone."""
STIFF = 0.003
"""How much of the covariance is left as it is; more for fewer texts."""
FILLER = re.compile(
    r"请问|一下|我想|我要|我的|怎么|如何|什么|需要|可以|能不能|哪里|多少|麻烦|帮我|您好|你好|[吗呢吧啊呀的了,。?!、 ]"
)
BUSINESS = re.compile(r"公司|企业|单位|法人|股东|执照|店|厂|经营|个体户")


@dataclass(frozen=True)
class Question:
    """A message as the index reads it. ``vector`` is None when the encoder is away."""

    text: str
    vector: Vectors | None


class ItemIndex:
    """An index over one catalogue. Immutable: a reload builds a new one."""

    def __init__(self, vectors: Vectors, texts: OwnTexts) -> None:
        self.ids = texts.ids
        self.offered = texts.offered
        self.events = texts.events
        self.names = texts.names
        self.owners = texts.owners
        self._starts = np.unique(texts.owners, return_index=True)[1]
        cores = [core(t) for t in texts.texts]
        self._centre = vectors.mean(axis=0) if len(vectors) else np.zeros(1, dtype=np.float32)
        self._spread = _spread(_unit(vectors - self._centre), self.owners)
        self._vectors = self.centred(vectors)
        self.name_rows = frozenset(self._starts.tolist())  # the name is the first text of its item
        self._aliases = [[core(a) for a in own if len(a) > 1] for own in texts.aliases]
        # Here a word counts by how few items have it: 租房 against 公积金.
        fitted = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True)
        fitted.fit(["\n".join(cores[a:b]) for a, b in self._spans()] or ["无"])
        self._rare = fitted.transform(cores or ["无"]).astype(np.float32)
        self._rare_vectors = TextVectors(fitted)
        self._idf = np.asarray(fitted.idf_, dtype=np.float32)
        self._stands = (self._rare > 0).astype(np.float32)
        self._counts = (self._owner_matrix() @ self._stands).tocsr()
        self._by_gram = (self._counts > 0).astype(np.float32).T.tocsr()
        names = self._stands[self._starts].multiply(self._idf[None, :]).tocsr()
        self._name_weight = np.maximum(np.asarray(names.sum(axis=1)).ravel(), 1e-9)
        self._name_by_gram = names.T.tocsr()
        sums = self._owner_matrix() @ self._rare
        self._sum_lengths = np.sqrt(np.asarray(sums.multiply(sums).sum(axis=1)).ravel())
        self._sums = sums.T.tocsr()
        self._operations = np.array([read_operations("，".join((n, *a))) for n, a in zip(texts.names, texts.aliases, strict=True)])
        self._operation_counts = np.maximum(self._operations.sum(axis=1), 1.0)
        self._middles = np.add.reduceat(self._vectors, self._starts, axis=0) if len(self.owners) else self._vectors
        self._middle_lengths = np.maximum(np.linalg.norm(self._middles, axis=1), 1e-9)
        self._meant = _Meant(self._vectors, self._operations[self.owners])
        self._personal = np.array(texts.personal, dtype=bool)

    def _spans(self) -> list[tuple[int, int]]:
        ends = [*self._starts[1:], len(self.owners)]
        return [(int(a), int(b)) for a, b in zip(self._starts, ends, strict=True)]

    def _owner_matrix(self) -> sparse.csr_matrix:
        """One row an item, with a one for each of its texts."""
        rows = len(self.owners)
        ones = np.ones(rows, dtype=np.float32)
        return sparse.csr_matrix((ones, (self.owners, np.arange(rows))), shape=(len(self.ids), rows))

    def centred(self, vector: Vectors) -> Vectors:
        """A vector with what all texts here have in common taken out, which tells them apart better."""
        return _unit(_unit(vector - self._centre) @ self._spread)

    def sides(self, question: Question) -> Numbers:
        """One row an item: its likeness to the message, side by side (:data:`SIDES`)."""
        text = core(question.text)
        row = self._rare_vectors.row(text).astype(np.float32)
        words = (row @ self._sums).toarray()[0] / np.maximum(self._sum_lengths, 1e-9)
        if question.vector is None:
            near = np.zeros(len(self.owners), dtype=np.float32)
            middle = np.zeros(len(self.ids), dtype=np.float32)
            meant = self._meant.usual
        else:
            vector = self.centred(question.vector)
            near, middle = self._vectors @ vector, self._middles @ vector / self._middle_lengths
            meant = self._meant.of(vector)
        return self._assembled(question.text, text, near, middle, words, *self._told(row), meant)

    def sides_of_own(self, row: int, text: str) -> Numbers:
        """The sides of one of our own texts, itself left out of what it is compared with."""
        own = self.owners[row]
        near = self._vectors @ self._vectors[row]
        near[near > SAME] = -1.0  # itself, and the same text once more, would give the answer away
        middle = self._middles @ self._vectors[row]
        length = float(self._middle_lengths[own])
        alone = (middle[own] - 1.0) / np.sqrt(max(length**2 - 2 * middle[own] + 1.0, 1e-9))
        middle = middle / self._middle_lengths
        middle[own] = alone
        words = (self._rare[row] @ self._sums).toarray()[0]
        rest = max(self._sum_lengths[own] ** 2 - 2 * words[own] + 1.0, 1e-9)
        alone = (words[own] - 1.0) / np.sqrt(rest)
        words = words / np.maximum(self._sum_lengths, 1e-9)
        words[own] = alone
        told, name_told = self._told(self._rare[row])
        grams = self._rare[row].indices
        still = np.asarray(self._counts[own, grams].todense()).ravel() > 1
        told[own] = (self._idf[grams] * still).sum() / self._idf[grams].sum()
        return self._assembled(
            text, core(text), near, middle, words, told, name_told, self._meant.left_out[row]
        )

    def _told(self, row: sparse.csr_matrix) -> tuple[Numbers, Numbers]:
        """How much of the message an item's texts hold, and how much of its name the message holds."""
        grams = row.indices
        if not len(grams):
            return np.zeros(len(self.ids), dtype=np.float32), np.zeros(len(self.ids), dtype=np.float32)
        weights = sparse.csr_matrix((self._idf[grams], grams, [0, len(grams)]), shape=row.shape)
        ones = sparse.csr_matrix((np.ones(len(grams), dtype=np.float32), grams, [0, len(grams)]), shape=row.shape)
        told = (weights @ self._by_gram).toarray()[0] / self._idf[grams].sum()
        return told, (ones @ self._name_by_gram).toarray()[0] / self._name_weight

    def _assembled(
        self, said: str, text: str, near: Numbers, middle: Numbers, words: Numbers, told: Numbers,
        name_told: Numbers, meant: Numbers,
    ) -> Numbers:
        best, wanted = self._most(near), read_operations(said)
        shared = self._operations @ wanted
        another = (wanted.sum() > 0) & (self._operations.sum(axis=1) > 0) & (shared == 0)
        unsaid = (self._operations[:, SAID] > wanted[SAID]).any(axis=1)
        columns = (
            best, near[self._starts], middle, words, np.zeros_like(best),
            shared / max(float(wanted.sum()), 1.0), another, unsaid,
            self._personal & bool(BUSINESS.search(said)), told, name_told,
            self._operations @ meant / self._operation_counts, self._fit(meant),
        )
        sides = np.stack(columns, axis=1).astype(np.float32)
        likely = np.argsort(-sides.sum(axis=1))[:LIKELY]  # names are only searched in the likely ones
        sides[likely, ALIAS] = self._covered(text, likely)
        return sides

    def _fit(self, meant: Numbers) -> Numbers:
        """Log-likelihood of each item's operations, and of those it lacks."""
        likely = np.clip(meant, UNSURE, 1 - UNSURE)
        return np.asarray(self._operations @ np.log(likely / (1 - likely)) + np.log(1 - likely).sum())

    def _most(self, values: Numbers) -> Numbers:
        return np.asarray(np.maximum.reduceat(values, self._starts))

    def _covered(self, text: str, likely: NDArray[np.int_]) -> Numbers:
        """How much of the message the longest alias in it makes up."""
        return np.array([
            max((len(a) for a in self._aliases[i] if a in text), default=0) / max(len(text), 1) for i in likely
        ], dtype=np.float32)

    def is_named(self, text: str, number: int) -> bool:
        """Whether the text shares two characters in a row with the item's name or an alias."""
        cored = core(text)
        pairs = {cored[k:k + 2] for k in range(len(cored) - 1)}
        return any(pair in alias for alias in self._aliases[number] for pair in pairs)


class _Meant:
    """Operations by meaning: ridge regression from vectors to what is to be done, learned over all items
    together, so that 弄没了 is read as a loss for a matter whose examples never say so."""

    def __init__(self, vectors: Vectors, operations: Numbers) -> None:
        """One row a text: its vector, and the operations of the item it belongs to."""
        self.usual = operations.mean(axis=0) if len(operations) else operations.sum(axis=0)
        size = vectors.shape[1] if len(vectors) else 1
        rows = vectors.reshape(-1, size)
        inverse = np.linalg.inv(rows.T @ rows + OPERATION_RIDGE * np.eye(size, dtype=np.float32))
        self._map = inverse @ rows.T @ (operations - self.usual)
        pull = np.minimum(np.einsum("ij,jk,ik->i", rows, inverse, rows, optimize=True), 0.95)[:, None]
        fitted = rows @ self._map
        self.left_out = self.usual + (fitted - pull * (operations - self.usual)) / (1 - pull)
        """What each own text means when it is not learned from."""

    def of(self, vector: Vectors) -> Numbers:
        """How likely each operation is meant."""
        return np.asarray(self.usual + vector @ self._map)


@dataclass(frozen=True)
class OwnTexts:
    """Every text of a catalogue, item by item: the name first, then aliases and examples."""

    ids: list[str]
    names: list[str]
    aliases: list[tuple[str, ...]]
    texts: list[str]
    owners: NDArray[np.int_]
    personal: list[bool]
    """Whether the item is for persons only."""
    offered: int
    """So many of the first are items and life events; what comes after is asked for and not offered here."""
    events: frozenset[int] = frozenset()
    """Which of them are life events (一件事)."""


def own_texts(catalogue: Catalogue) -> OwnTexts:
    """The texts of all active items and the life events, then what is not offered, in normal form."""
    active = [i for i in catalogue.items.values() if i.status is Status.active]
    items: list[Matter] = [*active, *catalogue.events.values()]
    texts: list[str] = []
    owners: list[int] = []
    for number, item in enumerate(items):
        english = (item.english.name,) if isinstance(item, ServiceItem) and item.english else ()
        own = dict.fromkeys(normalise(t) for t in (item.name, *item.aliases, *item.utterances, *english))
        texts += own
        owners += [number] * len(own)
    aliases = [tuple(normalise(t) for t in (i.name, *i.aliases)) for i in items]
    elsewhere = _not_named(catalogue.elsewhere, aliases)
    return OwnTexts(
        [i.item for i in items] + elsewhere, [i.name for i in items] + elsewhere,
        aliases + [(text,) for text in elsewhere], texts + elsewhere,
        np.array([*owners, *range(len(items), len(items) + len(elsewhere))], dtype=int),
        [isinstance(i, ServiceItem) and i.audience is Audience.personal for i in items] + [False] * len(elsewhere),
        len(items), frozenset(range(len(active), len(items))),
    )


def _not_named(elsewhere: Sequence[str], aliases: list[tuple[str, ...]]) -> list[str]:
    """What is not offered, without what names an item after all."""
    named = [alias for own in aliases for alias in own if len(alias) >= LEAST_NAME]
    texts = dict.fromkeys(normalise(text) for text in elsewhere)
    return [text for text in texts if not any(alias in text for alias in named)]


def core(text: str) -> str:
    """The text without the words that stand in every question."""
    text = normalise(text)
    return FILLER.sub("", text) or text


def _unit(vectors: Vectors) -> Vectors:
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9), dtype=np.float32)


def _spread(vectors: Vectors, owners: NDArray[np.int_]) -> Numbers:
    """A map that shrinks the directions in which ways to say the same differ (within-class covariance
    normalisation): what is left tells items apart, not manners of speech."""
    size = vectors.shape[1]
    counts = np.bincount(owners) if len(owners) else np.zeros(0)
    if len(owners) < 2 * len(counts):
        return np.eye(size, dtype=np.float32)
    starts = np.unique(owners, return_index=True)[1]
    middles = np.add.reduceat(vectors, starts, axis=0) / counts[:, None]
    apart = vectors - middles[owners]
    values, axes = np.linalg.eigh(apart.T @ apart / len(vectors) + STIFF * np.eye(size))
    return np.asarray((axes * values**-0.5) @ axes.T, dtype=np.float32)

