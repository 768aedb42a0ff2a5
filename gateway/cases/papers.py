"""Reading what people send of their documents: a photo, or a PDF that is nothing but paper."""

from __future__ import annotations

import logging
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from gateway.cases.pdf_check import MOST_PAGES
from gateway.cases.pictures import Picture, read_picture
from gateway.errors import CitizenError

log = logging.getLogger("yiwen.papers")

CHECK = Path(__file__).with_name("pdf_check.py")
SECONDS = 15
"""Of the clock, beside the check's own limit of computing time."""
PDF = b"%PDF-"
ACCEPTED = "image/jpeg,image/png,application/pdf"
"""What a file chooser offers."""


@dataclass(frozen=True)
class Limits:
    """What may be sent: ``most_bytes`` of one upload; ``fit_bytes`` of what the department takes."""

    most_bytes: int
    fit_bytes: int


def read_paper(content: bytes, limits: Limits) -> Picture:
    """Check one upload. A photo is written anew, made smaller where the department wants it; a PDF keeps its
    bytes, since it may be signed.

    Raises:
        CitizenError: it is too large, of another kind, does not open, or is more than paper.
    """
    if not content.startswith(PDF):
        return read_picture(content, limits.most_bytes, limits.fit_bytes)
    most = min(limits.most_bytes, limits.fit_bytes)
    if len(content) > most:
        raise CitizenError("utter_attachment_large", found=megabytes(len(content)), most=megabytes(most))
    word = _judged(content)
    if word == "good":
        return Picture("application/pdf", "pdf", content)
    raise CitizenError(f"utter_attachment_pdf_{word}", most=MOST_PAGES)


def megabytes(size: int) -> str:
    """A size as people read it, without a zero behind the point."""
    return f"{size / 2**20:.1f}".removesuffix(".0")


def _judged(content: bytes) -> str:
    try:
        done = subprocess.run(  # noqa: S603 (our own program)
            [sys.executable, "-I", str(CHECK)], input=content, capture_output=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return "broken"
    word = done.stdout.decode("ascii", "replace")
    if word not in {"good", "locked", "long", "active", "broken"}:
        log.warning("The check of a PDF ended with %d and no word.", done.returncode)
        return "broken"
    return word
