"""Signing in: a link that works once, a browser that comes back itself, and an answer that is checked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from joserfc.jwk import RSAKey

from gateway.errors import RetryLater, SettingsError
from gateway.identity.citizens import Citizens
from gateway.identity.provider import BASIC, REAL_NAME, Begun, Provider, SignInRefused
from gateway.identity.sign_in import LinkGone, Signed, SignIns
from gateway.settings import Settings
from gateway.store.identity_tables import SignInCode, SignInLink
from gateway.store.store import Store
from gateway.store.tables import Attachment, Case, Draft, Notice
from simulators.citizens import Citizen
from simulators.department import Request, Response
from simulators.identity_provider import IdentityProvider
from simulators.server import Server
from simulators.town import local_now
from tests.support.services import Services, choose, running_services
from tests.unit.identity.conftest import Clock

SECRETS = {"identity-provider-client": "sample secret", "licence-library-key": "sample key"}
BACK = "http://127.0.0.1:5005/sign-in/callback"
SENDER, BROWSER = "wechat:openid-1", "browser-1"


@pytest.fixture(scope="module")
def services() -> Iterator[Services]:
    with running_services(SECRETS) as running:
        yield running


def provider_at(issuer: str) -> Provider:
    return Provider(Settings(
        oidc_issuer=issuer, oidc_client_id="yiwen", oidc_client_secret="sample secret",  # noqa: S106
    ))


@pytest.fixture
def sign_ins(store: Store, services: Services) -> SignIns:
    return SignIns(store, provider_at(services.provider))


def sign_in(sign_ins: SignIns, citizen: str = "chen-jianguo", sender: str = SENDER) -> Signed:
    signed = sign_ins.confirm(sender, number_of(sign_ins, citizen, sender))
    assert signed is not None
    return signed


def number_of(sign_ins: SignIns, citizen: str = "chen-jianguo", sender: str = SENDER) -> str:
    """Sign in at the provider; the number that the page then shows."""
    back = choose(sign_ins.begin(sign_ins.invite(sender), BACK, BROWSER), citizen)
    return sign_ins.finish(back["state"], BROWSER, code=back["code"], issuer=back["iss"])


def another(number: str) -> str:
    """A number that is not it."""
    return f"{(int(number) + 1) % 10**6:06d}"


def test_whoever_comes_back_is_nobody_yet_until_the_number_is_said_in_that_conversation(sign_ins: SignIns) -> None:
    number = number_of(sign_ins)
    assert len(number) == 6
    assert sign_ins.current(SENDER) is None
    assert sign_ins.confirm("wechat:openid-2", number) is None, "the number of another conversation says nothing"
    assert sign_ins.current("wechat:openid-2") is None
    signed = sign_ins.confirm(SENDER, number)
    assert signed is not None
    assert sign_ins.current(SENDER) == signed
    assert sign_ins.confirm(SENDER, number) is None, "it works once"


def test_five_wrong_numbers_end_a_sign_in_and_a_new_one_begins_anew(sign_ins: SignIns) -> None:
    number = number_of(sign_ins)
    for left in (5, 4, 3, 2, 1):
        assert sign_ins.left(SENDER) == left
        assert sign_ins.confirm(SENDER, another(number)) is None
    assert sign_ins.left(SENDER) == 0
    assert sign_ins.confirm(SENDER, number) is None
    assert sign_ins.current(SENDER) is None
    assert sign_in(sign_ins).name == "陈建国"
    assert sign_ins.left(SENDER) is None


def test_a_number_lasts_ten_minutes_and_the_person_behind_it_is_not_kept_longer(
    sign_ins: SignIns, store: Store, clock: Clock
) -> None:
    number = number_of(sign_ins)
    clock.forward(minutes=10, seconds=1)
    assert sign_ins.left(SENDER) is None
    assert sign_ins.confirm(SENDER, number) is None
    sign_ins.invite("widget:somebody")
    with store.read() as session:
        assert session.scalars(sa.select(SignInCode.sender_digest)).all() == []


def test_a_later_sign_in_replaces_the_number_of_the_first(sign_ins: SignIns) -> None:
    first, second = number_of(sign_ins), number_of(sign_ins, "li-guifang")
    assert first == second or sign_ins.confirm(SENDER, first) is None
    signed = sign_ins.confirm(SENDER, second)
    assert signed is not None
    assert signed.name == "李桂芳"


def test_whoever_signs_in_is_known_in_that_conversation_and_in_no_other(sign_ins: SignIns) -> None:
    signed = sign_in(sign_ins)
    assert (signed.name, signed.id_number, signed.level) == ("陈建国", "110105190103070013", REAL_NAME)
    assert sign_ins.current(SENDER) == signed
    assert sign_ins.current("wechat:openid-2") is None


def test_a_person_is_one_citizen_on_every_channel_until_they_sign_out(sign_ins: SignIns, store: Store) -> None:
    citizens = Citizens(store, people=True)
    alone = citizens.of(SENDER)
    sign_in(sign_ins)
    sign_in(sign_ins, sender="widget:visitor")
    assert citizens.of(SENDER) == citizens.of("widget:visitor") != alone
    sign_ins.sign_out(SENDER)
    assert citizens.of(SENDER) == alone
    assert sign_ins.current(SENDER) is None
    assert sign_ins.current("widget:visitor") is not None


def test_another_person_in_the_same_conversation_is_another_citizen(sign_ins: SignIns) -> None:
    assert sign_in(sign_ins).citizen != sign_in(sign_ins, "li-guifang").citizen
    current = sign_ins.current(SENDER)
    assert current is not None
    assert current.name == "李桂芳"


def test_who_is_not_known_by_real_name_has_the_lower_level(sign_ins: SignIns) -> None:
    assert sign_in(sign_ins, "zhou-ming").level == BASIC


def test_a_session_ends_after_twelve_hours(sign_ins: SignIns, store: Store, clock: Clock) -> None:
    sign_in(sign_ins)
    clock.forward(hours=11, minutes=59)
    assert sign_ins.current(SENDER)
    clock.forward(minutes=2)
    assert sign_ins.current(SENDER) is None
    assert Citizens(store, people=True).of(SENDER) == Citizens(store).of(SENDER)


def test_how_long_a_session_lasts_is_a_setting(store: Store, services: Services, clock: Clock) -> None:
    sign_ins = SignIns(store, provider_at(services.provider), hours=2)
    sign_in(sign_ins)
    clock.forward(hours=2, minutes=1)
    assert sign_ins.current(SENDER) is None


def test_a_link_works_once_and_for_ten_minutes(sign_ins: SignIns, clock: Clock) -> None:
    link = sign_ins.invite(SENDER)
    assert sign_ins.channel_of(link) == "wechat"
    back = choose(sign_ins.begin(link, BACK, BROWSER), "chen-jianguo")
    sign_ins.finish(back["state"], BROWSER, code=back["code"], issuer=back["iss"])
    for again in (lambda: sign_ins.begin(link, BACK, BROWSER), lambda: sign_ins.channel_of(link)):
        with pytest.raises(LinkGone):
            again()
    with pytest.raises(LinkGone):
        sign_ins.finish(back["state"], BROWSER, code=back["code"], issuer=back["iss"])
    late = sign_ins.invite(SENDER)
    clock.forward(minutes=10)
    with pytest.raises(LinkGone):
        sign_ins.begin(late, BACK, BROWSER)


@pytest.mark.parametrize(("state", "browser"), [("", BROWSER), ("guessed", BROWSER), (None, ""), (None, "other")])
def test_only_the_browser_that_went_comes_back_with_its_own_state(
    sign_ins: SignIns, state: str | None, browser: str
) -> None:
    back = choose(sign_ins.begin(sign_ins.invite(SENDER), BACK, BROWSER), "chen-jianguo")
    with pytest.raises(LinkGone):
        sign_ins.finish(
            back["state"] if state is None else state, browser, code=back["code"], issuer=back["iss"]
        )
    assert sign_ins.current(SENDER) is None


def test_a_person_who_does_not_sign_in_uses_the_link_up(sign_ins: SignIns) -> None:
    link = sign_ins.invite(SENDER)
    back = choose(sign_ins.begin(link, BACK, BROWSER), "", do="leave")
    assert back["error"] == "access_denied"
    sign_ins.give_up(back["state"], BROWSER)
    with pytest.raises(LinkGone):
        sign_ins.begin(link, BACK, BROWSER)
    assert sign_ins.current(SENDER) is None


def test_a_code_of_another_sign_in_is_refused(sign_ins: SignIns) -> None:
    first = choose(sign_ins.begin(sign_ins.invite(SENDER), BACK, BROWSER), "chen-jianguo")
    second = choose(sign_ins.begin(sign_ins.invite("rest:x"), BACK, BROWSER), "li-guifang")
    with pytest.raises(SignInRefused):  # the verifier of the first does not fit the code of the second
        sign_ins.finish(first["state"], BROWSER, code=second["code"], issuer=first["iss"])


def test_nobody_signs_in_where_there_is_no_provider(store: Store) -> None:
    none = SignIns(store, None)
    assert not none.offered
    assert none.current(SENDER) is None
    with pytest.raises(LinkGone):
        none.begin(none.invite(SENDER), BACK, BROWSER)


def test_nothing_of_the_person_or_the_way_is_in_the_database_in_the_clear(
    sign_ins: SignIns, store: Store, tmp_path: Path
) -> None:
    link = sign_ins.invite(SENDER)
    back = choose(sign_ins.begin(link, BACK, BROWSER), "chen-jianguo")
    number = sign_ins.finish(back["state"], BROWSER, code=back["code"], issuer=back["iss"])
    raw = b"".join(file.read_bytes() for file in tmp_path.glob("gateway.db*"))
    for needle in ("陈建国", "110105190103070013", "chen-jianguo", link, back["code"], back["state"], SENDER, number):
        assert needle.encode() not in raw, needle
    with store.read() as session:
        assert session.scalars(sa.select(SignInLink.begun_sealed)).all() == [None]


def draft_of(store: Store, citizen: str, item: str, answers: dict[str, str]) -> str:
    now = store.clock()
    with store.write() as session:
        row = Draft(
            citizen_id=citizen, item=item, state="open", answers_sealed=store.cipher.seal(answers),
            created_at=now, updated_at=now,
        )
        session.add(row)
        session.flush()
        return str(row.id)


def photo_of(store: Store, citizen: str, draft: str) -> None:
    with store.write() as session:
        session.add(Attachment(
            citizen_id=citizen, draft_id=draft, content_type="image/png", ending="png", size=1,
            content_sealed=b"sealed", created_at=store.clock(),
        ))


def case_of(store: Store, citizen: str, receipt: str, id_number: str) -> None:
    now = store.clock()
    with store.write() as session:
        session.add(Case(
            id=receipt.ljust(32, "0"), receipt=receipt, citizen_id=citizen, item="i", item_name="i", department="d", status="received",
            answers_sealed=store.cipher.seal({"id_number": id_number}), created_at=now, updated_at=now,
        ))


def owners(store: Store) -> dict[str, str]:
    with store.read() as session:
        drafts = session.execute(sa.select(Draft.id, Draft.citizen_id).where(Draft.state == "open")).all()
        cases = session.execute(sa.select(Case.receipt, Case.citizen_id)).all()
    return dict([*drafts, *cases])


def test_what_was_begun_before_goes_on_and_only_cases_with_the_own_number_come_along(
    sign_ins: SignIns, store: Store
) -> None:
    before = Citizens(store).of(SENDER)
    draft = draft_of(store, before, "passport", {"phone": "13800138000"})
    case_of(store, before, "MINE", "110105190103070013")
    case_of(store, before, "THEIRS", "11010519491231002X")
    with store.write() as session:
        session.add(Notice(
            citizen_id=before, case_id="MINE".ljust(32, "0"), kind="reminder", mark="1", at=store.clock()
        ))
    person = sign_in(sign_ins).citizen
    assert owners(store) == {draft: person, "MINE": person, "THEIRS": before}
    with store.read() as session:
        assert session.scalars(sa.select(Notice.citizen_id)).all() == [person], "its news goes along"
    assert sign_ins.take_draft(SENDER) == draft
    assert sign_ins.take_draft(SENDER) is None, "it is offered once"


def test_an_application_begun_elsewhere_keeps_its_answers_when_begun_here_again(
    sign_ins: SignIns, store: Store
) -> None:
    person = sign_in(sign_ins, sender="widget:v").citizen
    own = draft_of(store, person, "passport", {"phone": "13800138000"})
    before = Citizens(store).of(SENDER)
    photo_of(store, before, draft_of(store, before, "passport", {"delivery_way": "post"}))
    sign_in(sign_ins)
    assert list(owners(store)) == [own]
    assert sign_ins.take_draft(SENDER) == own
    with store.read() as session:
        answers = store.cipher.open(session.get(Draft, own).answers_sealed)
        photos = session.execute(sa.select(Attachment.citizen_id, Attachment.draft_id)).all()
    assert answers == {"phone": "13800138000", "delivery_way": "post"}
    assert photos == [(person, own)]


class Lying(IdentityProvider):
    """A provider whose answers are wrong in one way."""

    changes: dict[str, Any] = {}
    other_key = False
    other_person = False
    other_issuer = ""

    def claims(self, citizen: Citizen, nonce: str, now: int) -> dict[str, Any]:
        return {**super().claims(citizen, nonce, now), **self.changes}

    def business(self, request: Request) -> Response:
        answer = super().business(request)
        if self.other_key and request.path == "/jwks":
            key = RSAKey.generate_key(2048, {"use": "sig", "kid": self._key.kid})
            return replace(answer, body=(
                b'{"keys": [' + key.as_dict(private=False).__repr__().replace("'", '"').encode() + b"]}"
            ))
        if self.other_person and request.path == "/userinfo":
            return replace(answer, body=answer.body.replace(b"chen-jianguo", b"li-guifang"))
        if self.other_issuer and request.path.startswith("/.well-known"):
            return replace(answer, body=answer.body.replace(self.issuer.encode(), self.other_issuer.encode()))
        return answer


@pytest.fixture
def lying() -> Iterator[Lying]:
    provider = Lying("sample secret", local_now)
    server = Server(provider, 0)
    provider.issuer = server.address
    server.start()
    yield provider
    server.stop()


@pytest.mark.parametrize("changes", [
    {"iss": "https://elsewhere.example"}, {"aud": "another-client"}, {"nonce": "another"}, {"exp": 1},
    {"aud": ["yiwen", "another"]}, {"azp": "another"}, {"sub": ""},
], ids=str)
def test_an_id_token_that_is_not_for_this_sign_in_is_refused(
    store: Store, lying: Lying, changes: dict[str, Any]
) -> None:
    lying.changes = changes
    sign_ins = SignIns(store, provider_at(lying.issuer))
    with pytest.raises(SignInRefused):
        sign_in(sign_ins)
    assert sign_ins.current(SENDER) is None


@pytest.mark.parametrize("lie", ["other_key", "other_person"])
def test_a_wrong_signature_and_another_persons_data_are_refused(store: Store, lying: Lying, lie: str) -> None:
    setattr(lying, lie, True)
    with pytest.raises(SignInRefused):
        sign_in(SignIns(store, provider_at(lying.issuer)))


def test_an_answer_of_another_issuer_is_refused(store: Store, lying: Lying) -> None:
    sign_ins = SignIns(store, provider_at(lying.issuer))
    back = choose(sign_ins.begin(sign_ins.invite(SENDER), BACK, BROWSER), "chen-jianguo")
    with pytest.raises(SignInRefused):
        sign_ins.finish(back["state"], BROWSER, code=back["code"], issuer="https://elsewhere.example")


def test_a_description_of_another_issuer_is_not_used(lying: Lying) -> None:
    lying.other_issuer = "http://127.0.0.1:1"
    with pytest.raises(RetryLater):
        provider_at(lying.issuer).facts()


def test_a_provider_that_is_away_is_told_as_such() -> None:
    with pytest.raises(RetryLater):
        provider_at("http://127.0.0.1:9").address(Begun("s", "n", "v" * 64, BACK))


def test_an_issuer_needs_tls_and_a_client() -> None:
    with pytest.raises(ValueError, match="https"):
        Settings(oidc_issuer="http://id.example.cn")
    with pytest.raises(SettingsError, match="GATEWAY_OIDC_CLIENT_ID"):
        Provider(Settings(oidc_issuer="https://id.example.cn"))
