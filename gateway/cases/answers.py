"""Checking one answer against its data element, and showing it again.

``read`` returns the normal form that is kept and sent; what it cannot use it explains with a
:class:`CitizenError` that says what is wrong and how it should look.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

import stdnum.exceptions
from stdnum import luhn
from stdnum.cn import uscc

from gateway.cases import values
from gateway.cases.choices import choose
from gateway.catalogue.model import Choice, Element, ElementType
from gateway.errors import CitizenError
from gateway.privacy.masking import mask_value

LONGEST_TEXT = 200
AS_WRITTEN = frozenset({ElementType.text, ElementType.address})
SURNAMES = frozenset(
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳"
    "酆鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹姚邵湛汪祁毛禹狄米贝明臧计伏成戴谈宋茅庞"
    "熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯管卢莫经房裘缪干解应宗丁宣贲邓郁"
    "单杭洪包诸左石崔吉钮龚程嵇邢滑裴陆荣翁荀羊惠甄曲家封芮羿储靳汲邴糜松井段富巫乌焦巴弓牧隗山谷车侯宓蓬全郗班仰秋仲伊宫宁仇"
    "栾暴甘厉戎祖武符刘景詹束龙叶幸司韶郜黎蓟薄印宿白怀蒲邰从鄂索咸籍赖卓蔺屠蒙池乔阴胥能苍双闻莘党翟谭贡劳逄姬申扶堵冉宰郦雍"
    "却璩桑桂濮牛寿通边扈燕冀郏浦尚农温别庄晏柴瞿阎充慕连茹习宦艾鱼容向古易慎戈廖庾终暨居衡步都耿满弘匡国文寇广禄阙东欧殳沃利蔚"
    "越夔隆师巩厍聂晁勾敖融冷訾辛阚那简饶空曾毋沙乜养鞠须丰巢关蒯相查后荆红游竺权逯盖益桓公万俟司马上官欧阳夏侯诸葛闻人东方赫连"
    "皇甫尉迟澹台公冶宗政濮阳淳于单于太叔申屠公孙仲孙轩辕令狐钟离宇文长孙慕容鲜于闾丘司徒司空亓官肖闫付代覃岳"
)
NOT_A_NAME = re.compile(r"谢谢|都可以|都行|那个|那就|查一下|查询|从头|何时|方便|时间|后面")
"""Words that begin with a surname and are none."""
PREFIX = re.compile(
    r"^(?:[我俺咱]的?|本人|他的?|她的?)?(?:名字|姓名|电话|手机号?码?|身份证号?码?|地址|住址|卡号|银行卡号?|单位|公司|号码|叫|住在|住)?(?:就?是|为|叫)?[:：\s]*"
)
DECLINES = re.compile(
    r"^(?:那?就?我?(?:先|还是)?(?:跳过|略过|空着|不填|不说|不写|不想(?:填|说|写|讲|告诉|透露|提供)|不愿意?(?:填|说|写|提供)?|不方便(?:填|说|写|讲|透露|提供|告诉)?|不便(?:填写?|说|透露|提供)"
    r"|(?:真|实在|已经)?(?:记不(?:清楚?|得|起来?|住)|想不起来?|忘(?:记|光)?|不记得|没印象)|不(?:知道|清楚|晓得)怎么填|(?:这个|这项)?(?:能|可以)?(?:不填|跳过)(?:吗|么)?)"
    r"|(?:skip|pass|i don'?t (?:know|remember)|rather not(?: say)?))(?:它|这个|这项|这题|这一项|这个问题)?(?:可以吗|行吗|行不行)?[了吧啊呀的。.!！~\s]*$", re.IGNORECASE
)
"""Ways not to answer: 不想填, 记不清了, 跳过吧."""
SENT, AGAIN = "sent", "again"
"""What an answer to a question for files says: they are all there, or they are to be sent anew."""
SAID_SENT = re.compile(
    r"^(?:我?(?:已经?|都|全)*(?:传|发|拍|上传|发送|提交|弄)(?:过去?|上去)?(?:好|完|全|齐)?了?(?:的?照片)?|好了?|齐了|就(?:这些?|这么多|一[张份页]|它)|(?:没有?别的|没有|没)了?|可以了?|行了?|完了|下一(?:步|题)|继续|接着填|ok|done|sent)"
    r"[了吧啊呀的。.!！~\s]*$", re.IGNORECASE
)
SAID_AGAIN = re.compile(
    r"^(?:我?(?:要|想)?(?:全部?|都)?(?:重新?(?:传|发|拍|上传)|再(?:传|拍|发)一?遍)|(?:传|发|拍)错了?|删(?:掉|了)?(?:重[传发拍]|照片|它们?)?)(?:一遍|一下|吧|了)*[。.!！\s]*$"
)
NOTHING = re.compile(r"^(?:没有|没|无|啥也没有)[吧了的。.\s]*$")
"""An answer that there is nothing to tell; where an answer is needed it may be one."""
FAR_TOO_LONG = 1e12
"""A number typed in the wrong place, such as an identity number: it is not shown again."""
ADDRESS_WORD = re.compile(r"[省市区县镇乡村路街道巷弄号楼幢栋室园苑里城屯组]")


def read(element: Element, text: str, today: dt.date, choices: tuple[Choice, ...] = ()) -> str:
    """The normal form of an answer, as text.

    ``choices`` replaces the element's own list where it is known only at run time (free slots).

    Raises:
        CitizenError: with response ``utter_bad_<type>`` or ``utter_bad_<type>_<problem>``.
    """
    plain = values.half_width(text)
    if not plain:
        raise CitizenError("utter_bad_empty", name=element.name)
    if element.type in (ElementType.choice, ElementType.slot):
        return choose(element, plain, _bare(plain), choices or element.choices)
    if element.type in AS_WRITTEN and not element.pattern:
        plain = text.strip()  # people's own words keep their own punctuation
    return _READERS[element.type](element, plain, today)


def declines(text: str) -> bool:
    """Whether the words say that this question stays without an answer."""
    said = values.half_width(text)
    return bool(DECLINES.match(said) or NOTHING.match(said))


def recognises(element: Element, text: str, today: dt.date, choices: tuple[Choice, ...] = ()) -> bool:
    """Whether ``text`` as it stands is a good answer to this element."""
    try:
        read(element, text, today, choices)
    except CitizenError:
        return False
    return True


def show(element: Element, value: str, choices: tuple[Choice, ...] = ()) -> str:
    """The answer as its citizen reads it again: labels for choices, masked where personal."""
    for choice in choices or element.choices:
        if choice.value == value:
            return choice.label
    if element.type is ElementType.slot:
        return value.partition(" ")[2] or value
    if element.type is ElementType.date:
        day = dt.date.fromisoformat(value)
        return f"{day.year} 年 {day.month} 月 {day.day} 日"
    if element.type is ElementType.month:
        return _month_words(dt.date.fromisoformat(f"{value[:7]}-01"))
    if element.type is ElementType.amount:
        return f"{float(value):,.2f} 元".replace(".00 ", " ")
    if element.type is ElementType.attachment:
        return f"{value} 份"
    return mask_value(value, element.type.value)


def _bare(text: str) -> str:
    return PREFIX.sub("", text).strip(" \u3000。.,，!！") or text


def _text(element: Element, text: str, today: dt.date) -> str:
    shortest, longest = int(element.min or 1), int(element.max or LONGEST_TEXT)
    if not shortest <= len(text) <= longest:
        raise CitizenError(
            "utter_bad_length", name=element.name, found=len(text), least=shortest, most=longest
        )
    if not re.search(r"\w", text):
        raise CitizenError("utter_bad_empty", name=element.name)
    if element.pattern and not re.fullmatch(element.pattern, text, re.IGNORECASE):
        raise CitizenError("utter_bad_pattern", name=element.name, hint=element.pattern_hint)
    return text


def _person_name(element: Element, text: str, today: dt.date) -> str:
    name = re.sub(r"\s*[·•]\s*", "·", _bare(text))
    chinese = re.fullmatch(r"[一-龥㐀-䶿]{2,4}", name) and name[0] in SURNAMES
    minority = re.fullmatch(r"[一-龥㐀-䶿]{1,12}(?:·[一-龥㐀-䶿]{1,12}){1,3}", name)
    latin = re.fullmatch(r"[A-Za-z][A-Za-z.' -]{1,58}[A-Za-z]", name)
    if not (chinese or minority or latin) or NOT_A_NAME.match(name):
        raise CitizenError("utter_bad_person_name", name=element.name)
    return name


def _id_number(element: Element, text: str, today: dt.date) -> str:
    found = values.find_id_number(text)
    if found:
        return found
    number = re.sub(r"[^0-9A-Za-z]", "", _bare(text)).upper()
    _has_characters(element, number)
    problem = values.id_number_problem(number)
    raise CitizenError(f"utter_bad_id_number_{problem or 'characters'}", found=len(number))


def _has_characters(element: Element, number: str) -> None:
    """Whoever wrote something else altogether is told what is asked, not how many digits are missing."""
    if not number:
        raise CitizenError("utter_bad_no_number", name=element.name)


def _phone(element: Element, text: str, today: dt.date) -> str:
    found = values.find_phone(text)
    if found:
        return found
    digits = re.sub(r"[^0-9]", "", text)
    _has_characters(element, digits)
    if len(digits) == 11:
        raise CitizenError("utter_bad_phone_start", found=digits[:3])
    raise CitizenError("utter_bad_phone", found=len(digits))


def _date(element: Element, text: str, today: dt.date) -> str:
    found = values.find_date(text, today)
    if found is None:
        raise CitizenError("utter_bad_date", name=element.name)
    if element.not_after_today and found > today:
        raise CitizenError("utter_bad_date_future", name=element.name, day=_day(found))
    if element.not_before_today and found < today:
        raise CitizenError("utter_bad_date_past", name=element.name, day=_day(found))
    if not 1900 <= found.year <= 2100:
        raise CitizenError("utter_bad_date", name=element.name)
    return found.isoformat()


def _month(element: Element, text: str, today: dt.date) -> str:
    """A month, kept as 2025-01; a day in it names it, too."""
    said = _BARE_MONTH.fullmatch(text)
    found = dt.date(int(said[1]), int(said[2]), 1) if said else values.find_date(text, today)
    found = found or (today if re.search(r"本月|当月|这个?月", text) else None)
    if found is None or not 1900 <= found.year <= 2100:
        raise CitizenError("utter_bad_month", name=element.name)
    month = found.replace(day=1)
    if element.not_after_today and month > today:
        raise CitizenError("utter_bad_date_future", name=element.name, day=_month_words(month))
    if element.not_before_today and month < today.replace(day=1):
        raise CitizenError("utter_bad_date_past", name=element.name, day=_month_words(month))
    return f"{month:%Y-%m}"


_BARE_MONTH = re.compile(r"\s*((?:19|20)[0-9]{2})\s*[-/.年]?\s*(0?[1-9]|1[0-2])\s*月?份?[。.]?\s*")
"""2025-01, 2025/1 and 202501, which name no day."""


def _month_words(month: dt.date) -> str:
    return f"{month.year} 年 {month.month} 月"


def _day(day: dt.date) -> str:
    return f"{day.year} 年 {day.month} 月 {day.day} 日"


def _amount(element: Element, text: str, today: dt.date) -> str:
    found = values.find_amount(text)
    if found is None or found >= FAR_TOO_LONG:
        raise CitizenError("utter_bad_amount", name=element.name)
    _within(element, found)
    return f"{found:.2f}"


def _integer(element: Element, text: str, today: dt.date) -> str:
    found = values.find_amount(text)
    if found is None or found != int(found) or found >= FAR_TOO_LONG:
        raise CitizenError("utter_bad_integer", name=element.name)
    _within(element, found)
    return str(int(found))


def _within(element: Element, found: float) -> None:
    least = element.min if element.min is not None else 0
    most = element.max if element.max is not None else 1e9
    if not least <= found <= most:
        raise CitizenError(
            "utter_bad_range", name=element.name, found=f"{found:,.2f}".removesuffix(".00"),
            least=f"{least:,.0f}", most=f"{most:,.0f}",
        )


def _address(element: Element, text: str, today: dt.date) -> str:
    address = _bare(text)
    if not 6 <= len(address) <= LONGEST_TEXT or not ADDRESS_WORD.search(address):
        raise CitizenError("utter_bad_address", name=element.name)
    return address


def _bank_card(element: Element, text: str, today: dt.date) -> str:
    number = re.sub(r"[^0-9]", "", text)
    _has_characters(element, number)
    if not 15 <= len(number) <= 19:
        raise CitizenError("utter_bad_bank_card", found=len(number))
    if not luhn.is_valid(number):
        raise CitizenError("utter_bad_bank_card_check")
    return number


def _email(element: Element, text: str, today: dt.date) -> str:
    found = values.find_email(text)
    if found is None:
        raise CitizenError("utter_bad_email")
    return found


def _credit_code(element: Element, text: str, today: dt.date) -> str:
    code = re.sub(r"[^0-9A-Za-z]", "", _bare(text)).upper()
    _has_characters(element, code)
    if len(code) != 18:
        raise CitizenError("utter_bad_credit_code", found=len(code))
    try:
        return str(uscc.validate(code))
    except stdnum.exceptions.ValidationError:
        raise CitizenError("utter_bad_credit_code_check") from None


def _attachment(element: Element, text: str, today: dt.date) -> str:
    """What is said of the files themselves: :data:`SENT` or :data:`AGAIN`."""
    for word, said in ((SENT, SAID_SENT), (AGAIN, SAID_AGAIN)):
        if text == word or said.match(text):
            return word
    raise CitizenError("utter_attachment_how", name=element.name)


_READERS: dict[ElementType, Callable[[Element, str, dt.date], str]] = {
    ElementType.text: _text,
    ElementType.secret: _text,
    ElementType.person_name: _person_name,
    ElementType.id_number: _id_number,
    ElementType.phone: _phone,
    ElementType.date: _date,
    ElementType.month: _month,
    ElementType.amount: _amount,
    ElementType.integer: _integer,
    ElementType.address: _address,
    ElementType.bank_card: _bank_card,
    ElementType.email: _email,
    ElementType.credit_code: _credit_code,
    ElementType.attachment: _attachment,
}
