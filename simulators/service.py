"""Services that every department shares, as samples: what they have in common.

A service takes no cases. It runs on the same server as the departments, with the same fault dial, and
its page lists what it was asked.
"""

from __future__ import annotations

import datetime as dt
import html
import threading
from collections.abc import Mapping
from typing import Any, Optional, cast

from simulators.department import Department, Faults, Response
from simulators.rules import cover
from simulators.store import Clock, Store

MOST_KEPT = 1000


class Asked:
    """What a service was asked since it was started, in memory; stands where a department has its store."""

    def __init__(self) -> None:
        self._rows: list[dict[str, Any]] = []
        self._number = 0
        self._lock = threading.Lock()

    def add(self, prefix: str, what: str, outcome: str, fields: Mapping[str, str], now: dt.datetime) -> None:
        """Note one request; numbers of people are covered."""
        with self._lock:
            self._number += 1
            self._rows.insert(0, {
                "reference": f"{prefix}{self._number:06d}", "receipt": "", "item": what, "item_name": what,
                "status": outcome, "status_name": outcome,
                "fields": {name: cover(text) for name, text in fields.items()},
                "created_at": now.isoformat(timespec="seconds"),
            })
            del self._rows[MOST_KEPT:]

    def newest(self, most: int) -> list[dict[str, Any]]:
        """The rows, the newest first: all, or at ``most`` so many."""
        with self._lock:
            return self._rows[:most] if most >= 0 else list(self._rows)

    def count(self) -> int:
        """How many requests there were."""
        return self._number

    def close(self) -> None:
        """Nothing is open."""


class Service(Department):
    """One shared service. Its ``ledger`` is what it was asked."""

    matters: Mapping[str, Any] = {}
    statuses: Mapping[str, str] = {}
    course: tuple[str, ...] = ()
    gone = ""
    final: frozenset[str] = frozenset()

    def __init__(self, clock: Clock) -> None:
        self.asked = Asked()
        self.store = cast(Store, self.asked)
        self.clock = clock
        self.faults = Faults()

    def advance(self, reference: str, status: str) -> Optional[str]:
        """See Department."""
        return "a shared service has no cases"

    def ledger(self, most: int = -1, receipt: str = "") -> list[dict[str, Any]]:
        """See Department."""
        return self.asked.newest(most)

    def busy(self) -> Response:
        """See Department."""
        return Response(503, b"busy", "text/plain; charset=utf-8", {"Retry-After": "1"})


def page(title: str, body: str, status: int = 200) -> Response:
    """A plain page. ``body`` is markup; ``title`` is text."""
    head = (
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{html.escape(title)}</title><style>{_STYLE}</style></head><body><main>"
        f"<h1>{html.escape(title)}</h1>"
    )
    headers = {
        "Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    }
    content = f"{head}{body}</main></body></html>".encode()
    return Response(status, content, "text/html; charset=utf-8", headers)


_STYLE = """
body { font: 18px/1.6 "Noto Sans CJK SC", "Microsoft YaHei", sans-serif; color: #1f2933; background: #f5f7fa; }
main { max-width: 32rem; margin: 2rem auto; padding: 1.5rem 2rem; background: #fff; border-radius: .5rem; }
h1 { font-size: 1.35rem; } label { display: block; padding: .7rem .2rem; border-bottom: 1px solid #e4e7eb; }
small { display: block; color: #52606d; } .number { font-variant-numeric: tabular-nums; }
input[type=text] { font: inherit; width: 100%; box-sizing: border-box; padding: .5rem; }
button { font: inherit; margin-top: 1.2rem; padding: .6rem 2rem; color: #fff; background: #1f4e79; border: 0;
  border-radius: .3rem; }
.problem { color: #a61b1b; }
"""
