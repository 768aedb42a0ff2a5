"""The ledger as a page that people can look at during a demonstration."""

from __future__ import annotations

from html import escape
from typing import Any

from simulators.department import Department

MOST_ROWS = 200
_STYLE = """
body { font: 16px/1.6 "Noto Sans CJK SC", "Microsoft YaHei", sans-serif; margin: 0; color: #1f2933;
  background: #f5f7fa; }
header { background: #1f4e79; color: #fff; padding: 1rem 2rem; }
h1 { font-size: 1.25rem; margin: 0; } header p { margin: .2rem 0 0; opacity: .85; }
main { padding: 1.5rem 2rem; overflow-x: auto; }
table { border-collapse: collapse; width: 100%; background: #fff; }
th, td { text-align: left; vertical-align: top; padding: .6rem .8rem;
  border-bottom: 1px solid #e4e7eb; }
th { white-space: nowrap; background: #eef2f6; } td.number { white-space: nowrap; }
dl { margin: 0; display: grid; grid-template-columns: max-content 1fr; gap: 0 .8rem; }
dt { color: #52606d; } dd { margin: 0; overflow-wrap: anywhere; }
"""


def ledger_page(department: Department) -> str:
    """The page at ``/``; refreshes itself, so that a new case is seen to arrive."""
    cases, total = department.ledger(MOST_ROWS), department.store.count()
    rows = "".join(_row(case) for case in cases)
    table = (
        "<table><thead><tr><th>受理号</th><th>来件号</th><th>事项</th><th>状态</th>"
        f"<th>收到时间</th><th>填报内容</th></tr></thead><tbody>{rows}</tbody></table>"
        if cases else "<p>还没有收到办件。</p>"
    )
    return (
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        '<meta http-equiv="refresh" content="10">'
        f"<title>{escape(department.title)}</title><style>{_STYLE}</style></head><body>"
        f"<header><h1>{escape(department.title)}</h1>"
        f"<p>样例部门系统，{escape(department.protocol)}。共收到 {total} 件{_shown(total)}。</p></header>"
        f"<main>{table}</main></body></html>"
    )


def _shown(total: int) -> str:
    return f"，下面是最新 {MOST_ROWS} 件" if total > MOST_ROWS else ""


def _row(case: dict[str, Any]) -> str:
    filled = "".join(
        f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in case["fields"].items()
    )
    received = str(case["created_at"])[:16].replace("T", " ")
    return (
        f'<tr><td class="number">{escape(case["reference"])}</td>'
        f'<td class="number">{escape(case["receipt"])}</td><td>{escape(case["item_name"])}</td>'
        f'<td>{escape(case["status_name"])}</td><td class="number">{received}</td>'
        f"<td><dl>{filled}</dl></td></tr>"
    )
