"""Training the plain project once, and finding its model again by what it was trained from."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path

import yaml

OUT = Path(__file__).with_name("out")
NOTE = OUT / "training.json"
SOURCES = ("config.yml", "data/nlu.yml", "data/rules.yml", "data/stories.yml")
TOLD_EVERY = 15.0


class NotTrained(RuntimeError):
    """``rasa train`` failed; the message holds the end of what it printed."""


def trained_model(project: Path, retrain: bool = False) -> tuple[Path, float]:
    """The project's model, trained if need be, and how many seconds its training took.

    Raises:
        NotTrained: ``rasa train`` failed.
    """
    model = OUT / f"plain-{digest(project)}.tar.gz"
    if retrain or not (model.exists() and NOTE.exists()):
        OUT.mkdir(exist_ok=True)
        seconds = _train(project, model)
        for old in OUT.glob("plain-*.tar.gz"):
            old.unlink()
        shutil.move(project / "models" / model.name, model)
        NOTE.write_text(json.dumps({"training_seconds": round(seconds, 1)}), encoding="utf-8")
    return model, _noted()


def _noted() -> float:
    if not NOTE.exists():
        return 0.0
    return float(json.loads(NOTE.read_text(encoding="utf-8"))["training_seconds"])


def digest(project: Path) -> str:
    """Twelve hex digits that change with what is learned from, or with Rasa's version.

    The words of responses are not among it: this project has no retrieval intents, so nothing
    learns them, and a better wording of one guide need not cost a training of ten minutes.
    """
    domain = yaml.load((project / "domain.yml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    domain["responses"] = sorted(domain["responses"])
    found = hashlib.sha256(version("rasa").encode())
    found.update(json.dumps(domain).encode())
    for source in SOURCES:
        found.update(source.encode() + b"\0" + (project / source).read_bytes())
    return found.hexdigest()[:12]


def _train(project: Path, model: Path) -> float:
    log = project / "train.log"
    command = [
        sys.executable, "-m", "rasa", "train", "--out", "models",
        "--fixed-model-name", model.name.removesuffix(".tar.gz"),
    ]
    given = {**os.environ, "RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3"}
    started = told = time.monotonic()
    with log.open("wb") as out:
        process = subprocess.Popen(  # noqa: S603 - our own command
            command, cwd=project, env=given, stdout=out, stderr=subprocess.STDOUT
        )
        try:
            while process.poll() is None:
                time.sleep(0.5)
                if time.monotonic() - told >= TOLD_EVERY:
                    told = time.monotonic()
                    print(f"  training plain Rasa: {told - started:.0f} s", file=sys.stderr, flush=True)
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait()
    if process.returncode or not (project / "models" / model.name).exists():
        raise NotTrained(f"rasa train failed:\n{log.read_text(errors='replace')[-2000:]}")
    return time.monotonic() - started
