"""Reading `pixelforge.toml`: everything that can be said of it without a model."""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from pathlib import Path, PurePosixPath
from typing import Any

from pixelforge.core.nearest import known
from pixelforge.errors import DatasetError, PixelForgeError, RequestError
from pixelforge.files import is_there, read_at_most
from pixelforge.imaging.palette import PaletteRule, parse_colours
from pixelforge.imaging.palette_files import READERS
from pixelforge.imaging.sheet_plan import SheetOptions
from pixelforge.services.engine_files import SHEET_SUFFIX
from pixelforge.services.export import ExportOptions, alone, targets
from pixelforge.services.model_library import SUFFIX as MODEL_SUFFIX
from pixelforge.services.naming import DEFAULT_PATTERN, check_name
from pixelforge.services.paths import DEFAULT_MODEL
from pixelforge.services.project.keys import (
    ASKING,
    DRAWING,
    EVERY,
    SHARED,
    SHEET,
    SHEETS_ALONE,
    SOURCES,
    Values,
    checked,
)
from pixelforge.services.project.places import Claim, check_read, claimed, folders_of, inside
from pixelforge.services.project.toml import parsed

PROJECT_FILE = "pixelforge.toml"
MAX_BYTES = 8 * 2**20
MAX_SETS = 10_000
TOP = ("defaults", "sets")
PLACE = re.compile(r"(.*) \(at (?:line (\d+), column \d+|end of document)\)")  # as tomllib ends its messages
# Tables within 32 others, on which tomllib spends time that grows with the square of their number.
DEEP = re.compile(r"(?:\.[ \t]*+(?:[\w-]++|\"[^\"\n]*+\"|'[^'\n]*+')[ \t]*+){32}")
DITHERS = (0, 2, 4)
INSTEAD = {  # keys, and those that they take the place of
    "reduce": ("palette",),
    "palette": ("reduce",),
    "quality": ("sampler", "steps"),
    "sampler": ("quality",),
    "steps": ("quality",),
}


@dataclass(frozen=True, kw_only=True)
class ProjectSet:
    """A set of a project: where its sprites come from, where they go, and how."""

    name: str
    values: Values  # by key, those of [defaults] among them
    out: PurePosixPath  # from the project's folder on; a .png is a sheet, anything else a folder of single files
    options: ExportOptions  # but for a palette that is named
    pictures: tuple[PurePosixPath, ...] = ()  # its own, files and folders
    inputs: tuple[PurePosixPath, ...] = ()  # all files, and folders of pictures, that it reads
    together: tuple[str, ...] = ()  # sets whose sprites it lays out once more

    @property
    def is_sheet(self) -> bool:
        """Whether all of it goes into one picture."""
        return self.out.suffix.lower() == SHEET_SUFFIX

    @property
    def draws(self) -> bool:
        """Whether a model makes its sprites."""
        return not self.pictures and not self.together


@dataclass(frozen=True, kw_only=True)
class Project:
    """A project file, read and checked; the sets stand so that those come first which others are made of."""

    file: Path
    sets: Mapping[str, ProjectSet] = field(default_factory=dict)

    @property
    def root(self) -> Path:
        """The folder from which its paths go."""
        return self.file.parent


def find_project(path: Path) -> Path:
    """The project file that is meant by itself or by its folder. Raises RequestError."""
    file = path / PROJECT_FILE if path.is_dir() else path
    if not is_there(file):
        raise RequestError(f"There is no {file}: a project begins with such a file, which says what there is to be.")
    return file


def read_project(file: Path) -> Project:
    """A project. Raises RequestError that names the file and the key, for all that is wrong whatever the model."""
    return parse_project(file, read_text(file))


def read_text(file: Path) -> str:
    """What stands in a project file. Raises DatasetError or RequestError for what is no text."""
    try:
        return read_at_most(file, MAX_BYTES, DatasetError).decode("utf-8-sig")  # some editors begin a text with a mark
    except UnicodeDecodeError as error:
        raise RequestError(f"{file} is no text in UTF-8: save it as that.") from error


def encoded(file: Path, text: str) -> bytes:
    """A text as it is to stand in a project file: behind a mark if it stands there behind one. Raises DatasetError."""
    marked = read_at_most(file, MAX_BYTES, DatasetError).startswith(BOM_UTF8)
    return (BOM_UTF8 if marked else b"") + text.encode()


def parse_project(file: Path, text: str) -> Project:
    """The project that a text is, if it stands in a file. Raises as `read_project` does."""
    content = _parsed(file, text)
    for key in content:
        if key not in TOP:
            belongs = " under [defaults] or in a set" if key in EVERY else f"; {known(key, TOP, 'has')}"
            raise RequestError(f"{file}: there is no key {key[:40]!r} at the top{belongs}.")
    tables = content.get("sets", {})
    defaults = content.get("defaults", {})
    if not isinstance(tables, dict) or not isinstance(defaults, dict):
        raise RequestError(f"{file}: [defaults] is a table, and [sets.NAME] is one for each set.")
    if not tables:
        raise RequestError(f"{file}: it has no sets; one begins with a line such as [sets.monsters].")
    if len(tables) > MAX_SETS:
        raise RequestError(f"{file}: it has {len(tables):,} sets; a project has at most {MAX_SETS:,}.")
    shared = checked(defaults, SHARED, f"{file}: [defaults]")
    with told_at(f"{file}: [defaults]"):
        _check_quality(shared)
    sets: dict[str, ProjectSet] = {}
    for name, table in tables.items():
        with told_at(f"{file}: [sets.{name[:60]}]"):
            name = check_name(name, ())
            if not isinstance(table, dict):
                raise RequestError("it is no table: write [sets.NAME] and its keys below.")
        sets[name] = _set(file, name, table, shared)
    _check_names(file, sets)
    claims = claimed((claim for one in sets.values() for claim in _claims(one)), str(file))
    folders = folders_of(claims)
    for name, one in sets.items():
        with told_at(f"{file}: [sets.{name}]"):
            check_read(one.inputs, claims, folders)
    return Project(file=file, sets=_in_order(file, sets))


@contextmanager
def told_at(place: str) -> Iterator[None]:
    """Say of an error where in the project it is."""
    try:
        yield
    except PixelForgeError as error:
        raise type(error)(f"{place}: {error}", *error.remedies) from error


def _parsed(file: Path, text: str) -> dict[str, Any]:
    try:
        if DEEP.search(text):
            raise RecursionError
        return parsed(text)
    except RecursionError as error:
        raise RequestError(f"{file} nests tables more deeply than can be followed.") from error
    except ValueError as error:  # numbers of thousands of digits as well
        found = PLACE.fullmatch(str(error))
        told = found[1] if found else str(error).split(";")[0]
        place = "" if found is None else f", line {found[2]}," if found[2] else ", at its end,"
        raise RequestError(f"{file}{place} is no TOML: {told[:1].lower()}{told[1:].rstrip('.')}.") from error


def _set(file: Path, name: str, table: dict[str, Any], shared: Values) -> ProjectSet:
    place = f"{file}: [sets.{name}]"
    own = checked(table, EVERY, place)
    with told_at(place):
        out = _out(str(own.get("out", f"{name}{SHEET_SUFFIX}")), file.parent)
        unused = _unused(own, out)
        values = {**{key: value for key, value in shared.items() if key not in unused}, **own}
        for says, instead in INSTEAD.items():  # what a set says itself comes before what all share
            for key in instead if says in own else ():
                values.pop(key, None)
        pictures = tuple(inside(text, file.parent) for text in values.get("pictures", ()))
        return ProjectSet(
            name=name,
            values={"model": DEFAULT_MODEL, **values} if not {"pictures", "sets"} & own.keys() else values,
            out=out,
            options=_options(values, out),
            pictures=pictures,
            inputs=(*pictures, *(inside(text, file.parent) for text in _read_by(values))),
            together=values.get("sets", ()),
        )


def _out(text: str, root: Path) -> PurePosixPath:
    out = inside(text, root)
    if not out.name or (out.suffix and out.suffix.lower() != SHEET_SUFFIX):
        raise RequestError(f"out is a sheet that ends in {SHEET_SUFFIX}, or a folder without a suffix, not {text!r}.")
    return out


def _unused(own: Values, out: PurePosixPath) -> set[str]:
    """Keys that such a set has no use for. Raises RequestError where it has one of them itself."""
    sources = [key for key in SOURCES if key in own]
    if len(sources) > 1:
        raise RequestError(f"it has both {sources[0]} and {sources[1]}: make two sets of it.")
    source = sources[0] if sources else ""
    unused = set(ASKING) if source else set()
    if source in ("pictures", "sets"):
        unused |= set(DRAWING)
    for key in own:
        if key in unused:
            raise RequestError(f"{key} is of no use beside {source}, which says it already.")
    if out.suffix.lower() != SHEET_SUFFIX:
        unused |= set(SHEETS_ALONE)
        if wrong := next((key for key in own if key in SHEETS_ALONE), None):
            raise RequestError(f"{wrong} is for sheets: let out end in {SHEET_SUFFIX}, or leave {wrong} out.")
    if "palette" in own and "reduce" in own:
        raise RequestError("palette and reduce exclude each other: name one.")
    _check_quality(own)
    return unused


def _check_quality(values: Values) -> None:
    """Raises RequestError for a quality and what it stands for, both in one table."""
    if "quality" in values and (wrong := [key for key in INSTEAD["quality"] if key in values]):
        raise RequestError(f"quality stands for sampler and steps: leave {' and '.join(wrong)} out.")


def _options(values: Values, out: PurePosixPath) -> ExportOptions:
    layout = {SHEET[key][0]: value for key, value in values.items() if key in SHEET}
    if "background" in layout:
        layout["background"] = parse_colours([layout["background"]])[0]
    dither = values.get("dither", 0)
    if dither not in DITHERS:
        raise RequestError(f"dither is one of {', '.join(map(str, DITHERS))}, not {dither}.")
    reduce = values.get("reduce")
    options = ExportOptions(
        sheet=SheetOptions(**layout),
        formats=values.get("format", ()),
        names=values.get("pattern", DEFAULT_PATTERN),
        palette=None if reduce is None else PaletteRule(reduce_to=reduce, dither=dither),
        indexed=values.get("indexed", False),
        recipes=values.get("recipes", True),
        disclosure=values.get("disclosure", False),
    )
    return options if out.suffix.lower() == SHEET_SUFFIX else alone(options)


def _read_by(values: Values) -> list[str]:
    """The files that a set's values name beside its pictures."""
    files = [values["list"]] if "list" in values else []
    files += [text for key in ("palette", "scheme") if is_palette_file(text := values.get(key, ""))]
    return files + [text for text in [values.get("model", "")] if is_model_file(text)]


def is_palette_file(text: str) -> bool:
    """Whether a palette or scheme is meant as a file of the project, not by its name or colours."""
    return not text.startswith("#") and PurePosixPath(text).suffix.lower() in READERS


def is_model_file(text: str) -> bool:
    """Whether a model is meant as a file of the project, not by its name."""
    return text.endswith(MODEL_SUFFIX)


def _check_names(file: Path, sets: Mapping[str, ProjectSet]) -> None:
    folded: dict[str, str] = {}
    for name, one in sets.items():
        if (other := folded.setdefault(name.casefold(), name)) != name:
            raise RequestError(f"{file}: the sets {other} and {name} differ in capitals alone: rename one.")
        for member in one.together:
            if member not in sets:
                raise RequestError(f"{file}: [sets.{name}]: there is no set {member!r}; {known(member, list(sets))}.")
        if len(set(one.together)) < len(one.together):
            raise RequestError(f"{file}: [sets.{name}]: sets names one of them twice.")


def _claims(one: ProjectSet) -> Iterator[Claim]:
    yield Claim(one.out, one.name)
    if one.is_sheet:
        for path in targets(Path(one.out), one.options)[1:]:
            yield Claim(PurePosixPath(path.as_posix()), one.name)


def _in_order(file: Path, sets: Mapping[str, ProjectSet]) -> dict[str, ProjectSet]:
    try:
        order = TopologicalSorter({name: one.together for name, one in sets.items()}).static_order()
        return {name: sets[name] for name in order}
    except CycleError as error:
        circle = " -> ".join(reversed(error.args[1]))
        raise RequestError(f"{file}: sets are made of each other in a circle: {circle[:200]}.") from error
