"""From a recipe back to the controls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pixelforge.core.header import file_sha256
from pixelforge.errors import RequestError
from pixelforge.gui.states import MAX_TYPED_SEED, MIN_STRENGTH, Settings, settings_for
from pixelforge.services.model_library import ModelEntry
from pixelforge.services.recipe import Recipe, request_of
from pixelforge.services.requests import MAX_GUIDANCE, MIN_GUIDANCE


@dataclass(frozen=True)
class Recalled:
    """The model and the settings that a recipe asks for, as far as they are to be had; `problems` says what is not."""

    entry: ModelEntry
    settings: Settings
    problems: tuple[str, ...]


def recall(recipe: Recipe, entries: Sequence[ModelEntry], current: ModelEntry, before: Settings) -> Recalled:
    """The settings that make a recipe's sprite again, alone, with its seed locked.

    current, before: what stands in for a model or class that is not there.
    """
    problems: list[str] = []
    entry = _entry(recipe, entries, current, problems)
    assert entry.header is not None
    settings = settings_for(entry.header, replace(before, start=None))
    if recipe.class_name in entry.header.class_names:
        settings = replace(settings, class_names=(recipe.class_name,))
    else:
        problems.append(f"{entry.name} has no class {recipe.class_name!r}.")
    settings = replace(
        settings,
        guidance_scale=min(max(recipe.guidance_scale, MIN_GUIDANCE), MAX_GUIDANCE),
        sampler=recipe.sampler,
        steps=min(max(recipe.steps, 1), entry.header.diffusion.num_timesteps),
        seed=min(max(recipe.seed, 0), MAX_TYPED_SEED),
        seed_locked=True,
        count=1,
        palette=recipe.palette,
    )
    return Recalled(entry, _with_start(settings, recipe, entry.header.model.image_size, problems), tuple(problems))


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


def _with_start(settings: Settings, recipe: Recipe, side: int, problems: list[str]) -> Settings:
    try:
        start = request_of(recipe).start
    except RequestError as error:
        problems.append(str(error))
        return settings
    if start is not None and start.shape[:2] != (side, side):
        problems.append(f"It starts from a sprite of another size than {side} x {side}.")
        return settings
    return replace(settings, start=start, strength=max(recipe.strength, MIN_STRENGTH))
