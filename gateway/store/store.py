"""Opening the database and giving out sessions."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import QueuePool

from gateway.errors import StoreError
from gateway.privacy.cipher import Cipher

MIGRATIONS = Path(__file__).with_name("migrations")
Clock = Callable[[], dt.datetime]


def utc_now() -> dt.datetime:
    """The clock used outside tests."""
    return dt.datetime.now(dt.timezone.utc)


class Store:
    """One database, its cipher and its clock.

    ``write()`` begins a transaction that commits at the end of its block; on SQLite it takes the
    write lock at once, so two writers queue instead of failing. ``read()`` never writes.
    All calls block: run them in a thread, never on the event loop.
    """

    def __init__(self, url: str, cipher: Cipher, clock: Clock = utc_now) -> None:
        self.cipher = cipher
        self.clock = clock
        self.engine = _engine(url)
        # SQLite makes a second writer sleep and try again; a lock in this process hands over at once.
        sqlite = self.engine.dialect.name == "sqlite"
        self._turnstile: AbstractContextManager[Any] = threading.Lock() if sqlite else nullcontext()
        self._write = sessionmaker(self.engine, future=True, expire_on_commit=False)
        reading = self.engine.execution_options(begin="DEFERRED")
        self._read = sessionmaker(reading, future=True, expire_on_commit=False)

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session that commits when its block ends, and rolls back on an exception."""
        with self._turnstile, self._write.begin() as session:
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session for reading."""
        with self._read() as session:
            yield session

    def migrate(self) -> None:
        """Bring the schema to this version.

        Raises:
            StoreError: the database cannot be reached or written, or is of a later version.
        """
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        script = ScriptDirectory.from_config(config)
        try:
            with self.engine.begin() as connection:
                here = MigrationContext.configure(connection).get_current_revision()
                if here == script.get_current_head():
                    return
                if here and here not in {r.revision for r in script.walk_revisions()}:
                    raise StoreError(
                        f"The database is of a later version ({here}) than this program. "
                        "Use the newer program, or restore a backup."
                    )
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
        except sa.exc.OperationalError as error:
            raise StoreError(
                f"The database {self.engine.url!r} cannot be used: {error.orig}. "
                "Check GATEWAY_DATABASE_URL and that its folder can be written."
            ) from error

    def check(self) -> None:
        """Ask the database one question; raises what SQLAlchemy raises when it is away."""
        with self.engine.connect() as connection:
            connection.execute(sa.text("select 1"))

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


def _engine(url: str) -> Any:
    try:
        parsed = sa.engine.make_url(url)
    except sa.exc.ArgumentError as error:
        raise StoreError(
            "GATEWAY_DATABASE_URL is not a database address. "
            "Allowed: sqlite:///FILE or postgresql://USER:PASSWORD@HOST/DATABASE."
        ) from error
    if not parsed.drivername.startswith("sqlite"):
        return sa.create_engine(parsed, future=True, pool_pre_ping=True, pool_size=10)
    engine = sa.create_engine(
        # SQLAlchemy 1.4 would open the file anew for every session.
        parsed, future=True, poolclass=QueuePool, pool_size=20, max_overflow=20,
        connect_args={"check_same_thread": False, "timeout": 30},
    )

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: Any, _: Any) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @sa.event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        how = connection.get_execution_options().get("begin", "IMMEDIATE")
        connection.exec_driver_sql(f"BEGIN {how}")

    return engine
