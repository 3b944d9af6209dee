"""What can be asked of the generator, and what it answers. Without torch, so that the window can hold it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pixelforge.core.blend import Blend
from pixelforge.core.condition import Condition
from pixelforge.core.config import MAX_PALETTE
from pixelforge.core.header import SPRITES, ModelHeader
from pixelforge.core.normal import MAX_SEED
from pixelforge.core.sampling import Sampling
from pixelforge.core.start import Start
from pixelforge.errors import Remedy, RequestError
from pixelforge.fields import check, setting
from pixelforge.imaging.palette import PaletteRule
from pixelforge.imaging.pixels import Pixels

MOST_CANDIDATES = 16  # that a sprite is chosen from


@dataclass(frozen=True, kw_only=True)
class GenerationRequest:
    """Sprites to make. Sprite i has seed `seed` + i; several conditions share the count evenly, in their order.

    A list gives each sprite a condition and a seed of its own. Where each is the best of several, those of sprite i
    have the seeds from `seed` + i * best_of on, or from its own.

    Raises RequestError for what no model could do.
    """

    conditions: tuple[Condition, ...]
    sampling: Sampling
    count: int = setting(1, "Count", "Sprites in all; several classes share them evenly", least=1, most=1_000_000)
    seed: int = setting(0, "Seed", "Of the first sprite; sprite i has seed + i", least=0, most=MAX_SEED)
    palette: PaletteRule | None = None  # None: the colours as the model makes them
    start: Start | None = None  # make variations of this sprite
    seeds: tuple[int, ...] = ()  # of each sprite; none: `seed` + i
    blends: tuple[Blend, ...] = ()  # of each sprite, what is mixed into its noise; none: nothing is
    best_of: int = setting(
        1,
        "Best of",
        "For each sprite make so many, and keep the one that the model's critic likes best",
        least=1,
        most=MOST_CANDIDATES,
    )

    def __post_init__(self) -> None:
        check(self)
        last = MAX_SEED - self.best_of + 1
        if self.seeds and (len(self.seeds) != self.count or not all(0 <= seed <= last for seed in self.seeds)):
            raise RequestError(f"{self.count:,} sprites have as many seeds, each of them 0 to {last:,}.")
        if self.blends and len(self.blends) != self.count:
            raise RequestError(f"{self.count:,} sprites have as many blends of noise, not {len(self.blends):,}.")
        if self.blends and self.best_of > 1:
            raise RequestError("Noise that is told whole makes one sprite: there are no several to choose from.")
        tried = self.count * self.best_of
        if self.seed > MAX_SEED - tried + 1:
            told = f"{self.count:,} sprites" + (f", each the best of {self.best_of}" if self.best_of > 1 else "")
            raise RequestError(f"Seed must be 0 to {MAX_SEED - tried + 1:,} for {told}, not {self.seed:,}.")

    def check(self, header: ModelHeader) -> None:
        """Raises RequestError if the model with this header cannot do it."""
        if header.task != SPRITES:
            raise RequestError(f"That model is for {header.task}, not for sprites: choose another.")
        if not self.conditions:
            raise RequestError(f"Choose a class: {', '.join(header.class_names)}.")
        for condition in self.conditions:
            header.vocabulary.rows(condition)
        header.check_sampling(self.sampling)
        if self.best_of > 1 and header.critic is None:
            raise RequestError("That model has no critic, which would choose the best of several.", Remedy.CRITIC)
        side = header.model.image_size
        if self.start is not None and self.start.picture.shape != (side, side, 4):
            height, width = self.start.picture.shape[:2]
            told = f"Variations start from a sprite of {side} x {side} pixels, not of {width} x {height}."
            raise RequestError(told, Remedy.FIT)
        if self.start is not None:
            self.start.check_keep()

    @property
    def labels(self) -> tuple[str, ...]:
        """The classes asked for, or what stands for them, in their order, each once."""
        return tuple(dict.fromkeys(condition.label for condition in self.conditions))

    def condition_of(self, index: int) -> Condition:
        """What sprite `index` is made for."""
        return self.conditions[index * len(self.conditions) // self.count]

    def seed_of(self, index: int) -> int:
        """The seed of sprite `index`; where it is the best of several, of the first of those."""
        return self.seeds[index] if self.seeds else self.seed + index * self.best_of

    def start_of(self, index: int) -> Start | None:
        """What sprite `index` is a variation of."""
        return None if self.start is None else self.start.alone(index, self.count)

    def blend_of(self, index: int) -> Blend | None:
        """What is mixed into the noise of sprite `index`."""
        return self.blends[index] if self.blends else None

    def class_of(self, index: int) -> str:
        """The class of sprite `index`, or what stands for it where that was left open."""
        return self.condition_of(index).label

    def after(self, done: int) -> GenerationRequest:
        """The request that makes the sprites from `done` on; at least one is left."""
        left = range(done, self.count)
        return replace(
            self,
            conditions=tuple(map(self.condition_of, left)),
            seeds=tuple(map(self.seed_of, left)),
            blends=self.blends[done:],
            start=self._start_for(left),
            count=len(left),
            seed=0,
        )

    def candidates(self, chosen: range) -> GenerationRequest:
        """The request that makes all that these of its sprites are chosen from, `best_of` for each, in their order."""
        each = [index for index in chosen for _ in range(self.best_of)]
        return replace(
            self,
            conditions=tuple(map(self.condition_of, each)),
            seeds=tuple(self.seed_of(index) + number for index in chosen for number in range(self.best_of)),
            start=self._start_for(each),
            count=len(each),
            seed=0,
            best_of=1,
        )

    def alone(self, index: int, settled: Condition | None = None, seed: int | None = None) -> GenerationRequest:
        """The request that makes sprite `index` and no other. settled, seed: its own, as `Finished` has them."""
        condition = settled or self.condition_of(index)
        return replace(
            self,
            conditions=(condition,),
            count=1,
            seed=self.seed_of(index) if seed is None else seed,
            seeds=(),
            blends=self.blends[index : index + 1],
            start=self.start_of(index),
            best_of=1,
        )

    def _start_for(self, indices: Sequence[int]) -> Start | None:
        if self.start is None or not self.start.others:
            return self.start
        first, *others = [self.start.alone(index, self.count).picture for index in indices]
        return replace(self.start, picture=first, others=tuple(others))


def make_request(
    header: ModelHeader,
    conditions: Sequence[Condition],
    *,
    count: int,
    seed: int,
    sampling: Mapping[str, Any] | None = None,
    start: Start | None = None,
    best_of: int = 1,
) -> GenerationRequest:
    """A checked request; fields of `sampling` that are not given are as `ModelHeader.sampling` has them.

    Raises RequestError.
    """
    request = GenerationRequest(
        conditions=tuple(conditions),
        sampling=header.sampling(sampling or {}),
        count=count,
        seed=seed,
        start=start,
        best_of=best_of,
    )
    request.check(header)
    return request


def in_palette(request: GenerationRequest, rule: PaletteRule, header: ModelHeader) -> GenerationRequest:
    """The request in the colours of a rule: drawn in them by a model that can, else recoloured once it is finished."""
    colours = tuple(dict.fromkeys(colour.lower() for colour in rule.colours))
    if header.model.prediction != "pointer" or rule.dither or not 0 < len(colours) <= MAX_PALETTE:
        return replace(request, palette=rule)
    return replace(request, conditions=tuple(replace(asked, drawn_in=colours) for asked in request.conditions))


def of_classes(names: Iterable[str]) -> tuple[Condition, ...]:
    """A condition for each class."""
    return tuple(Condition(class_name=name) for name in names)


@dataclass(frozen=True)
class Progress:
    """A step was made on the sprites `first` … `first + size - 1` of the request."""

    first: int
    size: int
    step: int  # 1 … steps
    steps: int  # that these sprites take
    preview: Pixels | None  # (size, H, W, 4), what the network takes the sprites for; None where no preview is due
    noisy: Pixels | None = None  # likewise, as they are now


@dataclass(frozen=True)
class Finished:
    """The sprites `first` … `first + len(sprites) - 1` are done."""

    first: int
    sprites: Pixels  # (size, H, W, 4), alpha 0 or 255
    conditions: tuple[Condition, ...]  # what each was made for, the scheme that its seed drew told
    seeds: tuple[int, ...] = ()  # of each, where they were chosen among several; none: as the request has them


@dataclass(frozen=True)
class Notice:
    """Something that the user should know, in a line; the work goes on."""

    text: str


GenerationEvent = Progress | Finished | Notice
