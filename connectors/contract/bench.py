"""A department under test, and what to send it."""

from __future__ import annotations

import dataclasses
import time
import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Optional

from connectors.answers import Answer
from connectors.callback import News
from connectors.client import Connector
from connectors.guard import HeldBack
from connectors.manifest import Manifest
from gateway.errors import NotThere, YiwenError

PACE_SECONDS = 60.0
"""How long one call waits for its turn, where the manifest sets a pace."""


@dataclasses.dataclass(frozen=True)
class Bench:
    """A department under test.

    ``connect(secret=…, address=…, read=…)`` makes a connector that differs in what is given. ``operation`` is
    ``book`` for an item with appointments; ``own`` are then the answers that each receipt has for itself: a free
    time. ``spoiled`` is an answer that the department must refuse, ``stranger`` a wrong secret; None where there is
    none to give. ``faults(fail=…, times=…, latency_ms=…)`` turns the dial, without arguments off.

    Of a sample department we see more than its answers: ``count`` says how many cases it holds for a receipt,
    ``name_of`` how it wrote the applicant's name in it. ``news`` waits for its callback about a receipt. ``patience``
    are the seconds that it may take to finish what it began before a connection broke. ``tidies``: whether what was
    filed is withdrawn afterwards.
    """

    connect: Callable[..., Connector]
    item: str
    answers: Mapping[str, str]
    spoiled: Optional[tuple[str, str]]
    faults: Callable[..., None]
    operation: str = "submit"
    own: Callable[[str], Mapping[str, str]] = lambda receipt: {}
    stranger: Optional[str] = None
    count: Optional[Callable[[str], int]] = None
    name_of: Optional[Callable[[str], str]] = None
    news: Optional[Callable[[str], News]] = None
    patience: float = 10.0
    tidies: bool = True
    made: dict[str, str] = dataclasses.field(default_factory=dict)
    """Receipt → the department's number, as far as we know it, of what was sent and not yet withdrawn."""

    @property
    def manifest(self) -> Manifest:
        """How the department is called."""
        return self.connect().manifest

    @property
    def needed(self) -> str:
        """A data element that the department cannot do without."""
        return "name" if "name" in self.answers else next(iter(self.answers))

    def new_receipt(self) -> str:
        """A receipt number that no department knows."""
        return f"TRY{uuid.uuid4().hex[:12].upper()}"

    def submit(
        self, receipt: str, changed: Mapping[str, str] = {}, *, connector: Optional[Connector] = None
    ) -> Answer:
        """Submit the example application with some answers ``changed``; one key a receipt."""
        values = {**self.answers, **self.own(receipt), **changed}
        self.made.setdefault(receipt, "")
        answer = self._call(
            self.operation, values, receipt=receipt, key=f"key-{receipt}", connector=connector
        )
        self.made[receipt] = answer.reference
        return answer

    def look_up(self, receipt: str) -> Answer:
        """Ask for the case under our receipt."""
        return self._call("look_up", {}, receipt=receipt, key="look")

    def withdraw(self, receipt: str, reference: str) -> Answer:
        """Withdraw a case."""
        answer = self._call(
            "withdraw", {}, receipt=receipt, reference=reference, key=f"withdraw-{receipt}"
        )
        self.made.pop(receipt, None)
        return answer

    def held(self, receipt: str) -> int:
        """How many cases the department holds for a receipt; from outside 1 stands for any number."""
        if self.count is not None:
            return self.count(receipt)
        try:
            self.look_up(receipt)
        except NotThere:
            return 0
        return 1

    def tidy(self) -> None:
        """Turn the dial off and withdraw what was filed, as far as the department lets us."""
        self.faults()
        if self.tidies and "withdraw" in self.manifest.operations:
            for receipt, reference in list(self.made.items()):
                with suppress(YiwenError):
                    self.withdraw(receipt, reference or self.look_up(receipt).reference)
        self.made.clear()

    def _call(
        self, operation: str, values: Mapping[str, str], *, connector: Optional[Connector] = None,
        **more: Any,
    ) -> Answer:
        chosen, ends = connector or self.connect(), time.monotonic() + PACE_SECONDS
        while True:
            try:
                return chosen.call(operation, values, item=self.item, **more)
            except HeldBack as held:  # nothing was sent: the manifest's own pace
                if time.monotonic() > ends:
                    raise
                time.sleep(min(held.after or 0.5, 5.0))


def times_of(bench: Bench) -> Callable[[str], Mapping[str, str]]:
    """For appointments: gives each receipt a free time of its own, of those that take the most people."""
    slots = bench.connect().call("slots", bench.answers, item=bench.item, key="").slots
    most = max((slot.left for slot in slots), default=0)
    free = [slot.id for slot in slots if slot.left == most]
    taken: dict[str, str] = {}

    def own(receipt: str) -> Mapping[str, str]:
        return {"appointment_slot": taken.setdefault(receipt, free[len(taken) % len(free)])} if free else {}

    return own
