"""Staff of the console: the first user, signing in and out, sessions, passwords.

Passwords are kept as Argon2id hashes, session tokens as keyed digests. Every sign-in, failed
sign-in, sign-out and password change leaves an audit row; the limit on wrong tries is counted
from those rows, so it holds across processes and restarts.
"""

from __future__ import annotations

import datetime as dt
import math
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from sqlalchemy.orm import Session

from gateway.errors import SettingsError, StaffError
from gateway.store.staff_tables import StaffSession, StaffUser
from gateway.store.store import Store
from gateway.store.tables import Audit

ADMIN = "admin"
SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 200
MOST_FAILURES = 5
FAILURE_WINDOW = dt.timedelta(minutes=15)
IDLE = dt.timedelta(hours=8)
ABSOLUTE = dt.timedelta(hours=12)
# A session is prolonged only when that gains this much, so that not every page view is a write.
PROLONG_BY = dt.timedelta(minutes=5)
FAILURES = ("sign_in_failed", "password_change_failed")
# Without 0/o, 1/i/l: the one-time password is read off a terminal and typed.
READABLE = "abcdefghjkmnpqrstuvwxyz23456789"


class Hasher(Protocol):
    """The part of :class:`argon2.PasswordHasher` that is used."""

    def hash(self, password: str) -> str:
        """A salted hash of ``password``."""

    def verify(self, hash: str, password: str) -> bool:
        """True, or raises :class:`argon2.exceptions.VerifyMismatchError`."""


@dataclass(frozen=True)
class Signed:
    """A signed-in member of staff. ``token`` is the secret that only the browser keeps."""

    staff_id: str
    name: str
    token: str
    csrf_token: str
    must_change_password: bool


class TooManyTries(StaffError):
    """The limit on wrong passwords is reached; ``minutes`` is the wait until the next try."""

    def __init__(self, minutes: int) -> None:
        super().__init__(
            f"15 分钟内已输错 {MOST_FAILURES} 次密码，暂时不能再试。请 {minutes} 分钟后再来。"
        )
        self.minutes = minutes


class Staff:
    """Who may use the console. All calls block."""

    def __init__(self, store: Store, hasher: Hasher | None = None) -> None:
        self._store = store
        self._hasher: Hasher = hasher or PasswordHasher()
        # Verified against when the name is unknown, so that such a try takes as long as any other.
        self._nobody = self._hasher.hash(secrets.token_urlsafe())

    def ensure_first(self, password: str | None) -> str | None:
        """Make the user ``admin`` if it is not there, and give it ``password`` if one is set.

        Returns the one-time password when it had to make one up: print it, it is kept nowhere.

        Raises:
            SettingsError: ``password`` is too short or too long.
        """
        if password and not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
            raise SettingsError(
                f"GATEWAY_ADMIN_PASSWORD has {len(password)} characters. "
                f"Allowed: {SHORTEST_PASSWORD} to {LONGEST_PASSWORD}."
            )
        with self._store.read() as session:
            there = session.scalars(_user_named(ADMIN)).first()
        if there is None:
            return self._make_first(password)
        if password and not self._matches(there.password_hash, password):
            self._set_password(there.id, password, actor="system", keep="")
        return None

    def sign_in(self, name: str, password: str, *, address: str) -> Signed | None:
        """Sign in from a network ``address``; None when name or password are wrong.

        Raises:
            TooManyTries: the name or the address had 5 wrong tries in the last 15 minutes.
        """
        with self._store.read() as session:
            # PostgreSQL refuses a NUL in any text, and no name holds one.
            user = None if "\0" in name else session.scalars(_user_named(name)).first()
            actor = user.name if user else self._stranger(name)
            self._refuse_too_many(session, actor, address)
        right = self._matches(user.password_hash if user else self._nobody, password)
        with self._store.write() as session:
            # Counted again under the lock: guesses made side by side must not slip past the limit.
            if user:
                session.execute(_user_named(name).with_for_update())
            self._refuse_too_many(session, actor, address)
            if user and right:
                return self._begin(session, user, address)
            session.add(self._audit(actor, "sign_in_failed", address))
        return None

    def session(self, token: str) -> Signed | None:
        """Who holds ``token``; None when it is unknown or has run out.

        A session ends 8 hours after its last use (give or take 5 minutes), at most 12 hours after
        signing in.
        """
        now = self._store.clock()
        digest = self._digest(token)
        query = sa.select(StaffSession, StaffUser).where(
            StaffSession.token_digest == digest, StaffSession.staff_id == StaffUser.id
        )
        with self._store.read() as session:
            row = session.execute(query).first()
        if row is None or row.StaffSession.expires_at <= now:
            return None
        until = min(now + IDLE, row.StaffSession.created_at + ABSOLUTE)
        if until - row.StaffSession.expires_at >= PROLONG_BY:
            with self._store.write() as session:
                session.execute(_session_of(digest, sa.update).values(expires_at=until))
        return _signed(row.StaffUser, row.StaffSession, token)

    def sign_out(self, token: str) -> None:
        """End the session of ``token``; nothing happens when there is none."""
        signed = self.session(token)
        if signed is None:
            return
        with self._store.write() as session:
            session.execute(_session_of(self._digest(token), sa.delete))
            session.add(self._audit(signed.name, "sign_out", None))

    def change_password(self, signed: Signed, current: str, new: str, *, address: str) -> None:
        """Give the signed-in user a ``new`` password; ends all other sessions of that user.

        Raises:
            StaffError: the sentence says what is wrong with which of the two passwords.
            TooManyTries: the current password was wrong too often.
        """
        with self._store.read() as session:
            user = session.get(StaffUser, signed.staff_id)
            self._refuse_too_many(session, signed.name, address)
        if user is None or not self._matches(user.password_hash, current):
            with self._store.write() as session:
                session.add(self._audit(signed.name, "password_change_failed", address))
            raise StaffError("现在的密码不对，请重新输入。")
        _check_new(new, current, signed.name)
        self._set_password(user.id, new, actor=signed.name, keep=self._digest(signed.token))

    def _make_first(self, password: str | None) -> str | None:
        chosen = password or "-".join(
            "".join(secrets.choice(READABLE) for _ in range(4)) for _ in range(4)
        )
        user = StaffUser(
            name=ADMIN, password_hash=self._hasher.hash(chosen),
            must_change_password=not password, created_at=self._store.clock(),
        )
        try:
            with self._store.write() as session:
                session.add(user)
                session.add(self._audit("system", "create_staff", ADMIN))
        except sa.exc.IntegrityError:
            # Another process that starts at this moment was quicker; its password counts.
            return None
        return None if password else chosen

    def _set_password(self, staff_id: str, new: str, *, actor: str, keep: str) -> None:
        values = {"password_hash": self._hasher.hash(new), "must_change_password": False}
        with self._store.write() as session:
            session.execute(
                sa.update(StaffUser).where(StaffUser.id == staff_id).values(**values)
            )
            session.execute(
                sa.delete(StaffSession).where(
                    StaffSession.staff_id == staff_id, StaffSession.token_digest != keep
                )
            )
            session.add(self._audit(actor, "change_password", None))

    def _begin(self, session: Session, user: StaffUser, address: str) -> Signed:
        now = self._store.clock()
        token = secrets.token_urlsafe(32)
        begun = StaffSession(
            token_digest=self._digest(token), staff_id=user.id, created_at=now,
            csrf_token=secrets.token_urlsafe(32), expires_at=now + IDLE,
        )
        session.execute(sa.delete(StaffSession).where(StaffSession.expires_at <= now))
        session.add(begun)
        session.add(self._audit(user.name, "sign_in", address))
        return _signed(user, begun, token)

    def _refuse_too_many(self, session: Session, actor: str, address: str) -> None:
        now = self._store.clock()
        rows = session.execute(
            sa.select(Audit.at, Audit.actor, Audit.target)
            .where(
                Audit.at > now - FAILURE_WINDOW,
                Audit.action.in_(FAILURES),
                sa.or_(Audit.actor == actor, Audit.target == address),
            )
            .order_by(Audit.at.desc())
        ).all()
        waits = [
            _wait((r.at for r in rows if r.actor == actor), now),
            _wait((r.at for r in rows if r.target == address), now),
        ]
        if any(waits):
            raise TooManyTries(max(waits))

    def _matches(self, password_hash: str, password: str) -> bool:
        try:
            return self._hasher.verify(password_hash, password)
        except VerifyMismatchError:
            return False

    def _stranger(self, name: str) -> str:
        """What the audit calls an unknown name: people type their password there by mistake."""
        return f"unknown:{self._store.cipher.digest('staff-name', name)[:16]}"

    def _digest(self, token: str) -> str:
        return self._store.cipher.digest("staff-session", token)

    def _audit(self, actor: str, action: str, target: str | None) -> Audit:
        return Audit(at=self._store.clock(), actor=actor, action=action, target=target, detail={})


def _wait(failures: Iterable[dt.datetime], now: dt.datetime) -> int:
    """Minutes until a next try is allowed, given the failures newest first; 0 for now."""
    newest = list(failures)[:MOST_FAILURES]
    if len(newest) < MOST_FAILURES:
        return 0
    return max(1, math.ceil((newest[-1] + FAILURE_WINDOW - now).total_seconds() / 60))


def _check_new(new: str, current: str, name: str) -> None:
    if len(new) < SHORTEST_PASSWORD:
        raise StaffError(
            f"新密码太短：至少 {SHORTEST_PASSWORD} 个字符，您输入了 {len(new)} 个。"
        )
    if len(new) > LONGEST_PASSWORD:
        raise StaffError(
            f"新密码太长：最多 {LONGEST_PASSWORD} 个字符，您输入了 {len(new)} 个。"
        )
    if new == current:
        raise StaffError("新密码和现在的一样，请换一个。")
    if len(set(new)) < 4:
        raise StaffError("新密码太简单：至少要有 4 个不同的字符。")
    if name.lower() in new.lower():
        raise StaffError("新密码里不要带用户名。")


def _user_named(name: str) -> sa.sql.Select:
    return sa.select(StaffUser).where(StaffUser.name == name)


def _session_of(digest: str, verb: Any) -> Any:
    return verb(StaffSession).where(StaffSession.token_digest == digest)


def _signed(user: StaffUser, session: StaffSession, token: str) -> Signed:
    return Signed(
        staff_id=user.id, name=user.name, token=token, csrf_token=session.csrf_token,
        must_change_password=user.must_change_password,
    )
