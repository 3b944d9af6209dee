from __future__ import annotations

import contextlib
import sqlite3
import threading
import time
from datetime import UTC, datetime

import numpy as np
import pytest

from pixelforge.errors import HistoryError
from pixelforge.services import database
from pixelforge.services.database import FORMAT_VERSION
from pixelforge.services.history import BIN_DAYS, History, HistoryFilter, open_history
from pixelforge.services.sprites import Drawn, Sprite
from tests.made import made

ALL = HistoryFilter()
BIN = HistoryFilter(binned=True)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "data" / "history.sqlite"


@pytest.fixture
def history(path):
    history, notice = open_history(path, cap=1000)
    assert notice == ""
    yield history
    history.close()


def test_what_is_kept_comes_back_after_a_restart(path) -> None:
    first, _ = open_history(path, 1000)
    sprites = [made(1), made(2, "dogs")]
    ids = first.add(sprites)
    first.set_starred(ids[1:], True)
    first.close()
    again, notice = open_history(path, 1000)
    entries = again.entries(ids)
    assert notice == ""
    for entry, sprite in zip(entries, sprites, strict=True):
        np.testing.assert_array_equal(entry.sprite.pixels, sprite.pixels)
        assert entry.sprite.recipe == sprite.recipe
        assert abs(entry.made_at - time.time()) < 60
    assert [entry.starred for entry in entries] == [False, True]
    again.close()


def test_newest_first_and_filtered(history) -> None:
    a = history.add([made(1, "cats", "m"), made(2, "dogs", "m")])
    b = history.add([made(3, "cats", "n")])
    history.set_starred([a[1]], True)
    assert history.ids(ALL) == [b[0], a[1], a[0]]
    assert history.ids(HistoryFilter(class_name="cats")) == [b[0], a[0]]
    assert history.ids(HistoryFilter(model="m")) == [a[1], a[0]]
    assert history.ids(HistoryFilter(class_name="dogs", model="m", starred=True)) == [a[1]]
    assert history.ids(HistoryFilter(class_name="dogs", model="n")) == []
    assert history.unstarred() == [b[0], a[0]]
    assert (history.class_names(), history.models()) == (["cats", "dogs"], ["m", "n"])


def test_beyond_the_cap_the_oldest_without_a_star_go(history) -> None:
    ids = history.add([made(i) for i in range(5)])
    history.set_starred(ids[:1], True)
    history.set_cap(3)
    more = history.add([made(9)])
    assert history.ids(ALL) == [more[0], ids[4], ids[3], ids[0]]


def test_deleted_sprites_come_back_as_they_were(history) -> None:
    ids = history.add([made(i) for i in range(3)])
    history.set_starred(ids[1:2], True)
    rows = history.delete(ids[:2])
    assert history.ids(ALL) == [ids[2]]
    assert history.entries(ids) != []
    assert [entry.id for entry in history.entries(ids)] == [ids[2]]
    newer = history.add([made(7)])
    history.restore(rows)
    assert history.ids(ALL) == [newer[0], ids[2], ids[1], ids[0]]
    assert [entry.starred for entry in history.entries(ids)] == [False, True, False]


def test_the_bin_outlives_a_restart_and_gives_back_what_is_in_it(path) -> None:
    first, _ = open_history(path, 1000)
    ids = first.add([made(i) for i in range(4)])
    first.set_starred(ids[2:3], True)
    assert first.delete([ids[2], ids[0], 99]) == (ids[2], ids[0])
    first.close()
    again, _ = open_history(path, 1000)
    assert again.ids(ALL) == [ids[3], ids[1]]
    assert again.ids(BIN) == [ids[2], ids[0]]
    entries = again.entries(again.ids(BIN), "bin")
    assert [(entry.sprite.seed, entry.starred) for entry in entries] == [(2, True), (0, False)]
    assert again.entries(ids[:1]) == []
    assert again.restore([ids[2]]) == (ids[2],)
    assert again.ids(HistoryFilter(starred=True)) == [ids[2]]
    assert again.restore([ids[2]]) == ()
    again.empty_bin()
    assert (again.ids(BIN), again.restore(ids)) == ([], ())
    again.close()


def test_the_bin_empties_itself_after_its_days(path) -> None:
    history, _ = open_history(path, 1000)
    ids = history.add([made(i) for i in range(2)])
    ago = time.time() - BIN_DAYS * 86_400
    for id_, moment in ((ids[0], ago - 60), (ids[1], ago + 60)):
        History(history.database, 1000, lambda moment=moment: moment).delete([id_])
    history.close()
    again, _ = open_history(path, 1000)
    assert again.ids(BIN) == [ids[1]]
    again.close()


def test_only_what_a_filter_shows_is_without_a_star(history) -> None:
    ids = history.add([made(1, "cats"), made(2, "dogs"), made(3, "cats"), made(4, "cats", "other")])
    history.set_starred(ids[:1], True)
    assert history.unstarred(HistoryFilter("cats", "tiny")) == [ids[2]]
    assert history.unstarred(HistoryFilter(starred=True)) == []


def test_a_sprite_is_found_by_what_it_is(history) -> None:
    ids = history.add([made(1), made(12), made(1), made(1, "dogs")])
    assert history.find(made(1)) == ids[2]
    assert history.find(made(1, "dogs")) == ids[3]
    assert history.find(made(2)) is None
    history.delete(ids)
    assert history.find(made(1)) is None


def test_many_ids_at_once(history) -> None:
    ids = history.add([made(i, side=2) for i in range(1200)])
    history.set_cap(5000)
    assert [entry.id for entry in history.entries(ids[::-1])] == [id_ for id_ in ids[::-1] if id_ in history.ids(ALL)]


def test_one_damaged_sprite_does_not_hide_the_others(history, path) -> None:
    ids = history.add([made(1), made(2)])
    with sqlite3.connect(path) as other:
        other.execute("UPDATE sprites SET png = x'00' WHERE id = ?", (ids[0],))
    other.close()
    assert [entry.id for entry in history.entries(ids)] == [ids[1]]


@pytest.mark.parametrize("damage", ["rubbish", "middle", "half"])
def test_a_damaged_file_is_moved_aside(path, damage) -> None:
    history, _ = open_history(path, 1000)
    history.add([made(i) for i in range(200)])
    history.close()
    whole = path.read_bytes()
    middle = len(whole) // 2 // 4096 * 4096
    path.write_bytes(
        {
            "rubbish": b"this is no database, " * 500,
            "middle": whole[:4096] + b"\xff" * (len(whole) - 4096),
            "half": whole[:middle],
        }[damage]
    )
    broken = path.read_bytes()
    history, notice = open_history(path, 1000)
    kept = list(path.parent.glob("history-damaged-*.sqlite"))
    assert len(kept) == 1
    assert str(kept[0]) in notice
    assert kept[0].read_bytes() == broken
    assert history.ids(ALL) == []
    assert history.entries(history.add([made(1)])) != []
    history.close()


def test_a_file_of_a_newer_app_is_left_alone(path) -> None:
    open_history(path, 1000)[0].close()
    with sqlite3.connect(path) as other:
        other.execute(f"PRAGMA user_version = {FORMAT_VERSION + 1}")
    other.close()
    history, notice = open_history(path, 1000)
    assert "newer PixelForge" in notice
    assert len(history.add([made(1)])) == 1
    history.close()
    with sqlite3.connect(path) as other:
        assert other.execute("SELECT count(*) FROM sprites").fetchone() == (0,)
    other.close()


def test_a_folder_that_cannot_be_made_is_said(tmp_path) -> None:
    (tmp_path / "file").write_text("")
    history, notice = open_history(tmp_path / "file" / "history.sqlite", 1000)
    assert "cannot be used" in notice
    assert len(history.entries(history.add([made(1)]))) == 1
    history.close()


def test_a_failing_write_changes_nothing_and_says_so(history, path) -> None:
    pages = history.database.read("PRAGMA page_count")[0][0]
    history.database.connection.execute(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(HistoryError, match="cannot be written: database or disk is full"):
        history.add([made(i) for i in range(200)])
    assert history.ids(ALL) == []


def test_two_windows_share_one_history(history, path) -> None:
    other, _ = open_history(path, 1000)
    history.changed_elsewhere()
    assert not history.changed_elsewhere()
    ids = [(history, other)[i % 2].add([made(i)])[0] for i in range(40)]
    assert history.changed_elsewhere()
    assert history.ids(ALL) == other.ids(ALL) == ids[::-1]
    other.close()


@pytest.mark.parametrize("change", ["png = 7", "png = 'text'", "made_at = 'noon'", "png = NULL"])
def test_a_value_that_does_not_belong_hides_its_sprite_alone(history, path, change) -> None:
    ids = history.add([made(1), made(2)])
    with sqlite3.connect(path) as other:
        other.execute("PRAGMA writable_schema = ON")
        other.execute("UPDATE sqlite_schema SET sql = replace(sql, ' NOT NULL', '') WHERE name = 'sprites'")
    other.close()
    with sqlite3.connect(path) as other:
        other.execute(f"UPDATE sprites SET {change} WHERE id = ?", (ids[0],))
    other.close()
    assert [entry.id for entry in history.entries(ids)] == [ids[1]]


def test_a_damaged_name_hides_no_sprite(history, path) -> None:
    ids = history.add([made(1), made(2, "dogs")])
    with sqlite3.connect(path) as other:
        other.execute("UPDATE sprites SET class_name = CAST(x'ff41' AS TEXT), model = x'00' WHERE id = ?", (ids[0],))
    other.close()
    assert [entry.id for entry in history.entries(ids)] == list(ids)
    assert history.class_names() == ["dogs", "\ufffdA"]
    assert history.models() == ["tiny"]


def test_a_file_with_more_columns_is_used(path) -> None:
    open_history(path, 1000)[0].close()
    with sqlite3.connect(path) as other:
        other.execute("ALTER TABLE sprites ADD COLUMN note")
    other.close()
    history, notice = open_history(path, 1000)
    ids = history.add([made(1)])
    history.restore(history.delete(ids))
    assert (notice, [entry.id for entry in history.entries(ids)]) == ("", list(ids))
    history.close()


def test_a_schema_that_is_no_text_is_damage(path) -> None:
    open_history(path, 1000)[0].close()
    content = path.read_bytes()
    path.write_bytes(content.replace(b"CREATE INDEX sprites_of_model", b"CREATE INDEX \xff\xff\xff\xff\xff (f_model"))
    history, notice = open_history(path, 1000)
    assert "damaged" in notice
    assert len(history.add([made(1)])) == 1
    history.close()


def test_a_new_file_that_another_window_has_just_open_is_waited_for(path) -> None:
    path.parent.mkdir()
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")  # a lock that SQLite does not wait for when it switches to WAL
    release = threading.Timer(0.2, other.execute, ["ROLLBACK"])
    release.start()
    history, notice = open_history(path, 1000)
    assert notice == ""
    assert len(history.add([made(1)])) == 1
    release.join()
    history.close()
    other.close()


def test_a_mended_sprite_keeps_its_place_and_what_it_was_made_from_and_is_of_no_model(history) -> None:
    before = made(1, "cats", "m")
    (first, second) = history.add([before, made(2, "cats", "m")])
    mended = Sprite(before.pixels, Drawn("cats", before.recipe), "")
    history.replace(second, mended)
    assert history.ids(ALL) == [second, first]
    (entry,) = history.entries([second])
    assert entry.sprite.origin == Drawn("cats", before.recipe)
    (third,) = history.add([mended])
    assert history.models() == ["m"]
    assert history.entries([third])[0].sprite.made_from == before.recipe


def test_a_file_that_is_damaged_for_a_moment_stays(path, monkeypatch) -> None:
    """A disk that cannot be read for a moment looks like a damaged file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.closing(open_history(path, 10)[0]) as history:
        history.add([made(1)])
    whole = path.read_bytes()
    path.write_bytes(whole[:100] + bytes(len(whole) - 100))
    monkeypatch.setattr(database.time, "sleep", lambda _: path.write_bytes(whole))
    history, notice = open_history(path, 10)
    assert (notice, len(history.ids(HistoryFilter()))) == ("", 1)
    history.close()
    assert not list(path.parent.glob("history-damaged-*"))


def test_a_moment_that_no_calendar_has_is_shown_as_another(history, path) -> None:
    (id_,) = history.add([made(1)])
    for at in (1e300, -1e300):
        with contextlib.closing(sqlite3.connect(path)) as other, other:
            other.execute("UPDATE sprites SET made_at = ?", (at,))
        (entry,) = history.entries([id_])
        assert 1970 <= datetime.fromtimestamp(entry.made_at, UTC).year <= 2100


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE VIEW more AS SELECT 1",
        "CREATE TRIGGER more AFTER INSERT ON sprites BEGIN DELETE FROM sprites; END",
    ],
)
def test_a_file_with_statements_of_somebody_else_is_moved_aside(tmp_path, statement: str) -> None:
    path = tmp_path / "history.sqlite"
    history, _ = open_history(path, 100)
    history.close()
    with contextlib.closing(sqlite3.connect(path)) as other:
        other.execute(statement)
    history, notice = open_history(path, 100)
    history.close()
    assert "damaged" in notice
    assert list(tmp_path.glob("history-damaged-*.sqlite"))


def test_no_sprite_takes_more_memory_than_any_can_need(tmp_path) -> None:
    path = tmp_path / "history.sqlite"
    history, _ = open_history(path, 100)
    ids = history.add([made(0)])
    history.close()
    with contextlib.closing(sqlite3.connect(path)) as other:
        other.execute("UPDATE sprites SET png = zeroblob(70000000)")
        other.commit()
    size = path.stat().st_size
    history, said = open_history(path, 100)
    assert "too big" in said  # and the file stays as it is
    assert history.entries(ids) == []
    history.close()
    assert path.stat().st_size == size
