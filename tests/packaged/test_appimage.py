"""The one file for Linux. That it starts is tried by .ci/try-packed: here are its parts, and what is no part of it."""

from __future__ import annotations

import configparser
import os
import struct
import sys
from pathlib import Path

import pytest

from packaged.appimage import PackingError, check, image_offset, join, main, make_app_dir
from packaged.desktop import add_to_desktop
from pixelforge.services.paths import icons_folder

IMAGE = b"hsqs and then what is in it"

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="links and programs of Linux")


def runtime(last_section: bytes = b"", mark: bytes = b"AI\x02") -> bytes:
    """A program of 64 bits that consists of two sections: the null one, and a last one, behind the table or nowhere."""
    table = 64
    behind = table + 2 * 64
    header = b"\x7fELF\x02\x01\x01".ljust(8, b"\0") + mark.ljust(8, b"\0")
    header += struct.pack("<HHIQQQIHHHHHH", 2, 62, 1, 0, 0, table, 0, 64, 0, 0, 64, 2, 0)
    last = struct.pack("<IIQQQQIIQQ", 0, 1, 0, 0, behind, len(last_section), 0, 0, 1, 0)
    return header + bytes(64) + last + last_section


def parts(folder: Path, program: bytes, image: bytes = IMAGE) -> tuple[Path, Path]:
    paths = folder / "runtime", folder / "image"
    for path, content in zip(paths, (program, image), strict=True):
        path.write_bytes(content)
    return paths


@pytest.fixture
def app(tmp_path: Path) -> Path:
    """The folder of a packaged app."""
    folder = tmp_path / "dist" / "PixelForge"
    (folder / "_internal").mkdir(parents=True)
    (folder / "PixelForge").write_text("#!/bin/sh\n")
    (folder / "PixelForge").chmod(0o755)
    (folder / "_internal" / "libz.so.1").write_bytes(b"z")
    (folder / "_internal" / "libz.so").symlink_to("libz.so.1")
    add_to_desktop(folder, icons_folder() / "pixelforge-256.png")
    return folder


@pytest.mark.parametrize("last_section", [b"", b"strings"])
def test_the_image_begins_where_the_runtime_ends(tmp_path: Path, last_section: bytes) -> None:
    program = runtime(last_section)
    join(*parts(tmp_path, program), tmp_path / "app")
    assert (tmp_path / "app").read_bytes() == program + IMAGE
    assert image_offset(tmp_path / "app") == len(program)
    assert os.access(tmp_path / "app", os.X_OK)


@pytest.mark.skipif(sys.platform != "linux", reason="no ELF")
def test_a_program_of_this_system_ends_where_its_file_does() -> None:
    program = Path("/bin/true").resolve()
    assert image_offset(program) == program.stat().st_size
    with pytest.raises(PackingError, match="no runtime of type 2"):
        check(program)


@pytest.mark.parametrize(
    ("program", "image", "why"),
    [
        (b"", b"", "does not begin with a program"),
        (b"#!/bin/sh\n" + bytes(100), IMAGE, "does not begin with a program"),
        (b"\x7fELF\x01" + runtime()[5:], IMAGE, "does not begin with a program"),  # of 32 bits
        (runtime(mark=b""), IMAGE, "no runtime of type 2"),
        (runtime() + b"signature", IMAGE, "no squashfs image at byte 192"),
        (runtime(), b"", "no squashfs image at byte 192"),
        (runtime()[:100], b"", "no table of sections"),
    ],
)
def test_what_no_runtime_would_start_is_refused(tmp_path: Path, program: bytes, image: bytes, why: str) -> None:
    with pytest.raises(PackingError, match=why):
        join(*parts(tmp_path, program, image), tmp_path / "app")


def test_the_folder_has_what_the_specification_asks_for(app: Path, tmp_path: Path) -> None:
    made = tmp_path / "AppDir"
    make_app_dir(app, made)
    assert (made / "AppRun").readlink() == Path("PixelForge")
    assert (made / ".DirIcon").read_bytes().startswith(b"\x89PNG")
    assert (made / "_internal" / "libz.so").readlink() == Path("libz.so.1")
    assert [path.name for path in made.glob("*.desktop")] == ["PixelForge.desktop"]
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(made / "PixelForge.desktop", encoding="utf-8")
    told = parser["Desktop Entry"]
    assert told["Exec"].split() == ["PixelForge", "%f"]
    assert (made / f"{told['Icon']}.png").is_file()
    assert not (app / "AppRun").exists()


def pack(monkeypatch, tmp_path: Path, app: Path, mksquashfs: str | None) -> Path:
    """What stands at the target once `mksquashfs`, a shell's script, has been what there is of squashfs-tools."""
    tools, release = tmp_path / "tools", tmp_path / "release"
    tools.mkdir()
    release.mkdir()
    if mksquashfs is not None:
        (tools / "mksquashfs").write_text(f"#!/bin/sh\n{mksquashfs}\n")
        (tools / "mksquashfs").chmod(0o755)
    program, _ = parts(tmp_path, runtime())
    target = release / "PixelForge.AppImage"
    monkeypatch.setenv("PATH", f"{tools}{os.pathsep}/bin" if mksquashfs else str(tools))
    monkeypatch.setattr(sys, "argv", ["appimage", str(app), str(program), str(target)])
    main()
    return target


def test_a_folder_becomes_one_file(monkeypatch, tmp_path: Path, app: Path) -> None:
    script = 'test -x "$1/AppRun" && printf "hsqs of %s" "$SOURCE_DATE_EPOCH" >"$2"'
    made = pack(monkeypatch, tmp_path, app, script)
    assert made.read_bytes() == runtime() + b"hsqs of 0"
    assert [path.name for path in made.parent.iterdir()] == [made.name]


@pytest.mark.parametrize(
    ("mksquashfs", "why"),
    [
        (None, "mksquashfs is missing: the package squashfs-tools has it."),
        ("exit 3", "mksquashfs ended with 3."),
        ('echo nothing >"$2"', "there is no squashfs image"),
    ],
)
def test_what_cannot_be_packed_leaves_nothing(
    monkeypatch, tmp_path: Path, app: Path, mksquashfs: str | None, why: str
) -> None:
    with pytest.raises(SystemExit, match=why):
        pack(monkeypatch, tmp_path, app, mksquashfs)
    assert list((tmp_path / "release").iterdir()) == []
