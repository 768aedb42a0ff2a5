"""What is to be done with the matter: the words that tell 补领 from 换领, and 设立 from 注销.

Half of all confusions between items are between two operations on the same matter, so operations are
read off the message and off each item's name, and compared.
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

OPERATIONS: dict[str, re.Pattern[str]] = {
    name: re.compile(words) for name, words in {
        "first": r"首次|第一[次张个回]|头一[次张个回]|初次|初始|新办|首办|申办|核发|配发|没办过|从来没|从没|颁发|发放|准入|准营|新建",
        "renew": r"换领|换发|换证|换新|换一?[张本个]|到期|过期|期满|快到|到日子|到头|有效期|续期|更换|换.{0,4}[证本照]",
        "lost": r"补领|补办|补发|补证|重办|重开|补一?[张本个]|挂失补|丢|遗失|不见|找不[到着]|被偷|偷了|弄没|没影|掉了|落在|唔见|补.{0,5}[证照本]|二次办|再办",
        "freeze": r"挂失|冻结|锁卡|盗刷|别人[刷用]",
        "temporary": r"临时|应急|顶几天|顶一阵",
        "change": r"变更|变动|更改|调整|改名|改成|改个|换地址|换法人|换股东|换经营|修改|更名|修正|更新|更换|换.{0,3}(?:主体|法人)|改(?![善革装建造])",
        "cancel": r"注销|作废|撤销|停办|停用|退出登记|解除|回收|销号|关店|关门|不干了|不开了|不做了|歇业|销户|关掉|取消|终止|结束|放弃|报废",
        "extend": r"延续|延期|展期|延展|续期|续签|签注|续办|延长|推迟|^续|继续",
        "transfer": r"转移|转入|转出|转到|转回|转过|接续|过户|转让|迁移|迁到|迁入|迁出|迁户|挪到|并到|转.{0,4}(?:关系|手续)",
        "ask": r"查(?!封|验|处)|余额|明细|还有多少|剩多少|有多少钱|查我",
        "check": r"校验|年检|年报|年度报告|复核|复评|复查",
        "certify": r"认证|刷脸|证明.*活着|生存|年审",
        "print": r"打印|开具|开一?[张份个]|开证明|出具|打一?[张份]|缴费证明|完税证明|参保证明",
        "take": r"提取|提出|取出|取公积金|提公积金|取钱|套出|拿出来",
        "borrow": r"贷款|按揭|借钱|借款|贷",
        "set_up": r"设立|开公司|注册公司|开店|开个店|开办|办执照|营业执照|新开|创办|摆摊|成立|组建|开业",
        "mortgage": r"抵押|押给|解押",
        "end": r"离婚|离了|离掉|散伙|分开",
        "join": r"结婚|领证|扯证|婚姻登记",
        "retire": r"退休|离休|退了休",
        "report": r"投诉|举报|欠薪|拖欠|不发工资|维权|被坑|假货",
        "reimburse": r"报销|报一?下|垫付|手工报|发票.*报",
        "remote": r"异地|跨省|外省|外地",
        "subsidy": r"补贴|津贴|补助|救助|优待|低保",
    }.items()
}
NAMES = tuple(OPERATIONS)
PLAIN = frozenset({"first", "set_up", "report", "subsidy", "remote"})
"""Operations that need not be said: 办营业执照 means a new one, not its change or its end."""
SAID = np.array([name not in PLAIN for name in NAMES])
_NEGATED = re.compile(
    r"(?:(?P<none>没有?)|(?<!是)不是|并非|(?<!要)不要|(?<!想)不想|(?<![特区性级差辨分告离个])别(?![的人家处]))"
    r"[^，,。；;！!？?]{1,10}?[，,。；; ]*"
    r"(?:而是|只是|(?(none)就?是(?!不是)|(?:是要|是想|就?是|我?要的?是?|我?想)))(?P<rest>.{2,})"
)
"""没有社保卡，想办 names the matter by what is missing: only an 是 after it takes it back (没丢，是到期)."""


def read_operations(text: str) -> NDArray[np.float32]:
    """One number an operation: 1 where the text speaks of it."""
    return np.array([bool(words.search(text)) for words in OPERATIONS.values()], dtype=np.float32)


def affirmed(text: str) -> str:
    """The text without what it says it is not: 不是补办，是到期换 → 到期换."""
    match = _NEGATED.search(text)
    return (text[:match.start()] + match.group("rest")).strip() if match else text
