"""Batches for a `pointer` network: words that are left out now and then, and palettes that differ from draw to draw."""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor

from pixelforge.core.colours import stack_palettes
from pixelforge.core.condition import NO_ROW
from pixelforge.core.config import AB_SCALE, ModelConfig
from pixelforge.core.vocabulary import Words
from training.data.indexed import IndexedSprites
from training.learning.augmentation import Augmentation
from training.learning.batches import HeldOut, TrainingBatch, noise_shape, step_generator, stratified_timesteps
from training.learning.config import TrainConfig

WORD_DROPS = (0.3, 0.15, 0.2, 0.5, 0.5, 0.2)  # how often class, kind, style, colour, size, facing are each left out
COLOUR = 3  # the column of the colour word
EXACT, WHOLE = 0.5, 0.25  # shares of draws in just the sprite's colours, and in all of its style's; else some more
TURNED = 0.25  # share of draws whose palette is turned in hue, stretched in chroma and lightness
DECIDING = (40, 660)  # timesteps between which most is decided; two thirds of the draws come from there
DECIDING_SHARE = 2 / 3


class PointerBatches:
    """The sprites of a run, and the batch of every step, which depends on the seed and the step's number alone."""

    def __init__(
        self, data: IndexedSprites, words: Words, num_classes: int, model: ModelConfig, config: TrainConfig, steps: int
    ) -> None:
        self._model, self._config, self._num_timesteps = model, config, steps
        self._sprites = PointerSprites(data, words, num_classes)
        self._weights = torch.from_numpy(data.weights)
        self.bank = data.bank()

    def draw(self, step: int) -> TrainingBatch:
        """The batch of the step after `step` others. Sets torch's global generator, which dropout draws from."""
        config, size = self._config, self._config.batch_size
        generator = step_generator(config.seed, step)
        chosen = torch.multinomial(self._weights, size, replacement=True, generator=generator)
        sprites = self._sprites
        palettes, turned = turn_palettes(
            some_colours(sprites.palettes[chosen], sprites.used[chosen], generator), generator
        )
        rows = leave_out(sprites.rows[chosen], turned, config.class_drop_prob, generator)
        drawn = Augmentation.draw(config, size, 0, generator)
        planes = drawn.apply(sprites.planes[chosen])
        t = deciding_timesteps(size, self._num_timesteps, generator)
        noise = torch.randn((size, *noise_shape(self._model)), generator=generator)
        told = drawn.vector() if self._model.augment_dim else None
        return TrainingBatch(planes, rows, t, noise, told, palettes)


class PointerSprites:
    """Indexed sprites as tensors."""

    def __init__(self, data: IndexedSprites, words: Words, num_classes: int) -> None:
        styles = torch.from_numpy(stack_palettes([style.palette for style in words.styles]))
        longest = styles.shape[1]
        style = torch.from_numpy(data.words[:, 2].astype(np.int64))
        told = (words.kinds, words.styles, words.colours, words.sizes, words.facings)
        parts = (num_classes, *map(len, told))
        first = torch.tensor([sum(parts[:part]) for part in range(len(parts))])
        indices = torch.from_numpy(data.words.astype(np.int64))
        self.planes = torch.from_numpy(data.planes[:, None])  # (N, 1, S, S)
        self.used = torch.from_numpy(data.used[:, :longest])  # (N, K)
        self.palettes = styles[style]  # (N, K, 4)
        self.rows = torch.where(indices >= 0, indices + first, NO_ROW)  # (N, PARTS)


def pointer_heldout(data: IndexedSprites, words: Words, num_classes: int) -> HeldOut:
    """Sprites that are not trained on, each in its own colours."""
    sprites = PointerSprites(data, words, num_classes)
    return HeldOut(sprites.planes, sprites.rows, sprites.palettes * sprites.used[..., None])


def some_colours(palettes: Tensor, used: Tensor, generator: torch.Generator) -> Tensor:
    """Palettes (B, K, 4) with some of the colours that a sprite does not use (B, K) taken out of its own."""
    size, longest = used.shape
    kind = torch.rand(size, 1, generator=generator)
    share = torch.rand(size, 1, generator=generator)
    extra = torch.rand(size, longest, generator=generator) < share
    keep = used | (kind >= 1 - WHOLE) | ((kind >= EXACT) & extra)
    return palettes * keep[..., None]


def turn_palettes(palettes: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Palettes (B, K, 4) of which some are turned as a whole, and which (B,) were."""
    size = len(palettes)
    turned = torch.rand(size, generator=generator) < TURNED
    angle = torch.rand(size, generator=generator) * 2 * math.pi
    chroma = 0.6 + 0.8 * torch.rand(size, generator=generator)
    contrast = 0.8 + 0.4 * torch.rand(size, generator=generator)
    lighter = 0.2 * torch.rand(size, generator=generator) - 0.1
    cos, sin = (chroma * angle.cos())[:, None], (chroma * angle.sin())[:, None]
    lightness, a, b, present = palettes.unbind(2)
    lightness = (lightness * contrast[:, None] + lighter[:, None]).clamp(-1, 1)
    a, b = (part.clamp(-0.4 * AB_SCALE, 0.4 * AB_SCALE) for part in (cos * a - sin * b, sin * a + cos * b))
    other = torch.stack([lightness, a, b, torch.ones_like(a)], dim=2) * present[..., None]
    return torch.where(turned[:, None, None], other, palettes), turned


def leave_out(rows: Tensor, turned: Tensor, all_of_them: float, generator: torch.Generator) -> Tensor:
    """Rows (B, PARTS) with words left out, each on its own, or all; the colour's where the palette was turned."""
    out = torch.rand(rows.shape, generator=generator) < torch.tensor(WORD_DROPS)
    out |= (torch.rand(len(rows), generator=generator) < all_of_them)[:, None]
    out[:, COLOUR] |= turned
    return torch.where(out, NO_ROW, rows)


def deciding_timesteps(size: int, num_timesteps: int, generator: torch.Generator) -> Tensor:
    """`size` timesteps, two thirds of them from where most is decided, each part stratified; in a random order."""
    low, high = (round(bound * num_timesteps / 1000) for bound in DECIDING)
    among = round(DECIDING_SHARE * size)
    inner = low + stratified_timesteps(among, max(1, high - low), generator)
    outer = stratified_timesteps(size - among, num_timesteps, generator)
    return torch.cat([inner, outer])[torch.randperm(size, generator=generator)]
