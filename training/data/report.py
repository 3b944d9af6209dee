"""What a data set is like: a report before it is trained on."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pixelforge.errors import DatasetError
from pixelforge.files import replacing
from pixelforge.imaging.pixels import Pixels, enlarge, resize_nearest
from pixelforge.imaging.png import write_png
from pixelforge.imaging.sheet import lay_out
from pixelforge.words import counted
from training.data.palettes import colour_counts, palette_errors, style_palettes
from training.data.reading import RawSprite, read_raw
from training.data.sprites import FEWEST_OF_KIND, shared_colours

FEW = 20  # sprites of a class that are hardly enough to learn from
NEAR_EMPTY = 1 / 64  # share of the pixels that is opaque
MOST_OPAQUE = 0.5  # share of a class from which opaque sprites, such as tiles, are what it is meant to hold
CONTACT_COLUMNS = 14
CONTACT_ROWS = 8  # of each class, where it is not to show all
CONTACT_SCALE = 2
ARRAY_SUFFIX = ".npy"
KINDS_SHOWN = 12
SEEN = 2  # OKLab distance times 100, about the least that one sees side by side


@dataclass(frozen=True, kw_only=True)
class StyleFacts:
    """A style and its palette."""

    sprites: int
    colours: int  # its own
    palette: int  # those that sprites made in it will have
    error: float  # mean distance in OKLab of its pixels from the palette, times 100


@dataclass(frozen=True, kw_only=True)
class DataReport:
    """What `report_on` found."""

    source: str
    sprites: int
    classes: dict[str, int]  # sprites a class
    few: tuple[str, ...]  # classes with fewer than FEW
    sizes: dict[str, int]  # pictures of each "W x H" in their files
    blown_up: int  # pictures that are exact blow-ups of smaller ones
    resized: int  # sprites that are not of the size to be trained at
    cleared: int  # sprites whose flat ground becomes transparent
    duplicates: tuple[tuple[str, ...], ...]  # files with the same sprite
    near_empty: tuple[str, ...]  # files with hardly a pixel, as they are trained on
    opaque: tuple[str, ...]  # files without transparency, in classes where most have some
    colours: int  # different opaque colours; 0 for more than a palette holds
    figures: int  # groups: what is held out together
    kinds: dict[str, int]  # sprites of each, most first
    styles: dict[str, StyleFacts]  # empty where none is told
    labels: tuple[str, ...]  # what is to be said of a labels.csv
    left_out: tuple[str, ...]  # a line a file
    contact: tuple[tuple[str, ...], ...]  # names of the sprites in each row of the contact sheet, which may be shorter


def report_on(
    source: Path, image_size: int = 16, keep_background: bool = False, contact_rows: int | None = CONTACT_ROWS
) -> tuple[DataReport, Pixels]:
    """The report, and a contact sheet (H, W, 4) of the first sprites of each class. Raises DatasetError.

    contact_rows: of each class; None: as many as hold all of its sprites.
    """
    left_out: list[str] = []
    remarks: list[str] = []
    raw = read_raw(source, image_size, keep_background, left_out, remarks)
    if not raw:
        raise DatasetError(f"{source} holds no sprites.{' ' + left_out[0] if left_out else ''}")
    fitted = np.stack([resize_nearest(sprite.pixels, image_size) for sprite in raw])
    opaque = fitted[..., 3] > 0
    classes = Counter(sprite.class_name for sprite in raw)
    rows = _rows_of_contacts(raw, contact_rows)
    report = DataReport(
        source=str(source),
        sprites=len(raw),
        classes=dict(classes),
        few=tuple(name for name, count in classes.items() if count < FEW),
        sizes=dict(Counter(f"{width} x {height}" for width, height in (sprite.size for sprite in raw)).most_common()),
        blown_up=sum(sprite.size != sprite.own_size for sprite in raw),
        resized=sum(sprite.own_size != (image_size, image_size) for sprite in raw),
        cleared=sum(sprite.cleared for sprite in raw),
        duplicates=_duplicates(raw),
        near_empty=tuple(s.label for s, o in zip(raw, opaque, strict=True) if o.mean() <= NEAR_EMPTY),
        opaque=_opaque(raw, opaque),
        colours=len(shared_colours(fitted)),
        figures=len({sprite.group for sprite in raw}),
        kinds=dict(Counter(sprite.kind for sprite in raw if sprite.kind).most_common()),
        styles=_styles(fitted, [sprite.style for sprite in raw]),
        labels=tuple(remarks),
        left_out=tuple(left_out),
        contact=tuple(tuple(raw[index].name for index in row) for row in rows),
    )
    return report, np.concatenate([lay_out(fitted[row], max(map(len, rows))) for row in rows])


def write_contact_sheet(path: Path, sheet: Pixels) -> None:
    """Write it, twice as large; a .npy holds it as it is, of any height. Raises OutputError."""
    if path.suffix.lower() != ARRAY_SUFFIX:
        write_png(path, enlarge(sheet, CONTACT_SCALE))
        return
    with replacing(path) as part, part.open("wb") as file:
        np.save(file, sheet)


def report_lines(report: DataReport, most: int = 20) -> list[str]:
    """The report in lines for a person; long lists are cut at `most`."""
    lines = [f"{counted(report.sprites, 'sprite')} in {counted(len(report.classes), 'class')}, {_colours(report)}"]
    lines += [f"  {name}: {count}" + (" (few)" if name in report.few else "") for name, count in report.classes.items()]
    lines += _told(report, most)
    lines.append("sizes: " + ", ".join(f"{count} of {size}" for size, count in list(report.sizes.items())[:most]))
    for count, what in (
        (report.blown_up, "exact blow-ups, which are brought back"),
        (report.resized, "of another size, which are resized by nearest neighbour"),
        (report.cleared, "with a flat ground, which is made transparent"),
    ):
        lines += [f"{count} {what}"] * bool(count)
    lines += _listed("the same sprite more than once", [" = ".join(same) for same in report.duplicates], most)
    lines += _listed("with hardly a pixel", list(report.near_empty), most)
    lines += _listed("opaque to the edges, unlike the rest of the class", list(report.opaque), most)
    lines += _listed("left out", [line.removeprefix("Left out: ") for line in report.left_out], most)
    return lines


def _styles(fitted: Pixels, styles: list[str]) -> dict[str, StyleFacts]:
    if not any(styles):
        return {}
    palettes = style_palettes(fitted, styles)
    errors, colours, sprites = palette_errors(fitted, styles, palettes), colour_counts(fitted, styles), Counter(styles)
    return {
        style: StyleFacts(
            sprites=sprites[style], colours=colours[style], palette=len(palettes[style]), error=errors[style]
        )
        for style in sorted(palettes)
    }


def _told(report: DataReport, most: int) -> list[str]:
    """The lines on what labels or names tell."""
    lines = [f"{counted(report.figures, 'figure')}, whose pictures are held out together"]
    common = [f"{name} {count}" for name, count in report.kinds.items() if count >= FEWEST_OF_KIND]
    if common:
        more = ", …" * (len(common) > KINDS_SHOWN)
        lines.append(
            f"{counted(len(report.kinds), 'kind')}, {len(common)} with {FEWEST_OF_KIND} sprites or more: "
            f"{', '.join(common[:KINDS_SHOWN])}{more}"
        )
    palettes = [f"{style or '(none)'}: {_palette(facts)}" for style, facts in report.styles.items()]
    lines += _listed("styles, each with a palette of its own", palettes, most)
    return [*lines, *report.labels]


def _palette(facts: StyleFacts) -> str:
    if facts.palette == facts.colours:
        return f"{counted(facts.sprites, 'sprite')}, {counted(facts.colours, 'colour')}"
    far = "hardly to be seen" if facts.error < SEEN else "to be seen side by side"
    return (
        f"{counted(facts.sprites, 'sprite')}, {facts.palette} of {facts.colours:,} colours, "
        f"{facts.error:.1f} off in the mean: {far}"
    )


def _opaque(raw: list[RawSprite], opaque: NDArray[np.bool_]) -> tuple[str, ...]:
    whole = [bool(sprite.all()) for sprite in opaque]
    shares = {
        name: float(np.mean([w for sprite, w in zip(raw, whole, strict=True) if sprite.class_name == name]))
        for name in {sprite.class_name for sprite in raw}
    }
    return tuple(s.label for s, w in zip(raw, whole, strict=True) if w and shares[s.class_name] < MOST_OPAQUE)


def _duplicates(raw: list[RawSprite]) -> tuple[tuple[str, ...], ...]:
    by_content: dict[bytes, list[str]] = defaultdict(list)
    for sprite in raw:
        digest = hashlib.sha256(repr(sprite.pixels.shape).encode() + sprite.pixels.tobytes()).digest()
        by_content[digest].append(sprite.label)
    return tuple(tuple(labels) for labels in by_content.values() if len(labels) > 1)


def _rows_of_contacts(raw: list[RawSprite], most: int | None) -> list[list[int]]:
    """The sprites in each row of the contact sheet: those of each class, which begins a row, in `most` at most."""
    of_class: dict[str, list[int]] = defaultdict(list)
    for index, sprite in enumerate(raw):
        of_class[sprite.class_name].append(index)
    columns = min(CONTACT_COLUMNS, max(map(len, of_class.values())))
    rows = []
    for whole in of_class.values():
        shown = whole if most is None else whole[: columns * most]
        rows += [shown[first : first + columns] for first in range(0, len(shown), columns)]
    return rows


def _colours(report: DataReport) -> str:
    if report.styles:
        return "each style in its own colours"
    if not report.colours:
        return "more than 64 colours: those of the sprites made will be near yours, not exactly theirs"
    return f"{counted(report.colours, 'colour')}: sprites made will have exactly these"


def _listed(title: str, entries: list[str], most: int) -> list[str]:
    if not entries:
        return []
    more = [f"  … and {len(entries) - most} more"] * (len(entries) > most)
    return [f"{title}: {len(entries)}", *(f"  {entry}" for entry in entries[:most]), *more]
