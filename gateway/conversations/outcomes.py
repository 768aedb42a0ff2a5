"""How a conversation ended, as staff filter it: name in the database, term on the page."""

OUTCOMES: dict[str, str] = {
    "open": "只有寒暄",
    "consulted": "答了咨询",
    "applying": "填到一半",
    "submitted": "已提交",
    "handed_off": "转人工",
    "not_understood": "没听懂",
}
"""Later ones outrank earlier ones, but for not_understood, which any answer lifts."""
