"""The typeface of PDFs: the glyphs of one document's characters, to be embedded in it.

A font that a reader is expected to bring along is missing on many phones and printers. Noto Sans SC is far too large
to go with every document, and has outlines that reportlab cannot embed: so the few that are needed are taken out
and drawn anew as TrueType curves.
"""

from __future__ import annotations

import io
import threading
from functools import lru_cache

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables._g_l_y_f import Glyph
from pylopdf_fonts_zh_cn import sans_path

NAME = "Yiwen Sans"
TOLERANCE = 1.0
"""How far a curve may lie from the original, in thousandths of the type size."""
MISSING = ".notdef"
_reading = threading.Lock()  # the font is read piece by piece, which two threads must not do at once


def typeface(text: str) -> bytes:
    """A TrueType font with the glyphs of ``text``; what it lacks shows as an empty box."""
    with _reading:
        font = _font()
        known = font.getBestCmap()
        names = {ord(char): known[ord(char)] for char in sorted(set(text)) if ord(char) in known}
        order = [MISSING, *sorted(set(names.values()) - {MISSING})]
        drawn = {name: _drawn(font, name) for name in order}
        widths = {name: font["hmtx"][name][0] for name in order}
        across, units = font["hhea"], font["head"].unitsPerEm
    builder = FontBuilder(units, isTTF=True)
    builder.setupGlyphOrder(order)
    builder.setupCharacterMap(names)
    builder.setupGlyf(drawn)
    builder.setupHorizontalMetrics({name: (widths[name], getattr(drawn[name], "xMin", 0)) for name in order})
    builder.setupHorizontalHeader(ascent=across.ascent, descent=across.descent)
    builder.setupNameTable({"familyName": NAME, "styleName": "Regular", "psName": NAME.replace(" ", "")})
    builder.setupOS2(sTypoAscender=across.ascent, sTypoDescender=across.descent)
    builder.setupPost()
    out = io.BytesIO()
    builder.save(out)
    return out.getvalue()


def _drawn(font: TTFont, name: str) -> Glyph:
    pen = TTGlyphPen(None)
    font.getGlyphSet()[name].draw(Cu2QuPen(pen, TOLERANCE, reverse_direction=True))
    return pen.glyph()


@lru_cache(maxsize=1)
def _font() -> TTFont:
    return TTFont(sans_path(), lazy=True)
