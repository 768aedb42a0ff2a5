"""Rules of reviewing: filters, transcripts with audit, verdicts, hand-offs, counts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from gateway.conversations.review import Review
from gateway.conversations.views import Filters, Transcript
from gateway.errors import StaffError
from gateway.store.staff_tables import HandOff
from gateway.store.store import Store
from gateway.store.tables import Audit, Case, Submission

from .conftest import CITIZEN, COLLEAGUE, NOW, STAFF

Talk = Callable[..., str]


def found(review: Review, **filters: Any) -> set[str]:
    return {row.id for row in review.find(Filters(**filters)).rows}


def opened(review: Review, conversation: str, staff: str = STAFF) -> Transcript:
    seen = review.transcript(conversation, staff)
    assert seen is not None
    return seen


def audits(store: Store, action: str) -> list[Audit]:
    with store.read() as session:
        return list(session.scalars(sa.select(Audit).where(Audit.action == action)))


def queries(store: Store, work: Callable[[], object]) -> int:
    """How many SELECTs ``work`` sends."""
    seen: list[str] = []

    def count(_c: Any, _cur: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    sa.event.listen(store.engine, "before_cursor_execute", count)
    work()
    sa.event.remove(store.engine, "before_cursor_execute", count)
    return sum(s.lstrip().upper().startswith("SELECT") for s in seen)


@pytest.fixture
def hand_off(store: Store) -> Callable[..., int]:
    def write(minutes_ago: int = 0, conversation: str | None = None) -> int:
        with store.write() as session:
            row = HandOff(
                citizen_id=CITIZEN, conversation_id=conversation, item="id-card-lost",
                at=NOW - dt.timedelta(minutes=minutes_ago),
            )
            session.add(row)
            session.flush()
            return int(row.id)

    return write


@pytest.fixture
def submission(store: Store) -> Callable[[str], str]:
    def write(state: str) -> str:
        with store.write() as session:
            row = Case(
                receipt=state, citizen_id=CITIZEN, item="id-card-lost", item_name="补领",
                department="public-security", status="submitted", answers_sealed=b"x",
                created_at=NOW, updated_at=NOW,
            )
            session.add(row)
            session.flush()
            session.add(Submission(
                case_id=row.id, department="public-security", operation="submit", state=state,
                idempotency_key=state, due_at=NOW, created_at=NOW, updated_at=NOW,
            ))
            return str(row.id)

    return write


def test_newest_conversations_come_first_50_a_page(review: Review, talk: Talk) -> None:
    ids = [talk(0, NOW - dt.timedelta(minutes=n)) for n in range(120)]
    pages = [review.find(Filters(), number) for number in (1, 2, 3, 4)]
    assert [row.id for page in pages for row in page.rows] == ids
    assert [len(page.rows) for page in pages] == [50, 50, 20, 0]
    assert {(page.total, page.last) for page in pages} == {(120, 3)}


def test_an_empty_log_is_one_empty_page(review: Review) -> None:
    page = review.find(Filters())
    assert (page.rows, page.total, page.last) == ([], 0, 1)


def test_dates_are_days_in_china_both_included(review: Review, talk: Talk) -> None:
    day = dt.date(2026, 11, 23)
    midnight = dt.datetime(2026, 11, 22, 16, 0, tzinfo=dt.timezone.utc)
    talk(0, midnight - dt.timedelta(seconds=1))
    first = talk(0, midnight)
    last = talk(0, midnight + dt.timedelta(hours=23, minutes=59, seconds=59))
    talk(0, midnight + dt.timedelta(days=1))
    assert found(review, date_from=day, date_to=day) == {first, last}


@pytest.mark.parametrize(
    ("columns", "filters"),
    [
        ({"department": "public-security"}, {"department": "public-security"}),
        ({"item": "id-card-lost"}, {"item": "id-card-lost"}),
        ({"outcome": "not_understood"}, {"outcome": "not_understood"}),
        ({"handed_off": True}, {"handed_off": True}),
        ({"least_confidence": 0.59}, {"confidence_below": 0.6}),
    ],
)
def test_each_filter_finds_its_own_and_nothing_else(
    review: Review, talk: Talk, columns: dict[str, Any], filters: dict[str, Any]
) -> None:
    wanted = talk(1, **columns)
    talk(1, department="other", item="other", least_confidence=0.6)
    talk(1, least_confidence=None)
    assert found(review, **filters) == {wanted}


def test_filters_are_taken_together(review: Review, talk: Talk) -> None:
    both = talk(1, item="id-card-lost", handed_off=True)
    talk(1, item="id-card-lost")
    talk(1, handed_off=True)
    assert found(review, item="id-card-lost", handed_off=True) == {both}


def test_a_conversation_counts_as_reviewed_once_any_turn_has_a_verdict(
    review: Review, talk: Talk
) -> None:
    seen, unseen = talk(3), talk(3)
    turn = opened(review, seen).turns[1]
    review.judge(turn.id, STAFF, "right")
    assert found(review, unreviewed=True) == {unseen}
    assert {row.id: row.reviewed for row in review.find(Filters()).rows} == {seen: 1, unseen: 0}


def test_a_list_costs_the_same_number_of_queries_however_long(
    review: Review, store: Store, talk: Talk
) -> None:
    talk(2)
    short = queries(store, lambda: review.find(Filters()))
    for _ in range(40):
        talk(2)
    assert queries(store, lambda: review.find(Filters())) == short <= 3


def test_a_transcript_costs_the_same_number_of_queries_however_long(
    review: Review, store: Store, talk: Talk
) -> None:
    one, many = talk(1), talk(300)
    short = queries(store, lambda: opened(review, one))
    assert queries(store, lambda: opened(review, many)) == short <= 4


def test_a_transcript_shows_turns_in_order_with_their_case(
    review: Review, store: Store, talk: Talk, submission: Callable[[str], str]
) -> None:
    conversation = talk(3)
    case = submission("queued")
    with store.write() as session:
        session.execute(sa.text("update turns set case_id = :c where number = 3"), {"c": case})
    seen = opened(review, conversation)
    assert [turn.number for turn in seen.turns] == [1, 2, 3]
    assert [turn.case and turn.case.receipt for turn in seen.turns] == [None, None, "queued"]


def test_every_view_of_a_transcript_leaves_an_audit_row(
    review: Review, store: Store, talk: Talk
) -> None:
    conversation = talk(1)
    opened(review, conversation, STAFF)
    opened(review, conversation, COLLEAGUE)
    rows = audits(store, "view_transcript")
    assert [(row.actor, row.target, row.at) for row in rows] == [
        ("admin", conversation, NOW), ("li", conversation, NOW),
    ]


def test_no_transcript_is_read_when_its_audit_row_cannot_be_written(
    review: Review, store: Store, talk: Talk
) -> None:
    conversation = talk(1)
    with store.write() as session:
        session.execute(sa.text("drop table audit"))
    with pytest.raises(sa.exc.OperationalError):
        review.transcript(conversation, STAFF)


def test_an_unknown_conversation_is_none_and_not_audited(review: Review, store: Store) -> None:
    assert review.transcript("0" * 32, STAFF) is None
    assert audits(store, "view_transcript") == []


def test_a_verdict_is_kept_with_its_judge_time_and_masked_note(
    review: Review, store: Store, talk: Talk
) -> None:
    conversation = talk(2)
    turn = opened(review, conversation).turns[1]
    assert review.judge(turn.id, STAFF, "wrong", "回 13800138000") == (conversation, 2)
    seen = opened(review, conversation).turns[1]
    assert (seen.verdict, seen.note, seen.judge) == ("wrong", "回 138****8000", "admin")
    assert seen.judged_at == NOW


def test_a_later_verdict_replaces_the_earlier_one_and_both_are_audited(
    review: Review, store: Store, talk: Talk
) -> None:
    conversation = talk(1)
    turn = opened(review, conversation).turns[0]
    review.judge(turn.id, STAFF, "wrong", "第一次")
    review.judge(turn.id, COLLEAGUE, "right")
    seen = opened(review, conversation).turns[0]
    assert (seen.verdict, seen.note, seen.judge) == ("right", None, "li")
    assert [(row.actor, row.detail) for row in audits(store, "judge_turn")] == [
        ("admin", {"turn": 1, "verdict": "wrong"}),
        ("li", {"turn": 1, "verdict": "right", "was": "wrong"}),
    ]


def test_a_note_over_500_characters_is_refused_and_changes_nothing(
    review: Review, talk: Talk
) -> None:
    conversation = talk(1)
    turn = opened(review, conversation).turns[0]
    with pytest.raises(StaffError, match="最多 500 字，现在有 501 字"):
        review.judge(turn.id, STAFF, "wrong", "长" * 501)
    assert opened(review, conversation).turns[0].verdict is None
    assert review.judge(turn.id, STAFF, "wrong", "长" * 500)


def test_judging_an_unknown_turn_is_none_and_not_audited(review: Review, store: Store) -> None:
    assert review.judge(99, STAFF, "right") is None
    assert audits(store, "judge_turn") == []


def test_who_waits_longest_for_a_human_stands_first(
    review: Review, talk: Talk, hand_off: Callable[..., int]
) -> None:
    late, early = hand_off(1, talk(1, channel="wechat")), hand_off(30)
    assert [(h.id, h.channel) for h in review.hand_offs()] == [(early, None), (late, "wechat")]


def test_a_settled_request_leaves_the_queue_and_stays_in_the_full_list(
    review: Review, store: Store, hand_off: Callable[..., int]
) -> None:
    number = hand_off()
    assert review.settle_hand_off(number, STAFF)
    assert review.hand_offs() == []
    (line,) = review.hand_offs(open_only=False)
    assert (line.settled_by, line.settled_at) == ("admin", NOW)
    assert [row.target for row in audits(store, "settle_hand_off")] == [str(number)]


def test_settling_again_keeps_the_first_member_of_staff(
    review: Review, store: Store, hand_off: Callable[..., int]
) -> None:
    number = hand_off()
    assert review.settle_hand_off(number, STAFF)
    assert review.settle_hand_off(number, COLLEAGUE)
    assert review.hand_offs(open_only=False)[0].settled_by == "admin"
    assert len(audits(store, "settle_hand_off")) == 1


def test_settling_an_unknown_request_says_so(review: Review) -> None:
    assert not review.settle_hand_off(99, STAFF)


def test_the_overview_counts_today_in_china_waiting_unsure_and_undelivered(
    review: Review, talk: Talk, hand_off: Callable[..., int], submission: Callable[[str], str]
) -> None:
    talk(1, NOW - dt.timedelta(minutes=29))
    talk(1, NOW - dt.timedelta(minutes=31), least_confidence=0.3)
    judged = talk(1, NOW - dt.timedelta(days=3), least_confidence=0.3)
    review.judge(opened(review, judged).turns[0].id, STAFF, "wrong")
    review.settle_hand_off(hand_off(), STAFF)
    hand_off()
    for state in ("queued", "unknown", "delivered", "dead"):
        submission(state)
    counts = review.counts()
    assert counts.conversations_today == 1
    assert counts.hand_offs_waiting == 1
    assert counts.low_confidence_unreviewed == 1
    assert counts.undelivered == {"queued": 1, "unknown": 1, "dead": 1}
