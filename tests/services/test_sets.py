"""What was chosen is there again, whatever ends the app."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pixelforge.errors import HistoryError
from pixelforge.services.database import open_database
from pixelforge.services.history import HistoryFilter, open_history
from pixelforge.services.sets import SetStore, SpriteSet
from pixelforge.services.sprites import Drawn, Sprite
from tests.made import made


@pytest.fixture
def path(tmp_path):
    return tmp_path / "history.sqlite"


@pytest.fixture
def database(path):
    database, notice = open_database(path)
    assert notice == ""
    yield database
    database.close()


def assert_same(one: SpriteSet, other: SpriteSet) -> None:
    assert (one.id, one.name) == (other.id, other.name)
    assert [sprite.name for sprite in one.sprites] == [sprite.name for sprite in other.sprites]
    assert [sprite.origin for sprite in one.sprites] == [sprite.origin for sprite in other.sprites]
    for a, b in zip(one.sprites, other.sprites, strict=True):
        np.testing.assert_array_equal(a.pixels, b.pixels)


def test_of_two_windows_that_begin_at_once_only_one_makes_a_first_set(path, database) -> None:
    other, _ = open_database(path)
    stores = [SetStore(database), SetStore(other)]
    assert [store.sets() for store in stores] == [(), ()]
    one, two = (store.begin(SpriteSet(number, "Set 1")) for number, store in enumerate(stores, 1))
    assert [kept.id for kept in one] == [kept.id for kept in two] == [1]
    other.close()


def test_sets_come_back_with_names_recipes_and_order(path, database) -> None:
    drawn = Sprite(made(3).pixels, Drawn("beasts"), "rock")
    sets = [
        SpriteSet(1, "Cave", (replace(made(2), name="bat"), drawn, made(1))),
        SpriteSet(2, "Shop"),
    ]
    store = SetStore(database)
    for one in reversed(sets):
        store.save(one)
    store.choose(2)
    again, _ = open_database(path)
    for kept, one in zip(SetStore(again).sets(), sets, strict=True):
        assert_same(kept, one)
    assert SetStore(again).chosen() == 2
    again.close()


def test_a_set_is_saved_over_itself_and_deleted(database) -> None:
    store = SetStore(database)
    store.save(SpriteSet(1, "Cave", (made(1), made(2))))
    store.choose(1)
    store.save(SpriteSet(1, "Den", (made(2),)))
    store.save(SpriteSet(2, "Other", (made(9),)))
    assert [(one.name, len(one.sprites)) for one in store.sets()] == [("Den", 1), ("Other", 1)]
    assert store.chosen() == 1
    store.delete(1)
    assert [one.name for one in store.sets()] == ["Other"]
    assert store.chosen() == 2


def test_a_set_outlives_its_sprites_in_the_history(path) -> None:
    history, _ = open_history(path, 100)
    sprite = replace(made(5), name="hero")
    ids = history.add([sprite])
    store = SetStore(history.database)
    store.save(SpriteSet(1, "Cave", (sprite,)))
    history.delete(ids)
    history.empty_bin()
    (kept,) = store.sets()
    assert_same(kept, SpriteSet(1, "Cave", (sprite,)))
    history.close()


def test_one_damaged_sprite_costs_its_set_no_other(database) -> None:
    store = SetStore(database)
    store.save(SpriteSet(1, "Cave", (made(1), made(2), made(3))))
    with database.transaction() as connection:
        connection.execute("UPDATE set_sprites SET png = x'00' WHERE position = 1")
        connection.execute("UPDATE set_sprites SET png = 7 WHERE position = 2")
    assert [sprite.seed for sprite in store.sets()[0].sprites] == [1]


def test_what_cannot_be_written_changes_nothing(database) -> None:
    store = SetStore(database)
    store.save(SpriteSet(1, "Cave", (made(1),)))
    pages = database.read("PRAGMA page_count")[0][0]
    database.connection.execute(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(HistoryError, match="cannot be written"):
        store.save(SpriteSet(1, "Den", tuple(made(i) for i in range(200))))
    (kept,) = store.sets()
    assert (kept.name, len(kept.sprites)) == ("Cave", 1)


def test_the_stage_comes_back(path, database) -> None:
    store = SetStore(database)
    store.stage([7, 3, 9])
    store.stage([4, 2])
    again, _ = open_database(path)
    assert SetStore(again).staged() == [4, 2]
    again.close()


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9")
def test_a_kill_loses_nothing_that_was_chosen(path) -> None:
    code = textwrap.dedent(
        f"""
        import time
        from dataclasses import replace
        from pathlib import Path
        from pixelforge.services.history import open_history
        from pixelforge.services.sets import SetStore, SpriteSet
        from tests.made import made
        history, _ = open_history(Path({str(path)!r}), 100)
        store = SetStore(history.database)
        sprites = [replace(made(i), name=f"hero {{i}}") for i in range(12)]
        ids = history.add(sprites)
        store.stage(ids)
        for count in range(1, 13):
            store.save(SpriteSet(5, "Dungeon", tuple(sprites[:count])))
        store.choose(5)
        history.delete(ids[:1])
        print("chosen", flush=True)
        time.sleep(600)
        """
    )
    root = Path(__file__).parents[2]
    with subprocess.Popen([sys.executable, "-c", code], cwd=root, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"chosen\n"
        os.kill(child.pid, signal.SIGKILL)
    history, notice = open_history(path, 100)
    store = SetStore(history.database)
    assert notice == ""
    (kept,) = store.sets()
    assert_same(kept, SpriteSet(5, "Dungeon", tuple(replace(made(i), name=f"hero {i}") for i in range(12))))
    assert store.chosen() == 5
    assert len(store.staged()) == 12
    assert len(history.ids(HistoryFilter())) == 11
    assert len(history.ids(HistoryFilter(binned=True))) == 1
    history.close()


@pytest.fixture
def windows(path, database):
    """Two windows' sets, which both know one set of three sprites."""
    SetStore(database).save(SpriteSet(1, "Cave", tuple(made(seed) for seed in (1, 2, 3))))
    other, _ = open_database(path)
    stores = SetStore(database), SetStore(other)
    for store in stores:
        store.sets()
    yield stores
    other.close()


def seeds(one: SpriteSet) -> list[int]:
    return [sprite.seed for sprite in one.sprites]


def test_what_two_windows_make_of_a_set_is_put_together(windows) -> None:
    one, other = windows
    (known,) = one.sets()
    first, second, third = known.sprites
    other.save(SpriteSet(1, "Cave", (first, made(7), replace(second, name="bat"), third)))
    kept = one.save(SpriteSet(1, "Den", (first, second, made(8))))
    assert (kept.name, seeds(kept)) == ("Den", [1, 7, 2, 8])  # 3 is taken out, 7 and 8 put in
    assert kept.sprites[2].name == "bat"
    (again,) = other.sets()
    assert_same(again, kept)


def test_the_order_that_one_window_chose_outlives_what_the_other_adds(windows) -> None:
    one, other = windows
    first, second, third = one.sets()[0].sprites
    other.save(SpriteSet(1, "Cave", (third, first, second)))
    assert seeds(one.save(SpriteSet(1, "Cave", (first, second, third, made(9))))) == [3, 9, 1, 2]


def test_alike_sprites_are_told_apart(windows) -> None:
    one, other = windows
    first, second, third = one.sets()[0].sprites
    other.save(SpriteSet(1, "Cave", (first, first, second, third)))
    assert seeds(one.save(SpriteSet(1, "Cave", (first, third)))) == [1, 1, 3]


def test_a_set_that_changed_elsewhere_is_not_deleted(windows) -> None:
    one, other = windows
    (known,) = one.sets()
    other.save(replace(known, sprites=(*known.sprites, made(7))))
    with pytest.raises(HistoryError, match="another window"):
        one.delete(1)
    assert seeds(one.sets()[0]) == [1, 2, 3, 7]
    one.delete(1)
    assert other.sets() == ()


def test_what_could_not_be_written_is_written_with_what_comes_next(windows) -> None:
    one, other = windows
    (known,) = one.sets()
    failed, later = (replace(known, sprites=(*known.sprites, *map(made, more))) for more in ((7,), (7, 8)))
    other._database.connection.execute("BEGIN IMMEDIATE")
    one._database.connection.execute("PRAGMA busy_timeout = 0")
    with pytest.raises(HistoryError, match="locked"):
        one.save(failed)
    other._database.connection.execute("COMMIT")
    assert seeds(one.save(later)) == [1, 2, 3, 7, 8]
