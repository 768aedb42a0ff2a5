"""Citizens, known by channel and sender. The sender itself is kept sealed."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from gateway.store.store import Store
from gateway.store.tables import Citizen


class Citizens:
    """Finds the citizen behind a sender, and makes one on the first message."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[str, str] = {}

    def of(self, sender: str) -> str:
        """The citizen's id. ``sender`` is ``channel:id``, as channels name it."""
        digest = self._store.cipher.digest("sender", sender)
        if digest not in self._known:
            if len(self._known) > 50_000:
                self._known.clear()
            self._known[digest] = self._find(digest) or self._make(digest, sender)
        return self._known[digest]

    def _find(self, digest: str) -> str | None:
        with self._store.read() as session:
            return session.scalars(select(Citizen.id).where(Citizen.sender_digest == digest)).first()

    def _make(self, digest: str, sender: str) -> str:
        try:
            with self._store.write() as session:
                row = Citizen(
                    channel=sender.partition(":")[0], sender_digest=digest,
                    sender_sealed=self._store.cipher.seal(sender), created_at=self._store.clock(),
                )
                session.add(row)
                session.flush()
                return str(row.id)
        except IntegrityError:  # another process was first
            found = self._find(digest)
            if found is None:
                raise
            return found
