"""The one tree of errors of the product.

    YiwenError
    ├── CitizenError        the citizen can put it right; carries the response to say
    ├── StaffError          a member of staff can put it right; carries the sentence to show
    ├── RetryLater          nothing happened yet; the same call may be made again
    │   ├── OutcomeUnknown  the department may have acted; ask it before calling again
    │   │   └── AnswerUnreadable  it did answer, but not as its manifest says; staff have to look, too
    │   └── DepartmentClosed    its system takes no calls now; it says when it opens
    ├── DepartmentRefused   the department answered, and its answer was no
    │   └── NotThere        the department has no such case, account or record
    └── OurFault            we are wrong: settings, catalogue, manifest, store
        ├── SettingsError
        ├── CatalogueError
        ├── CatalogueErrors     all the CatalogueError of one reading
        ├── ManifestError
        └── StoreError

Catch the narrowest class that you can handle. Messages are for engineers; what a citizen reads is
a response named in ``domain.yml`` and is never built from ``str(error)``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any


class YiwenError(Exception):
    """Base of everything that the product raises on purpose."""


class CitizenError(YiwenError):
    """Something that the citizen can put right.

    ``response`` is the name of a response in ``domain.yml``; ``values`` fill its placeholders.
    """

    def __init__(self, response: str, **values: Any) -> None:
        super().__init__(response)
        self.response = response
        self.values = values


class StaffError(YiwenError):
    """Something that a member of staff can put right. ``sentence`` is what the console shows."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class RetryLater(YiwenError):
    """The call failed before the department did anything: it may be made again.

    ``after`` is the wait in seconds that the department asked for, if it named one.
    """

    def __init__(self, message: str, *, after: float | None = None) -> None:
        super().__init__(message)
        self.after = after


class OutcomeUnknown(RetryLater):
    """The connection broke after the request was sent: the department may have acted."""


class AnswerUnreadable(OutcomeUnknown):
    """The department answered in a way that its manifest does not know: nobody can tell what it did.

    It may pass by itself, like a page of maintenance, or need a person, like a renamed field.
    """


class DepartmentClosed(RetryLater):
    """The department's system is closed or maintained at ``now``. ``opens`` is when it takes calls again."""

    def __init__(self, message: str, opens: dt.datetime, now: dt.datetime) -> None:
        super().__init__(message, after=(opens - now).total_seconds())
        self.opens = opens


class DepartmentRefused(YiwenError):
    """The department understood the call and refused it.

    ``code`` is the department's own code; ``sentence`` is the manifest's sentence for citizens.
    ``field`` names the data element at fault, where the manifest says so.
    """

    def __init__(self, code: str, sentence: str, *, field: str | None = None) -> None:
        super().__init__(f"department code {code}")
        self.code = code
        self.sentence = sentence
        self.field = field


class NotThere(DepartmentRefused):
    """The department has nothing under that number. After an unknown outcome: nothing was done."""


class OurFault(YiwenError):
    """The product, its settings or its data are wrong. A person has to look."""


class SettingsError(OurFault):
    """A setting has a value that cannot be used."""


class StoreError(OurFault):
    """The store cannot be opened or is of another version."""


class DataError(OurFault):
    """A YAML file is wrong. Says where, what was found, what is allowed, and what to do.

    ``file`` is relative to the folder that was read; ``key`` is a dotted path inside the file, with
    list entries counted from 0; ``line`` counts from 1 and is 0 where no line is to blame.
    """

    def __init__(
        self, file: str, key: str, problem: str, allowed: str = "", *, remedy: str = "", line: int = 0
    ) -> None:
        self.file, self.key, self.problem, self.allowed = file, key, problem, allowed
        self.remedy, self.line = remedy, line
        where = f"{file} line {line}" if line else file
        where = f"{where}: {key}" if key else where
        super().__init__(
            f"{where}: {problem}."
            + (f" Allowed: {allowed}." if allowed else "")
            + (f" {remedy}{'' if remedy.endswith('?') else '.'}" if remedy else "")
        )


class CatalogueError(DataError):
    """A file of ``catalogue/`` is wrong."""


class CatalogueErrors(OurFault):
    """Everything that is wrong in a catalogue, found in one reading; prints one problem a line."""

    def __init__(self, problems: Sequence[CatalogueError]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class ManifestError(DataError):
    """A ``connector.yml`` is wrong."""
