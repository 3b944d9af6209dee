"""From conditions and seeds to a sampler's steps: the parts of core put together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from pixelforge.core.backend import Answer, Backend
from pixelforge.core.blend import Blend
from pixelforge.core.checkpoint import Checkpoint
from pixelforge.core.colours import codes_of, colours_of, from_rgb, to_rgb
from pixelforge.core.condition import Condition, Cue
from pixelforge.core.config import Colour
from pixelforge.core.critic import NumpyCritic
from pixelforge.core.cues import CueMaker
from pixelforge.core.deferred import Deferred
from pixelforge.core.denoiser import NetworkDenoiser
from pixelforge.core.diffusion import q_sample
from pixelforge.core.engine import pick_backend
from pixelforge.core.guidance import guided
from pixelforge.core.header import ModelHeader
from pixelforge.core.keeping import Kept
from pixelforge.core.mask import MaskedDenoiser, resampled
from pixelforge.core.noise import SpriteNoise
from pixelforge.core.sampler import INSTANT, SAMPLERS, SamplerStep, sample
from pixelforge.core.sampling import Sampling
from pixelforge.core.schedule import NoiseSchedule, spaced_timesteps
from pixelforge.core.schemes import SchemeBank
from pixelforge.core.start import Keep
from pixelforge.core.symmetry import Symmetry, symmetry_of
from pixelforge.core.weights import Floats
from pixelforge.errors import Remedy, RequestError

KEEP_NOTHING = Keep()


@dataclass(frozen=True)
class Model:
    """A model ready to be asked; what runs its networks raises RequestError where it cannot."""

    header: ModelHeader
    backend: Backend
    schedule: NoiseSchedule
    bank: SchemeBank | None = None  # of a `pointer` model
    student: Backend | None = None  # of a model that has one: the network that samples in an instant
    critic: NumpyCritic | None = None  # likewise

    @classmethod
    def of(cls, checkpoint: Checkpoint, device: str = "cpu", engine: str = "torch") -> Model:
        """A model read from its file, whose networks an engine of `core.engine` runs on a device."""
        header, known = checkpoint.header, checkpoint.student_weights
        own = Deferred(partial(pick_backend, header.model, checkpoint.weights, device, engine))
        student = (
            None if known is None else Deferred(partial(pick_backend, header.student_model, known, device, engine))
        )
        return cls(header, own, NoiseSchedule.build(header.diffusion), checkpoint.bank, student, checkpoint.critic)

    def network(self, sampler: str) -> Backend:
        """What a sampler runs. Raises RequestError for an instant's where there is no student."""
        if sampler != INSTANT:
            return self.backend
        if self.student is None:
            raise RequestError("That model has no student that makes sprites in an instant.", Remedy.DISTIL)
        return self.student

    @property
    def quickest(self) -> Backend:
        """The network of its fastest sampler."""
        return self.backend if self.student is None else self.student

    def answer(self, cues: Sequence[Cue], weak: Sequence[Cue], sampling: Sampling, timesteps: Sequence[int]) -> Answer:
        """The guided outputs for B cues: by the student in one row each, else away from B weak ones in two."""
        scale, network = sampling.guidance_scale, self.network(sampling.sampler)
        if sampling.sampler != INSTANT:
            return guided(network, cues, weak, scale, timesteps)
        assert self.header.student is not None
        scale = min(scale, self.header.student.most_guidance)
        return network.prepare([replace(cue, guidance_scale=scale) for cue in cues], timesteps)

    def unguided(self, cues: Sequence[Cue], answer: Answer, sampling: Sampling, timesteps: Sequence[int]) -> Answer:
        """The plain outputs for B cues, in half the rows of guided ones; the student's answer, which needs no more."""
        if sampling.sampler == INSTANT or sampling.guidance_scale == 1:
            return answer
        return self.backend.prepare(cues, timesteps)

    def settled(self, condition: Condition, seed: int) -> Condition:
        """The condition with the colour scheme told that the seed draws."""
        return CueMaker(self.header, self.bank).settled(condition, seed)


def sprite_steps(
    model: Model,
    conditions: Sequence[Condition],
    seeds: Sequence[int],
    sampling: Sampling,
    start: Floats | None = None,
    strength: float = 1.0,
    free: NDArray[np.bool_] | None = None,
    keep: Keep = KEEP_NOTHING,
    blends: Sequence[Blend | None] = (),
) -> Iterator[SamplerStep]:
    """Sample one sprite a condition and seed; the last step's x_t (B, C, H, W) holds the finished sprites.

    start: (C, H, W), or one a sprite (B, C, H, W), in [-1, 1]: what to make variations of, which tells its kind and its
    colours by itself; strength: how far they go, in (0, 1]; free: (H, W), true where alone they differ from it; keep:
    what of it stays. blends: of each sprite, what is mixed into its noise. All pictures are RGB(A) in [-1, 1]. Raises
    RequestError for words that the model does not know.
    """
    config, maker = model.header.model, CueMaker(model.header, model.bank)
    starts = None if start is None else np.broadcast_to(start, (len(seeds), *start.shape[-3:]))
    cues = _cues(maker, conditions, seeds, starts, strength, redone=free is not None)
    kept = Kept() if starts is None else Kept.of(starts, keep)
    if config.prediction == "pointer" and kept.colours is not None:
        cues = [replace(cue, palette=colours) for cue, colours in zip(cues, kept.colours, strict=True)]
    timesteps = spaced_timesteps(model.schedule.num_timesteps, sampling.steps, strength)
    answer = model.answer(cues, [maker.weak(cue) for cue in cues], sampling, timesteps)
    denoiser = NetworkDenoiser(answer, config, model.schedule, cues, kept)
    shape = (config.channels, config.image_size, config.image_size)
    noise = SpriteNoise(seeds, shape, blends)
    x_t = noise.draw()
    if starts is not None:
        starts = np.stack([from_rgb(one) for one in starts]) if config.space == "oklab" else starts
        x_t = q_sample(starts, x_t, np.full(len(x_t), model.schedule.alphas_cumprod[timesteps[0]]))
    if starts is None or free is None:
        steps = sample(sampling.sampler, denoiser, model.schedule, timesteps, x_t, noise.draw)
    else:
        plain = NetworkDenoiser(model.unguided(cues, answer, sampling, timesteps), config, model.schedule, cues, kept)
        begin, rehearse = (
            partial(SAMPLERS[sampling.sampler].begin, MaskedDenoiser(one, starts, free), model.schedule, noise.draw)
            for one in (denoiser, plain)
        )
        steps = resampled(begin, rehearse, timesteps, x_t, model.schedule, noise.draw)
    for step in steps:
        yield step if config.space == "rgb" else replace(step, x_t=to_rgb(step.x_t), pred_x0=to_rgb(step.pred_x0))


def _cues(
    maker: CueMaker,
    conditions: Sequence[Condition],
    seeds: Sequence[int],
    starts: Floats | None,
    strength: float,
    *,
    redone: bool,
) -> list[Cue]:
    """What the network is told of each sprite.

    starts: (B, C, H, W), whose symmetry stays as long as anything of them does, below full strength; redone: whether
    but a part of them is made anew.
    """
    of_start: list[tuple[Colour, ...]] = [()] * len(seeds)
    if starts is not None and maker.header.model.prediction == "pointer":
        of_start = [colours_of(one) for one in starts]
    if starts is not None and not redone:
        asked_of = zip(conditions, of_start, starts, strict=True)
        return [
            maker.plain(asked, colours, _symmetry_of(one) if strength < 1 else None) for asked, colours, one in asked_of
        ]
    asked_and_drawn = zip(conditions, seeds, of_start, strict=True)
    cues = [maker.drawn(asked, seed, colours) for asked, seed, colours in asked_and_drawn]
    if not redone:
        return cues
    # What is redone has to fit what stays: its halves mirror each other only where that is asked for.
    return [replace(cue, symmetry=maker.symmetry(asked, None)) for asked, cue in zip(conditions, cues, strict=True)]


def _symmetry_of(start: Floats) -> Symmetry | None:
    """The symmetry of a start (C, H, W), RGB or RGBA in [-1, 1]."""
    codes = codes_of(start)
    return symmetry_of(codes, codes >= 0)


def sample_sprites(model: Model, conditions: Sequence[Condition], seeds: Sequence[int], sampling: Sampling) -> Floats:
    """The finished sprites (B, C, H, W) of `sprite_steps`, where nobody watches."""
    x_t = np.empty(0, np.float32)
    for step in sprite_steps(model, conditions, seeds, sampling):
        x_t = step.x_t
    return x_t
