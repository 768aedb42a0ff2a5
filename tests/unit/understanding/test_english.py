"""Talk in English that needs no service is told by its words; a cry for help always is."""

from __future__ import annotations

import pytest

from gateway.understanding.english import english_act


@pytest.mark.parametrize("text", [
    "I want to kill myself", "help, fire", "I don’t want to live anymore", "my husband beats me", "There is a fire in my flat",
    "call an ambulance please", "someone broke into my house", "I can't breathe", "he is going to kill me", "I feel suicidal",
    "my building is on fire", "gas leak!", "She is unconscious", "I was attacked, he stabbed me", "HELP!!!",
])
def test_danger_is_a_crisis(text: str) -> None:
    assert english_act(text) == "crisis"


@pytest.mark.parametrize(("text", "act"), [
    ("hello", "greet"), ("Hi there!", "greet"), ("Good morning", "greet"),
    ("thanks", "thanks"), ("Thank you so much", "thanks"), ("ok, thank you", "thanks"),
    ("goodbye", "goodbye"), ("bye bye", "goodbye"), ("Have a nice day", "goodbye"),
    ("I want to talk to a human", "hand_off"), ("speak to an agent please", "hand_off"), ("human", "hand_off"),
    ("help", "help"), ("what can you do?", "help"), ("are you a robot", "bot_identity"),
    ("cancel", "stop"), ("my applications", "query_progress"), ("what is the status of my application", "query_progress"),
])
def test_small_talk_is_told_by_its_words(text: str, act: str) -> None:
    assert english_act(text) == act


@pytest.mark.parametrize("text", [
    "How do I replace a lost ID card?", "residence permit", "fire safety permit for a restaurant", "I lost my passport, what should I do",
    "how much is it", "what do I need for a driving licence", "thanks to the new rules, who can get a residence permit",
    "我想自杀 help", "gjj", "12345", "", "the emergency contact on my certificate is wrong", "Where do I stop paying tax?",
])
def test_what_is_about_a_service_is_left_to_the_matcher(text: str) -> None:
    assert english_act(text) is None
