"""Which of several choices an answer names."""

from __future__ import annotations

import re

from gateway.cases import values
from gateway.catalogue.model import Choice, Element
from gateway.errors import CitizenError


def choose(element: Element, text: str, said: str, choices: tuple[Choice, ...]) -> str:
    """The value of the choice that was named, wholly or among other words; ``said`` is ``text`` without its frame.

    Raises:
        CitizenError: ``utter_bad_choice`` when none or several were.
    """
    for form in (text, said):
        exact = [c for c in choices if form in {c.value, c.label, *c.aliases}]
        if exact:
            return exact[0].value
    place = values.find_ordinal(said)
    if place and place <= len(choices):
        return choices[place - 1].value
    close = _spoken(said, choices)
    close = close or [c for c in choices if len(said) > 1 and any(said in w for w in (c.label, *c.aliases))]
    denies = re.search(r"^(?:不|没|别)", said) and not any(said.startswith(w) for c in close for w in (c.label, *c.aliases))
    if len(close) == 1 and not denies:
        return close[0].value
    raise CitizenError("utter_bad_choice", name=element.name)


def _spoken(said: str, choices: tuple[Choice, ...]) -> list[Choice]:
    """The choices whose words stand in what was said, without those that only lie inside a longer word of another
    (办 in 办过了)."""
    words = {c.value: max((w for w in (c.label, *c.aliases) if w in said), key=len, default="") for c in choices}
    return [
        c for c in choices
        if (own := words[c.value]) and not any(own != other and own in other for other in words.values())
    ]
