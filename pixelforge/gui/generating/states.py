"""What the window shows, as frozen values: what a model offers, the batch on the stage, and the run."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum, auto
from functools import cached_property

from pixelforge.core.condition import NULL, Condition
from pixelforge.core.header import ModelHeader
from pixelforge.core.normal import MAX_SEED
from pixelforge.core.sampling import Sampling
from pixelforge.errors import RequestError
from pixelforge.imaging.pixels import Pixels
from pixelforge.services.asking import Offer
from pixelforge.services.model_library import ModelEntry
from pixelforge.services.motions import FRONT
from pixelforge.services.quality import qualities
from pixelforge.services.requests import Finished, GenerationRequest, of_classes
from pixelforge.services.settings import BEST_OF, COUNTS, GenerationSettings
from pixelforge.services.sprites import Sprite, made_sprites, named

MAX_DRAWN_SEED = 2**31 - 1  # short enough to read aloud; typed ones may be larger
USUAL_COUNT = 16
USUAL_BEST_OF = 4  # of models with a critic, in their fastest steps: sooner than one in 40, and better
MOST_TRIED = 16  # sprites of a trial, so that it follows the slider
TRIED_AT_ONCE = 4  # of these: the first are seen after 40 ms of one core; all 16 together would take 170 to the first
MAX_TYPED_SEED = MAX_SEED - max(COUNTS) * max(BEST_OF) + 1  # so that the last sprite of any batch has one as well


def trial_of(request: GenerationRequest, header: ModelHeader) -> GenerationRequest:
    """The first sprites of a request, made fast."""
    fast, *_ = qualities(header)
    sampling = replace(request.sampling, sampler=fast.sampler, steps=fast.steps)
    return replace(request, sampling=sampling, count=min(request.count, MOST_TRIED), blends=(), best_of=1)


def settings_for(
    header: ModelHeader, before: GenerationSettings | None, header_before: ModelHeader | None = None
) -> GenerationSettings:
    """How a model is best begun with: what was asked for, where it knows that, with seed, count and palette of before.

    A start stays where it has the model's size; a quality that was chosen by name, where the model has it, too.
    header_before: of the model that it was chosen for.
    """
    usual = _usual(header)
    first = tuple(replace(usual, class_name=asked.class_name) for asked in of_classes(header.class_names[:1]))
    if before is None:
        best_of = 1 if header.critic is None else USUAL_BEST_OF
        sampling = _usual_sampling(header, best_of)
        request = GenerationRequest(conditions=first, sampling=sampling, count=USUAL_COUNT, best_of=best_of)
        return GenerationSettings(request=request)
    asked, start = before.request, before.request.start
    known = tuple(condition for condition in asked.conditions if knows(header, condition))
    fits = start is not None and len(start.picture) == header.model.image_size
    start = start if fits else None
    best_of = asked.best_of if header.critic is not None else 1
    sampling = _sampling_for(header, asked.sampling, header_before)
    request = replace(
        asked,
        conditions=known or first,
        sampling=header.recommended if best_of < asked.best_of else sampling,  # one alone is not made in a hurry
        start=start,
        blends=(),
        best_of=best_of,
    )
    return replace(before, request=request)


def _usual_sampling(header: ModelHeader, best_of: int) -> Sampling:
    """How sprites are sampled as long as nobody chose: as recommended, or fast where there are more to choose from."""
    if best_of == 1:
        return header.recommended
    fast, *_ = qualities(header)
    return replace(header.recommended, sampler=fast.sampler, steps=fast.steps)


def _sampling_for(header: ModelHeader, sampling: Sampling, before: ModelHeader | None) -> Sampling:
    """What a model recommends, in the sampler and the steps of the quality that was chosen for another."""
    told = () if before is None else qualities(before)
    name = next((q.name for q in told if (q.sampler, q.steps) == (sampling.sampler, sampling.steps)), None)
    own = next((quality for quality in qualities(header) if quality.name == name), None)
    return header.recommended if own is None else replace(header.recommended, sampler=own.sampler, steps=own.steps)


def with_usual(settings: GenerationSettings, header: ModelHeader, before: Offer) -> GenerationSettings:
    """What a model is asked for, with its usual words in the parts that the model before it did not have."""
    usual = _usual(header)
    new = {part: getattr(usual, part) for part, names in before.single.items() if not names}
    asked = tuple(
        replace(condition, **{part: word for part, word in new.items() if getattr(condition, part) is None})
        for condition in settings.request.conditions
    )
    return replace(settings, request=replace(settings.request, conditions=asked))


def _usual(header: ModelHeader) -> Condition:
    """What whoever has not chosen yet is shown: the model's usual style, and figures from the front."""
    words = header.words
    if words is None:
        return NULL
    return Condition(style=words.usual_style, facing=FRONT if FRONT in words.facings else None)


def possible(header: ModelHeader, sampling: Sampling) -> Sampling:
    """In as many steps as the model has timesteps, at most; as it recommends where it has no student for it."""
    sampling = sampling.within(header.diffusion.num_timesteps)
    try:
        header.check_sampling(sampling)
    except RequestError:
        return header.recommended
    return sampling


def knows(header: ModelHeader, condition: Condition) -> bool:
    """Whether a model can make that."""
    try:
        header.vocabulary.rows(condition)
    except RequestError:
        return False
    return True


@dataclass(frozen=True, eq=False)
class Batch:
    """Finished sprites and all that it takes to make them again."""

    sprites: Pixels  # (N, H, W, 4)
    request: GenerationRequest
    model: str
    model_sha256: str
    conditions: tuple[Condition, ...] = ()  # of the finished ones, as `Finished` has them
    seeds: tuple[int, ...] = ()  # likewise
    for_desk: bool = False  # choices for the sprite that is mended, which neither the stage nor the history gets
    set_name: str = ""  # as `Waiting` has them
    sprite_names: tuple[str, ...] = ()

    def with_told(self, finished: Finished) -> Batch:
        """The batch with what is known of more finished sprites."""
        return replace(self, conditions=(*self.conditions, *finished.conditions), seeds=(*self.seeds, *finished.seeds))

    @cached_property
    def finished(self) -> tuple[Sprite, ...]:
        """Each of them with its recipe, under its name where it has one."""
        made = made_sprites(
            self.request,
            self.sprites,
            self.model,
            self.model_sha256,
            conditions=self.conditions,
            seeds=self.seeds,
        )
        return named(made, self.sprite_names)


@dataclass(frozen=True, eq=False)
class Waiting:
    """A batch that waits for its turn."""

    entry: ModelEntry
    request: GenerationRequest
    for_desk: bool = False  # as `Batch` has it
    trial: bool = False  # shown while one looks for what to ask for; nothing of it is kept
    set_name: str = ""  # of the set that its sprites become; empty: none
    sprite_names: tuple[str, ...] = ()  # of each of them; none: they have none

    def begun(self, sprites: Pixels) -> Batch:
        """The batch that it is while it is made. sprites: (N, H, W, 4), as they stand at first."""
        return Batch(
            sprites,
            self.request,
            self.entry.name,
            "",  # it is known when the model is loaded
            for_desk=self.for_desk,
            set_name=self.set_name,
            sprite_names=self.sprite_names,
        )

    @property
    def kept(self) -> bool:
        """Whether its sprites come into the history."""
        return not self.for_desk and not self.trial

    @property
    def names(self) -> tuple[str, ...]:
        """What it is of: the set that it becomes, else kinds where they are asked for, else classes."""
        if self.set_name:
            return (self.set_name,)
        return tuple(dict.fromkeys(asked.kind or asked.label for asked in self.request.conditions))


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
