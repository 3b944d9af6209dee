"""Where sprites lie: a folder of class folders, a flat folder, a .zip of either, or the notebook's arrays."""

from __future__ import annotations

import posixpath
import stat
import zipfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

import numpy as np
from numpy.typing import NDArray

from pixelforge.errors import DatasetError
from pixelforge.files import as_text, read_at_most, reason
from pixelforge.imaging.pixels import Pixels, decode_frames
from training.data.arrays import read_arrays
from training.data.labels import LABELS, MAX_LABELS_BYTES, Labels, labels_in, parse_labels, tell
from training.data.naming import Told
from training.data.zip_directory import check_directory

MAX_BYTES = 32 * 2**20  # of a picture file
MAX_ITEMS = 200_000
NOT_PICTURES = {".txt", ".md", ".json", ".csv", ".db", ".ini", ".npy"}


@dataclass(frozen=True)
class Item:
    """A file that should be a picture, or a sprite of an array."""

    class_name: str
    stem: str  # of its name
    label: str  # for messages
    place: str  # its path from the source on, or its number in an array
    frames: Callable[[], list[Pixels]]  # its pictures (H, W, 4); raises DatasetError that names the file
    told: Told | None = None  # by a labels.csv; None where there is none


@dataclass(frozen=True)
class Found:
    """What a source holds; `refused` has a line for everything that is left out unread, `remarks` what labels say."""

    items: tuple[Item, ...]
    refused: tuple[str, ...]
    remarks: tuple[str, ...] = ()


def find_items(source: Path) -> Found:
    """What is to be read of a source, files class by class in the order of their names. Raises DatasetError."""
    try:
        return _items(source)
    except OSError as error:  # of a folder in it
        raise DatasetError(f"{source} cannot be read: {reason(error)}.") from error


def _items(source: Path) -> Found:
    arrays = read_arrays(source)
    if arrays is not None:
        return _in_arrays(*arrays)
    if source.suffix.lower() == ".zip" and source.is_file():
        return _in_zip(source)
    try:
        entries = sorted(entry for entry in source.iterdir() if not entry.name.startswith("."))
    except FileNotFoundError as error:
        raise DatasetError(f"{source} does not exist.") from error
    except NotADirectoryError as error:
        raise DatasetError(
            f"{source} is a file: name a folder of sprites or a .zip. A sprite sheet is cut into sprites first."
        ) from error
    except OSError as error:
        raise DatasetError(f"{source} cannot be opened: {reason(error)}.") from error
    labels = labels_in(source)
    if labels is not None:
        return _in_labelled_folder(source, labels, entries)
    folders = [entry for entry in entries if entry.is_dir()]
    refused: list[str] = []
    items: list[Item] = []
    root = source.resolve()
    for folder in folders or [source]:
        name = as_text(folder.name if folders else root.name)
        files = sorted(folder.rglob("*")) if folders else entries
        items += [_file_item(name, file, source) for file in files if _wanted(file, root, refused)]
    return _checked(source, items, refused)


def _in_labelled_folder(source: Path, labels: Labels, entries: Sequence[Path]) -> Found:
    root, refused = source.resolve(), list[str]()
    files = [file for entry in entries for file in (sorted(entry.rglob("*")) if entry.is_dir() else [entry])]
    wanted = [file for file in files if _wanted(file, root, refused)]
    paths = [PurePosixPath(as_text(file.relative_to(source).as_posix())) for file in wanted]
    home = as_text(root.name)
    return _labelled(source, labels, paths, [_file_item(home, file, source) for file in wanted], home, refused)


def _in_arrays(path: Path, sprites: list[Pixels], numbers: NDArray[np.int64]) -> Found:
    _check_count(path, len(sprites))
    items = [
        Item(
            f"class {number + 1}",
            str(index),
            f"sprite {index} of {path}",
            str(index),
            lambda pixels=pixels: [pixels],  # type: ignore[misc]
        )
        for index, (number, pixels) in enumerate(zip(numbers.tolist(), sprites, strict=True))
    ]
    return Found(tuple(items), ())


def _wanted(file: Path, root: Path, refused: list[str]) -> bool:
    if file.name.startswith(".") or file.suffix.lower() in NOT_PICTURES:
        return False
    try:
        if not file.resolve().is_relative_to(root):
            refused.append(f"Left out: {file} is a link that leads out of the folder.")
            return False
        return file.is_file()
    except (OSError, RuntimeError):  # a link to itself
        refused.append(f"Left out: {file} is a link that leads nowhere.")
        return False


def _file_item(class_name: str, file: Path, source: Path) -> Item:
    label = as_text(file)
    return Item(
        class_name,
        as_text(file.stem),
        label,
        _in_a_line(as_text(file.relative_to(source).as_posix())),
        lambda: decode_frames(read_at_most(file, MAX_BYTES, DatasetError), label),
    )


def _in_a_line(place: str) -> str:
    """A path without the line breaks that some systems let it have, as it may stand in a list."""
    return " ".join(place.splitlines())


class _Archive(zipfile.ZipFile):
    """One that was read whole, or not at all: that closing it fails concerns nobody, and Python would print it."""

    def __del__(self) -> None:
        with suppress(OSError):
            self.close()


def _in_zip(source: Path) -> Found:
    try:
        check_directory(source)
        archive = _Archive(source)  # closed with the last item: opening it for each reads its list each time
        files = (info for info in archive.infolist() if info.filename and not info.is_dir())
        entries = sorted(files, key=lambda info: info.filename)
    except OSError as error:
        raise DatasetError(f"{source} cannot be read: {reason(error)}.") from error
    except DatasetError:
        raise
    except Exception as error:  # zipfile lets through whatever a broken archive makes it stumble on
        raise DatasetError(f"{source} is not a zip archive that can be read.") from error
    refused: list[str] = []
    paths = {info.filename: PurePosixPath(info.filename.replace("\\", "/")) for info in entries}
    kept = [info for info in entries if _safe(source, info, paths[info.filename], refused)]
    entry = _labels_entry(entries, paths, kept)
    if entry is not None:
        return _in_labelled_zip(source, archive, entry, kept, paths, refused)
    depth = _common_depth([paths[info.filename] for info in kept])
    items = []
    for info in kept:
        parts = paths[info.filename].parts[depth:]
        class_name = parts[0] if len(parts) > 1 else as_text(source.stem)
        items.append(_zip_item(archive, info, class_name, PurePosixPath(parts[-1]).stem))
    return _checked(source, items, refused)


def _safe(source: Path, info: zipfile.ZipInfo, path: PurePosixPath, refused: list[str]) -> bool:
    hidden = any(part.startswith((".", "__MACOSX")) and part != ".." for part in path.parts)
    if not path.parts or ".." in path.parts or path.is_absolute() or ":" in path.parts[0]:
        refused.append(f"Left out: {info.filename!r} in {source} leads out of the archive.")
    elif stat.S_ISLNK(info.external_attr >> 16):
        refused.append(f"Left out: {info.filename!r} in {source} is a link.")
    elif info.file_size > MAX_BYTES:
        refused.append(f"Left out: {info.filename!r} in {source} is larger than {MAX_BYTES >> 20} MB.")
    else:
        return not hidden and path.suffix.lower() not in NOT_PICTURES
    return False


def _common_depth(paths: list[PurePosixPath]) -> int:
    """How many folders all paths share above the one that names the class."""
    depth = 0
    while paths and all(len(path.parts) > depth + 2 for path in paths):
        if len({path.parts[depth] for path in paths}) > 1:
            break
        depth += 1
    return depth


def _zip_item(archive: zipfile.ZipFile, info: zipfile.ZipInfo, class_name: str, stem: str) -> Item:
    label = f"{info.filename!r} in {archive.filename}"
    place = _in_a_line(info.filename.replace("\\", "/"))
    return Item(class_name, stem, label, place, lambda: decode_frames(_zip_content(archive, info, MAX_BYTES), label))


def _zip_content(archive: zipfile.ZipFile, info: zipfile.ZipInfo, most: int) -> bytes:
    label = f"{info.filename!r} in {archive.filename}"
    try:
        with archive.open(info) as opened:
            data = opened.read(most + 1)  # whatever size the entry claims
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
        raise DatasetError(f"{label} cannot be read: {error}.") from error
    except Exception as error:
        raise DatasetError(f"{label} cannot be read: it is damaged ({type(error).__name__}).") from error
    if len(data) > most:
        raise DatasetError(f"{label} is larger than {most >> 20} MB.")
    return data


def _labels_entry(
    entries: Sequence[zipfile.ZipInfo], paths: Mapping[str, PurePosixPath], kept: Sequence[zipfile.ZipInfo]
) -> zipfile.ZipInfo | None:
    """The labels.csv in the topmost folder that all pictures lie in."""
    shared = PurePosixPath(posixpath.commonpath([paths[info.filename].parent for info in kept]) if kept else "")
    places = {folder / LABELS for folder in (shared, *shared.parents)}
    found = [info for info in entries if paths[info.filename] in places]
    return min(found, key=lambda info: len(paths[info.filename].parts), default=None)


def _in_labelled_zip(
    source: Path,
    archive: zipfile.ZipFile,
    entry: zipfile.ZipInfo,
    kept: Sequence[zipfile.ZipInfo],
    paths: Mapping[str, PurePosixPath],
    refused: list[str],
) -> Found:
    labels = parse_labels(_zip_content(archive, entry, MAX_LABELS_BYTES), f"{entry.filename!r} in {source}")
    root, home = paths[entry.filename].parent, as_text(source.stem)
    inner = [paths[info.filename].relative_to(root) for info in kept]
    items = [_zip_item(archive, info, home, path.stem) for info, path in zip(kept, inner, strict=True)]
    return _labelled(source, labels, inner, items, home, refused)


def _labelled(
    source: Path,
    labels: Labels,
    paths: Sequence[PurePosixPath],
    items: Sequence[Item],
    home: str,
    refused: list[str],
) -> Found:
    """Items as the labels tell of them; `paths` from the folder of labels.csv on."""
    told, remarks = tell(labels, paths, home)
    pairs = zip(items, told, strict=True)
    kept = [replace(item, class_name=each.class_name, told=each) for item, each in pairs if each is not None]
    return replace(_checked(source, kept, refused), remarks=tuple(remarks))


def _checked(source: Path, items: list[Item], refused: list[str]) -> Found:
    _check_count(source, len(items))
    return Found(tuple(sorted(items, key=lambda item: item.class_name)), tuple(refused))


def _check_count(source: Path, count: int) -> None:
    if count > MAX_ITEMS:
        raise DatasetError(f"{source} holds {count:,} pictures; at most {MAX_ITEMS:,} can be trained on.")
