"""Kinds: which row of the embedding a sprite is drawn from."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
import torch

from pixelforge.core.build import build_network
from pixelforge.core.config import Kind, ModelConfig
from pixelforge.core.diffusion import q_sample
from pixelforge.core.guidance import GuidedDenoiser
from pixelforge.core.kinds import draw_row, draw_rows, kind_row
from pixelforge.core.noise import SpriteNoise
from pixelforge.core.pipeline import SamplingSettings, sprite_steps
from pixelforge.core.sampler import sample
from pixelforge.core.schedule import spaced_timesteps
from pixelforge.errors import ConfigError

KINDS = (
    Kind(name="cat", label=1, share=0.5),
    Kind(name="bat", label=2, share=1.0),
    Kind(name="dog", label=1, share=0.3),
)


def config(**fields) -> ModelConfig:
    shape = {"base_width": 8, "multipliers": (1, 2), "attention_levels": (1,), "num_heads": 2, "blocks_per_level": 1}
    palette = ((255, 0, 0), (0, 255, 0))
    return ModelConfig(**{"num_classes": 3, "kinds": KINDS, "palette": palette, **shape, **fields})


def test_kinds_come_by_their_shares_and_the_class_for_the_rest() -> None:
    drawn = Counter(draw_rows(config(), [1] * 20_000, range(20_000)))
    assert set(drawn) == {1, 4, 6}  # rows: three classes, the null class, three kinds
    assert drawn[4] / 20_000 == pytest.approx(0.5, abs=0.015)
    assert drawn[6] / 20_000 == pytest.approx(0.3, abs=0.015)
    assert {draw_row(config(), 0, seed) for seed in range(50)} == {0}
    assert {draw_row(config(), 2, seed) for seed in range(50)} == {5}


def test_a_seed_always_draws_the_same() -> None:
    assert draw_rows(config(), [1] * 8, range(8)) == [draw_row(config(), 1, seed) for seed in range(8)]
    assert [draw_row(config(), 1, seed) for seed in (0, 1, 2**32 - 1)] == [
        6,
        4,
        4,
    ]  # so that recipes keep their meaning


def test_the_embedding_has_a_row_for_each() -> None:
    network = build_network(config())
    assert network.label_emb.weight.shape[0] == config().num_conditions == 7
    assert build_network(config(kinds=())).label_emb.weight.shape[0] == 4


@pytest.mark.parametrize("strength", [1.0, 0.5])
def test_a_sprite_is_drawn_as_its_kind_and_a_variation_as_its_class(schedule, randomise, strength) -> None:
    network = randomise(build_network(config()))
    settings = SamplingSettings(sampler="ddim", steps=4, guidance_scale=2.0, strength=strength)
    seed = next(seed for seed in range(99) if draw_row(config(), 1, seed) == kind_row(config(), 2))
    start = torch.zeros(4, 16, 16) if strength < 1 else None
    *_, made = sprite_steps(network, config(), schedule, torch.tensor([1]), [seed], settings, start)

    row = kind_row(config(), 2) if start is None else 1
    noise = SpriteNoise([seed], (4, 16, 16), torch.device("cpu"))
    timesteps = spaced_timesteps(1000, 4, strength)
    denoiser = GuidedDenoiser(network, config(), schedule, torch.tensor([row]), 2.0, timesteps)
    x_t = noise.draw()
    if start is not None:
        x_t = q_sample(start[None], x_t, schedule.alphas_cumprod[[timesteps[0]]])
    *_, expected = sample("ddim", denoiser, schedule, timesteps, x_t, noise.draw)
    torch.testing.assert_close(made.x_t, expected.x_t)


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        (Kind(name="owl", label=3, share=0.5), "class 3, which there is not"),
        (Kind(name="owl", label=-1, share=0.5), "class -1"),
        (Kind(name="owl", label=0, share=0.0), "share of 0"),
        (Kind(name="owl", label=1, share=0.3), "more than the whole"),
    ],
)
def test_kinds_that_cannot_be(kind, message) -> None:
    with pytest.raises(ConfigError, match=message):
        config(kinds=(*KINDS, kind))


def test_the_notebook_knows_none() -> None:
    fields = {"architecture": "notebook", "prediction": "eps", "channels": 3}
    with pytest.raises(ConfigError, match="no kinds"):
        replace(config(), **fields)
