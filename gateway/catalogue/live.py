"""The catalogue in force, exchanged while the gateway runs."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import watchfiles

from gateway.catalogue import loader
from gateway.catalogue.model import Catalogue, Part
from gateway.errors import CatalogueErrors

logger = logging.getLogger(__name__)

Subscriber = Callable[[Catalogue], None]


@dataclass(frozen=True)
class Change:
    """What a reload brought: ids, sorted. False when nothing in force is different."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()  # departments added, removed or changed
    elements: tuple[str, ...] = ()  # data elements added, removed or changed
    events: tuple[str, ...] = ()  # life events added, removed or changed

    def __bool__(self) -> bool:
        return any((self.added, self.removed, self.changed, self.departments, self.elements, self.events))

    def __str__(self) -> str:
        """One sentence for a log or a terminal."""
        parts = [
            f"{what} {_some(ids)}"
            for what, ids in (
                ("added", self.added), ("removed", self.removed), ("changed", self.changed),
                ("changed department", self.departments), ("changed data element", self.elements),
                ("changed life event", self.events),
            )
            if ids
        ]
        return ("; ".join(parts) if parts else "nothing changed") + "."


class LiveCatalogue:
    """Holds the catalogue in force. May be used from any thread.

    Raises:
        CatalogueErrors: at once, when ``folder`` cannot be read.
    """

    def __init__(self, folder: Path, load: Callable[[Path], Catalogue] = loader.load) -> None:
        self.folder = folder
        self._load = load
        # Re-entrant: a subscriber may subscribe, or reload, while it is being told.
        self._lock = threading.RLock()
        self._subscribers: list[Subscriber] = []
        self._current = load(folder)

    @property
    def current(self) -> Catalogue:
        """The catalogue in force. Take it once a turn: the next call may answer with another."""
        return self._current

    def reload(self) -> Change:
        """Read the folder again, put what it says in force, and tell the subscribers.

        Raises:
            CatalogueErrors: a file is wrong; the old catalogue stays in force.
        """
        with self._lock:
            new = self._load(self.folder)
            old = self._current
            if new.digest == old.digest:
                return Change()
            self._current = new
            for subscriber in list(self._subscribers):
                self._tell(subscriber, new)
            return _difference(old, new)

    def subscribe(self, callback: Subscriber) -> Callable[[], None]:
        """Call ``callback`` with each new catalogue; returns a function that ends that.

        Subscribe first and read ``current`` after, so that no change falls in between.
        """
        with self._lock:
            self._subscribers.append(callback)

        def end() -> None:
            with self._lock:
                if callback in self._subscribers:
                    self._subscribers.remove(callback)

        return end

    def _tell(self, subscriber: Subscriber, catalogue: Catalogue) -> None:
        try:
            subscriber(catalogue)
        except Exception:
            # The others must still hear of it: half a gateway on the old catalogue is worse.
            logger.exception("%r could not take the new catalogue.", subscriber)


_shelf: dict[Path, LiveCatalogue] = {}
_shelf_lock = threading.Lock()


def shelf(folder: Path) -> LiveCatalogue:
    """The one live catalogue of ``folder`` in this process, read at the first call.

    Rasa builds its components itself and can hand them no objects: they meet the gateway here.

    Raises:
        CatalogueErrors: the folder cannot be read; the next call tries again.
    """
    resolved = folder.resolve()
    with _shelf_lock:
        if resolved not in _shelf:
            _shelf[resolved] = LiveCatalogue(resolved)
        return _shelf[resolved]


async def watch(live: LiveCatalogue, stop: asyncio.Event) -> None:
    """Reload ``live`` whenever a file of its folder changes, until ``stop`` is set."""
    async for _ in watchfiles.awatch(live.folder, stop_event=stop):
        try:
            change = await asyncio.to_thread(live.reload)
        except CatalogueErrors as errors:
            more = len(errors.problems) - 1
            logger.error(
                "The catalogue was not reloaded, the old one stays in force: %s%s",
                errors.problems[0], f" And {more} more." if more else "",
            )
        except Exception:
            logger.exception("The catalogue was not reloaded, the old one stays in force.")
        else:
            if change:
                logger.info("The catalogue was reloaded: %s", change)


def _difference(old: Catalogue, new: Catalogue) -> Change:
    added, removed, changed = _compare(old.items, new.items)
    return Change(
        added, removed, changed,
        departments=tuple(sorted(sum(_compare(old.departments, new.departments), ()))),
        elements=tuple(sorted(sum(_compare(old.elements, new.elements), ()))),
        events=tuple(sorted(sum(_compare(old.events, new.events), ()))),
    )


def _compare(
    old: Mapping[str, Part], new: Mapping[str, Part]
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Ids added, removed and changed."""
    return (
        tuple(sorted(new.keys() - old.keys())),
        tuple(sorted(old.keys() - new.keys())),
        tuple(sorted(key for key in old.keys() & new.keys() if old[key] != new[key])),
    )


def _some(ids: tuple[str, ...]) -> str:
    """The first ids, and how many more: a log line about 10,000 items stays a line."""
    return ", ".join(ids[:5]) + (f" and {len(ids) - 5} more" if len(ids) > 5 else "")
