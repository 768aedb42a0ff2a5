"""One text's vector is the same as scikit-learn's own."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from gateway.understanding.vectors import TextVectors

TEXTS = ["身份证丢了怎么补", "租房提公积金", "社保卡挂失", "失业金怎么领 要带什么 要多久"]


@pytest.mark.parametrize("text", [*TEXTS, "身身身份份证", "完全不认识 xyz", ""])
def test_a_row_equals_the_vectorisers_own(text: str) -> None:
    fitted = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True).fit(TEXTS)
    ours = TextVectors(fitted).row(text).toarray()
    assert np.allclose(ours, fitted.transform([text]).toarray())
