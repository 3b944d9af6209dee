"""What the window shows, as frozen values: the settings, the batch on the stage, the run, a message."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum, auto
from functools import cached_property

from pixelforge.core.config import SamplerName
from pixelforge.core.header import ModelHeader
from pixelforge.imaging.palette import PaletteRule
from pixelforge.imaging.pixels import Pixels
from pixelforge.services.recipe import recipe_of
from pixelforge.services.requests import MAX_GUIDANCE, MAX_SEED, MIN_GUIDANCE, GenerationRequest
from pixelforge.services.settings import COUNTS
from pixelforge.services.sprites import Sprite

MAX_DRAWN_SEED = 2**31 - 1  # short enough to read aloud; typed ones may be larger
FAST_STEPS = 15
MIN_STRENGTH = 0.05
MAX_TYPED_SEED = MAX_SEED - max(COUNTS) + 1  # so that the last sprite of any batch has one as well


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What the controls stand at. Every field is in the range that the model allows."""

    class_names: tuple[str, ...]
    guidance_scale: float
    sampler: SamplerName
    steps: int
    seed: int = 0
    seed_locked: bool = False
    count: int = 16
    palette: PaletteRule | None = None  # None: the colours as the model makes them
    start: Pixels | None = field(default=None, compare=False)  # (H, W, 4): the batch shows variations of this sprite
    strength: float = 0.5  # of the variations, above 0 (hardly changed) to 1 (nothing left of the start)

    def request(self) -> GenerationRequest:
        """The request for what the controls stand at."""
        return GenerationRequest(
            class_names=self.class_names,
            count=self.count,
            seed=self.seed,
            guidance_scale=self.guidance_scale,
            sampler=self.sampler,
            steps=self.steps,
            palette=self.palette,
            start=self.start,
            strength=self.strength if self.start is not None else 1.0,
        )


@dataclass(frozen=True)
class Quality:
    """A sampler and its steps under a name that says what one gets."""

    name: str
    sampler: SamplerName
    steps: int


def qualities(header: ModelHeader) -> tuple[Quality, ...]:
    """The choices of a model, the fastest first; "Balanced" is what its file recommends."""
    best, every = header.recommended, header.diffusion.num_timesteps
    return (
        Quality("Fast", "dpm++2m", min(FAST_STEPS, every)),
        Quality("Balanced", best.sampler, min(max(best.steps, 1), every)),
        Quality(f"Classic {every}", "ddpm", every),
    )


def recommended_settings(header: ModelHeader) -> Settings:
    """The settings that a model's file recommends, kept within what can be asked for."""
    best = header.recommended
    return Settings(
        class_names=header.class_names[:1],
        guidance_scale=min(max(best.guidance_scale, MIN_GUIDANCE), MAX_GUIDANCE),
        sampler=best.sampler,
        steps=min(max(best.steps, 1), header.diffusion.num_timesteps),
    )


def settings_for(header: ModelHeader, before: Settings | None) -> Settings:
    """What a model recommends, with the class (where it has it), seed, count, palette and start of before."""
    settings = recommended_settings(header)
    if before is None:
        return settings
    known = tuple(name for name in before.class_names if name in header.class_names)
    return replace(
        settings,
        class_names=known or settings.class_names,
        seed=before.seed,
        seed_locked=before.seed_locked,
        count=before.count,
        palette=before.palette,
        start=before.start if before.start is None or len(before.start) == header.model.image_size else None,
        strength=before.strength,
    )


@dataclass(frozen=True, eq=False)
class Batch:
    """Finished sprites and all that it takes to make them again."""

    sprites: Pixels  # (N, H, W, 4)
    request: GenerationRequest
    model: str
    model_sha256: str

    @cached_property
    def finished(self) -> tuple[Sprite, ...]:
        """Each of them with its recipe."""
        recipes = (recipe_of(self.request, i, self.model, self.model_sha256) for i in range(len(self.sprites)))
        return tuple(Sprite(pixels, recipe) for pixels, recipe in zip(self.sprites, recipes, strict=True))


class Phase(Enum):
    """How far the last run came."""

    IDLE = auto()  # there was none yet
    STARTING = auto()  # the model is being loaded, or the first step is under way
    SAMPLING = auto()
    FINISHED = auto()
    STOPPED = auto()
    FAILED = auto()


@dataclass(frozen=True)
class RunState:
    """The progress of the current run, or how the last one ended."""

    phase: Phase = Phase.IDLE
    count: int = 0  # sprites asked for
    step: int = 0  # of the sprites that are being made
    steps: int = 0
    fraction: float = 0.0  # of the whole run, 0 to 1
    seconds: float = 0.0  # since the run began
    seconds_left: float | None = None  # None until there is something to judge by

    @property
    def running(self) -> bool:
        """Whether there is something to stop."""
        return self.phase in (Phase.STARTING, Phase.SAMPLING)


class Severity(Enum):
    """What kind of message it is; each has an icon of its own as well as a colour."""

    INFO = auto()
    WARNING = auto()
    ERROR = auto()


@dataclass(frozen=True)
class Message:
    """A line for the user that stays until it is closed or overtaken."""

    severity: Severity
    text: str
