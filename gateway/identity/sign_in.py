"""Signing in: a one-time link leads from a conversation to the identity provider and back.

The link belongs to the sender of the conversation (a WeChat openid, a widget visitor), so signing in
binds the person to that conversation and to no other. Whoever comes back must be the browser that went, and is
shown a number; the person is bound when that number is said in the conversation. So a link that was sent to
somebody else gives nothing to whoever sent it.
"""

from __future__ import annotations

import datetime as dt
import hmac
import secrets
from dataclasses import asdict, dataclass, field

import sqlalchemy as sa
from authlib.common.security import generate_token
from sqlalchemy.orm import Session

from gateway.errors import YiwenError
from gateway.identity.citizens import own_citizen
from gateway.identity.provider import Begun, Person, Provider
from gateway.identity.takeover import take_over
from gateway.store.identity_tables import Identity, SignedIn, SignInCode, SignInLink
from gateway.store.store import Store

LINK_LIFE = dt.timedelta(minutes=10)
CODE_LIFE = dt.timedelta(minutes=10)
CODE_DIGITS = 6
MOST_WRONG = 5
"""Wrong numbers after which a sign-in is given up: a guess hits once in 200,000 times."""
SESSION_HOURS = 12
VERIFIER_LENGTH = 64


class LinkGone(YiwenError):
    """The link is unknown, too old, was used before, or comes back in another browser."""


@dataclass(frozen=True)
class Signed:
    """Who is signed in at a conversation."""

    citizen: str
    level: str
    name: str = field(repr=False)
    id_number: str = field(repr=False)


class SignIns:
    """Links and sessions of citizens. ``provider`` is None where nobody can sign in. All calls block.

    ``hours``: how long a session lasts.
    """

    def __init__(self, store: Store, provider: Provider | None, hours: int = SESSION_HOURS) -> None:
        self._store = store
        self._provider = provider
        self.hours = hours

    @property
    def offered(self) -> bool:
        """Whether people can sign in here."""
        return self._provider is not None

    def invite(self, sender: str) -> str:
        """A fresh link's secret part, for ``sender`` (``channel:id``). It lives ten minutes."""
        link, now = secrets.token_urlsafe(24), self._store.clock()
        with self._store.write() as session:
            session.execute(sa.delete(SignInLink).where(SignInLink.expires_at < now))
            session.execute(sa.delete(SignInCode).where(SignInCode.expires_at < now))
            session.add(SignInLink(
                link_digest=self._digest("link", link), sender_sealed=self._store.cipher.seal(sender),
                expires_at=now + LINK_LIFE,
            ))
        return link

    def channel_of(self, link: str) -> str:
        """The channel of the conversation that a link belongs to.

        Raises:
            LinkGone: it cannot be used any more.
        """
        with self._store.read() as session:
            row = self._usable(session, link)
            return str(self._store.cipher.open(row.sender_sealed)).partition(":")[0]

    def begin(self, link: str, redirect_uri: str, browser: str) -> str:
        """The provider's address to send ``browser`` to; a second begin replaces the first.

        Raises:
            LinkGone: the link cannot be used any more.
            RetryLater: the provider cannot be reached.
        """
        begun = Begun(
            generate_token(32), generate_token(32), generate_token(VERIFIER_LENGTH), redirect_uri
        )
        address = self._asked().address(begun)
        kept = {**begun.__dict__, "browser": self._digest("browser", browser)}
        with self._store.write() as session:
            row = self._usable(session, link)
            row.state_digest = self._digest("state", begun.state)
            row.begun_sealed = self._store.cipher.seal(kept)
        return address

    def finish(self, state: str, browser: str, *, code: str, issuer: str) -> str:
        """Redeem the provider's code; returns the number to say in the conversation (:meth:`confirm`).

        Raises:
            LinkGone: no such sign-in is under way in this browser.
            SignInRefused, RetryLater: see :meth:`Provider.redeem`.
        """
        sender, begun = self._come_back(state, browser)
        person = self._asked().redeem(begun, code, issuer)
        number = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
        now = self._store.clock()
        with self._store.write() as session:
            session.merge(SignInCode(
                sender_digest=self._sender(sender), code_digest=self._digest("code", number),
                person_sealed=self._store.cipher.seal(asdict(person)), wrong=0, expires_at=now + CODE_LIFE,
            ))
        return number

    def left(self, sender: str) -> int | None:
        """How many numbers ``sender`` may still try, 0 after too many; None when no sign-in waits for one."""
        with self._store.read() as session:
            row = self._waiting(session, sender)
            return None if row is None else MOST_WRONG - row.wrong

    def confirm(self, sender: str, number: str) -> Signed | None:
        """Bind the person who was shown ``number`` to ``sender``'s conversation.

        None: it is another number, it was wrong too often before, or nothing waits for one.
        """
        with self._store.write() as session:
            row = self._waiting(session, sender, lock=True)
            if row is None or row.wrong >= MOST_WRONG:
                return None
            if not hmac.compare_digest(row.code_digest, self._digest("code", number)):
                row.wrong += 1
                return None
            person = Person(**self._store.cipher.open(row.person_sealed))
            session.delete(row)
            return self._bind(session, sender, person)

    def give_up(self, state: str, browser: str) -> None:
        """The person chose not to sign in: the link is used up.

        Raises:
            LinkGone: no such sign-in is under way in this browser.
        """
        self._come_back(state, browser)

    def current(self, sender: str) -> Signed | None:
        """Who is signed in at ``sender``'s conversation."""
        if self._provider is None:
            return None
        query = sa.select(SignedIn.level, Identity.citizen_id, Identity.claims_sealed).where(
            SignedIn.sender_digest == self._sender(sender),
            SignedIn.until > self._store.clock(), SignedIn.identity_id == Identity.id,
        )
        with self._store.read() as session:
            row = session.execute(query).first()
        if row is None:
            return None
        claims = self._store.cipher.open(row.claims_sealed)
        return Signed(row.citizen_id, row.level, claims["name"], claims["id_number"])

    def take_draft(self, sender: str) -> str | None:
        """The application that waited for this sign-in; told once."""
        with self._store.write() as session:
            row = session.get(SignedIn, self._sender(sender))
            draft = row.draft_id if row else None
            if row and draft:
                row.draft_id = None
            return draft

    def sign_out(self, sender: str) -> None:
        """End the session of ``sender``; nothing happens when there is none."""
        with self._store.write() as session:
            session.execute(sa.delete(SignedIn).where(SignedIn.sender_digest == self._sender(sender)))

    def _asked(self) -> Provider:
        if self._provider is None:
            raise LinkGone("nobody can sign in here")
        return self._provider

    def _usable(self, session: Session, link: str) -> SignInLink:
        row = session.get(SignInLink, self._digest("link", link))
        if row is None or row.used_at is not None or row.expires_at <= self._store.clock():
            raise LinkGone("the link cannot be used any more")
        return row

    def _come_back(self, state: str, browser: str) -> tuple[str, Begun]:
        """The sender and what was kept; the link is used up by it, whatever follows."""
        now = self._store.clock()
        mine = sa.and_(
            SignInLink.state_digest == self._digest("state", state), SignInLink.used_at.is_(None),
            SignInLink.expires_at > now,
        )
        with self._store.write() as session:
            row = session.execute(sa.select(SignInLink).where(mine).with_for_update()).scalars().first()
            kept = self._store.cipher.open(row.begun_sealed) if row else {}
            if row is None or not hmac.compare_digest(kept.pop("browser"), self._digest("browser", browser)):
                raise LinkGone("no sign-in is under way in this browser")
            row.used_at, row.begun_sealed = now, None
            return str(self._store.cipher.open(row.sender_sealed)), Begun(**kept)

    def _waiting(self, session: Session, sender: str, *, lock: bool = False) -> SignInCode | None:
        query = sa.select(SignInCode).where(
            SignInCode.sender_digest == self._sender(sender), SignInCode.expires_at > self._store.clock()
        )
        row: SignInCode | None = session.scalars(query.with_for_update() if lock else query).first()
        return row

    def _bind(self, session: Session, sender: str, person: Person) -> Signed:
        """Keep who it is, and give the person what this conversation had begun."""
        now, cipher = self._store.clock(), self._store.cipher
        claims = cipher.seal({"name": person.name, "id_number": person.id_number})
        before = own_citizen(session, self._store, sender)
        subject = cipher.digest("subject", person.subject)
        row = session.scalars(
            sa.select(Identity).where(Identity.subject_digest == subject).with_for_update()
        ).first()
        if row is None:
            citizen = own_citizen(session, self._store, f"identity:{person.subject}")
            row = Identity(
                subject_digest=subject, citizen_id=citizen, claims_sealed=claims, created_at=now, updated_at=now
            )
            session.add(row)
            session.flush()
        row.claims_sealed, row.updated_at = claims, now
        draft = take_over(session, self._store, before, row.citizen_id, person.id_number)
        session.merge(SignedIn(
            sender_digest=self._sender(sender), identity_id=row.id, level=person.level,
            since=now, until=now + dt.timedelta(hours=self.hours), draft_id=draft,
        ))
        return Signed(row.citizen_id, person.level, person.name, person.id_number)

    def _sender(self, sender: str) -> str:
        return self._store.cipher.digest("sender", sender)

    def _digest(self, what: str, value: str) -> str:
        return self._store.cipher.digest(f"sign-in {what}", value)
