"""Documents for tests: PDFs as offices and scanners write them, and some that hide something."""

from __future__ import annotations

import io

from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject
from reportlab.pdfgen import canvas


def pdf(pages: int = 1) -> bytes:
    """A plain PDF with a line of print on each page."""
    out = io.BytesIO()
    sheet = canvas.Canvas(out)
    for number in range(pages):
        sheet.drawString(72, 720, f"rental contract, page {number + 1}")
        sheet.showPage()
    sheet.save()
    return out.getvalue()


def photo(kind: str = "JPEG", size: tuple[int, int] = (60, 40)) -> bytes:
    """A picture of one colour."""
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, kind)
    return out.getvalue()


def noisy_photo(side: int) -> bytes:
    """A JPEG that is as large as such pictures get."""
    out = io.BytesIO()
    Image.effect_noise((side, side), 90).convert("RGB").save(out, "JPEG", quality=95)
    return out.getvalue()


def hostile(kind: str) -> bytes:
    """A PDF that is more than paper: ``script``, ``launch``, ``file``, ``hidden-name`` or ``locked``."""
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    if kind == "script":
        action = {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert(1)")}
        writer._root_object[NameObject("/OpenAction")] = DictionaryObject(action)
    elif kind == "file":
        writer.add_attachment("run.exe", b"MZ")
    elif kind == "launch":
        action = {NameObject("/S"): NameObject("/Launch"), NameObject("/F"): TextStringObject("cmd.exe")}
        writer._root_object[NameObject("/OpenAction")] = DictionaryObject(action)
    elif kind == "locked":
        writer.encrypt("secret")
    out = io.BytesIO()
    writer.write(out)
    if kind == "hidden-name":  # a name may be spelt with numbers
        return pdf().replace(b"/Type /Catalog", b"/Type /Catalog /OpenAction << /S /J#61vaScript /J#53 (x) >>")
    return out.getvalue()
