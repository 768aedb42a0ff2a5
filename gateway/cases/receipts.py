"""Receipt numbers: YW, six digits of the date, six random digits, one check character.

The check character is ISO 7064 MOD 37,36, so one wrong or swapped character is noticed before
anything is looked up. The number is random: it cannot be counted up to another person's case.
"""

from __future__ import annotations

import datetime as dt
import secrets

from stdnum.iso7064 import mod_37_36

LENGTH = 15


def new_receipt(today: dt.date) -> str:
    """A fresh receipt number, such as YW261123482913K."""
    body = f"{today:%y%m%d}{secrets.randbelow(1_000_000):06d}"
    return f"YW{body}{mod_37_36.calc_check_digit(body)}"
