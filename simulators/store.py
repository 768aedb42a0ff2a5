"""A department's own list of cases, in one SQLite file. What people wrote is sealed in it."""

from __future__ import annotations

import base64
import dataclasses
import datetime as dt
import hashlib
import hmac
import json
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet, InvalidToken

from simulators.secrets import SimulatorError

Clock = Callable[[], dt.datetime]

_SCHEMA = """
PRAGMA journal_mode=WAL;
PRAGMA synchronous=FULL;
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS cases (
    number INTEGER PRIMARY KEY AUTOINCREMENT, reference TEXT UNIQUE, key TEXT NOT NULL UNIQUE,
    receipt TEXT NOT NULL, item TEXT NOT NULL, status TEXT NOT NULL, fields BLOB NOT NULL,
    person TEXT NOT NULL, slot TEXT NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS cases_receipt ON cases (receipt);
CREATE INDEX IF NOT EXISTS cases_slot ON cases (slot) WHERE slot <> '';
CREATE TABLE IF NOT EXISTS nonces (nonce TEXT PRIMARY KEY, at INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS seal (sample BLOB NOT NULL);
COMMIT;
"""


class SlotFull(Exception):
    """As many people as fit have this time already."""


class SlotTwice(Exception):
    """This person has this time already."""


@dataclasses.dataclass(frozen=True)
class Case:
    """One case as its department knows it. ``fields`` are in the department's own names."""

    reference: str
    key: str
    receipt: str
    item: str
    status: str
    fields: dict[str, str]
    slot: str
    created_at: str
    updated_at: str


@dataclasses.dataclass(frozen=True)
class NewCase:
    """What a department writes down when it takes a case. ``person`` is an identity number."""

    key: str
    receipt: str
    item: str
    status: str
    fields: Mapping[str, str]
    person: str
    slot: str = ""


class Store:
    """The cases of one department. Safe across threads.

    Raises:
        SimulatorError: the file cannot be used, or was sealed with other secrets.
    """

    def __init__(self, path: Path, secret: str, prefix: str, clock: Clock) -> None:
        self._key = hashlib.sha256(f"simulators\0{secret}".encode()).digest()
        self._fernet = Fernet(base64.urlsafe_b64encode(self._key))
        self._prefix = prefix
        self._clock = clock
        self._lock = threading.RLock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
            self._db.row_factory = sqlite3.Row
            self._db.executescript(_SCHEMA)
            self._check_seal()
        except (OSError, sqlite3.Error) as error:
            raise SimulatorError(f"The state {path} cannot be used: {error}.") from None
        except InvalidToken:
            raise SimulatorError(
                f"The state {path} was sealed with other secrets. "
                "Give the former secrets file, or remove this state."
            ) from None

    def _check_seal(self) -> None:
        row = self._db.execute("SELECT sample FROM seal").fetchone()
        if row is None:
            self._db.execute("INSERT INTO seal VALUES (?)", (self._fernet.encrypt(b"seal"),))
        else:
            self._fernet.decrypt(row["sample"])

    @contextmanager
    def _change(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def add(self, new: NewCase, *, quota: int = 0, gone: str = "") -> tuple[Case, bool]:
        """Take a case; the same key gives the first one again. Returns it and whether it is new.

        ``quota`` limits how many cases share a slot; those in status ``gone`` do not count.

        Raises:
            SlotFull, SlotTwice: the slot cannot be had.
        """
        person = hmac.new(self._key, new.person.encode(), hashlib.sha256).hexdigest()
        sealed = self._fernet.encrypt(json.dumps(dict(new.fields), ensure_ascii=False).encode())
        now = self._clock()
        with self._change() as db:
            before = db.execute("SELECT * FROM cases WHERE key = ?", (new.key,)).fetchone()
            if before:
                return self._case(before), False
            if new.slot:
                self._check_slot(new.slot, person, quota, gone)
            at = now.isoformat(timespec="seconds")
            cursor = db.execute(
                "INSERT INTO cases (key, receipt, item, status, fields, person, slot, created_at,"
                " updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (new.key, new.receipt, new.item, new.status, sealed, person, new.slot, at, at),
            )
            reference = f"{self._prefix}{now:%Y%m%d}{cursor.lastrowid:06d}"
            db.execute(
                "UPDATE cases SET reference = ? WHERE number = ?", (reference, cursor.lastrowid)
            )
        return self.find(reference=reference)[0], True

    def _check_slot(self, slot: str, person: str, quota: int, gone: str) -> None:
        people = [
            row["person"] for row in self._db.execute(
                "SELECT person FROM cases WHERE slot = ? AND status <> ?", (slot, gone)
            )
        ]
        if person in people:
            raise SlotTwice
        if len(people) >= quota:
            raise SlotFull

    def find(self, *, receipt: str = "", reference: str = "") -> list[Case]:
        """Cases under a receipt or a reference of ours, the newest first."""
        column, value = ("reference", reference) if reference else ("receipt", receipt)
        with self._lock:
            rows = self._db.execute(
                f"SELECT * FROM cases WHERE {column} = ? ORDER BY number DESC",  # noqa: S608
                (value,),
            ).fetchall()
        return [self._case(row) for row in rows]

    def newest(self, most: int = -1) -> list[Case]:
        """Cases, the newest first: all, or at ``most`` so many."""
        with self._lock:
            rows = self._db.execute(
                "SELECT * FROM cases ORDER BY number DESC LIMIT ?", (most,)
            ).fetchall()
        return [self._case(row) for row in rows]

    def count(self) -> int:
        """How many cases there are."""
        with self._lock:
            return int(self._db.execute("SELECT count(*) FROM cases").fetchone()[0])

    def move(self, reference: str, status: str) -> None:
        """Give a case another status."""
        with self._change() as db:
            db.execute(
                "UPDATE cases SET status = ?, updated_at = ? WHERE reference = ?",
                (status, self._clock().isoformat(timespec="seconds"), reference),
            )

    def write_on(self, case: Case, fields: Mapping[str, str]) -> None:
        """Add to what is written on a case."""
        sealed = self._fernet.encrypt(json.dumps({**case.fields, **fields}, ensure_ascii=False).encode())
        with self._change() as db:
            db.execute("UPDATE cases SET fields = ? WHERE reference = ?", (sealed, case.reference))

    def taken(self, gone: str) -> dict[str, int]:
        """How many cases hold each slot, those in status ``gone`` apart."""
        with self._lock:
            rows = self._db.execute(
                "SELECT slot, count(*) AS n FROM cases WHERE slot <> '' AND status <> ?"
                " GROUP BY slot", (gone,),
            ).fetchall()
        return {row["slot"]: row["n"] for row in rows}

    def is_fresh(self, nonce: str, at: int, oldest: int) -> bool:
        """Note a nonce; False when it was seen before. Those before ``oldest`` are forgotten."""
        with self._change() as db:
            db.execute("DELETE FROM nonces WHERE at < ?", (oldest,))
            added = db.execute("INSERT OR IGNORE INTO nonces VALUES (?, ?)", (nonce, at))
            return added.rowcount == 1

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()

    def _case(self, row: Any) -> Case:
        fields = json.loads(self._fernet.decrypt(row["fields"]))
        names = ("reference", "key", "receipt", "item", "status", "slot", "created_at", "updated_at")
        return Case(fields=fields, **{name: row[name] for name in names})
