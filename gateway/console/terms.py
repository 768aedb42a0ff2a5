"""What staff read for the names in the database. An unknown name is shown as it is."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gateway.catalogue.model import Catalogue
from gateway.conversations.outcomes import OUTCOMES

ACTS = {
    "consult": "咨询",
    "apply": "申请办理",
    "query_progress": "查进度",
    "withdraw_case": "撤回办件",
    "supplement_case": "补正材料",
    "book_appointment": "预约",
    "cancel_appointment": "取消预约",
    "rate": "评价",
    "complaint": "诉求",
    "open_data": "找公共数据",
    "open_data_request": "要求开放数据",
    "personal_data": "我的信息与授权",
    "switch_region": "换地区",
    "list_services": "问有哪些服务",
    "resume_draft": "接着填",
    "change_answer": "改前面的答案",
    "restart": "重新开始",
    "stop": "不办了",
    "help": "问能做什么",
    "affirm": "肯定",
    "deny": "否定",
    "choose": "选一项",
    "inform": "给出信息",
    "repeat": "再说一遍",
    "dont_know": "不清楚",
    "hand_off": "转人工",
    "sign_in": "登录、实名",
    "greet": "问候",
    "thanks": "感谢",
    "goodbye": "道别",
    "bot_identity": "问你是谁",
    "chitchat": "闲聊",
    "out_of_scope": "不属于政务服务",
    "abuse": "辱骂",
    "crisis": "危急求助",
    "nlu_fallback": "没听懂",
}
ASPECTS = {
    "overview": "概况",
    "materials": "材料",
    "conditions": "条件",
    "process": "流程",
    "time_limit": "时限",
    "fee": "费用",
    "location": "地点",
    "hours": "时间",
    "phone": "电话",
    "legal_basis": "依据",
    "online": "能否网办",
}
CHANNELS = {"wechat": "微信", "widget": "网页", "rest": "接口"}
SUBMISSIONS = {
    "queued": "等待提交",
    "sending": "正在提交",
    "unknown": "结果待核对",
    "delivered": "已送达",
    "rejected": "部门退回",
    "dead": "要人处理",
    "cancelled": "已取消",
}
OPERATIONS = {"submit": "申请", "book": "预约", "supplement": "补正", "withdraw": "撤回"}
VERDICTS = {"right": "对", "wrong": "不对"}
AUDITED = {
    "create_staff": "建立用户",
    "sign_in": "登录",
    "sign_in_failed": "登录失败",
    "sign_out": "退出",
    "change_password": "修改密码",
    "password_change_failed": "改密码时输错",
    "view_transcript": "查看会话",
    "judge_turn": "评判轮次",
    "settle_hand_off": "处理转人工",
    "resend_submission": "重新提交",
}


@dataclass(frozen=True)
class Terms:
    """The words for one page, with the catalogue as it stands at that moment."""

    catalogue: Catalogue
    case_statuses: Mapping[str, str]
    acts = ACTS
    aspects = ASPECTS
    channels = CHANNELS
    outcomes = OUTCOMES
    submissions = SUBMISSIONS
    operations = OPERATIONS
    verdicts = VERDICTS
    audited = AUDITED

    def item(self, code: str | None) -> str:
        """The name of a service item; empty for none."""
        item = self.catalogue.items.get(code or "")
        return item.name if item else code or ""

    def department(self, code: str | None) -> str:
        """The short name of a department; empty for none."""
        department = self.catalogue.departments.get(code or "")
        return department.short_name if department else code or ""

    def actor(self, name: str) -> str:
        """Who did what an audit row tells."""
        kind, _, mark = name.partition(":")
        if kind == "unknown" and mark:
            return f"不存在的用户（{mark[:6]}）"
        return "系统" if name == "system" else name

    def detail(self, detail: Mapping[str, Any]) -> str:
        """The particulars of an audit row, in one line."""
        parts = []
        for key, value in detail.items():
            if key == "turn":
                parts.append(f"第 {value} 轮")
            elif key == "verdict":
                parts.append(f"判为“{VERDICTS.get(value, value)}”")
            elif key == "operation":
                parts.append(OPERATIONS.get(value, value))
            elif key == "was":
                parts.append(f"原来是“{VERDICTS.get(value, value)}”")
            else:
                parts.append(f"{key}：{value}")
        return "，".join(parts)


def percent(value: float | None) -> str:
    """A confidence of 0 to 1 as people read it, rounded down so that 59.8 % never reads 60 %."""
    return "" if value is None else f"{math.floor(value * 100 + 1e-9)}%"
