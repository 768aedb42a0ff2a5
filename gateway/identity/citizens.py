"""Citizens, known by channel and sender, or by who signed in there. The sender itself is kept sealed."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from gateway.store.identity_tables import Identity, SignedIn
from gateway.store.store import Store
from gateway.store.tables import Citizen

MOST_KNOWN = 50_000


class Citizens:
    """Finds the citizen behind a sender, and makes one on the first message.

    Where people can sign in (``people``), a sender who did is that person, whatever the channel.
    """

    def __init__(self, store: Store, *, people: bool = False) -> None:
        self._store = store
        self._people = people
        self._known: dict[str, str] = {}

    def of(self, sender: str) -> str:
        """The citizen's id. ``sender`` is ``channel:id``, as channels name it."""
        digest = self._store.cipher.digest("sender", sender)
        # Asked anew each time: another process may have signed the sender in or out.
        person = self._person(digest) if self._people else None
        if person is not None:
            return person
        if digest not in self._known:
            if len(self._known) > MOST_KNOWN:
                self._known.clear()
            self._known[digest] = self._own(sender)
        return self._known[digest]

    def _person(self, digest: str) -> str | None:
        query = select(Identity.citizen_id).where(
            SignedIn.sender_digest == digest, SignedIn.identity_id == Identity.id,
            SignedIn.until > self._store.clock(),
        )
        with self._store.read() as session:
            return session.scalars(query).first()

    def _own(self, sender: str) -> str:
        digest = self._store.cipher.digest("sender", sender)
        with self._store.read() as session:
            found = _find(session, digest)
        if found is not None:
            return found
        try:
            with self._store.write() as session:
                return own_citizen(session, self._store, sender)
        except IntegrityError:  # another process was first
            with self._store.read() as session:
                found = _find(session, digest)
            if found is None:
                raise
            return found


def own_citizen(session: Session, store: Store, sender: str) -> str:
    """The citizen that a sender is without signing in; made if need be."""
    digest = store.cipher.digest("sender", sender)
    found = _find(session, digest)
    if found is not None:
        return found
    row = Citizen(
        channel=sender.partition(":")[0], sender_digest=digest,
        sender_sealed=store.cipher.seal(sender), created_at=store.clock(),
    )
    session.add(row)
    session.flush()
    return str(row.id)


def _find(session: Session, digest: str) -> str | None:
    return session.scalars(select(Citizen.id).where(Citizen.sender_digest == digest)).first()
