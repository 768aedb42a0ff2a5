"""Photos of documents: checked, sealed, sent with what they belong to, deleted by age."""

from __future__ import annotations

import io
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select

from connectors.answers import Answer
from connectors.bodies import Attachment as Sent
from connectors.manifest import Manifest
from gateway.cases.attachments import Attachments, files_of
from gateway.cases.delivery import Delivery
from gateway.cases.drafts import DraftView
from gateway.cases.examples import example_answers
from gateway.cases.pictures import read_picture
from gateway.cases.scanning import no_scan, scan_with
from gateway.core import Core
from gateway.errors import CitizenError
from gateway.store.tables import Attachment
from tests.support.papers import pdf
from tests.unit.cases.conftest import Clock

MIB = 2**20
DAY = 24 * 3600


def photo(kind: str = "JPEG", **more: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "teal").save(out, kind, **more)
    return out.getvalue()


@dataclass
class Recording:
    """A department that takes files, and remembers what it was sent."""

    manifest: Manifest
    files: list[Sent] = field(default_factory=list)

    def offers(self, operation: str) -> bool:
        return operation in self.manifest.operations

    def call(self, operation: str, values: Any, *, files: Any = (), **more: Any) -> Answer:
        self.files += files
        return Answer(reference="R1", status="submitted")


class TakesFiles:
    """Departments of which each is the one that takes files."""

    def __init__(self, core: Core) -> None:
        connector = core.connectors.get("public-security")
        assert connector is not None
        manifest = connector.manifest
        sends = manifest.sends.copy(update={"files": "file"})
        self.department = Recording(manifest.copy(update={"sends": sends}))

    def get(self, department: str) -> Recording:
        return self.department


@pytest.fixture
def taking(core: Core) -> TakesFiles:
    return TakesFiles(core)


@pytest.fixture
def attachments(core: Core, taking: TakesFiles) -> Attachments:
    return Attachments(core.store, taking, lambda: core.live.current, no_scan, MIB)  # type: ignore[arg-type]


def test_a_photo_goes_to_the_department_with_the_application_it_was_sent_for(
    core: Core, citizen: str, draft: DraftView, attachments: Attachments, taking: TakesFiles
) -> None:
    assert attachments.add(citizen, photo()).count == 1
    assert attachments.add(citizen, photo("PNG")).count == 2
    case = core.cases.submit(citizen, draft.id)
    Delivery(core.store, taking, lambda d: d).step()  # type: ignore[arg-type]
    assert core.cases.by_receipt(citizen, case.receipt).delivery == "delivered"
    sent = taking.department.files
    assert {f.name[:2] for f in sent} == {"1.", "2."}  # both were sent at the same moment of the tests' clock
    assert {(f.name[2:], f.content_type) for f in sent} == {("jpg", "image/jpeg"), ("png", "image/png")}
    assert all(Image.open(io.BytesIO(f.content)).size == (60, 40) for f in sent)


def test_a_photo_lies_sealed(core: Core, citizen: str, draft: DraftView, attachments: Attachments) -> None:
    attachments.add(citizen, photo())
    with core.store.read() as session:
        row = session.scalars(select(Attachment)).one()
    assert b"\xff\xd8\xff" not in bytes(row.content_sealed)
    assert core.store.cipher.open_bytes(row.content_sealed).startswith(b"\xff\xd8\xff")


def test_a_department_that_takes_no_files_gets_none_and_the_citizen_is_told(
    core: Core, citizen: str, draft: DraftView
) -> None:
    with pytest.raises(CitizenError, match="utter_attachment_not_wanted"):
        core.attachments.add(citizen, photo())


def test_a_photo_without_anything_open_is_not_kept(
    core: Core, citizen: str, attachments: Attachments
) -> None:
    with pytest.raises(CitizenError, match="utter_attachment_nowhere"):
        attachments.add(citizen, photo())


def test_of_one_application_nine_photos_are_kept(
    citizen: str, draft: DraftView, attachments: Attachments
) -> None:
    for _ in range(9):
        attachments.add(citizen, photo())
    with pytest.raises(CitizenError, match="utter_attachment_enough"):
        attachments.add(citizen, photo())


@pytest.mark.parametrize(("content", "response"), [
    (b"", "utter_attachment_kind"),
    (b"MZ\x90\x00", "utter_attachment_kind"), (photo("GIF"), "utter_attachment_kind"),
    (photo()[:200], "utter_attachment_broken"), (b"\xff\xd8\xff<script>", "utter_attachment_broken"),
    (photo() + b"x" * MIB, "utter_attachment_large"),
])
def test_what_is_no_good_photo_is_refused_with_its_reason(content: bytes, response: str) -> None:
    with pytest.raises(CitizenError, match=response):
        read_picture(content, MIB)


def test_a_picture_with_too_many_pixels_is_refused() -> None:
    out = io.BytesIO()
    Image.new("1", (9000, 9000)).save(out, "PNG")
    with pytest.raises(CitizenError, match="utter_attachment_broken"):
        read_picture(out.getvalue(), MIB)


def test_a_photo_is_kept_without_place_camera_or_anything_that_stands_behind_it() -> None:
    exif = Image.Exif()
    exif[0x010F] = "secret camera"
    kept = read_picture(photo(exif=exif) + b"PK\x03\x04 hidden archive", MIB).content
    assert b"secret camera" not in kept
    assert b"hidden archive" not in kept


@pytest.mark.parametrize(("code", "response"), [
    ("import sys; sys.stdin.buffer.read(); sys.exit(1)", "utter_attachment_infected"),
    ("import sys; sys.exit(2)", "utter_attachment_unscanned"),
])
def test_a_photo_that_the_scanner_does_not_pass_is_not_kept(
    core: Core, citizen: str, draft: DraftView, taking: TakesFiles, code: str, response: str
) -> None:
    scan = scan_with(f'{sys.executable} -c "{code}"')
    attachments = Attachments(core.store, taking, lambda: core.live.current, scan, MIB)  # type: ignore[arg-type]
    with pytest.raises(CitizenError, match=response):
        attachments.add(citizen, photo())
    assert attachments.of_draft(draft.id) == 0


def test_a_scanner_that_is_not_there_refuses_and_one_that_finds_nothing_passes() -> None:
    with pytest.raises(CitizenError, match="utter_attachment_unscanned"):
        scan_with(str(Path("/nowhere/scanner")))(b"x")
    scan_with(f'{sys.executable} -c "import sys; sys.exit(len(sys.stdin.buffer.read()) != 1)"')(b"x")


def test_a_draft_that_was_left_is_erased_with_its_photos_and_its_citizen_hears_why(
    core: Core, clock: Clock, citizen: str, draft: DraftView, attachments: Attachments
) -> None:
    attachments.add(citizen, photo())
    clock.forward(29 * DAY)
    core.retention.go()
    assert core.drafts.latest(citizen) is not None
    clock.forward(2 * DAY)
    core.retention.go()
    assert core.drafts.latest(citizen) is None
    assert core.drafts.expired(citizen) == draft.item
    assert attachments.of_draft(draft.id) == 0


def test_a_draft_that_is_given_up_loses_its_photos_at_once(
    core: Core, citizen: str, draft: DraftView, attachments: Attachments
) -> None:
    attachments.add(citizen, photo())
    core.drafts.drop(citizen, draft.id)
    assert attachments.of_draft(draft.id) == 0


def test_photos_are_deleted_a_month_after_their_case_has_ended(
    core: Core, clock: Clock, citizen: str, draft: DraftView, attachments: Attachments
) -> None:
    attachments.add(citizen, photo())
    case = core.cases.submit(citizen, draft.id)
    clock.forward(40 * DAY)
    core.retention.go()
    assert _kept(core) == 1, "a case that goes on keeps its photos"
    core.desk.take_news("public-security", receipt=case.receipt, status="done_granted")
    clock.forward(31 * DAY)
    core.retention.go()
    assert _kept(core) == 0


@pytest.fixture
def enrolment(core: Core, citizen: str) -> DraftView:
    """A child's enrolment that is complete but for the question for files."""
    item = core.live.current.items["school-enrolment"]
    draft = core.drafts.start(citizen, item)
    given = {**example_answers(core.live.current, item), "school_enrolment_ground": "residence-permit"}
    for element, value in given.items():
        draft = core.drafts.answer(citizen, draft.id, element, value)
    return draft


def test_a_file_answers_the_question_that_takes_it_and_is_named_after_it(
    core: Core, citizen: str, enrolment: DraftView
) -> None:
    contract = pdf()
    kept = core.attachments.add(citizen, contract)
    assert (kept.target.element, kept.target.most, kept.full) == ("residence_proof", 3, False)
    core.drafts.answer(citizen, enrolment.id, "residence_proof", "1")
    assert core.attachments.add(citizen, photo()).count == 2
    assert core.drafts.load(citizen, enrolment.id).answers["residence_proof"] == "2", "sent later, counted too"
    assert core.attachments.add(citizen, photo()).full
    with pytest.raises(CitizenError, match="utter_attachment_enough"):
        core.attachments.add(citizen, photo())
    core.cases.submit(citizen, enrolment.id)
    with core.store.read() as session:
        submission = session.scalars(select(Attachment.submission_id).limit(1)).one()
        files = files_of(session, core.store, submission)
    assert {f.name.rpartition("-")[0] for f in files} == {"residence_proof"}
    assert contract in [f.content for f in files]


def test_files_of_a_question_that_no_longer_applies_are_not_sent(
    core: Core, citizen: str, enrolment: DraftView
) -> None:
    core.attachments.add(citizen, pdf())
    core.drafts.answer(citizen, enrolment.id, "residence_proof", "1")
    core.drafts.answer(citizen, enrolment.id, "school_enrolment_ground", "local-hukou")
    core.cases.submit(citizen, enrolment.id)
    assert _kept(core) == 0


def test_a_link_takes_files_for_its_own_application_only_and_while_that_is_open(
    core: Core, citizen: str, enrolment: DraftView
) -> None:
    link = core.attachment_links.for_citizen(citizen).split("/")[-2]
    kept = core.attachment_links.add(link, pdf())
    assert kept is not None
    assert kept.target.name == "租房合同"
    assert core.attachment_links.add(link[:-2] + "xx", pdf()) is None, "a forged link"
    core.drafts.answer(citizen, enrolment.id, "residence_proof", "1")
    core.cases.submit(citizen, enrolment.id)
    assert core.attachment_links.target(link) is None
    with pytest.raises(CitizenError, match="utter_attachment_nowhere"):
        core.attachment_links.for_citizen(citizen)


def _kept(core: Core) -> int:
    with core.store.read() as session:
        return len(session.scalars(select(Attachment.id)).all())
