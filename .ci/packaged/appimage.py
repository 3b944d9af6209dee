"""The one file of a packaged app on Linux: `python -m packaged.appimage dist/PixelForge RUNTIME TARGET`.

An AppImage of type 2 is a program, the runtime, with a squashfs image of the app right behind it. The runtime finds the
image where its own ELF file ends, mounts or extracts it, and starts the AppRun in it
(https://github.com/AppImage/AppImageSpec/blob/master/draft.md). The image is made by mksquashfs of squashfs-tools.
"""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

from packaged.desktop import IN_APPIMAGE, entry

MARK = b"AI\x02"  # from byte 8 on: an AppImage of type 2
IMAGE_MARK = b"hsqs"  # what a squashfs image begins with

# gzip is what every runtime reads. The app without training is 113 MB by it, and 105 by zstd at its level 15. Owner and
# attributes are left out: they are those of the machine that builds.
MKSQUASHFS = ("-comp", "gzip", "-root-owned", "-no-xattrs", "-noappend", "-no-progress", "-quiet")

ELF_HEADER = struct.Struct("<16s2HI3QI6H")  # of 64 bits, little-endian: elf(5)
SECTION_HEADER = struct.Struct("<2I4Q2I2Q")


class PackingError(Exception):
    """Something is no part of an AppImage; the text says what."""


def make_app_dir(app: Path, target: Path) -> None:
    """What goes into the image: the app, its program once more as AppRun, its icon as .DirIcon, its .desktop file."""
    shutil.copytree(app, target, symlinks=True)
    (target / "AppRun").symlink_to("PixelForge")
    (target / ".DirIcon").symlink_to("PixelForge.png")
    (target / "PixelForge.desktop").write_text(entry(IN_APPIMAGE), encoding="utf-8")


def make_image(app_dir: Path, target: Path) -> None:
    """A squashfs image of a folder. The same files make the same image, whatever their times. Raises PackingError."""
    program = shutil.which("mksquashfs")
    if program is None:
        raise PackingError("mksquashfs is missing: the package squashfs-tools has it.")
    same_times = {**os.environ, "SOURCE_DATE_EPOCH": "0"}
    try:
        subprocess.run([program, app_dir, target, *MKSQUASHFS], env=same_times, stdout=sys.stderr, check=True)
    except subprocess.CalledProcessError as error:
        raise PackingError(f"mksquashfs ended with {error.returncode}.") from error


def join(runtime: Path, image: Path, target: Path) -> None:
    """Runtime and image in one file that can be started. Raises PackingError if the one would not find the other."""
    with target.open("wb") as file:
        for part in (runtime, image):
            with part.open("rb") as source:
                shutil.copyfileobj(source, file)
    target.chmod(0o755)
    check(target)


def check(appimage: Path) -> None:
    """Whether its runtime will find its image. Raises PackingError."""
    offset = image_offset(appimage)
    with appimage.open("rb") as file:
        file.seek(8)
        if file.read(len(MARK)) != MARK:
            raise PackingError(f"{appimage}: the program that it begins with is no runtime of type 2.")
        file.seek(offset)
        if file.read(len(IMAGE_MARK)) != IMAGE_MARK:
            raise PackingError(f"{appimage}: there is no squashfs image at byte {offset}, where its program ends.")


def image_offset(appimage: Path) -> int:
    """Where the ELF file that it begins with ends, in bytes: behind its last section or its table of sections.

    Raises PackingError.
    """
    with appimage.open("rb") as file:
        header = file.read(ELF_HEADER.size)
        if len(header) < ELF_HEADER.size or header[:6] != b"\x7fELF\x02\x01":
            raise PackingError(f"{appimage}: it does not begin with a program for Linux of 64 bits.")
        _, _, _, _, _, _, table, _, _, _, _, size, count, _ = ELF_HEADER.unpack(header)
        file.seek(table + size * (count - 1))
        last = file.read(SECTION_HEADER.size)
    if size != SECTION_HEADER.size or count < 1 or len(last) < size:
        raise PackingError(f"{appimage}: the program that it begins with has no table of sections.")
    _, _, _, _, start, length, _, _, _, _ = SECTION_HEADER.unpack(last)
    return int(max(table + size * count, start + length))


def pack(app: Path, runtime: Path, target: Path) -> None:
    """An AppImage of the folder of a packaged app, there whole or not at all. Raises PackingError or OSError."""
    with tempfile.TemporaryDirectory(dir=target.parent) as name:
        app_dir, image, packed = (Path(name, part) for part in ("AppDir", "image", "packed"))
        make_app_dir(app, app_dir)
        make_image(app_dir, image)
        join(runtime, image, packed)
        packed.replace(target)


def main() -> None:
    """Pack what the arguments name; why it cannot be is told in a line."""
    try:
        pack(*map(Path, sys.argv[1:4]))
    except (PackingError, OSError) as error:
        raise SystemExit(f"packaged.appimage: {error}") from error


if __name__ == "__main__":
    main()
