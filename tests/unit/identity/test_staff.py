"""Rules of staff accounts: first user, passwords, throttle, sessions, audit."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from gateway.errors import SettingsError, StaffError
from gateway.identity.staff import Signed, Staff, TooManyTries
from gateway.privacy.cipher import Cipher
from gateway.store.staff_tables import StaffSession, StaffUser
from gateway.store.store import Store
from gateway.store.tables import Audit

from .conftest import QUICK, Clock

PASSWORD = "right horse battery"  # noqa: S105 - made up
HERE, ELSEWHERE = "10.0.0.1", "10.0.0.2"


def enter(staff: Staff, password: str = PASSWORD, name: str = "admin") -> Signed:
    signed = staff.sign_in(name, password, address=HERE)
    assert signed is not None, "sign-in was refused"
    return signed


def audited(store: Store) -> list[tuple[str, str, str | None]]:
    with store.read() as session:
        rows = session.scalars(sa.select(Audit).order_by(Audit.id))
        return [(row.actor, row.action, row.target) for row in rows]


def fail(staff: Staff, times: int, *, name: str = "admin", address: str = HERE) -> None:
    for _ in range(times):
        assert staff.sign_in(name, "wrong", address=address) is None


def test_first_run_gives_a_one_time_password_that_must_be_changed(staff: Staff) -> None:
    password = staff.ensure_first(None)
    assert password is not None
    assert len(password) >= 16
    assert enter(staff, password).must_change_password


def test_one_time_password_is_given_once_and_differs_between_installations(
    staff: Staff, tmp_path: Path, clock: Clock
) -> None:
    first = staff.ensure_first(None)
    assert staff.ensure_first(None) is None
    other = Store(f"sqlite:///{tmp_path / 'other.db'}", Cipher("k" * 40), clock)
    other.migrate()
    assert Staff(other, QUICK).ensure_first(None) != first
    other.close()


def test_a_password_from_the_settings_is_used_as_it_is(staff: Staff) -> None:
    assert staff.ensure_first(PASSWORD) is None
    assert not enter(staff).must_change_password


def test_a_different_password_from_the_settings_replaces_the_old_one_and_ends_sessions(
    staff: Staff,
) -> None:
    staff.ensure_first(PASSWORD)
    signed = enter(staff)
    staff.ensure_first("another long password")
    assert staff.session(signed.token) is None
    assert staff.sign_in("admin", PASSWORD, address=HERE) is None
    enter(staff, "another long password")


def test_the_same_password_from_the_settings_changes_nothing(staff: Staff, store: Store) -> None:
    staff.ensure_first(PASSWORD)
    signed = enter(staff)
    before = audited(store)
    staff.ensure_first(PASSWORD)
    assert staff.session(signed.token)
    assert audited(store) == before


@pytest.mark.parametrize("password", ["short", "x" * 201])
def test_an_unfit_password_in_the_settings_names_its_variable(staff: Staff, password: str) -> None:
    with pytest.raises(SettingsError, match="GATEWAY_ADMIN_PASSWORD"):
        staff.ensure_first(password)


def test_passwords_and_tokens_are_not_in_the_database(
    staff: Staff, store: Store, tmp_path: Path
) -> None:
    staff.ensure_first(PASSWORD)
    signed = enter(staff)
    staff.sign_in(PASSWORD, "typed into the wrong field", address=HERE)
    store.close()
    raw = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert PASSWORD.encode() not in raw
    assert signed.token.encode() not in raw


def test_an_unknown_user_costs_one_hash_like_a_known_one(store: Store) -> None:
    class Counting:
        verified = 0

        def hash(self, password: str) -> str:
            return QUICK.hash(password)

        def verify(self, hash: str, password: str) -> bool:
            self.verified += 1
            return QUICK.verify(hash, password)

    hasher = Counting()
    staff = Staff(store, hasher)
    staff.ensure_first(PASSWORD)
    for name in ("admin", "nobody", "nul\0byte", "名" * 500):
        hasher.verified = 0
        assert staff.sign_in(name, "wrong", address=name[:5]) is None
        assert hasher.verified == 1, name


def test_after_five_wrong_tries_even_the_right_password_waits_15_minutes(
    staff: Staff, clock: Clock
) -> None:
    staff.ensure_first(PASSWORD)
    fail(staff, 5)
    clock.forward(minutes=4)
    with pytest.raises(TooManyTries) as refused:
        staff.sign_in("admin", PASSWORD, address=ELSEWHERE)
    assert refused.value.minutes == 11
    assert "11 分钟" in refused.value.sentence
    clock.forward(minutes=11)
    enter(staff)


def test_four_wrong_tries_are_forgiven(staff: Staff) -> None:
    staff.ensure_first(PASSWORD)
    fail(staff, 4)
    enter(staff)


def test_wrong_tries_are_limited_by_address_too(staff: Staff) -> None:
    staff.ensure_first(PASSWORD)
    for n in range(5):
        fail(staff, 1, name=f"guess{n}")
    with pytest.raises(TooManyTries):
        staff.sign_in("admin", PASSWORD, address=HERE)
    assert staff.sign_in("admin", PASSWORD, address=ELSEWHERE)


def test_unknown_names_are_limited_like_known_ones(staff: Staff) -> None:
    staff.ensure_first(PASSWORD)
    for n in range(5):
        fail(staff, 1, name="nobody", address=f"10.1.0.{n}")
    with pytest.raises(TooManyTries):
        staff.sign_in("nobody", "wrong", address=ELSEWHERE)


def test_refused_tries_do_not_prolong_the_wait(staff: Staff, clock: Clock) -> None:
    staff.ensure_first(PASSWORD)
    fail(staff, 5)
    clock.forward(minutes=14)
    with pytest.raises(TooManyTries):
        staff.sign_in("admin", "wrong", address=HERE)
    clock.forward(minutes=1)
    enter(staff)


def test_guesses_made_side_by_side_do_not_slip_past_the_limit(staff: Staff, store: Store) -> None:
    staff.ensure_first(PASSWORD)

    def guess(_: int) -> str:
        try:
            return str(staff.sign_in("admin", "wrong", address=HERE))
        except TooManyTries:
            return "refused"

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(guess, range(20)))
    assert answers.count("None") == 5
    assert sum(action == "sign_in_failed" for _, action, _ in audited(store)) == 5


def test_a_session_ends_after_8_hours_without_use(staff: Staff, clock: Clock) -> None:
    staff.ensure_first(PASSWORD)
    signed = enter(staff)
    clock.forward(hours=7, minutes=59)
    assert staff.session(signed.token)
    clock.forward(hours=8)
    assert staff.session(signed.token) is None


def test_a_session_ends_12_hours_after_sign_in_however_busy(staff: Staff, clock: Clock) -> None:
    staff.ensure_first(PASSWORD)
    signed = enter(staff)
    for _ in range(11):
        clock.forward(hours=1)
        assert staff.session(signed.token)
    clock.forward(hours=1)
    assert staff.session(signed.token) is None


def test_looking_again_within_minutes_writes_nothing(
    staff: Staff, store: Store, clock: Clock
) -> None:
    staff.ensure_first(PASSWORD)
    signed = enter(staff)
    with store.read() as session:
        before = session.scalar(sa.select(StaffSession.expires_at))
    clock.forward(minutes=4)
    assert staff.session(signed.token)
    with store.read() as session:
        assert session.scalar(sa.select(StaffSession.expires_at)) == before


def test_signing_in_sweeps_out_sessions_that_have_run_out(
    staff: Staff, store: Store, clock: Clock
) -> None:
    staff.ensure_first(PASSWORD)
    enter(staff)
    clock.forward(hours=9)
    enter(staff)
    with store.read() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(StaffSession)) == 1


def test_every_sign_in_has_its_own_token_and_csrf_token(staff: Staff) -> None:
    staff.ensure_first(PASSWORD)
    one, two = enter(staff), enter(staff)
    assert len({one.token, two.token, one.csrf_token, two.csrf_token}) == 4
    found = staff.session(one.token)
    assert found == one


def test_a_token_is_dead_after_sign_out(staff: Staff) -> None:
    staff.ensure_first(PASSWORD)
    signed = enter(staff)
    staff.sign_out(signed.token)
    assert staff.session(signed.token) is None


def test_changing_the_password_ends_the_other_sessions_but_not_this_one(staff: Staff) -> None:
    password = staff.ensure_first(None)
    assert password is not None
    other, mine = enter(staff, password), enter(staff, password)
    staff.change_password(mine, password, "a fresh long one", address=HERE)
    assert staff.session(other.token) is None
    found = staff.session(mine.token)
    assert found is not None
    assert not found.must_change_password
    enter(staff, "a fresh long one")


@pytest.mark.parametrize(
    ("current", "new", "told"),
    [
        ("wrong", "a fresh long one", "现在的密码不对"),
        (PASSWORD, "123456789", "至少 10 个字符，您输入了 9 个"),
        (PASSWORD, "x" * 201, "最多 200 个字符"),
        (PASSWORD, PASSWORD, "和现在的一样"),
        (PASSWORD, "ababababab", "太简单"),
        (PASSWORD, "my-Admin-pass", "不要带用户名"),
    ],
)
def test_a_refused_new_password_says_what_is_wrong(
    staff: Staff, current: str, new: str, told: str
) -> None:
    staff.ensure_first(PASSWORD)
    signed = enter(staff)
    with pytest.raises(StaffError, match=told):
        staff.change_password(signed, current, new, address=HERE)
    enter(staff)


def test_guessing_the_password_in_the_change_form_is_limited(staff: Staff) -> None:
    staff.ensure_first(PASSWORD)
    signed = enter(staff)
    for _ in range(5):
        with pytest.raises(StaffError, match="现在的密码不对"):
            staff.change_password(signed, "wrong", "a fresh long one", address=HERE)
    with pytest.raises(TooManyTries):
        staff.change_password(signed, PASSWORD, "a fresh long one", address=HERE)


def test_everything_leaves_an_audit_row(staff: Staff, store: Store) -> None:
    staff.ensure_first(PASSWORD)
    fail(staff, 1)
    signed = enter(staff)
    staff.change_password(signed, PASSWORD, "a fresh long one", address=HERE)
    staff.sign_out(signed.token)
    staff.sign_out(signed.token)
    assert audited(store) == [
        ("system", "create_staff", "admin"),
        ("admin", "sign_in_failed", HERE),
        ("admin", "sign_in", HERE),
        ("admin", "change_password", None),
        ("admin", "sign_out", None),
    ]


def test_the_audit_does_not_keep_an_unknown_name(staff: Staff, store: Store) -> None:
    staff.sign_in("MyPassword2026", "x", address=HERE)
    actor = audited(store)[-1][0]
    assert actor.startswith("unknown:")
    assert "MyPassword2026" not in actor


def test_two_processes_that_start_at_once_make_one_admin(store: Store) -> None:
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: Staff(store, QUICK).ensure_first(None), range(4)))
    assert sum(password is not None for password in made) == 1
    with store.read() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(StaffUser)) == 1
