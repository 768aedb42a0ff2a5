"""Homophones, pinyin and initials: what people's input methods and voice recognition make of the
catalogue's own words (公基金, 社宝卡, shebao, gjj) is put right before anything else reads it.

Nothing is learned from lists of mistakes. A run of characters that hardly stands in what we know, but
sounds like a common term of the catalogue, is that term.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from pypinyin import lazy_pinyin

LONGEST_TERM = 4
LEAST_TERM = 3
COMMON_PAIR = 4
"""How many names must begin with a term of two characters (社保, 户口): so short a run is easily two
halves of other words. It has to sound exactly alike, too."""
FAR_RARER = 20
"""A run of ours that is so many times rarer than the term it sounds like is that term, misspelt: examples are
written as people write. Only for terms of three characters and more."""
COMMON_END = 4
"""So many names must end with a term that begins none (许可证)."""
CHINESE = re.compile(r"[一-龥]+")
LATIN = re.compile(r"(?<![a-z0-9@./])[a-z]{3,24}(?![a-z0-9@./])")
ALIKE = (
    ("zh", "z"), ("ch", "c"), ("sh", "s"), ("ang", "an"), ("eng", "en"), ("ing", "in"),
)
"""Sounds that many people, and many input methods, do not tell apart."""
Key = tuple[str, ...]


def sounds(text: str) -> Key:
    """The syllables of a text, without tones and without the differences of :data:`ALIKE`."""
    return tuple(_plain(s) for s in lazy_pinyin(text))


def _plain(syllable: str) -> str:
    for rich, poor in ALIKE:
        if rich.isalpha() and len(rich) == 2 and syllable.startswith(rich):
            syllable = poor + syllable[2:]
        elif len(rich) == 3 and syllable.endswith(rich):
            syllable = syllable[:-1]
    return syllable


class Speller:
    """Knows the terms of one catalogue. Immutable: a reload makes a new one."""

    def __init__(self, names: Iterable[str], known: Iterable[str]) -> None:
        """``names``: names and aliases, from which terms are taken; ``known``: all other text of
        ours, whose words are never changed."""
        names, known = list(names), list(known)
        terms = _runs(names)
        self._counts = _runs([*known, *names])
        self._known = {*self._counts, *(w for t in (*names, *known) for w in LATIN.findall(t))}
        begins = Counter(name[:length] for name in names for length in range(2, LONGEST_TERM + 1))
        ends = Counter(name[-length:] for name in names for length in range(2, LONGEST_TERM + 1))
        self._by_sound: dict[Key, str] = {}
        self._by_letters: dict[str, str] = {}
        self._by_initials: dict[str, str] = {}
        for term, _ in sorted(terms.items(), key=lambda pair: (pair[1], -len(pair[0]))):
            syllables = lazy_pinyin(term)
            if len(term) >= LEAST_TERM and not begins[term] and ends[term] < COMMON_END:
                continue  # a piece of a word: 屋过户
            if len(term) >= LEAST_TERM:
                self._by_sound[tuple(_plain(s) for s in syllables)] = term
                self._by_initials["".join(s[0] for s in syllables)] = term
            elif begins[term] >= COMMON_PAIR:
                self._by_sound[tuple(syllables)] = term
            else:
                continue
            self._by_letters["".join(syllables)] = term

    def correct(self, text: str) -> str:
        """``text`` (in normal form) with sound-alikes, pinyin and initials as the terms they mean."""
        text = LATIN.sub(self._latin, text)
        return CHINESE.sub(lambda m: self._chinese(m.group()), text)

    def _latin(self, match: re.Match[str]) -> str:
        word = match.group()
        if word in self._known:
            return word
        return self._by_letters.get(word) or self._by_initials.get(word) or word

    def _chinese(self, run: str) -> str:
        syllables = lazy_pinyin(run) if len(run) > 1 else []
        if len(syllables) != len(run):
            return run
        done, place = [], 0
        while place < len(run):
            term = self._term_at(run, syllables, place)
            done.append(term or run[place])
            place += len(term) if term else 1
        return "".join(done)

    def _term_at(self, run: str, syllables: list[str], place: int) -> str | None:
        for length in range(min(LONGEST_TERM, len(run) - place), 1, -1):
            window = run[place:place + length]
            heard = syllables[place:place + length]
            term = self._by_sound.get(tuple(heard if length < LEAST_TERM else map(_plain, heard)))
            if term and term != window and not self._is_word(window, term) \
                    and self._fits(run, place, window, term):
                return term
            if term == window:
                return window
        return None

    def _fits(self, run: str, place: int, window: str, term: str) -> bool:
        """Whether no word that goes on beyond the window is torn: 公积金|带什么 is not 公积金贷|什么."""
        before, after = run[max(place - 1, 0):place], run[place + len(window):place + len(window) + 1]
        edges = ((before + window[0], before + term[0]), (window[-1] + after, term[-1] + after))
        return all(
            old == new or len(old) < 2 or self._counts[old] <= self._counts[new] for old, new in edges
        )

    def _is_word(self, window: str, term: str) -> bool:
        rarer = FAR_RARER * self._counts[window] < self._counts[term]
        return window in self._known and not (rarer and len(term) >= LEAST_TERM)


def _runs(texts: Iterable[str]) -> Counter[str]:
    """Every run of 2 to 4 Chinese characters, counted."""
    found: Counter[str] = Counter()
    for text in texts:
        for chinese in CHINESE.findall(text):
            for length in range(2, LONGEST_TERM + 1):
                found.update(chinese[k:k + length] for k in range(len(chinese) - length + 1))
    return found
