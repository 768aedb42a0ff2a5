"""Writes the plain Rasa project: the same catalogue as a Rasa user would build it by the book.

Rasa's default pipeline and policies, one intent per service item for consulting and one for
applying, one form per item, answers as responses, and an action server for what needs code.
"""

from __future__ import annotations

import datetime as dt
import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from actions.guide import ASPECTS
from benchmarks import plain_training
from gateway.catalogue.model import Catalogue, Element, FormField, ServiceItem
from gateway.settings import ROOT

ACTIONS = Path(__file__).with_name("plain_actions.py")
CONFIRM = "confirm"
MOST_EXAMPLES = 30
RASAS_OWN = ("restart",)
"""Acts whose name Rasa keeps for an intent of its own."""
OTHER_ACTIONS = ("action_consult", "action_submit", "action_progress")
CONFIG: dict[str, Any] = {
    "recipe": "default.v1",
    "assistant_id": "plain",
    # rasa init's own: WhitespaceTokenizer refuses zh.
    "language": "en",
    "pipeline": [
        # Rasa's Chinese tokenizer needs jieba, which this product does not have: each Chinese
        # character is a token.
        {"name": "WhitespaceTokenizer", "token_pattern": "[一-龥]|[^一-龥\\s]+"},
        {"name": "RegexFeaturizer"},
        {"name": "LexicalSyntacticFeaturizer"},
        # Tokens made by a pattern keep the whole text as their lemma.
        {"name": "CountVectorsFeaturizer", "use_lemma": False},
        {
            "name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1,
            "max_ngram": 4, "use_lemma": False,
        },
        {"name": "DIETClassifier", "epochs": 100, "constrain_similarities": True},
        {"name": "EntitySynonymMapper"},
        {"name": "ResponseSelector", "epochs": 100, "constrain_similarities": True},
        {"name": "FallbackClassifier", "threshold": 0.3, "ambiguity_threshold": 0.1},
    ],
    "policies": [
        {"name": "MemoizationPolicy"},
        {"name": "RulePolicy"},
        {"name": "UnexpecTEDIntentPolicy", "max_history": 5, "epochs": 100},
        {"name": "TEDPolicy", "max_history": 5, "epochs": 100, "constrain_similarities": True},
    ],
}
"""What Rasa 3.6 itself takes when a project names no pipeline and no policies."""


@dataclass(frozen=True)
class Product:
    """What the product says and hears, read from its own files."""

    catalogue: Catalogue
    responses: dict[str, Any]
    examples: dict[str, list[str]]

    @property
    def simple_acts(self) -> list[str]:
        """Speech acts that one fixed response answers."""
        return sorted(
            act for act in self.examples
            if f"utter_{act}" in self.responses and act not in RASAS_OWN
            and "{" not in self.responses[f"utter_{act}"][0]["text"]
        )


def read_product(catalogue: Catalogue, root: Path = ROOT) -> Product:
    """Read the product's responses and examples."""
    domain = yaml.load((root / "domain.yml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    examples: dict[str, list[str]] = {}
    for file in sorted((root / "data" / "nlu").glob("*.yml")):
        for block in yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)["nlu"]:
            lines = [line.strip()[2:].strip() for line in block["examples"].splitlines()]
            examples.setdefault(block["intent"], []).extend(line for line in lines if line)
    return Product(catalogue, domain["responses"], examples)


def write_project(folder: Path, product: Product) -> None:
    """Write everything that ``rasa train`` reads, and ``actions.py`` with its ``guide.json``."""
    data = folder / "data"
    data.mkdir(parents=True)
    _write(folder / "config.yml", CONFIG)
    _write(folder / "domain.yml", domain(product))
    _write(data / "nlu.yml", plain_training.nlu(product.catalogue, _heard(product)))
    _write(data / "rules.yml", plain_training.rules(product.catalogue, product.simple_acts))
    _write(data / "stories.yml", plain_training.stories(product.catalogue))
    shutil.copy(ACTIONS, folder / "actions.py")
    guide = json.dumps(forms(product.catalogue), ensure_ascii=False, indent=1)
    (folder / "guide.json").write_text(guide, encoding="utf-8")


def write_addresses(folder: Path, action_port: int) -> None:
    """Write where the action server and the database are; they do not change the model."""
    _write(folder / "credentials.yml", {"rest": None})
    _write(folder / "endpoints.yml", {
        "action_endpoint": {"url": f"http://127.0.0.1:{action_port}/webhook"},
        "tracker_store": {"type": "SQL", "dialect": "sqlite", "db": str(folder / "tracker.db")},
    })


def domain(product: Product) -> dict[str, Any]:
    """The domain: intents, slots, forms, responses, actions."""
    catalogue = product.catalogue
    items = list(catalogue.items.values())
    applied = [i for i in items if i.fields]
    return {
        "version": "3.1",
        "intents": [
            *product.simple_acts, "affirm", "deny", "query_progress", "ask_aspect",
            *(plain_training.consult(i) for i in items), *(plain_training.apply(i) for i in items),
        ],
        "entities": ["aspect"],
        "slots": {"service": _memory(), **_form_slots(applied)},
        "forms": {
            plain_training.form(i): {"required_slots": [*_elements(i), CONFIRM]} for i in applied
        },
        "responses": _responses(product),
        "actions": [*OTHER_ACTIONS, *(f"validate_{plain_training.form(i)}" for i in applied)],
        "session_config": {
            "session_expiration_time": 60, "carry_over_slots_to_new_session": True,
        },
    }


def forms(catalogue: Catalogue) -> dict[str, Any]:
    """What the action server knows: each item's name and form, and how each answer is checked."""
    return {
        "items": {
            plain_training.word(i): {
                "name": i.name,
                "fields": [
                    {
                        "slot": f.element,
                        "when": [f.when.element, list(f.when.is_one_of)] if f.when else None,
                    }
                    for f in i.fields
                ],
            }
            for i in catalogue.items.values()
        },
        "elements": {
            e.element: {
                "type": e.type.value,
                "choices": {w: c.value for c in e.choices for w in (c.label, *c.aliases)},
            }
            for e in catalogue.elements.values()
        },
    }


def _heard(product: Product) -> dict[str, list[str]]:
    acts = [*product.simple_acts, "affirm", "deny", "query_progress"]
    return {act: _spread(product.examples[act]) for act in acts}


def _spread(examples: list[str]) -> list[str]:
    """At most ``MOST_EXAMPLES`` of them, evenly taken, so that small talk does not drown the items."""
    step = max(1, -(-len(examples) // MOST_EXAMPLES))
    return examples[::step]


def _elements(item: ServiceItem) -> list[str]:
    return [f.element for f in item.fields]


def _memory() -> dict[str, Any]:
    return {"type": "text", "influence_conversation": False, "mappings": [{"type": "custom"}]}


def _form_slots(items: list[ServiceItem]) -> dict[str, Any]:
    def asked(element: str) -> list[dict[str, str]]:
        return [
            {"active_loop": plain_training.form(i), "requested_slot": element}
            for i in items if element in (*_elements(i), CONFIRM)
        ]

    slots: dict[str, Any] = {
        element: {
            "type": "text", "influence_conversation": False,
            "mappings": [{"type": "from_text", "conditions": asked(element)}],
        }
        for element in sorted({e for i in items for e in _elements(i)})
    }
    slots[CONFIRM] = {
        "type": "bool", "influence_conversation": False,
        "mappings": [
            {"type": "from_intent", "intent": act, "value": value, "conditions": asked(CONFIRM)}
            for act, value in (("affirm", True), ("deny", False))
        ],
    }
    return slots


def _responses(product: Product) -> dict[str, Any]:
    said = {f"utter_{act}": product.responses[f"utter_{act}"] for act in product.simple_acts}
    said["utter_not_understood"] = product.responses["utter_not_understood"]
    said["utter_which_item"] = product.responses["utter_which_item"]
    for item in product.catalogue.items.values():
        for aspect in ASPECTS:
            said[plain_training.answer(item, aspect)] = [{"text": _answer(product, item, aspect)}]
        for field in item.fields:
            name = f"utter_ask_{plain_training.form(item)}_{field.element}"
            said[name] = [_question(product.catalogue.elements[field.element], field)]
        if item.fields:
            said[f"utter_ask_{plain_training.form(item)}_{CONFIRM}"] = [_summary(product, item)]
    return said


def _answer(product: Product, item: ServiceItem, aspect: str) -> str:
    department = product.catalogue.department_of(item)
    # The day of the last check in place of today's: the model must not change each day.
    name, values = ASPECTS[aspect](item, department, item.checked_on or dt.date.min)
    text = product.responses[name][0]["text"]
    filled = text.format(**{"item": item.name, "source": item.source_line, **values})
    return "\n".join(line.strip() for line in filled.split("\n") if line.strip())


def _question(element: Element, field: FormField) -> dict[str, Any]:
    asked: dict[str, Any] = {"text": (field.ask or element.ask) + element.why}
    if element.choices:
        asked["buttons"] = [{"title": c.label, "payload": c.label} for c in element.choices]
    return asked


def _summary(product: Product, item: ServiceItem) -> dict[str, str]:
    rows = [
        f"{product.catalogue.elements[f.element].name}：{{{f.element}}}"
        for f in item.fields if f.when is None
    ]
    department = product.catalogue.department_of(item).short_name
    lines = [f"请核对一下，没问题我就交给{department}：", item.name, *rows]
    return {"text": "\n".join(lines)}


def _write(file: Path, content: Any) -> None:
    text = yaml.dump(content, Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False, width=1000)
    file.write_text(text, encoding="utf-8")
