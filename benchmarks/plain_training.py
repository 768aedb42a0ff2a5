"""Training data of the plain project: examples, rules and stories, one set per service item."""

from __future__ import annotations

from typing import Any

from gateway.catalogue.model import Catalogue, ServiceItem

VERSION = "3.1"
MOST_ALIASES = 6
ASPECT_WORDS: dict[str, tuple[str, ...]] = {
    "materials": ("要带什么材料", "要带什么", "准备哪些资料", "需要什么证件"),
    "conditions": ("要什么条件", "哪些人能办", "有什么要求"),
    "process": ("怎么个流程", "有哪些步骤", "分几步"),
    "time_limit": ("多久能办好", "要几天", "多长时间"),
    "fee": ("要多少钱", "收费吗", "费用是多少"),
    "location": ("在哪里办", "去哪办", "地址在哪"),
    "hours": ("几点开门", "周六上班吗", "什么时间能去"),
    "phone": ("电话是多少", "打哪个电话", "咨询电话"),
    "legal_basis": ("有什么依据", "哪条法律规定的", "政策依据是什么"),
    "online": ("网上能办吗", "能不能在手机上办", "不用跑腿能办吗"),
}
WANTS = ("我要办{}", "帮我办{}", "申请{}", "我想申请{}", "现在就办{}", "给我办一下{}")
STARTS = ("帮我", "我要", "我想", "办理", "申请", "给我", "替我")


def word(item: ServiceItem) -> str:
    """The item's id as Rasa names allow it."""
    return item.item.replace("-", "_")


def consult(item: ServiceItem) -> str:
    """The intent of asking about the item."""
    return f"consult_{word(item)}"


def apply(item: ServiceItem) -> str:
    """The intent of wanting the item."""
    return f"apply_{word(item)}"


def form(item: ServiceItem) -> str:
    """The item's form."""
    return f"{word(item)}_form"


def answer(item: ServiceItem, aspect: str) -> str:
    """The response with one aspect of the item's guide."""
    return f"utter_{word(item)}_{aspect}"


def nlu(catalogue: Catalogue, heard: dict[str, list[str]]) -> dict[str, Any]:
    """Examples of every intent, with the aspect asked for as an entity."""
    blocks = dict(heard)
    blocks["ask_aspect"] = [
        start + _tagged(aspect, words)
        for aspect, phrases in ASPECT_WORDS.items() for words in phrases for start in ("", "那", "请问")
    ]
    for item in catalogue.items.values():
        blocks[consult(item)], blocks[apply(item)] = _item_examples(item)
    return {
        "version": VERSION,
        "nlu": [
            {"intent": intent, "examples": "\n".join(f"- {e}" for e in dict.fromkeys(examples)) + "\n"}
            for intent, examples in blocks.items()
        ],
    }


def _item_examples(item: ServiceItem) -> tuple[list[str], list[str]]:
    names = list(dict.fromkeys((item.name, *item.aliases)))[:MOST_ALIASES]
    wanted = [u for u in item.utterances if u.startswith(STARTS)]
    asked = [u for u in item.utterances if u not in wanted]
    asked += [f"{n}怎么办" for n in names]
    for number, (aspect, phrases) in enumerate(ASPECT_WORDS.items()):
        asked += [
            names[(number + k) % len(names)] + _tagged(aspect, words)
            for k, words in enumerate(phrases)
        ]
    wanted += [want.format(n) for n in names for want in WANTS]
    return asked, wanted


def _tagged(aspect: str, words: str) -> str:
    return f'[{words}]{{"entity": "aspect", "value": "{aspect}"}}'


def rules(catalogue: Catalogue, simple_acts: list[str]) -> dict[str, Any]:
    """Single-turn answers, and the start and the end of every form."""
    pairs = [(act, f"utter_{act}") for act in simple_acts]
    pairs += [("query_progress", "action_progress"), ("ask_aspect", "action_consult")]
    pairs += [("nlu_fallback", "utter_not_understood")]
    written = [_rule(intent, action) for intent, action in pairs]
    for item in catalogue.items.values():
        written.append(_rule(consult(item), "action_consult"))
        if not item.fields:
            written.append(_rule(apply(item), answer(item, "online")))
            continue
        written += [
            {"rule": f"start {form(item)}", "steps": [{"intent": apply(item)}, *_entering(item)]},
            {
                "rule": f"end {form(item)}", "condition": [{"active_loop": form(item)}],
                "steps": _leaving(item),
            },
        ]
    return {"version": VERSION, "rules": written}


def stories(catalogue: Catalogue) -> dict[str, Any]:
    """Longer talks for the learned policies, three per item."""
    written: list[dict[str, Any]] = []
    aspects = list(ASPECT_WORDS)
    for number, item in enumerate(catalogue.items.values()):
        asking: list[dict[str, Any]] = [{"intent": consult(item)}, {"action": "action_consult"}]
        for k in range(2):
            entity = {"aspect": aspects[(number + k) % len(aspects)]}
            asking += [{"intent": "ask_aspect", "entities": [entity]}, {"action": "action_consult"}]
        hello, thanks = _said("greet"), _said("thanks")
        applying = _applying(item)
        written += [
            {"story": f"ask about {item.item}", "steps": [*hello, *asking, *thanks]},
            {"story": f"apply for {item.item}", "steps": [*hello, *applying, *thanks]},
            {
                "story": f"ask, then apply for {item.item}",
                "steps": [*asking, *applying, *_progress(), *thanks, *_said("goodbye")],
            },
        ]
    return {"version": VERSION, "stories": written}


def _applying(item: ServiceItem) -> list[dict[str, Any]]:
    start: list[dict[str, Any]] = [{"intent": apply(item)}]
    if not item.fields:
        return [*start, {"action": answer(item, "online")}]
    return [*start, *_entering(item), *_leaving(item)]


def _entering(item: ServiceItem) -> list[dict[str, Any]]:
    return [{"action": form(item)}, {"active_loop": form(item)}]


def _leaving(item: ServiceItem) -> list[dict[str, Any]]:
    return [
        {"action": form(item)}, {"active_loop": None},
        {"slot_was_set": [{"requested_slot": None}]}, {"action": "action_submit"},
    ]


def _said(act: str) -> list[dict[str, Any]]:
    return [{"intent": act}, {"action": f"utter_{act}"}]


def _progress() -> list[dict[str, Any]]:
    return [{"intent": "query_progress"}, {"action": "action_progress"}]


def _rule(intent: str, action: str) -> dict[str, Any]:
    return {"rule": f"{intent}: {action}", "steps": [{"intent": intent}, {"action": action}]}
