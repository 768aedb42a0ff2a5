"""Every data value in a message at once. Needs no Rasa; ``elements`` is the component around it."""

from __future__ import annotations

import datetime as dt
from typing import Optional

from gateway.cases import values
from gateway.cases.numbers import blank, find_money
from gateway.cases.places import find_region
from gateway.catalogue.regions import Regions, load_regions
from gateway.understanding.text import normalise

LONGEST_READ = 4000


def find_elements(text: str, today: dt.date, regions: Optional[Regions] = None) -> dict[str, str]:
    """Every value that can be told by its form alone, in normal form; of each kind the first.

    ``region`` is six digits of GB/T 2260; ``regions``, by default the product's own, has their names.
    """
    found, rest = values.find_all(values.half_width(text)[:LONGEST_READ])
    rest = normalise(rest)
    sums = list(find_money(rest))
    if sums:
        found["amount"] = sums[0].value
    day = values.find_date(blank(rest, sums), today, bare=False)
    if day:
        found["date"] = day.isoformat()
    region = find_region(rest, regions or load_regions())
    if region:
        found["region"] = region.code
    return found
