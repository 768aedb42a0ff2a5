"""Coming back after half an hour, five hours, three days: the draft and the matter are there, and it is said so."""

from __future__ import annotations

import datetime as dt
import uuid
import warnings
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest

from gateway.core import Core, open_core
from gateway.settings import load
from gateway.understanding.training import trained_model
from tests.support.departments import Departments

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # Rasa's dependencies warn while they are imported
    from actions.turn import _core, install
    from gateway.channels.agent import load_agent
    from gateway.channels.door import Door
    from gateway.channels.limits import LocalLimit

pytestmark = pytest.mark.filterwarnings("ignore")  # Rasa's own

Talk = Callable[..., Awaitable[dict[str, Any]]]


class Clock:
    """A clock that moves when told."""

    def __init__(self) -> None:
        self.now = dt.datetime(2026, 11, 23, 2, 0, tzinfo=dt.timezone.utc)

    def __call__(self) -> dt.datetime:
        return self.now

    def forward(self, **time: float) -> None:
        """Let time pass."""
        self.now += dt.timedelta(**time)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, departments: Departments) -> Iterator[tuple[Clock, Door]]:
    """The door with the trained model behind it, and its clock; each test comes as another sender."""
    addresses = ",".join(f"{k}={v}" for k, v in departments.addresses.items())
    core: Core = open_core(load(
        home=tmp_path_factory.mktemp("home"), connector_addresses=addresses,
        connector_secrets=departments.secrets_file,
    ))
    core.store.clock = clock = Clock()
    before = list(_core)
    install(core)
    door = Door(core, LocalLimit(1000))
    door.agent = load_agent(trained_model(core.settings), core.store, "", door.record)
    yield clock, door
    _core[:] = before
    core.close()


@pytest.fixture
def clock(place: tuple[Clock, Door]) -> Clock:
    """The clock of all parts, set back to the same morning."""
    place[0].now = Clock().now
    return place[0]


@pytest.fixture
def talk(place: tuple[Clock, Door]) -> Talk:
    """Says one message through the door; answers with all that was said, act, item and state."""
    door, sender = place[1], uuid.uuid4().hex

    async def say(message: str) -> dict[str, Any]:
        replies = await door.handle("rest", sender, message)
        return {"text": "\n".join(r["text"] for r in replies), **replies[-1].get("custom", {})}

    return say


async def begun(talk: Talk) -> None:
    """An application with two answers, the phone asked for."""
    for message in ("我要补办身份证", "王小明", "11010519491231002X"):
        told = await talk(message)
    assert told["expects"]["element"] == "phone"


async def test_after_half_an_hour_an_application_simply_goes_on(talk: Talk, clock: Clock) -> None:
    await begun(talk)
    clock.forward(minutes=30)
    told = await talk("13800138000")
    assert told["expects"]["element"] == "lost_on"
    assert "接着上次" not in told["text"]


@pytest.mark.parametrize("silence", [{"hours": 5}, {"days": 3}])
async def test_after_hours_an_answer_is_taken_and_it_is_said_what_is_being_filled_in(
    talk: Talk, clock: Clock, silence: dict[str, float]
) -> None:
    await begun(talk)
    clock.forward(**silence)
    told = await talk("13800138000")
    assert told["expects"]["element"] == "lost_on"
    assert "接着上次的居民身份证丢失补领填，已经填了 3 项" in told["text"]
    assert "接着上次" not in (await talk("昨天"))["text"]  # said once


@pytest.mark.parametrize("silence", [{"hours": 5}, {"days": 3}])
async def test_after_hours_a_greeting_is_answered_and_the_question_asked_again(
    talk: Talk, clock: Clock, silence: dict[str, float]
) -> None:
    await begun(talk)
    clock.forward(**silence)
    told = await talk("你好")
    assert told["act"] == "greet"
    assert told["expects"]["element"] == "phone"
    assert "接着上次的居民身份证丢失补领填，已经填了 2 项" in told["text"]
    assert "我们接着填" not in told["text"]


@pytest.mark.parametrize("silence", [{"minutes": 30}, {"hours": 5}, {"days": 3}])
async def test_a_draft_that_was_left_is_there_after_any_time(
    talk: Talk, clock: Clock, silence: dict[str, float]
) -> None:
    await begun(talk)
    await talk("算了")
    clock.forward(**silence)
    told = await talk("接着填")
    assert told["expects"]["element"] == "phone"
    assert told["text"].count("已经填了 2 项") == 1


@pytest.mark.parametrize(("silence", "reminded"), [({"minutes": 30}, False), ({"hours": 5}, True), ({"days": 3}, True)])
async def test_a_question_without_its_matter_is_about_the_last_one_and_after_hours_that_is_said(
    talk: Talk, clock: Clock, silence: dict[str, float], reminded: bool
) -> None:
    await talk("护照怎么办")
    clock.forward(**silence)
    told = await talk("在哪办")
    assert told["item"] == "passport"
    assert ("您上次问的是普通护照签发" in told["text"]) is reminded


async def test_an_offer_is_taken_up_the_same_day_and_not_three_days_later(talk: Talk, clock: Clock) -> None:
    await talk("身份证丢了怎么补")
    clock.forward(hours=5)
    assert (await talk("好的"))["state"] == "asking"
    await talk("算了")
    await talk("身份证丢了怎么补")
    clock.forward(days=3)
    told = await talk("好的")
    assert told["state"] == "idle"
    assert "您想办哪件事" in told["text"]


async def test_a_list_of_choices_is_not_chosen_from_three_days_later(talk: Talk, clock: Clock) -> None:
    assert (await talk("公积金"))["state"] == "clarifying"
    clock.forward(days=3)
    assert (await talk("第二个"))["item"] is None
