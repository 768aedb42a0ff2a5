"""Reading a region (行政区划) out of a sentence: 四川, 成都武侯, 浦东新区, 内蒙古. Pure functions.

Names of places are also names of streets, banks and beers, and two characters meet by chance
(社保定点 holds 保定). So a name counts where it stands for a place:

- a province or city counts by its full or its short name, but not before 路, 银行 and the like;
- a short name that is also a word (大同, 开封, 朝阳) counts only after its province or beside a word of
  place (在开封, 天水人);
- a county counts by its full name where only one county has it, by its short name only after its province
  or city (成都武侯).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple, Optional

from gateway.catalogue.regions import Region, Regions

_WORDS = re.compile(
    "朝阳|海东|海西|海北|大庆|大同|安康|和田|阿里|白山|三明|来宾|资阳|乐山|日照|开封|新乡|益阳|大理|白银|天水|定西|四平|六安|内江|山南|中卫|"
    "新余|丽水|文山|凉山|吉安|安顺|安庆|东方市|红旗区|平安区|解放区|前进区|东风区|工农区|友好区|安居区"
)
"""Names that are also words, or that are often made by chance of two words (明天水费)."""
_COMPASS = re.compile(r"[东西南北中城郊矿老新市河江关港口]{1,3}区")
"""Names of districts that any city may have: 城区, 老城区, 市中区, 河东区."""
_CHANCE = re.compile(r".城市|.[县市]")
"""适应城市生活 holds 应城市, 公安局和县政府 holds 和县."""

_STREET = re.compile(
    r"[东西南北中]?[一二三四五六七八九十]?(?:路(?![上过由费程])|[街巷弄])|[东西南北中]?大[道街]|[东西南北]站|胡同|新村|花园|小区|广场|大厦|饭店|宾馆|"
    r"酒店|公园|公寓|家园|银行|大学|学院|时间|航空|现代|大众|本田|啤酒|白药|小吃|拉面|火锅|小面|烤鸭|火腿|瓜|茶|扑克"
)
_NO_SUFFIX = re.compile(r"市[场面值容价占]|区[别间块分域划]|旗[舰袍帜]")
_WORD_GOES_ON = {
    "保定": "点期", "南阳": "台光", "安阳": "光", "德阳": "光", "衡阳": "光", "信阳": "光", "贵阳": "光", "揭阳": "光", "资阳": "光",
    "益阳": "光", "中卫": "生", "三明": "治", "南平": "均等", "南充": "值", "新余": "额", "大理": "石论由", "天水": "费", "上海": "关外",
    "北海": "道", "大庆": "典", "南宁": "愿", "日照": "时", "德州": "扑", "新乡": "村镇", "开封": "条", "东营": "业运销", "长春": "藤",
    "大同": "小", "四平": "八方米", "白银": "价", "来宾": "席", "兴安": "岭", "河南": "岸", "江西": "岸", "河北": "岸", "北京": "西站", "中山": "装陵",
}
_WORD_BEFORE = {
    "运城": "客货海航", "聊城": "无", "成都": "完办变做生形达分组构写弄说合不全", "保定": "医社担确环低参投险", "西安": "东", "西宁": "东", "西藏": "东", "广东": "推宽",
    "广西": "推宽", "上海": "以网线晚早马", "海口": "出入进", "江西": "珠长沿浙漓", "河南": "黄淮运沿", "河北": "黄淮运沿", "湖南": "西太",
    "湖北": "西太", "山东": "中泰华", "山西": "中泰华", "云南": "白", "大连": "最重强扩巨", "重庆": "双", "东营": "股房", "延安": "拖",
    "合肥": "联混复", "安庆": "公治", "金华": "资", "吉林": "榆", "海南": "沿", "中山": "孙", "贵港": "昂", "北海": "河湖", "宿迁": "居",
    "南通": "江河", "白山": "长", "六安": "周期拜十", "天水": "今明昨每几整", "文山": "公", "乐山": "快娱", "和田": "我你他",
}
_DEED_THERE = re.compile(r"[办弄].{2}的")  # 办成都的 is of Chengdu, 办成都可以 is not
_CUE = re.compile(r"(?:(?<![现存实内好正])在|到|去|回|从|来自|往|住|迁|转|老家|户籍|户口|籍贯|于)$")
_BESIDE = re.compile(r"人(?![数员均次])|的?(?:户口|户籍|社保|医保|公积金|窗口)|那边|这边|本地|老家|当地")
_BETWEEN = re.compile(r"[\s,，、的]?")
_MOVED_TO = re.compile(r"(?:换|切|改|搬|迁|转|选|切换|定位)(?:家|回|户口)?(?:到|成|为|至|去|往|入)?$")
_AROUND = re.compile(
    r"我|们|人|现|在|是|的|住|来自|要|看|办|换|切|改|到|成|为|老家|户口|户籍|那边|这边|市|省|吧|啊|呢|就|了|[\s,，。.、!！?？]"
)


class Mention(NamedTuple):
    """A region, and where the text names it."""

    region: Region
    start: int
    end: int


def find_region(text: str, regions: Regions) -> Optional[Region]:
    """The region that the text is about: the first, or the one that it moves or switches to."""
    mentions = find_mentions(text, regions)
    moved = [m for m in mentions if _MOVED_TO.search(text, max(0, m.start - 6), m.start)]
    chosen = (moved or mentions)[:1]
    return chosen[0].region if chosen else None


def is_place(text: str, regions: Regions) -> bool:
    """Whether the text names a place and says nothing else: 成都, 我在四川成都."""
    mentions = find_mentions(text, regions)
    if len(mentions) != 1:
        return False
    _, start, end = mentions[0]
    return not _AROUND.sub("", f"{text[:start]} {text[end:]}")


def find_mentions(text: str, regions: Regions) -> list[Mention]:
    """All regions that the text names, in its order. Where two names overlap, the longer one counts."""
    kept: list[Mention] = []
    taken = bytearray(len(text))
    for mention in sorted(_candidates(text, regions), key=lambda m: (m.start - m.end, m.start)):
        if not any(taken[mention.start:mention.end]):
            taken[mention.start:mention.end] = b"\1" * (mention.end - mention.start)
            kept.append(mention)
    return sorted(kept, key=lambda m: m.start)


def _candidates(text: str, regions: Regions) -> Iterator[Mention]:
    begins = regions.lengths
    for start in (k for k, char in enumerate(text) if char in begins):
        for end, bearers in _names_at(text, start, regions):
            region = _alone(text, start, end, bearers)
            if region is not None:
                yield _with_parts(text, start, end, region, regions)
                break


def _names_at(text: str, start: int, regions: Regions) -> list[tuple[int, tuple[Region, ...]]]:
    """The names that begin at ``start``, the longest first: their ends, and the regions that bear them."""
    names, lengths = regions.by_name, regions.lengths.get(text[start:start + 1], ())
    ends = [start + length for length in lengths if text[start:start + length] in names]
    return [(end, names[text[start:end]]) for end in ends]


def _alone(text: str, start: int, end: int, bearers: tuple[Region, ...]) -> Optional[Region]:
    """The region that a name means with no province or city before it, or None."""
    name, region = text[start:end], bearers[0]
    if _NO_SUFFIX.match(text, end - 1) or not _stands_alone(text, start, end):
        return None
    if region.is_county:
        unclear = len(bearers) > 1 or name == region.short or _COMPASS.fullmatch(name)
        return None if unclear else region
    if name == region.short and _STREET.match(text, end):
        return None
    return region


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Whether the name is no piece of other words."""
    name = text[start:end]
    if text[start - 1:start] in tuple(_WORD_BEFORE.get(name.removesuffix("市"), ())) and not _DEED_THERE.fullmatch(text, start - 1, end + 1):
        return False
    if text[end:end + 1] in tuple(_WORD_GOES_ON.get(name, ())):
        return False
    if not _WORDS.fullmatch(name) and not _CHANCE.fullmatch(name):
        return True
    if text.strip(" ,，。.!！?？") == name:
        return True
    return bool(_CUE.search(text, max(0, start - 3), start) or _BESIDE.match(text, end))


def _with_parts(text: str, start: int, end: int, region: Region, regions: Regions) -> Mention:
    """Goes on to the city and county named after a province, and to the county after a city."""
    while True:
        begin = _gap(text, end)
        deeper = next(
            (
                (stop, part) for stop, bearers in _names_at(text, begin, regions)
                if (part := _part(text, begin, stop, region, bearers)) is not None
            ),
            None,
        )
        if deeper is None:
            return Mention(region, start, end)
        end, region = deeper


def _gap(text: str, end: int) -> int:
    match = _BETWEEN.match(text, end)
    return match.end() if match else end


def _part(
    text: str, start: int, end: int, above: Region, bearers: tuple[Region, ...]
) -> Optional[Region]:
    """The one region below ``above`` that bears the name."""
    inside = [r for r in bearers if r is not above and above.holds(r)]
    cities = [r for r in inside if not r.is_county]
    inside = cities or inside
    if len(inside) != 1 or bearers[0].is_province or _NO_SUFFIX.match(text, end - 1):
        return None
    return None if text[start:end] == inside[0].short and _STREET.match(text, end) else inside[0]
