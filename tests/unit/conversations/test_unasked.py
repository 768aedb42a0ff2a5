"""What is told without a message stands in the log with the conversation that it belongs to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from gateway.conversations.log import TurnFacts, write_turn
from gateway.store.staff_tables import Conversation
from gateway.store.store import Store
from tests.unit.conversations.conftest import CITIZEN, NOW


def test_news_join_the_last_conversation_and_do_not_count_as_somebody_writing(
    store: Store, talk: Callable[..., str]
) -> None:
    yesterday = NOW - dt.timedelta(days=1)
    id = talk(2, yesterday, outcome="not_understood")
    news = TurnFacts("wechat:o1", "", [{"text": "有进展"}], state="told", unasked=True)
    with store.write() as session:
        assert write_turn(session, CITIZEN, news, NOW) == id
    with store.read() as session:
        row = session.get(Conversation, id)
        assert (row.turn_count, row.last_turn_at, row.outcome) == (3, yesterday, "not_understood")
    with store.write() as session:
        assert write_turn(session, CITIZEN, TurnFacts("wechat:o1", "你好", []), NOW) != id
