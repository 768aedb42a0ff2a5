"""The plain project is a fair one: the same services and words, and nothing that Rasa would refuse."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from benchmarks import plain_rasa, plain_training
from benchmarks.plain_model import digest
from benchmarks.script import ANSWERS, conversation
from gateway.catalogue.loader import load
from gateway.catalogue.model import Catalogue
from gateway.settings import ROOT
from tests.support.yaml_files import read_yaml


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load(ROOT / "catalogue")


@pytest.fixture(scope="module")
def project(catalogue: Catalogue, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("plain") / "project"
    plain_rasa.write_project(folder, plain_rasa.read_product(catalogue))
    return folder


def _read(project: Path, name: str) -> Any:
    return read_yaml(project / name)


def test_the_pipeline_and_policies_are_rasas_defaults(project: Path) -> None:
    config = _read(project, "config.yml")
    assert [c["name"] for c in config["pipeline"]] == [
        "WhitespaceTokenizer", "RegexFeaturizer", "LexicalSyntacticFeaturizer",
        "CountVectorsFeaturizer", "CountVectorsFeaturizer", "DIETClassifier",
        "EntitySynonymMapper", "ResponseSelector", "FallbackClassifier",
    ]
    assert [p["name"] for p in config["policies"]] == [
        "MemoizationPolicy", "RulePolicy", "UnexpecTEDIntentPolicy", "TEDPolicy",
    ]


def test_every_item_has_an_intent_to_ask_and_one_to_apply_with_examples(
    project: Path, catalogue: Catalogue
) -> None:
    examples = {
        block["intent"]: block["examples"].splitlines() for block in _read(project, "data/nlu.yml")["nlu"]
    }
    declared = _read(project, "domain.yml")["intents"]
    for item in catalogue.items.values():
        for intent in (plain_training.consult(item), plain_training.apply(item)):
            assert intent in declared
            assert len(examples[intent]) >= 10
    assert set(examples) == set(declared)


def test_no_example_belongs_to_two_intents_of_one_item(project: Path, catalogue: Catalogue) -> None:
    examples = {
        block["intent"]: set(block["examples"].splitlines())
        for block in _read(project, "data/nlu.yml")["nlu"]
    }
    for item in catalogue.items.values():
        assert not examples[plain_training.consult(item)] & examples[plain_training.apply(item)]


def test_every_action_in_rules_and_stories_is_declared(project: Path) -> None:
    domain = _read(project, "domain.yml")
    known = {*domain["actions"], *domain["responses"], *domain["forms"]}
    written = [*_read(project, "data/rules.yml")["rules"], *_read(project, "data/stories.yml")["stories"]]
    used = {step["action"] for each in written for step in each["steps"] if "action" in step}
    assert used <= known


def test_every_form_asks_its_items_fields_and_then_for_confirmation(
    project: Path, catalogue: Catalogue
) -> None:
    domain = _read(project, "domain.yml")
    for item in catalogue.items.values():
        if not item.fields:
            continue
        form = plain_training.form(item)
        slots = domain["forms"][form]["required_slots"]
        assert slots == [*(f.element for f in item.fields), "confirm"]
        assert all(f"utter_ask_{form}_{slot}" in domain["responses"] for slot in slots)
        assert all(slot in domain["slots"] for slot in slots)


def test_answers_are_the_guides_own_words(project: Path, catalogue: Catalogue) -> None:
    responses = _read(project, "domain.yml")["responses"]
    item = catalogue.items["id-card-lost"]
    for aspect, words in (("overview", item.summary), ("location", item.places[0].address)):
        assert words in responses[plain_training.answer(item, aspect)][0]["text"]


def test_the_model_is_found_again_until_what_it_learned_from_changes(
    project: Path, catalogue: Catalogue
) -> None:
    again = project.parent / "again"
    product = plain_rasa.read_product(catalogue)
    product.responses["utter_thanks"] = [{"text": "换一种说法。"}]
    plain_rasa.write_project(again, product)
    plain_rasa.write_addresses(again, 1)
    assert digest(again) == digest(project)
    (again / "data" / "rules.yml").write_text("version: '3.1'\n")
    assert digest(again) != digest(project)


def test_the_script_answers_every_question_of_the_form_and_follows_up(catalogue: Catalogue) -> None:
    said = conversation(catalogue)
    item = catalogue.items["id-card-lost"]
    asked = [f.element for f in item.fields if f.when is None]
    places = [said.index(ANSWERS[element]) for element in asked]
    assert places == sorted(places)
    assert said.index("对") > places[-1]
    assert "查一下我的办件进度" in said
