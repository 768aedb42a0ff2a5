"""Which service item a turn is about: named, chosen, or the one talked about before."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, field
from typing import Any

from rasa_sdk.events import EventType

from actions.feelings import FEELINGS, feeling_in
from actions.questions import answered_question
from actions.turn import Say, Turn, announce_waiting, button, remember
from gateway.cases.values import find_ordinal
from gateway.catalogue.model import Flow, ServiceItem
from gateway.understanding.text import normalise

FOLLOW_UP = re.compile(r"^(?:那|它|这个|这|那个|刚才|还|另外|然后)")
BACK = re.compile(r"回到(?:刚才|刚刚|之前|前面|先前)?(?:说的|的)?(?:那个|那件)?|之前那个|之前那件|上一个|前一个|前面那个|最开始那个|先前那个")
GENERIC = re.compile(
    r"等一?下|等等|稍等|对了|请问|您好|你好|几多|边度|点样|点算|几时|拿到|领到|拿|几点|开门|关门|上班|下班|周末|什么人|什么|怎么|怎样|如何|多少|哪里|哪儿|几天|多久|材料|东西|证件|手续|流程|条件|费用|收费|时间|地方|地址|电话|"
    r"依据|法律|网上|线上|现场|窗口|需要|可以|能不能|申请|办理|预约|咨询|问一下|想问|我想|我要|[办要带交准备能在哪吗呢啊吧呀的了是有我你您这那个它下去得不钱久天点时候咩嘅喺系唔?？。，,! ]"
)
"""What stands in a question about any service: the rest, if there is one, names the matter."""
MOST_CHOICES = 4
LIKELY = 0.5
LEAST_OFFERED = 0.05
LEAST_SUBJECT, STORY = 2, 6
"""So many characters beside the generic words name a matter; so many tell a story of their own."""
KIN_RUN = 3
"""Items of one department whose names share so many characters in a row are about one thing (居民身份证)."""
PLACE = re.compile(r"第\s*(?:[一二两三四五六七八九]|[1-9])\s*[个项种件条]")
CORRECTS = re.compile(r"^那.{1,8}呢|^(?:不是|不对|错了|说错|搞错)|我(?:要|说|问)的是")
"""Goes on about the thing in talk, or puts it right."""
OFTEN = ("id-card-lost", "social-security-card-lost", "housing-fund-rent", "medical-remote-filing")
"""What people come for most; offered when nothing else is known."""


@dataclass(frozen=True)
class Found:
    """The item, or the candidates to choose from; both empty when nothing fits."""

    item: ServiceItem | None = None
    candidates: list[ServiceItem] = field(default_factory=list)


def find_item(turn: Turn) -> Found:
    """Read the item off the turn: a button's, the matcher's, or the one remembered."""
    named = turn.item(turn.entities.get("item"))
    if named:
        return Found(named)
    known = turn.item(turn.slot("item"))
    subject = named_in(turn.text)
    offered = [i for i in (turn.item(c["item"]) for c in turn.slot("candidates") or []) if i]
    place = placed(turn.text)
    if place and place <= len(offered):
        return Found(offered[place - 1])
    named_one = called(offered, turn.text) if turn.slot("state") == "clarifying" else None
    if named_one:
        return Found(named_one)
    if offered and turn.slot("state") == "clarifying" and len(subject) < LEAST_SUBJECT:
        return Found(candidates=offered[:MOST_CHOICES])  # 多少钱, before it is known of which
    if BACK.search(turn.text) and len(BACK.sub("", subject)) < LEAST_SUBJECT:
        known = turn.item(turn.slot("item_before")) or known
        return Found(known)
    if known and len(subject) < LEAST_SUBJECT:
        return Found(known)
    best = turn.matches[0] if turn.matches else None
    goes_on = known and (_concerns(known, turn.text) or answered_question(known, turn.text) is not None)
    if goes_on and not _speaks_of_another(best, subject):
        return Found(known)
    if known and turn.clarify and known.item in {m["item"] for m in turn.matches[:2]}:
        return Found(known)
    if best is None:
        return Found()
    meant = turn.item(best["item"])
    if meant and not turn.clarify and best["score"] >= LIKELY and CORRECTS.search(turn.text):
        return Found(nearer_kin(turn, meant) or meant)
    if not turn.clarify and best["score"] >= LIKELY:
        return Found(meant)
    likely = [i for i in (turn.item(m["item"]) for m in turn.matches if m["score"] >= LEAST_OFFERED) if i]
    if known and likely and best["score"] < LIKELY:  # 没丢，我是第一次办: of the thing in talk, most likely
        own = [i for i in (turn.item(m["item"]) for m in turn.matches) if i and are_kin(known, i)]
        likely = list({i.item: i for i in [*own, *likely]}.values())
    return Found(candidates=likely[:MOST_CHOICES] if turn.clarify else [])


def called(offered: list[ServiceItem], text: str) -> ServiceItem | None:
    """租房, after 租房提取 and 购房提取 were offered: the only one that goes by those words."""
    said = re.sub(r"^(?:我?[是要想选]|就)+|[的吧了。.!！ ]+$", "", normalise(text))
    fits = [i for i in offered if any(said in name for name in map(normalise, _names(i)))] if len(said) >= LEAST_SUBJECT else []
    return fits[0] if len(fits) == 1 else None


def placed(text: str) -> int | None:
    """Which of a list: 第二个, and 第二个要多少钱."""
    match = PLACE.match(text.strip())
    return find_ordinal(match.group() if match else text)


def are_kin(one: ServiceItem, other: ServiceItem) -> bool:
    """Whether two items are about one thing: 居民身份证丢失补领, 居民身份证有效期满换领."""
    if one.department != other.department or one.item == other.item:
        return False
    match = difflib.SequenceMatcher(None, one.name, other.name, autojunk=False).find_longest_match()
    return match.size >= KIN_RUN


def nearer_kin(turn: Turn, meant: ServiceItem) -> ServiceItem | None:
    """The item about the same thing as the one in talk, where the words fit it as well as ``meant``:
    换证, after the identity card was talked about."""
    known = turn.item(turn.slot("item"))
    if known is None or known.item == meant.item or are_kin(known, meant):
        return None
    said = _pairs_of(turn.text)
    fits = said & _pairs_of(*_names(meant))
    if not fits:
        return None
    kin = (turn.item(m["item"]) for m in turn.matches)
    return next((i for i in kin if i and are_kin(known, i) and fits <= _pairs_of(*_names(i))), None)


def _names(item: ServiceItem) -> tuple[str, ...]:
    return (item.name, *item.aliases)


def _pairs_of(*texts: str) -> set[str]:
    return {t[k:k + 2] for t in map(normalise, texts) for k in range(len(t) - 1)}


def _speaks_of_another(best: dict[str, Any] | None, subject: str) -> bool:
    """Whether the text says enough to leave the item in talk: its words, or a story that fits one."""
    if best is None:
        return False
    return bool(best["score"] >= LIKELY and (best["named"] or len(subject) >= STORY))


def _concerns(item: ServiceItem, text: str) -> bool:
    """Whether the text may go on about ``item``: it names nothing, or something of its guide."""
    subject = named_in(text)
    if len(subject) < LEAST_SUBJECT or FOLLOW_UP.match(text):
        return True
    guide = item.json(ensure_ascii=False)
    return any(subject[k:k + 2] in guide for k in range(len(subject) - 1))


def named_in(text: str) -> str:
    """What is left of a question without the words that stand in every question."""
    return "" if text.startswith("/") else GENERIC.sub("", FEELINGS["upset"].sub("", normalise(text)))


def ask_which(turn: Turn, say: Say, candidates: list[ServiceItem], act: str) -> list[EventType]:
    """One short question with at most four choices and 都不是; without candidates, what is on offer."""
    pending = {"act": act, "aspect": turn.aspect}
    if not candidates and turn.slot("script") == "en":
        say("utter_english_which")
        return remember(pending=pending, state="clarifying")
    if not candidates and turn.filling:
        say("utter_help_filling")
        return []
    if not candidates and feeling_in(turn.whole) == "upset":
        say("utter_abuse")  # a sentence for themselves, and a human
        return remember(state="unsure")
    if not candidates:
        named = len(named_in(turn.text)) >= LEAST_SUBJECT
        say("utter_no_such_item" if named else "utter_which_item", buttons=popular(turn))
        return remember(pending=pending, state="clarifying")
    announce_waiting(turn, say)
    none = button("都不是", "deny")
    if len(candidates) == 1:
        only = candidates[0]
        yes, no = button("对", "choose", item=only.item), button("不是", "deny")
        say("utter_did_you_mean", item=only.name, buttons=[yes, no])
    elif turn.slot("script") == "en":
        titles = [button(i.english.name if i.english else i.name, "choose", item=i.item) for i in candidates]
        say("utter_english_which", buttons=titles)
    else:
        say("utter_choose_item", buttons=[*(button(i.name, "choose", item=i.item) for i in candidates), none])
    kept = [{"item": i.item, "name": i.name} for i in candidates]
    return remember(candidates=kept, pending=pending, state="clarifying")


def popular(turn: Turn, department: str | None = None) -> list[dict[str, str]]:
    """Buttons of items that can be done here, the doable ones first."""
    items = turn.catalogue.items_of(department) if department else list(turn.catalogue.items.values())
    doable = sorted(items, key=lambda i: (i.flow is Flow.guide, i.item))
    spread = [] if department else [i for i in map(turn.item, OFTEN) if i]
    for item in doable:
        if department or item.department not in {i.department for i in spread}:
            spread.append(item)
    return [button(i.name, "consult", item=i.item) for i in spread[:MOST_CHOICES]]
