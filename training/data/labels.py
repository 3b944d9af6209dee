"""labels.csv beside the pictures: their class, kind, style, facing and group, told a line a picture."""

from __future__ import annotations

import posixpath
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path, PurePosixPath

from pixelforge.errors import DatasetError
from pixelforge.files import read_at_most
from pixelforge.words import counted
from training.data.naming import Told, figure_of, kind_of
from training.data.table import read_table

LABELS = "labels.csv"
MAX_LABELS_BYTES = 32 * 2**20  # of a labels.csv; 200,000 pictures take about 20
MOST_COLUMNS = 100  # that are looked at for misspelt ones
MAX_LETTERS = 80  # of a class, kind or style
MAX_WORDS = {"class": 1000, "kind": 10_000, "style": 1000, "facing": 100}  # different ones
TELLING = ("class", "kind", "style", "facing", "group", "ok")
COLUMNS = ("pack", "file", *TELLING)
DRIVE = re.compile(r"[A-Za-z]:")

OUTSIDE = "with a path that leads out of the folder, passed over"
NO_FILE = "without a file, passed over"
REPEATED = "with a file that an earlier line has, passed over"
OVERLONG = "with more fields than the first line: a name with a comma in it needs quotes"
ODD_OK = "with neither 0 nor 1 for ok, whose pictures are kept"
NOT_THERE = "with a file that is not there"


@dataclass(frozen=True)
class Row:
    """A line of labels.csv; what is empty is told by folder and file name."""

    line: int
    class_name: str
    kind: str | None  # None where there is no such column: empty is a picture of no kind
    style: str
    facing: str
    group: str  # made unique by its pack
    kept: bool


@dataclass(frozen=True)
class Labels:
    """A labels.csv."""

    name: str  # for messages
    rows: Mapping[str, Row]  # by path, from the folder of labels.csv on
    packs: frozenset[str]  # folders that hold class folders
    remarks: tuple[str, ...]  # on its lines, for the user


@dataclass
class _Tally:
    """What is wrong with lines, counted, with the first example of each."""

    name: str
    counts: dict[str, int] = field(default_factory=dict)
    examples: dict[str, str] = field(default_factory=dict)

    def add(self, what: str, line: int, example: str = "") -> None:
        self.counts[what] = self.counts.get(what, 0) + 1
        self.examples.setdefault(what, f"line {line}: {_short(example)!r}" if example else f"line {line}")

    def lines(self) -> tuple[str, ...]:
        """A sentence for each thing that is wrong."""
        return tuple(
            f"{self.name}: {counted(count, 'line')} {what} ({self.examples[what]})."
            for what, count in self.counts.items()
        )


def labels_in(folder: Path) -> Labels | None:
    """The labels.csv of a folder; None if it has none. Raises DatasetError for one that cannot be used."""
    path = folder / LABELS
    if not path.exists():
        return None
    if not path.is_file():
        raise DatasetError(f"{path} is no file: a {LABELS} is a text that tells of the pictures. Rename or remove it.")
    return parse_labels(read_at_most(path, MAX_LABELS_BYTES, DatasetError), str(path))


def parse_labels(content: bytes, name: str) -> Labels:
    """The content of a labels.csv. Raises DatasetError that names it and says what to do."""
    tally, rows, packs = _Tally(name), dict[str, Row](), set[str]()
    table = read_table(content, name)
    _, header = next(table, (1, []))
    columns = _columns(header, name)
    for line, cells in table:
        if any(cells[len(header) :]):
            tally.add(OVERLONG, line)
        fields = {word: "".join(cells[place : place + 1]).strip() for word, place in columns.items()}
        if any(cells) and (path := _new_path(fields, rows, line, tally)):
            rows[path] = _row(fields, line, tally)
            packs.add(_inside(fields.get("pack", "")))
    _check_words(rows, name)
    return Labels(name, rows, frozenset(packs - {""}), (*_on_columns(header, columns, name), *tally.lines()))


def tell(labels: Labels, paths: Sequence[PurePosixPath], home: str) -> tuple[list[Told | None], list[str]]:
    """What is told of the pictures at `paths`, from the folder of labels.csv on, and what is to be said of it all.

    None for those to be left out: marked so, or lying loose beside folders without a line. home: the class of a
    picture without one that lies in no folder.
    """
    nested = any(len(path.parts) > 1 for path in paths)
    tally, told, found = _Tally(labels.name), list[Told | None](), set[str]()
    strangers: list[str] = []
    refused = 0
    for path in paths:
        row = labels.rows.get(key := _key(path.as_posix()))
        found.add(key)
        if row is None:
            loose = nested and len(path.parts) == 1
            strangers += [] if loose else [key]
            told.append(None if loose else _by_path(path, labels.packs, home))
        else:
            refused += not row.kept
            told.append(_told(row, _by_path(path, labels.packs, home)) if row.kept else None)
    for key, row in labels.rows.items():
        if row.kept and key not in found:
            tally.add(NOT_THERE, row.line, key)
    remarks = [*labels.remarks, *tally.lines()]
    if refused:
        remarks.append(f"{labels.name}: {counted(refused, 'picture')} left out, as ok is 0.")
    if strangers:
        remarks.append(
            f"{labels.name}: {counted(len(strangers), 'picture')} without a line, told by folder and name "
            f"({_short(strangers[0])!r})."
        )
    return told, remarks


def _told(row: Row, by_path: Told) -> Told:
    return Told(
        row.class_name or by_path.class_name,
        row.group or by_path.group,
        by_path.kind if row.kind is None else row.kind,
        row.style,
        row.facing,
    )


def _by_path(path: PurePosixPath, packs: frozenset[str], home: str) -> Told:
    """What folders and name tell: the class is the first folder, or the first in a pack."""
    pack = next((folder for folder in path.parents if _key(folder.as_posix()) in packs), PurePosixPath())
    inner = path.relative_to(pack).parts
    class_name = inner[0] if len(inner) > 1 else pack.name or home
    group = posixpath.join(*path.parts[:-1], figure_of(path.stem))
    return Told(class_name, group, kind_of(group))


def _columns(header: list[str], name: str) -> dict[str, int]:
    """The place of each column that is known."""
    words = [cell.strip().lower() for cell in header]
    twice = next((word for word in COLUMNS if words.count(word) > 1), None)
    if twice:
        raise DatasetError(f"{name} has the column {twice!r} more than once: leave one.")
    if "file" not in words:
        has = f"is {_short(', '.join(words))!r}" if any(words) else "is empty"
        raise DatasetError(f"{name} needs a column 'file', but its first line {has}: begin it with file,class,kind.")
    return {word: words.index(word) for word in COLUMNS if word in words}


def _on_columns(header: Sequence[str], columns: Mapping[str, int], name: str) -> Iterator[str]:
    """What is to be said of columns that are passed over, or not there."""
    if not columns.keys() - {"pack", "file"}:
        yield f"{name} has none of the columns {', '.join(TELLING)}, so it tells nothing."
    missing = [word for word in COLUMNS if word not in columns]
    for cell in header[:MOST_COLUMNS]:
        if cell.strip().lower() not in columns and (near := get_close_matches(cell.strip().lower(), missing, n=1)):
            yield f"{name}: the column {_short(cell.strip())!r} is passed over. Should it be {near[0]!r}?"


def _new_path(fields: Mapping[str, str], rows: Mapping[str, Row], line: int, tally: _Tally) -> str:
    """The path that a line is of; empty, and tallied, if it is to be passed over."""
    file, pack = fields["file"], fields.get("pack", "")
    path = _inside(posixpath.join(pack, file))
    if not file:
        tally.add(NO_FILE, line)
    elif not path:
        tally.add(OUTSIDE, line, posixpath.join(pack, file))
    elif path in rows:
        tally.add(REPEATED, line, path)
    else:
        return path
    return ""


def _row(fields: Mapping[str, str], line: int, tally: _Tally) -> Row:
    ok = fields.get("ok", "")
    if ok not in ("", "0", "1"):
        tally.add(ODD_OK, line, ok)
    kind, group = fields.get("kind"), _word(fields.get("group", ""))
    return Row(
        line,
        _word(fields.get("class", "")),
        None if kind is None else _word(kind).lower(),
        _word(fields.get("style", "")).lower(),
        _word(fields.get("facing", "")).lower(),
        posixpath.join(fields.get("pack", ""), group) if group else "",
        kept=ok != "0",
    )


def _inside(path: str) -> str:
    """A path from the folder of labels.csv on as keys of rows are; empty if it leads out of the folder, or nowhere."""
    slashed = path.replace("\\", "/")
    normal = posixpath.normpath(slashed)
    leads_out = slashed.startswith("/") or DRIVE.match(slashed) or normal.split("/")[0] == ".."
    return "" if leads_out or normal == "." else _key(normal)


def _key(path: str) -> str:
    """Equal for a path and the same path as another system composes its letters."""
    return unicodedata.normalize("NFC", path)


def _word(text: str) -> str:
    """A word or a few, without what cannot be printed."""
    printable = "".join(letter if letter.isprintable() else " " for letter in text)
    return unicodedata.normalize("NFC", " ".join(printable.split()))


def _check_words(rows: Mapping[str, Row], name: str) -> None:
    words = {
        "class": {row.class_name: row.line for row in rows.values()},
        "kind": {row.kind or "": row.line for row in rows.values()},
        "style": {row.style: row.line for row in rows.values()},
        "facing": {row.facing: row.line for row in rows.values()},
    }
    for column, lines in words.items():
        if len(lines) > MAX_WORDS[column]:
            raise DatasetError(
                f"{name} has {len(lines):,} different words in the column {column!r}; at most {MAX_WORDS[column]:,} "
                "can be learnt. Is it the right column?"
            )
        longest = max(lines, key=len, default="")
        if len(longest) > MAX_LETTERS:
            raise DatasetError(
                f"{name}, line {lines[longest]}: {_short(longest)!r} is too long for a {column}, which has at most "
                f"{MAX_LETTERS} letters."
            )


def _short(text: str) -> str:
    return text if len(text) <= MAX_LETTERS else f"{text[: MAX_LETTERS - 1]}…"
