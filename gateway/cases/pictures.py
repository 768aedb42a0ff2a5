"""Reading a photo of a document: what it is, whether it opens, and a copy without what hides in it."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass, field

from PIL import Image, ImageOps, UnidentifiedImageError

from gateway.errors import CitizenError

KINDS = {b"\xff\xd8\xff": ("JPEG", "image/jpeg", "jpg"), b"\x89PNG\r\n\x1a\n": ("PNG", "image/png", "png")}
"""First bytes → format, content type, ending."""
MOST_PIXELS = 40_000_000
QUALITY = 88
SMALLER = ((3000, 85), (2200, 80), (1600, 75), (1200, 70), (1200, 55), (1000, 45))
"""Longest side and JPEG quality, tried in turn until a picture is small enough; print stays readable."""


@dataclass(frozen=True)
class Picture:
    """A checked upload. A photo was written anew: without place, camera or anything that stood behind it."""

    content_type: str
    ending: str
    content: bytes = field(repr=False)


def read_picture(content: bytes, most_bytes: int, fit_bytes: int = 0) -> Picture:
    """Check an uploaded picture, and make it smaller until it has ``fit_bytes`` at the most (0: as it is).

    Raises:
        CitizenError: it is too large, of another kind, or does not open.
    """
    if len(content) > most_bytes:
        raise CitizenError(
            "utter_attachment_large", found=f"{len(content) / 2**20:.1f}", most=most_bytes // 2**20
        )
    kind = next((kind for magic, kind in KINDS.items() if content.startswith(magic)), None)
    if kind is None:
        raise CitizenError("utter_attachment_kind")
    name, content_type, ending = kind
    try:
        plain, written = _written_anew(content, name)
        if fit_bytes and len(written) > fit_bytes:
            return Picture("image/jpeg", "jpg", _smaller(plain, fit_bytes))
        return Picture(content_type, ending, written)
    except (OSError, ValueError, SyntaxError, Warning, UnidentifiedImageError, Image.DecompressionBombError):
        raise CitizenError("utter_attachment_broken") from None


def _written_anew(content: bytes, name: str) -> tuple[Image.Image, bytes]:
    out = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        with Image.open(io.BytesIO(content), formats=[name]) as image:
            if image.width * image.height > MOST_PIXELS:
                raise ValueError("too many pixels")
            image.load()
            upright = ImageOps.exif_transpose(image)
            plain = upright.convert("RGB" if name == "JPEG" else "RGBA")
            plain.info.clear()
            plain.save(out, name, **({"quality": QUALITY} if name == "JPEG" else {}))
    return plain, out.getvalue()


def _smaller(picture: Image.Image, fit_bytes: int) -> bytes:
    plain = picture.convert("RGB")
    for side, quality in SMALLER:
        plain.thumbnail((side, side))
        out = io.BytesIO()
        plain.save(out, "JPEG", quality=quality)
        if out.tell() <= fit_bytes:
            return out.getvalue()
    raise CitizenError("utter_attachment_large", found=f"{out.tell() / 2**20:.1f}", most=f"{fit_bytes / 2**20:.1f}")
