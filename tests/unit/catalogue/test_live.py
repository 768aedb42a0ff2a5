"""The catalogue in force: exchanged whole, never lost to a broken file."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from gateway.catalogue.live import Change, LiveCatalogue, shelf, watch
from gateway.catalogue.loader import load
from gateway.catalogue.model import Catalogue
from gateway.errors import CatalogueErrors
from tests.support.sample_catalogue import (
    BALANCE,
    PERMIT,
    sample_department,
    sample_elements,
    sample_item,
    sample_query,
    write_catalogue,
    write_yaml,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_catalogue(tmp_path / "catalogue")


def write_item(folder: Path, **changes: object) -> None:
    item = sample_item(**changes)
    write_yaml(folder / "public-security" / f"{item['item']}.yml", item)


def test_a_new_file_is_in_force_after_a_reload(folder: Path) -> None:
    live = LiveCatalogue(folder)
    write_item(folder, item="permit-renewal", name="居住证签注", aliases=["居住证续签"])
    assert "permit-renewal" not in live.current.items
    assert live.reload() == Change(added=("permit-renewal",))
    assert live.current.items["permit-renewal"].name == "居住证签注"


def test_a_reload_tells_what_was_removed_and_what_was_changed(folder: Path) -> None:
    live = LiveCatalogue(folder)
    write_item(folder, phone="0571-87654321")
    (folder / "housing-fund" / f"{BALANCE}.yml").unlink()
    assert live.reload() == Change(removed=(BALANCE,), changed=(PERMIT,))


def test_a_reload_tells_of_departments_and_data_elements_too(folder: Path) -> None:
    live = LiveCatalogue(folder)
    write_yaml(folder / "public-security" / "department.yml", sample_department(phone="0571-110"))
    write_yaml(folder / "elements.yml", {"elements": sample_elements()[:-1]})
    change = live.reload()
    assert change == Change(departments=("public-security",), elements=("phone",))
    assert str(change) == "changed department public-security; changed data element phone."


def test_without_a_change_nothing_is_exchanged_and_nobody_is_told(folder: Path) -> None:
    live = LiveCatalogue(folder)
    told: list[Catalogue] = []
    live.subscribe(told.append)
    before = live.current
    assert not live.reload()
    assert (live.current is before, told) == (True, [])


def test_a_broken_file_leaves_the_old_catalogue_in_force(folder: Path) -> None:
    live = LiveCatalogue(folder)
    before = live.current
    write_item(folder, kind="quick")
    with pytest.raises(CatalogueErrors, match="quick"):
        live.reload()
    assert live.current is before
    write_item(folder, phone="0571-87654321")
    assert live.reload().changed == (PERMIT,)


def test_subscribers_get_each_new_catalogue_until_they_end_it(folder: Path) -> None:
    live = LiveCatalogue(folder)
    told: list[Catalogue] = []
    end = live.subscribe(told.append)
    write_item(folder, phone="1")
    live.reload()
    assert told == [live.current]
    end()
    end()
    write_item(folder, phone="2")
    live.reload()
    assert len(told) == 1


def test_a_failing_subscriber_does_not_keep_the_others_from_hearing(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    live = LiveCatalogue(folder)
    told: list[Catalogue] = []

    def fail(catalogue: Catalogue) -> None:
        raise ValueError("no index")

    live.subscribe(fail)
    live.subscribe(told.append)
    write_item(folder, phone="1")
    assert live.reload().changed == (PERMIT,)
    assert told == [live.current]
    assert "could not take the new catalogue" in caplog.text


def test_a_subscriber_may_reload_while_it_is_told(folder: Path) -> None:
    live = LiveCatalogue(folder)
    again: list[Change] = []
    live.subscribe(lambda catalogue: again.append(live.reload()))
    write_item(folder, phone="1")
    live.reload()
    assert again == [Change()]


def test_reloads_from_many_threads_tell_each_change_once(folder: Path) -> None:
    live = LiveCatalogue(folder)
    told: list[str] = []
    live.subscribe(lambda catalogue: told.append(catalogue.digest))
    write_item(folder, phone="1")
    start = threading.Barrier(8)

    def reload() -> None:
        start.wait()
        live.reload()

    threads = [threading.Thread(target=reload) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told == [live.current.digest]


def test_a_broken_folder_is_refused_at_the_start(folder: Path) -> None:
    write_item(folder, kind="quick")
    with pytest.raises(CatalogueErrors):
        LiveCatalogue(folder)


def test_the_shelf_gives_one_object_for_one_folder_however_it_is_written(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder.parent)
    live = shelf(folder)
    assert shelf(Path("catalogue")) is live
    assert shelf(folder / ".." / "catalogue") is live
    other = write_catalogue(folder.parent / "other", items={"housing-fund": [sample_query()]})
    assert shelf(other) is not live


def test_the_shelf_reads_a_repaired_folder_at_the_next_call(folder: Path) -> None:
    write_item(folder, kind="quick")
    with pytest.raises(CatalogueErrors):
        shelf(folder)
    write_item(folder)
    assert PERMIT in shelf(folder).current.items


def test_many_changes_make_one_short_sentence() -> None:
    sentence = str(Change(added=tuple(f"item-{n}" for n in range(9)), removed=("old",)))
    assert sentence == "added item-0, item-1, item-2, item-3, item-4 and 4 more; removed old."


async def until(condition: Callable[[], bool], do: Callable[[], None]) -> None:
    """Repeat ``do`` until ``condition`` holds: the first change may come before the watch is up."""
    for _ in range(100):
        if condition():
            return
        do()
        await asyncio.sleep(0.1)
    raise AssertionError("waited 10 seconds in vain")


async def test_the_watch_puts_changes_in_force_and_outlives_broken_files(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="gateway.catalogue.live")
    crash = False

    def load_or_crash(path: Path) -> Catalogue:
        if crash:
            raise RuntimeError("out of memory")
        return load(path)

    live = LiveCatalogue(folder, load_or_crash)
    stop = asyncio.Event()
    task = asyncio.create_task(watch(live, stop))
    numbers = iter(range(1000))

    def said(words: str) -> Callable[[], bool]:
        return lambda: words in caplog.text

    def change(**changes: object) -> Callable[[], None]:
        return lambda: write_item(folder, phone=f"0571-{next(numbers)}", **changes)

    await until(said(f"The catalogue was reloaded: changed {PERMIT}."), change())
    await until(said("the old one stays in force: public-security/"), change(kind="quick"))
    assert live.current.items[PERMIT].kind.value == "promised"
    crash = True
    await until(said("out of memory"), change())
    crash = False
    await until(lambda: live.current.items[PERMIT].version == "7", change(version="7"))
    stop.set()
    await asyncio.wait_for(task, timeout=5)
