"""From a recipe back to the controls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pixelforge.core.condition import Condition
from pixelforge.core.header import ModelHeader, file_sha256
from pixelforge.core.sampling import Sampling
from pixelforge.core.start import Start
from pixelforge.errors import RequestError
from pixelforge.gui.generating.states import MAX_TYPED_SEED, knows, possible, settings_for
from pixelforge.imaging.palette import PaletteRule
from pixelforge.services.model_library import ModelEntry
from pixelforge.services.recipe import Recipe
from pixelforge.services.settings import GenerationSettings


@dataclass(frozen=True)
class Recalled:
    """The model and the settings that a recipe asks for, as far as they are to be had; `problems` says what is not."""

    entry: ModelEntry
    settings: GenerationSettings
    problems: tuple[str, ...]


def recall(recipe: Recipe, entries: Sequence[ModelEntry], current: ModelEntry, before: GenerationSettings) -> Recalled:
    """The settings that make a recipe's sprite again, alone, with its seed locked.

    current, before: what stands in for a model or class that is not there.
    """
    problems: list[str] = []
    entry = _entry(recipe, entries, current, problems)
    assert entry.header is not None
    header, made = entry.header, recipe.request
    settings = settings_for(header, before)
    asked = _condition(made.conditions[0], header, problems) or settings.request.conditions[0]
    drawn_in = PaletteRule(colours=asked.drawn_in) if asked.drawn_in else None
    request = replace(
        made,
        conditions=(replace(asked, drawn_in=()),),
        palette=made.palette or drawn_in,
        sampling=_sampling(made.sampling, header, problems),
        seed=min(made.seed, MAX_TYPED_SEED),
        start=_start(made.start, header.model.image_size, problems),
    )
    return Recalled(entry, GenerationSettings(request=request, seed_locked=True), tuple(problems))


def _entry(recipe: Recipe, entries: Sequence[ModelEntry], current: ModelEntry, problems: list[str]) -> ModelEntry:
    named = [entry for entry in entries if entry.name == recipe.model and entry.header is not None]
    if not named:
        problems.append(f"Its model, {recipe.model!r}, is not among yours.")
        return current
    for entry in named:
        if _sha256(entry) == recipe.model_sha256:
            return entry
    problems.append(f"It was made by another version of {recipe.model}, so it will not come out the same.")
    return named[0]


def _sha256(entry: ModelEntry) -> str:
    try:
        return file_sha256(entry.path)
    except OSError:
        return ""


def _condition(asked: Condition, header: ModelHeader, problems: list[str]) -> Condition | None:
    """What was asked for, as far as the model knows it; None for nothing of it."""
    try:
        header.vocabulary.rows(asked)
    except RequestError as error:
        problems.append(str(error))
        of_class = Condition(class_name=asked.class_name)
        return of_class if asked.class_name is not None and knows(header, of_class) else None
    return asked


def _sampling(made: Sampling, header: ModelHeader, problems: list[str]) -> Sampling:
    sampling = possible(header, made)
    if made.sampler != sampling.sampler:
        problems.append("Its model has no student any more that makes sprites in an instant.")
    return sampling


def _start(start: Start | None, side: int, problems: list[str]) -> Start | None:
    if start is not None and start.picture.shape[:2] != (side, side):
        problems.append(f"It starts from a sprite of another size than {side} x {side}.")
        return None
    return start
