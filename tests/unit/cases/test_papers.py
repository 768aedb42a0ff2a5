"""What people send of their documents: paper is taken, whatever is more than paper is refused with its reason."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from gateway.cases.papers import Limits, read_paper
from gateway.errors import CitizenError
from tests.support.papers import hostile, noisy_photo, pdf, photo

MIB = 2**20
LIMITS = Limits(8 * MIB, 2 * MIB)


def test_a_pdf_keeps_its_bytes_since_it_may_be_signed() -> None:
    sent = pdf(30)
    kept = read_paper(sent, LIMITS)
    assert (kept.content_type, kept.ending) == ("application/pdf", "pdf")
    assert kept.content == sent


@pytest.mark.parametrize(("content", "response"), [
    (hostile("script"), "utter_attachment_pdf_active"),
    (hostile("launch"), "utter_attachment_pdf_active"),
    (hostile("file"), "utter_attachment_pdf_active"),
    (hostile("hidden-name"), "utter_attachment_pdf_active"),
    (hostile("locked"), "utter_attachment_pdf_locked"),
    (pdf(31), "utter_attachment_pdf_long"),
    (pdf()[:300], "utter_attachment_pdf_broken"),
    (pdf() + b"PK\x03\x04" * 500, "utter_attachment_pdf_broken"),
    (b"%PDF-1.7\n%%EOF", "utter_attachment_pdf_broken"),
    (b"PK\x03\x04 a document of an office program", "utter_attachment_kind"),
], ids=["script", "launch", "file", "hidden-name", "locked", "long", "cut", "archive-behind", "empty", "office"])
def test_what_is_more_than_paper_is_refused(content: bytes, response: str) -> None:
    with pytest.raises(CitizenError, match=response):
        read_paper(content, LIMITS)


def test_a_pdf_larger_than_the_department_takes_is_refused_with_both_sizes() -> None:
    with pytest.raises(CitizenError, match="utter_attachment_large") as refused:
        read_paper(pdf() + b" " * 3 * MIB, LIMITS)
    assert refused.value.values == {"found": "3", "most": "2"}


def test_a_photo_is_made_smaller_until_the_department_takes_it() -> None:
    sent = noisy_photo(1500)
    assert len(sent) > MIB
    kept = read_paper(sent, Limits(8 * MIB, MIB // 2))
    assert len(kept.content) <= MIB // 2
    assert Image.open(io.BytesIO(kept.content)).width >= 1000, "print must stay readable"
    assert read_paper(photo(), LIMITS).content_type == "image/jpeg"
