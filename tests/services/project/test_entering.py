"""Sets that come into a project file by the window, go out of it and come back; all else in it stays."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from pathlib import Path

import pytest

from pixelforge.errors import PixelForgeError, RequestError
from pixelforge.imaging.png import write_png
from pixelforge.imaging.sheet_plan import SheetOptions
from pixelforge.services.export import ExportOptions
from pixelforge.services.exporting import Export
from pixelforge.services.project.entering import NewSet, Removed, add_set, put_back, remove_set
from pixelforge.services.project.opening import looks_of, open_project
from tests.made import made

GAME = """# A game.
[sets.rocks]
pictures = "boss.png"   # drawn by hand
names = [
    "Big", # one
]

[sets.more]  # more of it
pictures = "boss.png"
# The end.
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    write_png(tmp_path / "boss.png", made(1).pixels)
    (tmp_path / "pixelforge.toml").write_text(GAME)
    return tmp_path / "pixelforge.toml"


def new(name: str, *seeds: int, export: Export | None = None) -> NewSet:
    return NewSet(name=name, sprites=tuple(made(seed) for seed in seeds), export=export)


def seen(file: Path, name: str) -> str:
    return next(iter(open_project(file))).sets()[name].seen


def remove(file: Path, name: str) -> Removed:
    (removed,) = remove_set(file, name, seen(file, name))
    return removed


def test_a_set_comes_in_with_its_sprites_as_pictures(file: Path) -> None:
    one = new("wild cats", 1, 2)
    one = replace(one, sprites=(one.sprites[0], replace(one.sprites[1], name="Tom")))
    (kept,) = add_set(file, one)
    text = file.read_text()
    assert text == GAME + (
        '\n[sets."wild cats"]\npictures = ["pictures/wild cats/cats/cats_000.png", "pictures/wild cats/cats/Tom.png"]\n'
        'names = ["cats_000", "Tom"]\n'
    )
    again = next(iter(open_project(file))).sets()["wild cats"]
    assert kept.seen == again.seen
    assert [fingerprint for _, fingerprint in looks_of(again.sprites)] == [one.fingerprint for one in one.sprites]
    assert [sprite.recipe for sprite in again.sprites] == [sprite.recipe for sprite in one.sprites]


def test_a_mark_at_the_beginning_of_the_file_stays(file: Path) -> None:
    marked = b"\xef\xbb\xbf" + GAME.encode()
    file.write_bytes(marked)
    deque(add_set(file, new("cats", 1)))
    assert file.read_bytes().startswith(marked)
    assert file.read_bytes().count(b"\xef\xbb\xbf") == 1
    removed = remove(file, "cats")
    assert file.read_bytes().startswith(marked)
    deque(put_back(file, removed))
    assert file.read_bytes().startswith(marked)


def test_it_is_exported_there_as_it_was_here(file: Path) -> None:
    options = ExportOptions(sheet=SheetOptions(columns=3), formats=("godot",))
    deque(add_set(file, new("cats", 1, export=Export(target=str(file.parent / "art" / "c.png"), options=options))))
    assert file.read_text().endswith('.png"]\nout = "art/c.png"\ncolumns = 3\nformat = ["godot"]\n')
    elsewhere = Export(target=str(file.parent.parent / "c.png"), options=options)
    deque(add_set(file, new("dogs", 1, export=elsewhere)))
    assert "columns" not in file.read_text().partition("[sets.dogs]")[2]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("rocks", "there is a set rocks in the file already: call this one otherwise"),
        ("Rocks", "there is a set rocks in the file already"),
        ("boss", "the set boss writes boss.png"),
    ],
)
def test_what_cannot_come_in_is_told_and_changes_nothing(file: Path, name: str, told: str) -> None:
    with pytest.raises(PixelForgeError) as error:
        deque(add_set(file, new(name, 7)))
    assert told in str(error.value)
    assert file.read_text() == GAME
    assert not (file.parent / "pictures").exists()


def test_a_text_without_a_last_line_break_or_of_windows_goes_on(file: Path) -> None:
    file.write_bytes(GAME.replace("\n", "\r\n").strip().encode())
    deque(add_set(file, new("cats", 1)))
    assert file.read_bytes().endswith(
        b'# The end.\r\n\r\n[sets.cats]\r\npictures = ["pictures/cats/cats/cats_000.png"]\r\n'
    )


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_set_that_goes_out_stays_as_a_comment_and_comes_back(file: Path, end: str) -> None:
    before = GAME.replace("\n", end).encode()
    file.write_bytes(before)
    was = seen(file, "rocks")
    removed = remove(file, "rocks")
    aside = (
        '# A game.\n# [sets.rocks]\n# pictures = "boss.png"   # drawn by hand\n# names = [\n#     "Big", # one\n# ]\n'
    )
    assert file.read_bytes().startswith(aside.replace("\n", end).encode())
    assert set(next(iter(open_project(file))).sets()) == {"more"}
    (back,) = put_back(file, removed)
    assert file.read_bytes() == before
    assert (back.name, back.seen) == ("rocks", was)


def test_it_comes_back_beside_what_was_changed_meanwhile(file: Path) -> None:
    removed = remove(file, "rocks")
    file.write_text(file.read_text().replace("# The end.", "scale = 2"))
    deque(put_back(file, removed))
    assert file.read_text() == GAME.replace("# The end.", "scale = 2")


def test_a_set_that_is_not_there_any_more_is_out_already(file: Path) -> None:
    file.write_text(GAME.partition("[sets.more]")[0])
    assert list(remove_set(file, "more", "")) == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (GAME + '[sets.all]\nsets = ["rocks", "more"]\n', "the set all lays it out once more"),
        (GAME.partition("[sets.more]")[0], "it is the only set of the project"),
        ('sets = {rocks = {pictures = "boss.png"}, b = {pictures = "boss.png"}}\n', "it has no line [sets.rocks]"),
    ],
)
def test_a_set_that_cannot_go_out_stays(file: Path, text: str, told: str) -> None:
    file.write_text(text)
    with pytest.raises(RequestError) as error:
        remove(file, "rocks")
    assert told in str(error.value)
    assert file.read_text() == text


def test_one_that_was_changed_in_the_file_stays(file: Path) -> None:
    was = seen(file, "rocks")
    file.write_text(GAME.replace('"Big"', '"Small"'))
    with pytest.raises(RequestError, match="changed in the file meanwhile"):
        deque(remove_set(file, "rocks", was))
    assert "[sets.rocks]\npictures" in file.read_text()


def test_what_was_put_aside_and_is_gone_cannot_come_back(file: Path) -> None:
    removed = remove(file, "rocks")
    file.write_text('[sets.more]\npictures = "boss.png"\n')
    with pytest.raises(RequestError, match="what was put aside there is gone"):
        deque(put_back(file, removed))
