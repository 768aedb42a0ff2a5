"""Items are found by meaning and by words, with chances that can be believed; idle talk finds none."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gateway.catalogue.loader import load
from gateway.catalogue.model import Catalogue
from gateway.understanding.finder import Finder
from gateway.understanding.index import SIDES, ItemIndex, Question, own_texts
from gateway.understanding.operations import affirmed
from gateway.understanding.vector_cache import VectorCache
from tests.support.encoders import CharacterEncoder
from tests.support.sample_catalogue import (
    BALANCE,
    PERMIT,
    sample_item,
    sample_query,
    write_catalogue,
)

IDLE = [
    "今天天气怎么样", "给我讲个笑话", "你吃饭了吗", "唱首歌听听", "昨晚球赛谁赢了", "推荐一部电影",
    "附近哪家火锅好吃", "我心情不好", "陪我聊聊天", "猫为什么爱睡觉",
]
PASSPORT, PASSPORT_NAME = "passport", "普通护照签发"


def passport(**changes: Any) -> dict[str, Any]:
    return sample_item(**{
        "item": PASSPORT, "name": PASSPORT_NAME, "aliases": ["护照"],
        "utterances": [
            "我想办护照", "护照怎么办理", "出国旅游要护照", "给孩子办本护照", "护照要带什么",
            "护照办下来多久", "护照收多少钱", "第一次办护照",
        ], **changes,
    })


@dataclass
class Office:
    """A folder to keep things in, and one encoder."""

    folder: Path
    encoder: CharacterEncoder

    def catalogue(self, *more: dict[str, Any], name: str = "catalogue") -> Catalogue:
        items = {"public-security": [sample_item(), *more], "housing-fund": [sample_query()]}
        return load(write_catalogue(self.folder / name, items=items))

    def finder(self, catalogue: Catalogue, idle: list[str] = IDLE) -> Finder:
        cache = VectorCache(self.encoder, self.folder / "index")
        return Finder(catalogue, cache, self.encoder, idle, self.folder / "index")

    @property
    def weights(self) -> Path:
        return self.folder / "index" / "weights.json"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path, CharacterEncoder())


def first(finder: Finder, text: str) -> str | None:
    matches, _ = finder.find(text, finder.vector(affirmed(text)))
    return matches[0].item if matches else None


@pytest.mark.parametrize(("text", "item"), [
    ("我想给家人办居住证", PERMIT), ("查查公积金还剩多少", BALANCE), ("护照怎么收费", PASSPORT),
    ("出国要什么", PASSPORT), ("不是办居住证，是办护照", PASSPORT),
])
def test_a_message_finds_its_item(office: Office, text: str, item: str) -> None:
    assert first(office.finder(office.catalogue(passport())), text) == item


@pytest.mark.parametrize("text", ["今天天气怎么样啊", "讲个笑话听听", "火锅好吃吗", "zzz", "？"])
def test_idle_talk_finds_nothing_that_is_likely(office: Office, text: str) -> None:
    finder = office.finder(office.catalogue(passport()))
    matches, nothing = finder.find(text, finder.vector(text))
    assert nothing > 0.5
    assert all(match.score < 0.5 for match in matches)


@pytest.mark.parametrize("away", [False, True], ids=["with meaning", "by words only"])
@pytest.mark.parametrize("text", ["我想办居住证", "护照", "公积金护照居住证", "天气", "办什么", ""])
def test_the_chances_of_all_items_and_of_none_add_up_to_one(
    office: Office, text: str, away: bool
) -> None:
    finder = office.finder(office.catalogue(passport()))
    matches, nothing = finder.find(text, None if away else finder.vector(text))
    chances = [match.score for match in matches]
    assert chances == sorted(chances, reverse=True)
    assert all(0.0 <= chance <= 1.0 for chance in [*chances, nothing])
    hidden = 0.01 * (3 - len(matches))  # chances under one in a hundred are not named
    assert 1.0 - hidden - 0.001 <= sum(chances) + nothing <= 1.001


def test_a_bare_follow_up_names_no_item_and_a_message_with_its_word_does(office: Office) -> None:
    finder = office.finder(office.catalogue(passport()))
    [match, *_] = finder.find("出国要的护照", finder.vector("出国要的护照"))[0]
    assert (match.item, match.named) == (PASSPORT, True)
    assert not any(m.named for m in finder.find("多久能拿到", finder.vector("多久能拿到"))[0])


def test_a_new_item_is_found_after_a_rebuild_and_only_its_texts_are_encoded(office: Office) -> None:
    before = office.finder(office.catalogue())
    assert first(before, "我要办护照") != PASSPORT
    office.encoder.asked.clear()
    after = office.finder(office.catalogue(passport(), name="new"))
    assert set(office.encoder.asked) == {PASSPORT_NAME, "护照", *passport()["utterances"]}
    assert first(after, "我要办护照") == PASSPORT
    assert first(before, "我要办护照") != PASSPORT, "talks that go on with the old one see no change"


def test_an_item_that_is_not_active_is_not_found(office: Office) -> None:
    finder = office.finder(office.catalogue(passport(status="paused")))
    assert first(finder, "我要办护照") != PASSPORT


def test_an_encoder_that_is_away_still_leaves_matching_by_words(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    finder = office.finder(office.catalogue(passport()))
    office.encoder.away = True
    with caplog.at_level(logging.WARNING):
        assert first(finder, "我想办护照") == PASSPORT
        assert first(finder, "不是办居住证，是办护照") == PASSPORT
    assert "Matching by characters only" in caplog.text


def test_a_catalogue_without_items_finds_nothing(office: Office) -> None:
    empty = load(write_catalogue(office.folder / "empty", items={}))
    finder = office.finder(empty)
    assert finder.find("我想办护照", finder.vector("我想办护照")) == ([], 1.0)


def test_a_model_without_idle_talk_still_finds_items(office: Office) -> None:
    assert first(office.finder(office.catalogue(passport()), idle=[]), "我想办护照") == PASSPORT


def test_the_second_start_and_every_later_one_encode_nothing(office: Office) -> None:
    catalogue = office.catalogue(passport())
    for _ in range(3):
        office.finder(catalogue)
    texts = office.encoder.asked
    assert len(texts) == len(set(texts))


def test_weights_are_kept_until_the_catalogue_changes(office: Office) -> None:
    office.finder(office.catalogue(passport()))
    kept = json.loads(office.weights.read_text())
    assert len(kept["sides"]) == len(SIDES)
    marked = {**kept, "none": 1e6}  # a start that uses what is kept finds nothing likely any more
    office.weights.write_text(json.dumps(marked))
    again = office.finder(office.catalogue(passport(), name="same"))
    assert again.find("护照", again.vector("护照")) == ([], 1.0)
    changed = office.catalogue(passport(aliases=["护照", "出国本子"]), name="changed")
    assert first(office.finder(changed), "护照") == PASSPORT
    assert json.loads(office.weights.read_text())["content"] != kept["content"]


def test_weights_of_another_encoder_or_of_other_idle_talk_are_not_used(office: Office) -> None:
    contents = []
    for name, idle in (("characters", IDLE), ("other", IDLE), ("other", IDLE[1:])):
        office.encoder = CharacterEncoder(name)
        office.finder(office.catalogue(passport(), name=name + str(len(idle))), idle)
        contents.append(json.loads(office.weights.read_text())["content"])
    assert len(set(contents)) == 3


@pytest.mark.parametrize("broken", ["", "{", "[]", '{"content": 1}', "null"])
def test_a_broken_file_of_weights_is_made_anew(office: Office, broken: str) -> None:
    catalogue = office.catalogue(passport())
    office.finder(catalogue)
    whole = office.weights.read_text()
    office.weights.write_text(broken)
    office.finder(catalogue)
    assert json.loads(office.weights.read_text())["content"] == json.loads(whole)["content"]


def test_an_example_is_left_out_of_what_it_is_compared_with(office: Office) -> None:
    catalogue = office.catalogue(passport())
    texts = own_texts(catalogue)
    vectors = office.encoder.encode(texts.texts)
    index = ItemIndex(vectors, texts)
    row = texts.texts.index("出国旅游要护照")
    own = texts.owners[row]
    asked = index.sides(Question(texts.texts[row], vectors[row]))[own]
    left_out = index.sides_of_own(row, texts.texts[row])[own]
    others = [k for k in range(len(texts.texts)) if texts.owners[k] == own and k != row]
    meaning = float(np.max(index.centred(vectors[others]) @ index.centred(vectors[row])))
    assert asked[SIDES.index("meaning")] == pytest.approx(1.0, abs=1e-4)
    assert left_out[SIDES.index("meaning")] == pytest.approx(meaning, abs=1e-4)
    for side in ("middle", "words", "told"):
        assert left_out[SIDES.index(side)] < asked[SIDES.index(side)] - 0.01, side


def test_leaving_one_example_out_changes_nothing_for_other_items(office: Office) -> None:
    catalogue = office.catalogue(passport())
    texts = own_texts(catalogue)
    vectors = office.encoder.encode(texts.texts)
    index = ItemIndex(vectors, texts)
    row = texts.texts.index("出国旅游要护照")
    other = texts.ids.index(BALANCE)
    own = index.sides_of_own(row, texts.texts[row])[other]
    asked = index.sides(Question(texts.texts[row], vectors[row]))[other]
    # What a text means to do is learned over all items.
    same = [k for k, side in enumerate(SIDES) if side not in ("operation_meant", "operation_fit")]
    assert np.allclose(own[same], asked[same], atol=1e-4)


def test_what_is_to_be_done_is_read_by_meaning_where_no_word_says_it(office: Office) -> None:
    def card(item: str, name: str, doing: str) -> dict[str, Any]:
        said = [f"{doing}{thing}" for thing in ("驾驶证", "社保卡", "居住证件", "户口本", "老年证", "残疾证", "房产证", "出生证")]
        return sample_item(item=item, name=name, aliases=[name], utterances=said)

    catalogue = office.catalogue(
        card("card-lost", "证件补领", "弄没影啦"), card("card-cancel", "证件注销", "再也用不着啦"),
    )
    texts = own_texts(catalogue)
    index = ItemIndex(office.encoder.encode(texts.texts), texts)
    [vector] = office.encoder.encode(["再也用不着啦护照"])
    sides = index.sides(Question("再也用不着啦护照", vector))
    lost, cancel = (sides[texts.ids.index(item)] for item in ("card-lost", "card-cancel"))
    for side in ("operation_meant", "operation_fit"):
        assert cancel[SIDES.index(side)] > lost[SIDES.index(side)], side


def test_what_is_not_offered_here_finds_no_neighbour_and_is_no_idle_talk(office: Office) -> None:
    folder = write_catalogue(office.folder / "more", items={
        "public-security": [sample_item(), passport()], "housing-fund": [sample_query()],
    })
    (folder / "elsewhere.yml").write_text("elsewhere: [居住证丢了挂失, 边防证怎么办理, 我想办边防证]\n", encoding="utf-8")
    before, after = office.finder(office.catalogue(passport())), office.finder(load(folder))
    text = "边防证怎么办理呢"
    assert first(before, text) is not None
    matches, nothing = after.find(text, after.vector(text))
    assert all(match.score < 0.15 for match in matches)
    assert nothing < 0.5, "somebody offers it"
    assert first(after, "居住证丢了挂失") == PERMIT, "an entry that names an item is left out"
