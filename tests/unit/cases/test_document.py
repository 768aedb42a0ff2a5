"""The document of a granted case looks the same everywhere: its typeface is in it, and nothing leaves the page."""

from __future__ import annotations

import datetime as dt
import io

from fontTools.ttLib import TTFont
from pypdf import PdfReader

from gateway.cases.certificates import Facts
from gateway.cases.document import LEFT, RIGHT, render
from gateway.cases.pdf_check import verdict
from gateway.cases.typeface import typeface

ADDRESS = "https://yiwen.example.cn/verify?code=GP3FKMWEG9J6G6PH"


def document(**change: str) -> bytes:
    told = {
        "code": "GP3FKMWEG9J6G6PH", "receipt": "YW2611296324279", "item": "public-rental", "item_name": "公共租赁住房申请",
        "department": "housing-construction", "reference": "ZJ20261129000001", "name": "阿卜杜勒·买买提",
        "id_number": "110************02X", **change,
    }
    facts = Facts(**told, decided_on=dt.date(2026, 11, 29))  # type: ignore[arg-type]
    return render(facts, "住房和城乡建设局", "公租房轮候资格通知", ADDRESS, "清河市")


def test_every_word_of_it_can_be_read_and_copied_out() -> None:
    text = PdfReader(io.BytesIO(document())).pages[0].extract_text()
    for words in ("办理结果告知单", "阿卜杜勒·买买提", "110************02X", "2026 年 11 月 29 日", "GP3F KMWE G9J6 G6PH"):
        assert words in text
    assert ADDRESS.partition("?")[0] in text


def test_its_typeface_is_embedded_and_small() -> None:
    pdf = document()
    fonts = PdfReader(io.BytesIO(pdf)).pages[0]["/Resources"]["/Font"].values()  # type: ignore[index]
    embedded = [f.get_object().get("/FontDescriptor", {}).get("/FontFile2") for f in fonts]
    assert sum(file is not None for file in embedded) == 1
    assert len(pdf) < 60_000
    assert verdict(pdf) == "good", "a document of ours can be sent to us again"


def test_documents_that_are_drawn_one_after_the_other_each_have_their_own_characters() -> None:
    texts = [PdfReader(io.BytesIO(document(name=name))).pages[0].extract_text() for name in ("龚翟", "冼邝", "龚翟")]
    assert ["龚翟" in text for text in texts] == [True, False, True]
    assert "冼邝" in texts[1]


def test_a_long_name_stays_between_the_margins() -> None:
    name = "建设工程施工许可证核发（房屋建筑和市政基础设施工程，含装修及地下空间利用）"
    places: list[tuple[float, str]] = []

    def note(text: str, current: list[float], here: list[float], *_: object) -> None:
        if text.strip():
            places.append((here[4], text.strip()))

    PdfReader(io.BytesIO(document(item_name=name))).pages[0].extract_text(visitor_text=note)
    rows = [(x, text) for x, text in places if text[0] in "建利地空"]
    assert rows
    assert all(x > LEFT and x + 12 * len(text) <= RIGHT + 1 for x, text in rows), rows


def test_a_character_that_the_font_lacks_is_an_empty_box_and_no_error() -> None:
    font = TTFont(io.BytesIO(typeface("王\U0002ffff")))
    assert set(font.getBestCmap()) == {ord("王")}
    assert font["glyf"][font.getBestCmap()[ord("王")]].numberOfContours > 0
