"""Data instead of papers: fetched with consent only, once, for oneself, and written down each time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from connectors.client import Connector
from connectors.registry import Connectors
from gateway.cases.drafts import Drafts
from gateway.catalogue.live import shelf
from gateway.catalogue.model import Catalogue, Element, ServiceItem
from gateway.core import LIBRARY, SHARED
from gateway.identity.citizens import Citizens
from gateway.identity.consents import Consents, ConsentView, sourced, wanted
from gateway.identity.provider import REAL_NAME
from gateway.identity.representations import Representations
from gateway.identity.sign_in import Signed
from gateway.identity.sources import Sources
from gateway.privacy.cipher import Cipher
from gateway.settings import ROOT
from gateway.store.consent_tables import Consent, Representation, SharingEntry
from gateway.store.store import Store
from gateway.store.tables import Draft
from simulators.citizens import find
from tests.support.servers import emptied
from tests.support.services import Services, running_services
from tests.unit.identity.conftest import Clock

SECRETS = {"identity-provider-client": "sample secret", "licence-library-key": "sample key"}


@pytest.fixture(scope="module")
def services() -> Iterator[Services]:
    with running_services(SECRETS) as running:
        yield running


@pytest.fixture(scope="module")
def library(services: Services) -> Connector:
    shared = Connectors(ROOT / "catalogue" / SHARED, "sample", SECRETS, {LIBRARY: services.library})
    found = shared.get(LIBRARY)
    assert found
    return found


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return shelf(ROOT / "catalogue").current


@pytest.fixture
def sources(store: Store, library: Connector) -> Sources:
    return Sources(store, library)


class Desk:
    """One person with one application."""

    def __init__(self, store: Store, catalogue: Catalogue, item: str, who: str = "chen-jianguo") -> None:
        person = find(id=who)
        assert person
        citizen = Citizens(store).of(f"rest:{who}")
        self.signed = Signed(citizen, REAL_NAME, person.name, person.id_number)
        self.item: ServiceItem = catalogue.items[item]
        self.catalogue, self.store = catalogue, store
        self.drafts = Drafts(store, lambda: catalogue)
        self.draft = self.drafts.start(citizen, self.item).id

    @property
    def answers(self) -> dict[str, str]:
        return self.drafts.load(self.signed.citizen, self.draft).answers

    def consent(self, consents: Consents, granted: bool = True) -> ConsentView:
        elements: list[Element] = wanted(self.catalogue, self.item, self.answers)
        return consents.decide(self.signed.citizen, self.draft, self.item, elements, granted=granted)

    def ledger(self) -> list[Any]:
        with self.store.read() as session:
            return list(session.scalars(sa.select(SharingEntry).order_by(SharingEntry.id)))


@pytest.fixture
def desk(store: Store, catalogue: Catalogue, sources: Sources) -> Desk:
    desk = Desk(store, catalogue, "public-rental")
    sources.put_own(desk.signed, desk.draft, desk.item, catalogue)
    return desk


def test_name_and_number_of_the_sign_in_are_put_in_and_written_down(desk: Desk) -> None:
    assert desk.answers == {"name": "陈建国", "id_number": "110105190103070013"}
    assert [(r.element, r.source, r.value_masked) for r in desk.ledger()] == [
        ("name", "sign-in", "**国"), ("id_number", "sign-in", "110************013"),
    ]


def test_what_depends_on_a_fetched_answer_is_fetched_too(
    desk: Desk, store: Store, sources: Sources, catalogue: Catalogue
) -> None:
    desk.drafts.answer(desk.signed.citizen, desk.draft, "public_rental_ground", "homeless")
    consents = Consents(store)
    assert [e.element for e in wanted(catalogue, desk.item, desk.answers)] == ["marital_status", "spouse_id_number"]
    done = sources.fetch(desk.signed, desk.consent(consents), desk.draft, desk.item, catalogue)
    assert [e.element for e in done.used] == ["marital_status", "spouse_id_number"]
    assert desk.answers["marital_status"] == "married"
    assert desk.answers["spouse_id_number"] == "110105190305120023"
    last = desk.ledger()[-1]
    assert (last.source, last.licence, last.recipient) == ("civil-affairs", "marriage-register", "housing-construction")
    assert (last.outcome, last.value_masked) == ("used", "110************023")
    assert last.purpose == desk.item.name
    assert last.consent_id


def test_nothing_is_fetched_that_the_form_does_not_ask(
    store: Store, sources: Sources, catalogue: Catalogue
) -> None:
    desk = Desk(store, catalogue, "public-rental", "li-guifang")  # unmarried
    done = sources.fetch(desk.signed, desk.consent(Consents(store)), desk.draft, desk.item, catalogue)
    assert [e.element for e in done.used] == ["marital_status"]
    assert [r.element for r in desk.ledger()] == ["marital_status"]


def test_a_refusal_is_kept_and_fetches_nothing(
    desk: Desk, store: Store, sources: Sources, catalogue: Catalogue
) -> None:
    consents = Consents(store)
    refused = desk.consent(consents, granted=False)
    done = sources.fetch(desk.signed, refused, desk.draft, desk.item, catalogue)
    assert done.used == done.missing == done.away == ()
    assert "marital_status" not in desk.answers
    again = consents.decided(desk.signed.citizen, desk.draft)
    assert again
    assert (again.decision, again.open) == ("refused", ())


def test_a_changed_answer_is_not_fetched_again(
    desk: Desk, store: Store, sources: Sources, catalogue: Catalogue
) -> None:
    consents = Consents(store)
    sources.fetch(desk.signed, desk.consent(consents), desk.draft, desk.item, catalogue)
    desk.drafts.forget(desk.signed.citizen, desk.draft, "marital_status")
    left = consents.decided(desk.signed.citizen, desk.draft)
    assert left
    assert left.open == ()


@pytest.mark.parametrize("dial", [{"fail": "5xx"}, {"fail": "drop_before"}, {"fail": "busy"}, {"latency_ms": 4000}])
def test_a_library_that_is_away_leaves_the_question_to_the_person(
    desk: Desk, store: Store, sources: Sources, catalogue: Catalogue, services: Services, dial: dict[str, Any]
) -> None:
    services.faults(services.library, **dial)
    try:
        done = sources.fetch(desk.signed, desk.consent(Consents(store)), desk.draft, desk.item, catalogue)
    finally:
        services.faults(services.library)
    assert [e.element for e in done.away] == ["marital_status"]
    assert "marital_status" not in desk.answers
    assert desk.ledger()[-1].outcome == "away"


def test_where_there_is_no_library_everything_is_asked(
    desk: Desk, store: Store, catalogue: Catalogue
) -> None:
    none = Sources(store, None)
    assert not none.offered
    assert not [e for e in sourced(catalogue, desk.item) if none.offers(e)]


def test_what_the_library_does_not_hold_is_said_so(store: Store, sources: Sources, catalogue: Catalogue) -> None:
    desk = Desk(store, catalogue, "driver-license-lost", "li-guifang")
    done = sources.fetch(desk.signed, desk.consent(Consents(store)), desk.draft, desk.item, catalogue)
    assert [e.element for e in done.missing] == ["licence_class"]
    assert desk.ledger()[-1].outcome == "not_there"


def test_a_date_and_a_name_of_the_library_become_good_answers(
    store: Store, sources: Sources, catalogue: Catalogue
) -> None:
    desk = Desk(store, catalogue, "unemployment-benefit")
    sources.fetch(desk.signed, desk.consent(Consents(store)), desk.draft, desk.item, catalogue)
    assert desk.answers == {"last_employer": "晨光机械有限公司", "employment_end_date": "2026-09-30"}
    assert {r.value_masked for r in desk.ledger()}.isdisjoint({"晨光机械有限公司", "2026-09-30"})


def test_a_consent_ends_with_its_time(desk: Desk, store: Store, clock: Clock) -> None:
    consents = Consents(store)
    assert desk.consent(consents).open
    clock.forward(days=30)
    over = consents.decided(desk.signed.citizen, desk.draft)
    assert over
    assert over.open == ()


def test_taking_consent_back_removes_what_was_fetched_from_open_drafts(
    desk: Desk, store: Store, sources: Sources, catalogue: Catalogue
) -> None:
    consents = Consents(store)
    sources.fetch(desk.signed, desk.consent(consents), desk.draft, desk.item, catalogue)
    desk.drafts.answer(desk.signed.citizen, desk.draft, "phone", "13800138000")
    assert consents.revoke(desk.signed.citizen) == 1
    assert set(desk.answers) == {"name", "id_number", "phone"}
    assert consents.revoke(desk.signed.citizen) == 0
    after = consents.decided(desk.signed.citizen, desk.draft)
    assert after
    assert after.open == ()


def test_people_see_their_own_uses_only(
    desk: Desk, store: Store, sources: Sources, catalogue: Catalogue
) -> None:
    sources.fetch(desk.signed, desk.consent(Consents(store)), desk.draft, desk.item, catalogue)
    assert [u.element for u in sources.uses(desk.signed.citizen)] == [
        "spouse_id_number", "marital_status", "id_number", "name",
    ]
    assert sources.uses(Citizens(store).of("rest:somebody")) == []


@pytest.fixture(params=["sqlite", "postgresql"])
def any_store(request: pytest.FixtureRequest, store: Store, clock: Clock) -> Iterator[Store]:
    if request.param == "sqlite":
        yield store
        return
    other = Store(emptied(request.getfixturevalue("postgres")), Cipher("k" * 40), clock)
    other.migrate()
    yield other
    other.close()


@pytest.mark.parametrize("deed", [
    sa.update(SharingEntry).values(outcome="used"), sa.delete(SharingEntry),
], ids=["update", "delete"])
def test_a_row_of_the_ledger_is_neither_changed_nor_removed(
    any_store: Store, library: Connector, catalogue: Catalogue, deed: Any
) -> None:
    desk = Desk(any_store, catalogue, "public-rental")
    Sources(any_store, library).put_own(desk.signed, desk.draft, desk.item, catalogue)
    with pytest.raises(sa.exc.DBAPIError, match="only ever added"), any_store.write() as session:
        session.execute(deed)
    assert len(desk.ledger()) == 2


def test_every_source_of_an_element_is_in_the_librarys_manifest(catalogue: Catalogue, library: Connector) -> None:
    elements = [e for e in catalogue.elements.values() if e.source]
    shown = library.manifest.operations["query"].answer.shown  # type: ignore[index]
    assert elements
    assert {e.element for e in elements} == set(shown)
    assert {e.source.licence for e in elements if e.source} == set(library.manifest.items)
    for element in elements:
        table = library.manifest.values_.get(element.element, {})
        assert set(table) <= {c.value for c in element.choices}


def test_acting_for_another_is_kept_with_the_draft_and_sealed(store: Store, catalogue: Catalogue) -> None:
    desk = Desk(store, catalogue, "elderly-allowance")
    keep = Representations(store)
    keep.record(desk.signed, desk.draft, {"acting_for": "self"})
    keep.record(desk.signed, desk.draft, {"acting_for": ""})
    with store.read() as session:
        assert session.scalars(sa.select(Representation)).all() == []
    keep.record(desk.signed, desk.draft, {"acting_for": "parent", "acting_family_basis": "household"})
    with store.read() as session:
        row = session.scalars(sa.select(Representation)).one()
        assert session.get(Draft, row.draft_id)
        assert session.scalars(sa.select(Consent)).all() == []
    assert (row.relation, row.basis) == ("parent", "household")
    assert store.cipher.open(row.agent_sealed) == {"name": "陈建国", "id_number": "110105190103070013"}


def test_one_use_in_a_life_event_is_written_down_for_each_department_that_gets_it(
    store: Store, catalogue: Catalogue, sources: Sources
) -> None:
    desk = Desk(store, catalogue, "flexible-employment")
    event = catalogue.events["newborn"]
    draft = desk.drafts.start(desk.signed.citizen, event)
    for step in event.filed:
        if step.optional:
            desk.drafts.answer(desk.signed.citizen, draft.id, step.choice, "no" if step.item == "birth-registration" else "yes")
    sources.put_own(desk.signed, draft.id, event, catalogue)
    with store.read() as session:
        rows = session.execute(sa.select(SharingEntry.element, SharingEntry.recipient)).all()
    assert {tuple(row) for row in rows} == {
        ("name", "public-security"), ("name", "medical-insurance"),
        ("id_number", "public-security"), ("id_number", "medical-insurance"),
    }, "the card bears the child's name, and birth registration was left out"
