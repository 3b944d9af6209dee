"""What a shop or a player wants to know of made pictures: which model, what it learnt from, and whether it copied."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pixelforge import __version__
from pixelforge.core.header import Provenance, file_sha256
from pixelforge.imaging.pixels import Pixels
from pixelforge.imaging.xmp import SourceType
from pixelforge.services.model_library import list_models
from pixelforge.services.recipe import Recipe
from pixelforge.services.sprites import Made, Sprite
from pixelforge.words import counted

SUFFIX = ".disclosure.txt"
WIDTH = 100  # letters of a line
MOST_NAMED = 10  # sprites that look like copies


@dataclass(frozen=True)
class _Model:
    """A model that made some of the sprites."""

    name: str
    sha256: str
    provenance: Provenance | None  # None: its file is not on this machine


def disclosure_path(sheet: Path) -> Path:
    """Where the disclosure of a sheet stands: beside it."""
    return sheet.with_name(sheet.stem + SUFFIX)


def source_type(sprites: Sequence[Sprite]) -> SourceType | None:
    """What IPTC calls a picture of these sprites; None where no model has to do with it, as far as is known."""
    if all(isinstance(sprite.origin, Made) for sprite in sprites):
        return SourceType.MODEL
    return SourceType.MIXED if any(sprite.made_from for sprite in sprites) else None


def disclosure(sheet: str, sprites: Sequence[Sprite], learnt_from: str | None = None) -> str:
    """The text beside a sheet of that name, in English, its lines at most WIDTH letters long.

    learnt_from: the folder that the models learnt from; with it, the distance to its nearest sprites is measured.
    Raises DatasetError for a folder that holds no sprites, CheckpointError for a model that cannot be read.
    """
    sections = [
        (f"{sheet}: how its pictures were made", _origins(sprites)),
        ("Models", [line for model in _models(sprites) for line in _about(model)]),
        ("Copies", list(_copies(sprites, learnt_from))),
    ]
    if source_type(sprites) is None:
        sections = sections[:1]
    return "\n".join(line for title, lines in sections for line in (title, "", *map(_wrapped, lines), ""))


def _origins(sprites: Sequence[Sprite]) -> list[str]:
    made = sum(isinstance(sprite.origin, Made) for sprite in sprites)
    mended = sum(sprite.made_from is not None for sprite in sprites) - made
    lines = [
        f"{counted(count, 'sprite')} {how}"
        for count, how in (
            (made, "made by a generative model"),
            (mended, "made by a generative model and changed by hand"),
            (len(sprites) - made - mended, "drawn by hand, or from files that tell nothing of a model"),
        )
        if count
    ]
    if (source := source_type(sprites)) is not None:
        lines += [f"IPTC digital source type: {source.uri}", f"Program: PixelForge {__version__}"]
        lines.append("PixelForge runs its models on the machine of its user and sends nothing anywhere.")
    return lines


def _models(sprites: Sequence[Sprite]) -> list[_Model]:
    """The models that made the sprites, or what was mended, in the order of the sprites."""
    told: dict[str, Recipe] = {}
    for sprite in sprites:
        if sprite.made_from is not None:
            told.setdefault(sprite.made_from.model_sha256, sprite.made_from)
    names = {recipe.model for recipe in told.values()}
    here = {file_sha256(entry.path): entry for entry in list_models() if entry.header and entry.name in names}
    found = []
    for sha256, recipe in told.items():
        entry = here.get(sha256)
        provenance = entry.header.provenance if entry is not None and entry.header is not None else None
        found.append(_Model(recipe.model, sha256, provenance))
    return found


def _about(model: _Model) -> list[str]:
    lines = [f"{model.name}, a diffusion model; SHA-256 of its file: {model.sha256}"]
    about = model.provenance
    if about is None:
        return [*lines, "Its file is not among the models here, so nothing can be said of what it learnt from.", ""]
    count = counted(about.sprites, "sprite") if about.sprites else "sprites, how many its file does not say"
    lines.append(f"Trained on {count}{f', finished on {about.date}' if about.date else ''}.")
    lines.append(f"Licence of what it learnt from: {about.licence or 'its file does not say'}.")
    lines.append(f"Credits: {about.credits or 'its file names none'}.")
    return [*lines, ""]


def _copies(sprites: Sequence[Sprite], learnt_from: str | None) -> Iterator[str]:
    if learnt_from is None:
        yield (
            "Not measured for these sprites: a model file does not hold the pictures that it learnt from, and their "
            "folder was not given."
        )
        return
    made = [(number, sprite.pixels) for number, sprite in enumerate(sprites, 1) if sprite.made_from is not None]
    yield (
        f"Compared with the sprites in the folder {Path(learnt_from).name}. The distance is the root mean square "
        "difference of premultiplied colours from 0 to 1 over the opaque pixels of the fuller sprite, the least over "
        "mirrorings and shifts by up to a pixel: 0 is a copy, about 1 has nothing in common."
    )
    for side in sorted({picture.shape[0] for _, picture in made}):
        numbers = [number for number, picture in made if picture.shape[:2] == (side, side)]
        pictures = [picture for _, picture in made if picture.shape[:2] == (side, side)]
        if pictures:
            yield from _measured(numbers, np.stack(pictures), Path(learnt_from))


def _measured(numbers: Sequence[int], pictures: Pixels, folder: Path) -> Iterator[str]:
    from training.data.sprites import load_sprites
    from training.evaluation.metrics import NEAR_COPY, nearest_distances

    known = load_sprites(folder, pictures.shape[1]).sprites
    distances = nearest_distances(pictures, known)
    yield (
        f"{counted(len(pictures), 'made sprite')} against {len(known):,}: the nearest is {distances.min():.3f} away, "
        f"half of them are at least {np.median(distances):.3f} away."
    )
    near = [number for number, distance in zip(numbers, distances, strict=True) if distance < NEAR_COPY]
    named = ", ".join(map(str, near[:MOST_NAMED])) + (", …" if len(near) > MOST_NAMED else "")
    yield (
        f"{counted(len(near), 'sprite')} nearer than {NEAR_COPY}, so near that it may be called a copy"
        f"{f': number {named} of the sheet' if near else ''}."
    )


def _wrapped(line: str) -> str:
    return textwrap.fill(line, WIDTH, break_long_words=False, break_on_hyphens=False)
