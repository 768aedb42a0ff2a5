"""What every page of the console works with, and how a page is drawn."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2

from gateway.cases.submissions import Submissions
from gateway.catalogue.model import Catalogue
from gateway.console.records import Records
from gateway.console.terms import Terms, percent
from gateway.console.visit import Answer, Problem, Visit
from gateway.conversations.review import CHINA_TIME, LOW_CONFIDENCE, Review
from gateway.identity.staff import Staff
from gateway.store.store import Clock

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Desk:
    """The parts behind the pages. ``catalogue`` gives the catalogue as it stands now."""

    review: Review
    staff: Staff
    records: Records
    submissions: Submissions
    catalogue: Callable[[], Catalogue]
    case_statuses: Mapping[str, str]
    clock: Clock
    templates: jinja2.Environment
    stylesheet: str

    def page(self, template: str, visit: Visit, *, status: int = 200, **values: Any) -> Answer:
        """Draw ``template`` for this visit."""
        body = self.templates.get_template(template).render(
            signed=visit.signed, path=visit.path, terms=self.terms(),
            style=hashlib.sha256(self.stylesheet.encode()).hexdigest()[:8], **values,
        )
        return Answer(body, status)

    def problem(self, visit: Visit, problem: Problem) -> Answer:
        """The page that says what is wrong and where to go on."""
        return self.page(
            "problem.html", visit, status=problem.status, sentence=problem.sentence,
            back=problem.back,
        )

    def terms(self) -> Terms:
        """The words in force now."""
        return Terms(self.catalogue(), self.case_statuses)


def read_templates() -> jinja2.Environment:
    """The templates: everything is escaped, and a name that is missing is an error."""
    templates = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE / "templates"), autoescape=True,
        undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    )
    templates.globals["low"] = LOW_CONFIDENCE
    templates.filters["percent"] = percent
    templates.filters["moment"] = lambda at: at.astimezone(CHINA_TIME).strftime("%Y-%m-%d %H:%M")
    templates.filters["clock"] = lambda at: at.astimezone(CHINA_TIME).strftime("%H:%M:%S")
    templates.filters["stamp"] = lambda at: at.astimezone(CHINA_TIME).isoformat("T", "seconds")
    return templates


def read_stylesheet() -> str:
    """The one style sheet."""
    return (HERE / "static" / "console.css").read_text(encoding="utf-8")
