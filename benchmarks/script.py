"""The conversation that both sides hold: ask, apply, follow up. One script, the same words for both."""

from __future__ import annotations

from gateway.catalogue.model import Catalogue

ITEM = "id-card-lost"
OPENING = ("你好", "身份证丢了怎么补", "那要多少钱", "要带什么材料", "多久能办好", "帮我补办身份证")
ANSWERS = {
    "name": "王秀英", "id_number": "11010519491231002X", "phone": "13800138000", "lost_on": "昨天",
    "lost_place": "3 路公交车上", "delivery_way": "自取", "service_place": "市民服务中心",
    "mailing_address": "东湖路 18 号 2 单元 501 室",
}
CHOSEN = {"delivery_way": "pickup"}
CLOSING = ("对", "查一下我的办件进度", "谢谢", "租房提公积金怎么办", "那在哪里办", "再见")


def conversation(catalogue: Catalogue) -> list[str]:
    """The citizen's messages, in order; the answers follow the fields of the item's own form.

    Raises:
        KeyError: the item asks for an element that has no answer here; add it to ``ANSWERS``.
    """
    fields = [
        f for f in catalogue.items[ITEM].fields
        if f.when is None or CHOSEN.get(f.when.element) in f.when.is_one_of
    ]
    return [*OPENING, *(ANSWERS[f.element] for f in fields), *CLOSING]
