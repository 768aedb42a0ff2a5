"""Three made-up housing fund accounts, for trying the balance query.

Their identity numbers have valid check characters but belong to nobody: two persons would be over
120 years old, the third is the example of the standard, GB 11643.
"""

from __future__ import annotations

import dataclasses
import hashlib
import hmac


@dataclasses.dataclass(frozen=True)
class Account:
    """One account; amounts in yuan, ``paid_to`` as the system writes dates."""

    number: str
    name: str
    id_number: str
    state: str
    balance: str
    monthly: str
    paid_to: str
    employer: str


ACCOUNTS = (
    Account(
        "8600031201", "王秀英", "11010519491231002X", "01", "86532.18", "2140.00", "20260915",
        "晨光机械有限公司",
    ),
    Account(
        "8600031202", "陈建国", "110105190103070013", "01", "12840.00", "960.00", "20260915",
        "东湖路小学",
    ),
    Account(
        "8600031203", "李桂芳", "110105190208150028", "02", "3075.56", "520.00", "20241215",
        "便民百货商场",
    ),
)


def password(secret: str, account: Account) -> str:
    """The six digits of an account's query password, derived from the secrets file."""
    digest = hmac.new(secret.encode(), account.number.encode(), hashlib.sha256).digest()
    return f"{int.from_bytes(digest[:8], 'big') % 1_000_000:06d}"
