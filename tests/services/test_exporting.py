"""Exports as they are asked for: names that are typed, files that are replaced, the same again."""

from __future__ import annotations

from pathlib import Path

import pytest

from pixelforge.errors import OutputError, RequestError
from pixelforge.services.export import ExportOptions
from pixelforge.services.exporting import Export, describe_failure, describe_written, sheet_path, write_export
from tests.made import made

SPRITES = tuple(made(seed) for seed in range(3))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Name the file"),
        ("  ", "Name the file"),
        ("/", "/ is a folder"),
        (".", "is a folder"),
        ("..", "is a folder"),
        ("~", "is a folder"),
        ("a/..", "is a folder"),
        ("/tmp/", "/tmp/ is a folder: name a file in it"),
        ("~nobody-of-that-name/a", "home of somebody"),
        ("a\0b", "No file can"),
    ],
)
def test_what_names_no_file_is_told(text, said) -> None:
    with pytest.raises(RequestError, match=said):
        sheet_path(text, Path("/base"))


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("monsters", "/base/monsters.png"),
        (" sub/Monsters.PNG ", "/base/sub/Monsters.PNG"),
        ("/x", "/x.png"),
        ("/x/v1.2", "/x/v1.2.png"),
        (".png", "/base/.png.png"),
    ],
)
def test_other_names_become_a_png(text, path) -> None:
    assert sheet_path(text, Path("/base")) == Path(path)


def test_a_sheet_tells_what_it_replaced(tmp_path) -> None:
    export = Export(target=str(tmp_path / "s.png"), options=ExportOptions(formats=("godot",)))
    assert describe_written(export, list(write_export(export, SPRITES))) == f"s.png, s.tres written in {tmp_path}."
    assert describe_written(export, list(write_export(export, SPRITES))) == f"s.png, s.tres replaced in {tmp_path}."
    (tmp_path / "s.tres").unlink()
    assert (
        describe_written(export, list(write_export(export, SPRITES)))
        == f"s.png replaced; s.tres written in {tmp_path}."
    )


def test_single_files_are_counted_as_they_come(tmp_path) -> None:
    export = Export(target=str(tmp_path / "s.png"), single=True)
    writing = write_export(export, SPRITES)
    assert next(writing).path.exists()
    assert len(list((tmp_path / "s").glob("*.png"))) == 1
    list(writing)
    assert describe_written(export, list(write_export(export, SPRITES[:2]))) == (
        f"2 files written to {tmp_path / 's'}, 2 of them over older ones."
    )
    assert len(list((tmp_path / "s").iterdir())) == 3


@pytest.mark.parametrize("single", [False, True])
def test_only_the_first_time_a_folder_is_made(tmp_path, single) -> None:
    export = Export(target=str(tmp_path / "game" / "s.png"), single=single)
    with pytest.raises(OutputError, match="game is not there any more: make it again, or export to another"):
        next(write_export(export, SPRITES, again=True))
    assert not (tmp_path / "game").exists()
    assert list(write_export(export, SPRITES))
    assert list(write_export(export, SPRITES, again=True))


def test_a_failure_tells_what_is_written(tmp_path) -> None:
    (tmp_path / "s" / "cats_001.png").mkdir(parents=True)
    written = []
    with pytest.raises(OutputError, match="is a folder") as caught:
        written.extend(write_export(Export(target=str(tmp_path / "s.png"), single=True), SPRITES))
    assert describe_failure(str(caught.value), written, 3).endswith("for the sheet. 1 of 3 files were written.")
    assert describe_failure("The disk is full.", [], 3) == "The disk is full. Nothing was written."
