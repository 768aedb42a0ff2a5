"""Two matters named in one list: 身份证和驾照补办各多少钱. Taken apart here, a sentence for each.

Cautious: papers that are brought along (办护照要带身份证和户口本吗), people (我和老婆) and questions that
compare two matters stay whole. What counts as a matter is read from the names and aliases of the catalogue.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple, Optional

from opencc import OpenCC

from gateway.catalogue.model import Catalogue

LOST = r"(?:也|都|全|又|给|被)*(?:弄|搞|整)?(?:丢失|丢|掉|遗失|偷走|偷|没有|没|不见|找不到|找不着|过期|到期|期满)(?:了|掉了|没了|啦)?"
BEFORE = r"首次申领|首次领用|首次办理|首次|第一次办|重新办|补办|补领|换领|补换|新办|申领|申请|申办|办理|办|补|换|领|查询|查|打印|开具|开|挂失|注销|更换|变更|转移|转|迁|打|做|交|缴|上"
AFTER = r"丢失补领|遗失补证|期满换证|期满换领|到期换证|补办|补领|补证|补发|换领|换证|换发|申领|申请|申报|新办|办理|挂失|查询|余额查询|余额|登记|注销|变更|认定|认证|转移|续签|打印|签发"
JOINT = re.compile(r"\s*(?:[、/+＋&]|以及|还有|[和跟与及]|[，,]\s*(?:还有)?)\s*(?:我的|他的|她的|孩子的)?")
COMMA = re.compile(r"[，,]")
DOES = re.compile(
    r"丢|偷|没了|不见|找不[到着]|补|换|过期|到期|期满|办|申请|申领|领|挂失|查|转|迁|注销|登记|打印|续|认证"
)
HOW = re.compile(
    r"^(?:应该|需要|要|该|得|收|在|是)?(?:怎么|如何|咋|怎样|多少钱|多久|几天|几个工作日|多长时间|什么(?:材料|手续|条件|流程)|哪些(?:材料|手续|条件)"
    r"|带(?:什么|啥|哪些)|费用|收费|去?哪里?|哪儿)"
)
SHARES = re.compile(r"^(?:的话)?(?:这|那)?(?:[两二三俩仨几]个?[样张本项种件]?)?(?:都|全部?|各自?|分别)(?:各|分别)?")
"""What holds the things of a list together, and is left out when each gets a sentence of its own."""
BROUGHT = re.compile(
    r"带(?!什么|啥|哪些)|拿着?|凭|持|需要|要(?!办|补|换|查|领|申|多|带什么|带啥|什么|哪些|怎么)|用|复印|原件|提供|上传|提交|出示|绑|没有"
)
"""Things in the list are brought along to something else."""
COMPARED = re.compile(
    r"区别|不同|不一样|一样|一致|相同|哪个|哪一个|先|影响|冲突|绑定|关联|合并|合一|一起|同时|一回事|一个东西|一张|信息|地址|名字|号码|照片|能都|可以都|换成|改成|代替|替代|还是"
)
"""The question is about both together."""
PART_OF = r"号|复印|照片|正面|反面|原件|信息|地址|[上里内]的?"
"""After a name, it is only something on that paper: 身份证号."""
MOST = 3
LEAST_NAME = 2
_NAME_ENDS = re.compile(rf"^(?:{BEFORE})|(?:{AFTER}|丢了|丢失|遗失|到期|过期|期满|余额|丢)$")


class Thing(NamedTuple):
    """One entry of a list: what is done before its name, its name, what is done or befell it after."""

    before: str
    name: str
    after: str


class Joined:
    """Takes lists of matters apart, after the names of one catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        names = {n for i in catalogue.items.values() for n in (i.name, *i.aliases)}
        self._names = frozenset(bare for n in names for bare in _bare(n))
        choices = "|".join(re.escape(n) for n in sorted(self._names, key=len, reverse=True))
        self._thing = re.compile(rf"(?P<before>{BEFORE})?(?P<name>{choices})(?!{PART_OF})(?P<after>{AFTER}|{LOST})?") if choices else None

    def parts(self, text: str) -> list[str]:
        """A sentence for each matter of the list in ``text``; one entry when there is no such list."""
        plain = _simplified(text)
        if self._thing is None or len(plain) != len(text) or text.startswith("/"):
            return [text]
        found = next(self._lists(plain), None)
        if found is None:
            return [text]
        start, end, things, joints = found
        pre, post = plain[:start], plain[end:]
        sentences = self._sentences(pre, things, joints, post)
        return sentences or [text]

    def _lists(self, text: str) -> Iterator[tuple[int, int, list[Thing], list[str]]]:
        """Where lists of two or more things stand: start, end, the things, what joins them."""
        assert self._thing is not None
        at = 0
        while (first := self._thing.search(text, at)) is not None:
            things, joints, end = [_thing(first)], [], first.end()
            while len(things) < MOST:
                joint = JOINT.match(text, end)
                begin = joint.end() if joint else end
                following = self._thing.match(text, begin)
                if following is None:
                    break
                joints.append(text[end:begin])
                things.append(_thing(following))
                end = following.end()
            if len(things) > 1:
                yield first.start(), end, things, joints
            at = max(end, first.start() + 1)

    def _sentences(
        self, pre: str, things: list[Thing], joints: list[str], post: str
    ) -> Optional[list[str]]:
        assert self._thing is not None
        if len({t.name for t in things}) < len(things) or BROUGHT.search(pre + things[0].before) or COMPARED.search(post):
            return None
        if self._thing.search(pre) or self._thing.search(post) or BROUGHT.search(post):
            return None
        shared = bool(SHARES.match(post)) or things[-1].after.startswith(("都", "全"))
        rest = SHARES.sub("", post)
        own = _own(things)
        if own is None or not (own or any(t.before or t.after for t in things) or DOES.search(pre + rest) or HOW.match(rest)):
            return None
        if not _may_join(things, joints, own, shared, rest):
            return None
        lead = "" if own else things[0].before
        tail = "" if own else things[-1].after.lstrip("都全")
        story = "" if _is_story(pre) else pre
        spoken = [f"{t.before}{t.name}{t.after.lstrip('也')}" if own else f"{lead}{t.name}{tail}" for t in things]
        return [f"{story}{said}{rest}" for said in spoken]


def _own(things: list[Thing]) -> Optional[bool]:
    """Whether each thing has a deed of its own (补身份证和查公积金); False when one is shared by all
    (补办身份证和驾照, 身份证和驾照补办), None when it is neither."""
    if all(t.before or t.after for t in things):
        return True
    leads, tails = [bool(t.before) for t in things], [bool(t.after) for t in things]
    return False if not any(leads[1:]) and not any(tails[:-1]) and not (leads[0] and tails[-1]) else None


def _may_join(
    things: list[Thing], joints: list[str], own: bool, shared: bool, rest: str
) -> bool:
    """A comma, or nothing at all, only joins what is said to be one list (都丢了), or what befell each."""
    if own:
        states = all(t.after and re.fullmatch(LOST, t.after) for t in things)
        orders = all(t.before for t in things) and not rest
        return all(joints) and (states or orders or not any(COMMA.search(j) for j in joints))
    loose = [j for j in joints if not j.strip() or COMMA.search(j)]
    ordered = bool(things[0].before) and not rest and all(j.strip() for j in joints)
    return not loose or shared or ordered


def _is_story(pre: str) -> bool:
    """Whether what stands before the list only tells how things got lost (钱包丢了，)."""
    return bool(COMMA.search(pre[-1:])) and bool(re.search(r"丢|偷|抢|不见|没了|掉", pre))


def _thing(match: re.Match[str]) -> Thing:
    return Thing(match["before"] or "", match["name"], match["after"] or "")


def _bare(name: str) -> Iterable[str]:
    """The matter of a name or alias without what is done with it: 补办身份证 → 身份证."""
    while (shorter := _NAME_ENDS.sub("", name)) != name and len(shorter) >= LEAST_NAME:
        name = shorter
    return (name,) if len(name) >= LEAST_NAME and re.fullmatch(r"[一-龥]+", name) else ()


_opencc = OpenCC("t2s")


def _simplified(text: str) -> str:
    return str(_opencc.convert(text))
