"""The electronic document of a granted case as a PDF, with a QR code that leads to /verify.

The glyphs that it needs are embedded, so it looks the same on every phone and printer.
"""

from __future__ import annotations

import io
import threading

from reportlab.graphics import renderPDF
from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from gateway.cases.certificates import Facts, shown
from gateway.cases.typeface import typeface

FONT = "document"
INK, SOFT, LINE, TEAL = (HexColor(c) for c in ("#1d2b2d", "#4d5b5d", "#d9d2c4", "#0b5f66"))
LEFT, RIGHT = 25 * mm, A4[0] - 25 * mm
QR_SIDE = 34 * mm
LONGEST_LINE = 28  # characters of a value
HEADING, TYPED = "办理结果告知单", "验证码"
SAID = "您申请的事项已经办好。结果以办理部门的记录为准。"
CHECK = ("扫左边的二维码，或者打开下面的网址输入验证码，", "就能核对这张告知单是真是假。")
_drawing = threading.Lock()  # reportlab knows fonts by name, for the whole process


def render(facts: Facts, department: str, result: str, verify_url: str, home: str) -> bytes:
    """The PDF. ``department`` and ``home`` (the city) are names, ``result`` what was granted;
    ``verify_url`` is the address in the QR code."""
    rows = _rows(facts, department, result)
    words = "".join((HEADING, SAID, TYPED, *CHECK, home, verify_url, facts.code, *map("".join, rows), " ·0123456789"))
    font = TTFont(FONT, io.BytesIO(typeface(words)))
    with _drawing:
        pdfmetrics.registerFont(font)
        try:
            return _drawn(facts, rows, department, verify_url, home)
        finally:  # reportlab has no way to forget a font, and keeps the first of a name for ever
            pdfmetrics._fonts.pop(FONT)
            pdfmetrics._dynFaceNames.pop(font.face.name)


def _rows(facts: Facts, department: str, result: str) -> list[tuple[str, str]]:
    rows = [
        ("受理编号", facts.receipt), ("办理事项", facts.item_name), ("申请人", facts.name or "—"),
        ("证件号码", facts.id_number or "—"), ("办理部门", department),
        ("部门办件号", facts.reference or "—"), ("办理结果", "准予"), ("结果名称", result),
        ("办结日期", f"{facts.decided_on.year} 年 {facts.decided_on.month} 月 {facts.decided_on.day} 日"),
    ]
    return [row for row in rows if row[1] != "—"]


def _drawn(
    facts: Facts, rows: list[tuple[str, str]], department: str, verify_url: str, home: str
) -> bytes:
    out = io.BytesIO()
    page = Canvas(out, pagesize=A4, invariant=True)
    page.setTitle(f"{HEADING} {facts.receipt}")
    page.setAuthor(department)
    _head(page, home, department)
    bottom = _table(page, rows, A4[1] - 75 * mm)
    _proof(page, facts.code, verify_url, bottom - 22 * mm)
    page.showPage()
    page.save()
    return out.getvalue()


def _head(page: Canvas, home: str, department: str) -> None:
    top = A4[1]
    page.setFillColor(TEAL)
    page.rect(0, top - 8 * mm, A4[0], 8 * mm, stroke=0, fill=1)
    page.setFillColor(SOFT)
    page.setFont(FONT, 11)
    page.drawString(LEFT, top - 26 * mm, f"{home} · {department}")
    page.setFillColor(INK)
    page.setFont(FONT, 24)
    page.drawString(LEFT, top - 42 * mm, HEADING)
    page.setFont(FONT, 11)
    page.setFillColor(SOFT)
    page.drawString(LEFT, top - 52 * mm, SAID)


def _table(page: Canvas, rows: list[tuple[str, str]], y: float) -> float:
    """Draw the rows from ``y`` down; returns where they end."""
    page.setStrokeColor(LINE)
    for label, value in rows:
        page.setFont(FONT, 11)
        page.setFillColor(SOFT)
        page.drawString(LEFT, y, label)
        page.setFillColor(INK)
        page.setFont(FONT, 12)
        lines = [value[n:n + LONGEST_LINE] for n in range(0, len(value), LONGEST_LINE)]
        for line in lines:
            page.drawString(LEFT + 36 * mm, y, line)
            y -= 7 * mm
        page.line(LEFT, y + 3 * mm, RIGHT, y + 3 * mm)
        y -= 4 * mm
    return y


def _proof(page: Canvas, code: str, verify_url: str, y: float) -> None:
    widget = QrCodeWidget(verify_url, barLevel="M")
    x0, y0, x1, y1 = widget.getBounds()
    scale = QR_SIDE / max(x1 - x0, y1 - y0)
    drawing = Drawing(QR_SIDE, QR_SIDE, transform=[scale, 0, 0, scale, -x0 * scale, -y0 * scale])
    drawing.add(widget)
    renderPDF.draw(drawing, page, LEFT, y - QR_SIDE + 8 * mm)
    x = LEFT + QR_SIDE + 8 * mm
    page.setFillColor(SOFT)
    page.setFont(FONT, 11)
    page.drawString(x, y, TYPED)
    page.setFillColor(INK)
    page.setFont(FONT, 17)
    page.drawString(x, y - 9 * mm, shown(code))
    page.setFillColor(SOFT)
    page.setFont(FONT, 10)
    page.drawString(x, y - 18 * mm, CHECK[0])
    page.drawString(x, y - 24 * mm, CHECK[1])
    page.drawString(x, y - 32 * mm, verify_url.partition("?")[0])
