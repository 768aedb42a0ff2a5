"""Training the model when its sources changed, with a progress bar."""

from __future__ import annotations

import hashlib
import logging
import os
import subprocess
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

from tqdm import tqdm

from gateway.errors import OurFault, SettingsError
from gateway.settings import ROOT, Settings

log = logging.getLogger("yiwen.training")

MODELS = ROOT / "models"
SOURCES = ("config.yml", "domain.yml", "data", "gateway/understanding")
STEPS = 16
"""Log lines of a full training that move the bar."""


def model_path(root: Path = ROOT) -> Path:
    """Where the model of these very sources lies, or will lie."""
    digest = hashlib.sha256()
    for source in SOURCES:
        place = root / source
        files = [place] if place.is_file() else sorted(place.rglob("*.*"))
        for file in files:
            if file.suffix in {".yml", ".py"}:
                digest.update(str(file.relative_to(root)).encode() + b"\0" + file.read_bytes())
    return root / "models" / f"yiwen-{digest.hexdigest()[:12]}.tar.gz"


def trained_model(settings: Settings) -> Path:
    """The model to use: the one that the settings name, or ours, trained now if its sources changed.

    Raises:
        SettingsError: GATEWAY_MODEL names a file that is not there.
        OurFault: the training failed; its own words stand above.
    """
    if settings.model:
        if not settings.model.exists():
            raise SettingsError(f"GATEWAY_MODEL names {settings.model}, which is not there.")
        return settings.model
    target = model_path()
    if not target.exists():  # in a process of its own, so that its memory is given back
        done = subprocess.run([sys.executable, "-m", "gateway", "train"], cwd=ROOT, check=False)
        if done.returncode:
            raise OurFault("The model could not be trained.")
    return target


def _index() -> None:
    """The catalogue's vectors, made now rather than at the first start."""
    from gateway import settings
    from gateway.understanding.matcher import keep_catalogue_vectors

    try:
        keep_catalogue_vectors(settings.load())
    except OurFault as error:
        log.warning("The catalogue is indexed at the next start: %s", error)


@contextmanager
def _examples_are_shared() -> Iterator[None]:
    """Rasa copies every example each time it joins two files, fourteen times in all; here they are shared,
    as none is changed but by the one pipeline. Saves a fifth of the training."""
    from rasa.shared.nlu.training_data.message import Message

    Message.__deepcopy__ = lambda self, memo: self
    try:
        yield
    finally:
        del Message.__deepcopy__


class _Bar(logging.Handler):
    """Moves a progress bar at each step that Rasa logs."""

    def __init__(self, bar: tqdm[None]) -> None:
        super().__init__(logging.INFO)
        self._bar = bar

    def emit(self, record: logging.LogRecord) -> None:
        """See logging.Handler."""
        if "train" in record.getMessage().lower() and self._bar.n < STEPS - 1:
            self._bar.update(1)


def train(root: Path = ROOT) -> Path:
    """Train, and return the model's file. Former models of ours are removed.

    Raises:
        OurFault: Rasa made no model; its own message says why.
    """
    target = model_path(root)
    with tqdm(
        total=STEPS, desc="Training the assistant", file=sys.stderr,
        bar_format="{desc}: {percentage:3.0f}% |{bar:30}| {elapsed}",
    ) as bar:
        warnings.simplefilter("ignore")
        os.environ["LOG_LEVEL"] = "ERROR"  # Rasa then draws no bars of its own
        import rasa  # takes seconds: the bar already stands
        import rasa.api

        bar.update(1)
        rasa_log = logging.getLogger("rasa")
        handler = _Bar(bar)
        rasa_log.addHandler(handler)
        rasa_log.setLevel(logging.INFO)
        rasa_log.propagate = False
        target.parent.mkdir(exist_ok=True)
        # Into a folder of its own and then moved, so that nobody ever reads half a model.
        with (
            TemporaryDirectory(dir=target.parent, prefix=".training-") as workshop,
            redirect_stdout(StringIO()),  # Rasa's own closing line names the workshop
            _examples_are_shared(),
        ):
            result = rasa.api.train(
                domain=str(root / "domain.yml"), config=str(root / "config.yml"),
                training_files=str(root / "data"), output=workshop,
                fixed_model_name="model", force_training=True,
            )
            made = Path(workshop) / "model.tar.gz"
            if result.code != 0 or not made.exists():
                raise OurFault("Rasa made no model. Run 'rasa data validate' to see what is wrong.")
            made.replace(target)
        bar.update(STEPS - bar.n)
    _index()
    for old in target.parent.glob("yiwen-*.tar.gz"):
        if old != target:
            old.unlink()
    return target
