"""Cues: what a reader sees at a glance and counting characters does not show.

Whether a message asks, whether it wishes, and which of the two stands in its last clause: 身份证丢了，怎么补
asks; 怎么都找不到了，给我补一张 wishes. A bare name of a matter does neither.
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

ASKS = re.compile(
    r"[?？]|吗|么$|呢|不$|没$|什么|啥|怎么|咋|怎样|如何|多少|几[天个块点号月岁年]|哪|谁|为什么|为啥|多久|多长|能不能|"
    r"可不可以|行不行|要不要|用不用|是不是|有没有|会不会|算不算|得不得|办不办|给不给|收不收|能不|点样|几时|几多|边度|"
    r"还是.{1,8}$|(?:可以|能|需要).{0,12}[吗不么]"
)
WISHES = re.compile(
    r"我要|我想|想要|帮我|帮.{0,4}[办申取交弄查开]|给我|给.{0,4}[办申上开弄]|替.{0,5}[办申取弄]|申请|申领|办理|办一?[个张下]|"
    r"要办|想办|弄[一个张上]|来[一个办]|预约|登记|投诉|举报|查一?下|查查|打[一印]|开[一具张]"
)
HOW = re.compile(r"(?:怎么|咋|怎样|如何).{1,3}$")
ENDS_ASKING = re.compile(r"[吗呢么不没?？]$")
ENDS_DOING = re.compile(r"(?:一下|了|吧|上|好|掉)$")
MATTER = re.compile(
    r"(?:登记|许可|证明?|卡|补贴|津贴|贷款|公证|认定|手续|金|待遇|报销|签发|备案|认证|执照|发票|税|户口|护照)$"
)
DOES = re.compile(r"[办取开领补换交报弄给帮打查转改拿注]|申请|登记[一下]|想|要")
DOINGS = tuple(re.compile(words) for words in (
    r"(?:局|中心|委|部门|窗口|你们|这里|这儿).{0,4}(?:管(?:什么|啥|哪|的)|能办(?:什么|啥|哪|点|些)|可以办(?:哪|什么)|办哪些|有哪些|哪些事|什么事|啥事|是干)",
    r"(?:办|做|审|批|排|受理)(?:到|得|好|完|下来)(?:了|吗|么|冇|没|哪|几|第几|怎么样|咋样)|进度|状态|到哪[了步一]|谁在审",
    r"补上|补给|补交|补传|补正|重新传|重传|传上|发过去|照糊",
    r"约.{0,14}(?:取消|退|不去|改)|去不了|来不了|取消.{0,4}(?:预约|约)",
    r"[好差]评|评价|打.{0,2}分|[一二三四五1-5]星|满意",
    r"约[在个到一下周明]|预约|挂个号|取个号|约.{0,6}去",
    r"不办了|撤[回销掉]|算了|不弄了|退出|不填了",
    r"填错|写错|改[一下成为]|换成|不对",
    r"开放.{0,8}数据|数据.{0,4}开放|数据集|下载.{0,6}数据|公开.{0,10}(?:数据|数量|名单)",
    r"谁.{0,4}看过|授权|我的信息|个人信息|删掉我|我的数据|登记错",
    r"^你(?!们|好)",
    r"第.{1,2}[个项种条]|[上前后最]面?那?[个一]",
    r"没人管|太吵|噪音|扰民|路灯|堵|乱停|臭|垃圾|态度|推诿|感谢.{0,10}(?:局|队|同志|警|人员)",
    r"不想活|活不|自杀|轻生|跳|救命|着火|起火|漏气|煤气|打我|家暴|昏|晕|不行了|流血|遗书|安眠药|对不起大家",
))
ASPECT_WORDS = tuple(re.compile(words) for words in (
    r"钱|费|价|几块|多少块|块吗|免费|几个点|一百几|贵不贵|便宜",
    r"几天|多久|多少[日天]|多长时间|啥时候|什么时候|何时|几月|截止|有效期|最晚|最迟|马上|当天|当场|几时",
    r"几点|周[一二三四五六日末]|星期|礼拜|上班|下班|开门|关门|中午|节假日|午休",
    r"电话|打几号|号码是|热线|联系谁|找谁问|打哪个",
    r"哪里|哪儿|在哪|去哪|地址|哪个(?:窗口|派出所|大厅|单位|部门|地方|社区)|边度|划到",
    r"网上|手机|线上|app|小程序|电脑|在家|不跑|远程|微信",
    r"法律|哪条|依据|规定的?|文件|法规|条例|哪部法",
    r"带什么|带啥|材料|证件|资料|原件|复印件|交什么|准备|提交什么|要不要.{0,4}(?:证|本|合同|照片)|(?:合同|证|书|本).{0,6}(?:必须|一定)",
    r"条件|资格|什么人|哪些人|谁能|符合|算不算|够不够|能不能|可不可以|行不行|可以.{0,10}吗|能.{0,10}[吗不]$",
    r"是什么|是啥|怎么回事|咋回事|指的|啥意思|什么意思|介绍|说说|讲讲|政策|干啥|有什么用|是个啥|什么东西",
    r"怎么办|咋办|怎么弄|咋弄|怎么走|流程|步骤|手续|怎么[^，,]{1,8}$|咋个?[^，,]{1,6}$|第一步|程序",
))
CLAUSES = re.compile(r"[，,。；;!！ ]")
CLOSING = re.compile(r"[，,。；;!！？? ~.]+$")
SHORT, SHORTER, LONG, NAME = 8, 4, 20, 12
REPORTED = re.compile(
    r"^(?:我们?|他|她|家里人?)?(?:已经?|都|刚刚?|早就?|昨天|前天|今天|之前|当时)*(?:就|也)?(?:报过?了?警了?|打过?了?110了?|去派出所报(?:过|了)?案?了?)[了过啊吧呀。.!！ ]*$"
)
"""The police know already, and nothing else is said: no cry for help."""
LINKS = re.compile(
    r"[那它他她这的要得收去来有是在就还能个位该又会再也都大约概般总共交给花用呢啊呀吧嘛吗了,，。?？!！ ]|"
    r"的话|那个|这个|一般|到底|请问|谢谢|办理?|弄|搞|号|[烦急气]死|真烦"
)
FOLLOWS_UP = re.compile(
    r"^(?:and |so |ok,? |then )?(?:how|what|where|when|which|who|can|do|does|is)\b(?:(?:.{0,30}\b(?:it|that|this)\b.{0,10})|.{0,9})$"
)


def last_clause(text: str) -> str:
    """What is said last: there people put their question or their wish."""
    return CLAUSES.split(CLOSING.sub("", text))[-1]


def is_bare(text: str) -> bool:
    """Whether a message asks and names no matter (那它要多少钱, how much is it): only the talk before tells
    what it is about."""
    if FOLLOWS_UP.match(text):
        return True
    asked = sum(len(words.findall(text)) for words in (ASKS, *ASPECT_WORDS))
    for words in (ASKS, *ASPECT_WORDS):
        text = words.sub(" ", text)
    return asked > 0 and len(LINKS.sub("", text)) <= 1


def cues(text: str) -> NDArray[np.float32]:
    """The cues of a text in normal form, 1 where one is there."""
    asks, wishes = len(ASKS.findall(text)), bool(WISHES.search(text))
    last = last_clause(text)
    last_asks, last_wishes = bool(ASKS.search(last)), bool(WISHES.search(last))
    bare = not DOES.search(text) and not asks
    return np.array([
        asks > 0, asks > 1, wishes, bool(ENDS_ASKING.search(text)),
        asks > 0 and wishes, not asks and wishes, not asks and not wishes,
        len(text) <= SHORTER, len(text) <= SHORT, len(text) >= LONG, bool(ENDS_DOING.search(text)),
        last_asks, last_wishes, last_asks and last_wishes, last_wishes and not last_asks,
        bool(HOW.search(last)), text.endswith(("?", "？")),
        bare and bool(MATTER.search(text)), bare and len(text) <= NAME,
        *(bool(words.search(text)) for words in (*DOINGS, *ASPECT_WORDS)),
        *(bool(words.search(last)) for words in ASPECT_WORDS),
    ], dtype=np.float32)
