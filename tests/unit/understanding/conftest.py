"""Modules that import Rasa: loaded when a test needs them, for that takes seconds."""

from __future__ import annotations

import importlib
import warnings
from typing import Any

import pytest


def _quietly(module: str) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # TensorFlow's and Rasa's own, at import
        return importlib.import_module(module)


@pytest.fixture(scope="session")
def judge_module() -> Any:
    return _quietly("gateway.understanding.judge")


@pytest.fixture(scope="session")
def matcher_module() -> Any:
    return _quietly("gateway.understanding.matcher")
