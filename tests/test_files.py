from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pytest

from pixelforge.errors import DatasetError, OutputError
from pixelforge.files import (
    check_writable,
    drop_parts,
    is_there,
    parse_json,
    read_at_most,
    rename_new,
    replace_all,
    replacing,
    sync_folders,
)


def write_half(target: Path) -> None:
    with replacing(target) as part:
        part.write_text("half")
        raise KeyboardInterrupt


def names(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def test_the_target_appears_whole(tmp_path: Path) -> None:
    target = tmp_path / "new" / "folder" / "file.txt"
    with replacing(target) as part:
        part.write_text("whole")
        assert part.parent == target.parent
        assert not target.exists()
    assert target.read_text() == "whole"
    assert names(target.parent) == ["file.txt"]


def test_an_error_leaves_what_was_there(tmp_path: Path) -> None:
    target = tmp_path / "file.txt"
    target.write_text("before")

    with pytest.raises(KeyboardInterrupt):
        write_half(target)
    assert target.read_text() == "before"
    assert names(tmp_path) == ["file.txt"]


@pytest.mark.parametrize("moment", ["created", "removed"])
def test_an_interrupt_at_a_bad_moment_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    """Just after the temporary file was made, or just before it is removed: whoever ends the process removes it."""

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        if moment == "created":
            patched.setattr(os, "close", interrupted)
        else:
            patched.setattr(Path, "unlink", interrupted)
        with pytest.raises(KeyboardInterrupt):
            write_half(tmp_path / "file.txt")
    drop_parts()
    assert names(tmp_path) == []


def test_a_kill_in_between_leaves_what_was_there(tmp_path: Path) -> None:
    target = tmp_path / "file.txt"
    target.write_text("before")
    script = (
        "import os, pathlib, sys\n"
        "from pixelforge.files import replacing\n"
        "with replacing(pathlib.Path(sys.argv[1])) as part:\n"
        "    part.write_text('half')\n"
        "    os._exit(9)\n"
    )
    root = Path(__file__).parents[1]
    assert subprocess.run([sys.executable, "-c", script, str(target)], cwd=root, check=False).returncode == 9
    assert target.read_text() == "before"
    assert all(name == "file.txt" or name.endswith(".part") for name in names(tmp_path))


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX modes")
def test_a_new_file_has_the_users_usual_mode(tmp_path: Path) -> None:
    (tmp_path / "usual").touch()
    with replacing(tmp_path / "ours"):
        pass
    assert (tmp_path / "ours").stat().st_mode == (tmp_path / "usual").stat().st_mode


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX modes")
def test_so_has_one_whose_writer_replaced_the_temporary_file(tmp_path: Path) -> None:
    (tmp_path / "usual").touch()
    with replacing(tmp_path / "ours") as part:
        other = tmp_path / "other"
        other.touch(0o600)
        other.replace(part)
    assert (tmp_path / "ours").stat().st_mode == (tmp_path / "usual").stat().st_mode


def test_targets_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder" / "inner").mkdir(parents=True)
    for target in (tmp_path / "file" / "x.png", tmp_path / "folder", tmp_path / ("n" * 300)):
        with pytest.raises(OutputError) as caught, replacing(target) as part:
            part.write_text("content")
        assert str(target) in str(caught.value)
    assert names(tmp_path) == ["file", "folder"]
    assert names(tmp_path / "folder") == ["inner"]


def test_check_writable_touches_nothing(tmp_path: Path) -> None:
    (tmp_path / "writable").write_text("the user's")
    check_writable(tmp_path)
    assert names(tmp_path) == ["writable"]
    assert (tmp_path / "writable").read_text() == "the user's"
    check_writable(tmp_path / "made" / "on the way")
    assert (tmp_path / "made" / "on the way").is_dir()


def test_check_writable_finds_out(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(OutputError, match="file"):
            check_writable(folder)


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="a folder in which nobody may write")
def test_a_folder_of_the_system() -> None:
    with pytest.raises(OutputError, match="/proc/self"):
        check_writable(Path("/proc/self"))


@pytest.mark.parametrize(
    "content", [b'{"a": ' + b"[" * 20_000, b"[" * 20_000, b"\xff", b'"\xed\xa0\x80"', "[" * 20_000], ids=len
)
def test_json_that_no_decoder_follows_is_an_error_of_its_own(content: bytes | str) -> None:
    with pytest.raises(msgspec.DecodeError):
        parse_json(content, dict[str, object])


def test_what_a_kill_left_is_removed_when_it_is_old(tmp_path: Path) -> None:
    for name, age in ((".file.txt.a.pixelforge.part", 7200), (".file.txt.b.pixelforge.part", 60), ("mine.part", 7200)):
        (tmp_path / name).write_text("half")
        os.utime(tmp_path / name, (time.time() - age,) * 2)
    with replacing(tmp_path / "file.txt") as part:
        part.write_text("whole")
    assert names(tmp_path) == [".file.txt.b.pixelforge.part", "file.txt", "mine.part"]


def test_any_name_that_a_file_can_have_can_be_written(tmp_path: Path) -> None:
    for name in ("x" * 255, "𠀀" * 63, "ü" * 127):
        with replacing(tmp_path / name):
            pass
        assert (tmp_path / name).exists()


def test_what_cannot_be_looked_at_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert is_there(tmp_path / "file")
    assert is_there(tmp_path)
    assert not any(is_there(path) for path in (tmp_path / "none", tmp_path / ("n" * 300), tmp_path / "a\0b"))


def test_a_folder_that_cannot_be_synced_is_no_error(tmp_path: Path) -> None:
    sync_folders([tmp_path / "file", tmp_path / "none" / "file"])


@pytest.mark.parametrize("kept", [True, False], ids=["one there before", "none there before"])
@pytest.mark.parametrize("links", [True, False], ids=["links", "no links"])
def test_of_several_files_all_are_new_or_all_are_old(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kept: bool, links: bool
) -> None:
    """The rename of the one that comes last fails, as it does where an engine holds the file on Windows."""
    contents = {tmp_path / name: b"new" for name in ("sheet.png", "sheet.css", "sheet.json")}
    before = {"sheet.css": b"old", "sheet.png": b"old"} if kept else {}
    for name, content in before.items():
        (tmp_path / name).write_bytes(content)
    rename = Path.replace

    def held(path: Path, target: Path) -> Path:
        if target.name == "sheet.png":
            raise PermissionError(13, "Permission denied", str(path))
        return rename(path, target)

    def no_links(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", held)
        if not links:
            patched.setattr(os, "link", no_links)
        with pytest.raises(OutputError, match=r"sheet\.png cannot be written: permission denied\.$"):
            replace_all(contents)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
    replace_all(contents)
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == contents


def test_what_was_there_is_put_back_where_nothing_can_be_renamed_any_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    contents = {tmp_path / name: b"new and longer" for name in ("a", "b", "c")}
    before = dict.fromkeys(contents, b"old")
    for path, content in before.items():
        path.write_bytes(content)
    rename, calls = Path.replace, []

    def no_more(path: Path, target: Path) -> Path:
        calls.append(target)
        if len(calls) > 2:
            raise OSError(5, "Input/output error", str(path))
        return rename(path, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", no_more)
        with pytest.raises(OutputError, match=r"cannot be written: input/output error\.$"):
            replace_all(contents)
    assert len(calls) > 3
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_of_several_files_none_is_written_where_one_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(OutputError, match="folder"):
        replace_all({tmp_path / "a": b"new", tmp_path / "folder": b"new", tmp_path / "b": b"new"})
    assert names(tmp_path) == ["folder"]


@pytest.mark.parametrize("links", [True, False], ids=["links", "no links"])
def test_a_new_name_takes_nothing_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool) -> None:
    def no_links(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    if not links:
        monkeypatch.setattr(os, "link", no_links)
    for name in ("a", "b"):
        (tmp_path / name).write_text(name)
    with pytest.raises(FileExistsError):
        rename_new(tmp_path / "a", tmp_path / "b")
    with pytest.raises(OutputError, match="b is there already"), replacing(tmp_path / "b", new=True):
        pass
    rename_new(tmp_path / "a", tmp_path / "c")
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"b": "b", "c": "a"}


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX pipes")
def test_what_has_no_end_is_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "zero").symlink_to("/dev/zero")
    for name in ("pipe", "zero"):
        with pytest.raises(DatasetError, match=f"{name} cannot be read: it is a pipe or a device"):
            read_at_most(tmp_path / name, 10, DatasetError)
    with pytest.raises(DatasetError, match="directory"):
        read_at_most(tmp_path, 10, DatasetError)


def test_of_several_new_files_none_replaces_another(tmp_path: Path) -> None:
    replace_all({tmp_path / "a": b"1", tmp_path / "b": b"1"}, new=True)
    with pytest.raises(OutputError, match="a is there already"):
        replace_all({tmp_path / "a": b"2", tmp_path / "c": b"2"}, new=True)
    assert names(tmp_path) == ["a", "b"]
    assert (tmp_path / "a").read_bytes() == b"1"


def test_a_name_that_was_given_away_meanwhile_leaves_no_empty_file(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        rename_new(tmp_path / "gone", tmp_path / "new")
    assert names(tmp_path) == []
