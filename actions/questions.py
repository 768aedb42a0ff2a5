"""The questions of a service's own guide: answered where the text asks nearly the same, or the same topic."""

from __future__ import annotations

import re

from gateway.catalogue.model import Question, ServiceItem
from gateway.understanding.text import normalise

ALIKE = 0.6
LEAST_SHARED = 0.35
"""A long question is not asked by a few of its words: 驾照丢了怎么办 is no 快到期了，正好又丢了，怎么办."""
LEAST_PAIRS = 4
LEAST_SUBJECT = 3
TOPICS = tuple(re.compile(words) for words in (
    r"代办|代领|代为|委托|(?:替|帮)(?:我|他|她|爸|妈|老|别人|家人|我们|孩子)|(?:别人|家人|家里人|老公|老婆|爱人|爸妈|父母|子女|孩子|朋友|同事|中介|爷爷|奶奶)[^，,。]{0,4}(?:替|帮|代|去|来)",
    r"找到|找着|找回|捡到|捡回",
    r"外地户口|外省户口|不是本地|非本地|没有本地户口|外地人",
    r"加急|特急|急用|快一?点|太慢|快的|提前拿|来不及|[坐乘](?:火车|高铁|飞机)|登机|赶火车|赶飞机",
    r"上门|走不动|行动不便|瘫|卧床|出不了门",
    r"取消|去不了|来不了|改约|改时间",
    r"挂失",
))
"""What people ask about any service; a guide has at most one question of each."""
_ABOUT_MYSELF = re.compile(r"^(?:帮我|替我|给我)")


def answered_question(item: ServiceItem, text: str) -> Question | None:
    """The question of the item's guide that the text asks: nearly the same one, or the only one of its topic."""
    return _nearly(item, text) or _of_topic(item, text) or _of_subject(item, text)


def named_question(item: ServiceItem, text: str) -> Question | None:
    """The question whose own words the text has; a topic alone is not enough."""
    return _nearly(item, text) or _of_subject(item, text)


def _nearly(item: ServiceItem, text: str) -> Question | None:
    asked = _pairs(text)
    near = [(*_likeness(asked, _pairs(q.ask)), q) for q in item.questions]
    best = max(near, key=lambda found: found[0], default=(0.0, 0.0, None))
    if best[0] >= ALIKE and best[1] >= LEAST_SHARED and len(asked) >= LEAST_PAIRS:
        return best[2]
    return None


def _of_subject(item: ServiceItem, text: str) -> Question | None:
    """要冷静期吗: what is left without the words of every question stands in one; guides put what is
    asked most first."""
    from actions.find_item import named_in

    subject = re.sub(r"[^\w]", "", named_in(text))
    asked = (q for q in item.questions if len(subject) >= LEAST_SUBJECT and subject in q.ask)
    return next(asked, None)


def _of_topic(item: ServiceItem, text: str) -> Question | None:
    said = _ABOUT_MYSELF.sub("", normalise(text))
    for topic in TOPICS:
        if topic.search(said):
            found = [q for q in item.questions if topic.search(q.ask)]
            if len(found) == 1:
                return found[0]
    return None


def _likeness(asked: set[str], question: set[str]) -> tuple[float, float]:
    """How much of the shorter of two texts stands in the other, and how much of the longer."""
    shared, lengths = len(asked & question), sorted((len(asked), len(question)))
    return shared / max(lengths[0], 1), shared / max(lengths[1], 1)


def _pairs(text: str) -> set[str]:
    words = re.sub(r"[^\w]|请问|一下|我想问?|可以|[吗呢啊吧]", "", text)
    return {words[k:k + 2] for k in range(len(words) - 1)}
