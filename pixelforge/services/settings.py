"""The settings file: what the app remembers from one start to the next."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from pixelforge.errors import OutputError, RequestError
from pixelforge.files import open_plain, parse_json, reason, replacing, sync_folders
from pixelforge.hex_colours import PATTERN
from pixelforge.services.exporting import Export
from pixelforge.services.requests import GenerationRequest, of_classes
from pixelforge.turns import turn

FORMAT_VERSION = 2  # the older ones: `MIGRATIONS`
MAX_BYTES = 2**20  # of the file; what is longer is no settings
COUNTS = (1, 4, 9, 16, 25, 36, 64)  # sprites that can be asked for in the window
BEST_OF = (1, 2, 4, 8)  # that each of them can be chosen from
THUMBNAILS = (32, 48, 64, 96)  # logical pixels a side of a sprite in the history: whole factors of the usual 16
MIN_HISTORY, MAX_HISTORY = 100, 1_000_000

Theme = Literal["system", "light", "dark"]
HexColour = Annotated[str, msgspec.Meta(pattern=f"^{PATTERN}$")]


@dataclass(frozen=True, kw_only=True)
class GenerationSettings:
    """What the controls stand at: the request that Generate makes, and whether its seed stays."""

    request: GenerationRequest
    seed_locked: bool = False


@dataclass(frozen=True, kw_only=True)
class SetExport:
    """How a set was exported last."""

    set_id: int
    export: Export
    in_step: bool = False  # whether it is written again at every change of the set


@dataclass(frozen=True, kw_only=True)
class ProjectLink:
    """A set that stands in a project's file."""

    set_id: int
    file: str
    name: str  # in the file
    seen: str  # what the file said of it last, as `OpenedSet` has it


@dataclass(frozen=True, kw_only=True)
class AppSettings:
    """Everything that is remembered."""

    format_version: int = FORMAT_VERSION
    theme: Theme = "system"
    background: HexColour | None = None  # behind the sprites; None: the checkerboard
    pixel_grid: bool = False
    history_cap: Annotated[int, msgspec.Meta(ge=MIN_HISTORY, le=MAX_HISTORY)] = 20_000  # sprites without a star
    thumbnail: Annotated[int, msgspec.Meta(ge=THUMBNAILS[0], le=THUMBNAILS[-1])] = 48  # one of THUMBNAILS
    model: str | None = None  # name of the chosen one
    generation: GenerationSettings | None = None
    window: str = ""  # base64 of Qt's geometry
    docks: str = ""  # base64 of Qt's state of the docks
    show_noise: bool = False  # while sprites form, in place of what they are taken for
    more_open: bool = False  # the controls that few change
    losses_open: bool = False  # the chart of a training
    tray_columns: Annotated[int, msgspec.Meta(ge=0, le=256)] = 0  # 0: the most nearly square grid
    tray_padding: Annotated[int, msgspec.Meta(ge=0, le=64)] = 0  # pixels
    save_folder: str | None = None  # where something was saved last
    export: Export | None = None  # the last one
    set_exports: tuple[SetExport, ...] = ()  # the last one of each set, the latest at the end
    live: bool | None = None  # whether the stage follows the controls; None: nobody has chosen
    trial_seconds: dict[str, float] = field(default_factory=dict)  # of 16 sprites made fast, by the model's name
    project_links: tuple[ProjectLink, ...] = ()
    recent_projects: tuple[str, ...] = ()  # files, the latest first


@dataclass(frozen=True)
class _Version:
    format_version: Annotated[int, msgspec.Meta(ge=1)] = 1


def load_settings(path: Path) -> tuple[AppSettings, str]:
    """The settings in a file, and a line for the user where something is wrong with it, else an empty one.

    A damaged file, or one of a newer format, is kept beside under another name; the settings are then the defaults.
    """
    try:
        content = _content(path)
    except OSError as error:
        return AppSettings(), f"The settings {path} cannot be read: {reason(error)}. The defaults are used."
    return (AppSettings(), "") if content is None else _settings_in(content, path)


def _content(path: Path) -> bytes | None:
    """None where there is no file. Raises OSError."""
    try:
        with open_plain(path) as file:
            return file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return None


def _settings_in(content: bytes, path: Path) -> tuple[AppSettings, str]:
    """As `load_settings` gives them."""
    try:
        version = parse_json(content, _Version).format_version
        if version > FORMAT_VERSION:
            aside = _keep(path, f"settings-format-{version}.json")
            return AppSettings(), f"The settings are those of a newer PixelForge; they are kept as {aside}."
        return _decode(parse_json(content, dict[str, Any])), ""
    except (msgspec.DecodeError, RequestError):
        aside = _keep(path, "settings-damaged.json")
        return AppSettings(), f"The settings were damaged, so the defaults are used; the old file is {aside}."


def save_settings(path: Path, settings: AppSettings) -> None:
    """Write the file, whole or not at all. Raises OutputError."""
    if settings.generation is not None:  # a start is not worth remembering
        request = replace(settings.generation.request, start=None)
        settings = replace(settings, generation=replace(settings.generation, request=request))
    text = msgspec.json.format(msgspec.json.encode(settings), indent=2)
    with replacing(path) as part:
        part.write_bytes(text)
    sync_folders([path])


def change_settings(path: Path, before: AppSettings, now: AppSettings) -> AppSettings:
    """Write what stands otherwise in `now` than `before`; the rest stays as another window has written it. All of it.

    Raises OutputError, also where what is there cannot be read: it may be well another time.
    """
    with turn(path.with_suffix(".lock")):
        try:
            content = _content(path)
        except OSError as error:
            raise OutputError(f"{path} cannot be read, so it is not written over: {reason(error)}.") from error
        there, notice = (before, "") if content is None else _settings_in(content, path)
        settings = merged_settings(before, now, before if notice else there)
        save_settings(path, settings)
    return settings


def merged_settings(before: AppSettings, now: AppSettings, there: AppSettings) -> AppSettings:
    """Settings that were changed here and elsewhere: `now` where that is not as `before`, else as they are `there`."""
    changed = {fact.name for fact in fields(now) if getattr(now, fact.name) != getattr(before, fact.name)}
    values = {name: getattr(now, name) for name in changed}
    if "set_exports" in changed:
        values["set_exports"] = _merged_exports(before.set_exports, now.set_exports, there.set_exports)
    return replace(there, **values)


def _merged_exports(
    before: tuple[SetExport, ...], now: tuple[SetExport, ...], there: tuple[SetExport, ...]
) -> tuple[SetExport, ...]:
    known, stays = {one.set_id: one for one in before}, {one.set_id for one in now}
    changed = {one.set_id: one for one in now if known.get(one.set_id) != one}
    others = (one for one in there if one.set_id not in changed and (one.set_id in stays or one not in before))
    return (*others, *changed.values())


def _decode(content: dict[str, Any]) -> AppSettings:
    """Settings of any format so far. Raises msgspec.DecodeError or RequestError."""
    for version in range(content.get("format_version", 1), FORMAT_VERSION):
        content = {**MIGRATIONS[version](content), "format_version": version + 1}
    return msgspec.convert(content, AppSettings)


def _from_1(content: dict[str, Any]) -> dict[str, Any]:
    """The fields of `generation` stood side by side; they are put into their records."""
    if not isinstance(content.get("generation"), dict):
        return content
    flat = dict(content["generation"])
    sampling = {name: flat.pop(name) for name in ("sampler", "steps", "guidance_scale") if name in flat}
    names = msgspec.convert(flat.pop("class_names", ()), tuple[str, ...])
    locked = flat.pop("seed_locked", False)
    request = {**flat, "conditions": of_classes(names), "sampling": sampling}
    return {**content, "generation": {"request": request, "seed_locked": locked}}


MIGRATIONS: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {1: _from_1}
"""What brings a file of a format to the next."""


def _keep(path: Path, name: str) -> Path:
    aside = path.with_name(name)
    with suppress(OSError):  # then the file stays where it is until settings are saved
        if path.stat().st_size > MAX_BYTES:  # a sparse file claims more than it holds, and its copy would hold it
            path.replace(aside)
        else:
            shutil.copyfile(path, aside)
    return aside
