"""TF-IDF vectors of one text at a time, from a fitted vectoriser.

scikit-learn's own ``transform`` is made for many texts and spends most of its time on checks when it
is given one; this gives the same numbers (a test compares them) in a tenth of the time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer


class TextVectors:
    """The vectors of a fitted :class:`TfidfVectorizer` of characters (sublinear_tf, l2 norm)."""

    def __init__(self, fitted: TfidfVectorizer) -> None:
        self._read(fitted.vocabulary_, np.asarray(fitted.idf_), fitted.ngram_range[1])

    def _read(self, places: dict[str, int], idf: NDArray[np.float64], longest: int) -> None:
        self._longest = longest
        self._analyse = CountVectorizer(analyzer="char", ngram_range=(1, longest)).build_analyzer()
        self._places = places
        self._idf = idf

    def arrays(self) -> dict[str, NDArray[Any]]:
        """All that :meth:`of_arrays` needs."""
        grams = sorted(self._places, key=self._places.__getitem__)
        return {"grams": np.array(grams), "idf": self._idf, "longest": np.array(self._longest)}

    @classmethod
    def of_arrays(cls, kept: Mapping[str, NDArray[Any]]) -> TextVectors:
        """The vectors that :meth:`arrays` described."""
        vectors = cls.__new__(cls)
        places = {gram: place for place, gram in enumerate(kept["grams"].tolist())}
        vectors._read(places, kept["idf"], int(kept["longest"]))
        return vectors

    @property
    def size(self) -> int:
        """How many n-grams are known."""
        return len(self._idf)

    def parts(self, text: str) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
        """(places, weights) of the n-grams that are known; the weights have length one."""
        counts = Counter(p for p in map(self._places.get, self._analyse(text)) if p is not None)
        places = np.fromiter(counts.keys(), dtype=np.int32, count=len(counts))
        weights = np.fromiter(counts.values(), dtype=float, count=len(counts))
        weights = (np.log(weights) + 1.0) * self._idf[places]
        norm = np.sqrt((weights**2).sum())
        return places, weights / norm if norm else weights

    def row(self, text: str) -> sparse.csr_matrix:
        """The same as a matrix of one row."""
        places, weights = self.parts(text)
        ends = np.array([0, len(places)], dtype=np.int32)
        return sparse.csr_matrix((weights, places, ends), shape=(1, len(self._idf)))
