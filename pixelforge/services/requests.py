"""What can be asked of the generator, and what it answers. Without torch, so that the window can hold it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pixelforge.core.config import SAMPLERS, SamplerName
from pixelforge.core.header import ModelHeader
from pixelforge.errors import RequestError
from pixelforge.imaging.palette import PaletteRule
from pixelforge.imaging.pixels import Pixels

MAX_COUNT = 1_000_000
MAX_SEED = 2**32 - 1  # torch's CPU generator hears the low 32 bits of a seed only
MIN_GUIDANCE, MAX_GUIDANCE = 1.0, 15.0


@dataclass(frozen=True, kw_only=True)
class GenerationRequest:
    """Sprites to make. Sprite i has seed `seed` + i; several classes share the count evenly, in their order."""

    class_names: tuple[str, ...]
    count: int = 1  # sprites in all, 1 to 1,000,000
    seed: int = 0
    guidance_scale: float  # 1 to 15
    sampler: SamplerName
    steps: int  # 1 to the model's number of timesteps
    palette: PaletteRule | None = None  # None: the colours as the model makes them
    start: Pixels | None = None  # (H, W, 4): make variations of this sprite
    strength: float = 1.0  # of the variations, above 0 (the sprite itself) to 1 (nothing left of it)

    def check(self, header: ModelHeader) -> None:
        """Raises RequestError if the model with this header cannot do it."""
        known = header.class_names
        if not self.class_names:
            raise RequestError(f"Choose a class: {', '.join(known)}.")
        for name in self.class_names:
            if name not in known:
                raise RequestError(f"The model has no class {name!r}; it knows {', '.join(known)}.")
        if not 1 <= self.count <= MAX_COUNT:
            raise RequestError(f"The count must be 1 to {MAX_COUNT:,}, not {self.count:,}.")
        last_seed = MAX_SEED - self.count + 1
        if not 0 <= self.seed <= last_seed:
            raise RequestError(f"The seed must be 0 to {last_seed}, not {self.seed}.")
        if not MIN_GUIDANCE <= self.guidance_scale <= MAX_GUIDANCE:
            raise RequestError(f"Guidance must be {MIN_GUIDANCE:g} to {MAX_GUIDANCE:g}, not {self.guidance_scale:g}.")
        if not 1 <= self.steps <= header.diffusion.num_timesteps:
            raise RequestError(f"Steps must be 1 to {header.diffusion.num_timesteps}, not {self.steps}.")
        if not 0 < self.strength <= 1:
            raise RequestError(f"Strength must be above 0 and at most 1, not {self.strength:g}.")
        if self.start is not None and self.start.shape != (header.model.image_size, header.model.image_size, 4):
            side = header.model.image_size
            raise RequestError(f"Variations start from a sprite of {side} x {side} pixels.")

    def class_of(self, index: int) -> str:
        """The class of sprite `index`."""
        return self.class_names[index * len(self.class_names) // self.count]


def make_request(
    header: ModelHeader,
    class_names: Sequence[str],
    *,
    count: int,
    seed: int,
    guidance_scale: float | None = None,
    sampler: str | None = None,
    steps: int | None = None,
) -> GenerationRequest:
    """A checked request; what is None is as the model recommends. Raises RequestError.

    The steps recommended are those of the recommended sampler: another one that is chosen without steps runs as many,
    but DDPM, the ancestral one, runs them all.
    """
    recommended = header.recommended
    chosen = _sampler(sampler or recommended.sampler)
    default_steps = recommended.steps if chosen != "ddpm" or chosen == recommended.sampler else None
    request = GenerationRequest(
        class_names=tuple(class_names),
        count=count,
        seed=seed,
        guidance_scale=recommended.guidance_scale if guidance_scale is None else guidance_scale,
        sampler=chosen,
        steps=(default_steps or header.diffusion.num_timesteps) if steps is None else steps,
    )
    request.check(header)
    return request


def _sampler(name: str) -> SamplerName:
    for known in SAMPLERS:
        if name == known:
            return known
    raise RequestError(f"There is no sampler {name!r}; choose one of {', '.join(SAMPLERS)}.")


@dataclass(frozen=True)
class Progress:
    """A step was made on the sprites `first` … `first + size - 1` of the request."""

    first: int
    size: int
    step: int  # 1 … steps
    steps: int  # that these sprites take
    preview: Pixels | None  # (size, H, W, 4), the sprites as they are now; None where no preview is due


@dataclass(frozen=True)
class Finished:
    """The sprites `first` … `first + len(sprites) - 1` are done."""

    first: int
    sprites: Pixels  # (size, H, W, 4), alpha 0 or 255


@dataclass(frozen=True)
class Notice:
    """Something that the user should know, in a line; the work goes on."""

    text: str


GenerationEvent = Progress | Finished | Notice
