"""Drawing in the colours of any palette: the network, its palettes, and what a pixel says of itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor

from pixelforge.core import colours
from pixelforge.core.build import build_network
from pixelforge.core.checkpoint import load_checkpoint, replace_header, save_checkpoint
from pixelforge.core.colours import colours_of, from_rgb, to_rgb
from pixelforge.core.condition import NULL, WHOLE, Condition
from pixelforge.core.config import Colour, ModelConfig
from pixelforge.core.cues import CueMaker
from pixelforge.core.diffusion import colour_evidence, q_sample
from pixelforge.core.header import HEADER_KEY, ModelHeader
from pixelforge.core.network import Network
from pixelforge.core.pipeline import Model, sample_sprites
from pixelforge.core.sampling import Sampling
from pixelforge.core.schedule import NoiseSchedule
from pixelforge.core.schemes import SchemeBank, mask_of
from pixelforge.core.torch_backend import TorchBackend
from pixelforge.core.vocabulary import Style, Words
from pixelforge.errors import CheckpointError, ConfigError
from training.learning.average import average_models
from training.learning.tensors import alpha_bars, choices, coloured

Randomise = Callable[[Network], Network]

BANK = ("words", "masks", "weights")
DAWN: tuple[Colour, ...] = ((20, 12, 28), (210, 69, 73), (109, 170, 44), (89, 125, 207), (222, 238, 214))
GREYS: tuple[Colour, ...] = ((0, 0, 0), (128, 128, 128), (255, 255, 255))


@pytest.fixture
def config(tiny: ModelConfig) -> ModelConfig:
    return replace(tiny, prediction="pointer", palette=(), embedding_rows=7, pointer_width=16, embed_width=40)


@pytest.fixture
def network(config: ModelConfig, randomise: Randomise) -> Network:
    return randomise(build_network(config))


def stack_palettes(palettes: Sequence[Sequence[Colour]]) -> Tensor:
    return torch.from_numpy(colours.stack_palettes(palettes))


def x_t(rows: int = 3) -> Tensor:
    return torch.randn(rows, 4, 8, 8, generator=torch.Generator().manual_seed(0))


@torch.inference_mode()
def test_there_is_a_logit_for_transparent_and_for_each_colour(network: Network) -> None:
    palettes = stack_palettes([DAWN, GREYS, DAWN[:1]])
    logits = network(x_t(), torch.tensor([3, 500, 999]), torch.tensor([[0, 4], [1, -1], [-1, -1]]), palettes)
    assert logits.shape == (3, 6, 8, 8)
    assert torch.isfinite(logits).all()
    probabilities = logits.softmax(1)
    assert probabilities[1, 4:].max() == 0
    assert probabilities[2, 2:].max() == 0
    assert probabilities[0].min() > 0


@torch.inference_mode()
def test_the_order_of_the_colours_does_not_matter(network: Network) -> None:
    t, rows = torch.tensor([400]), torch.tensor([[2]])
    one = network(x_t(1), t, rows, stack_palettes([DAWN]))
    other = network(x_t(1), t, rows, stack_palettes([DAWN[::-1]]))
    torch.testing.assert_close(one[:, 1:], other[:, 1:].flip(1), rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(one[:, 0], other[:, 0], rtol=1e-4, atol=1e-4)


@torch.inference_mode()
def test_what_a_palette_lacks_changes_nothing(network: Network) -> None:
    """A palette of three colours alone, and beside one of five."""
    t, rows = torch.tensor([400]), torch.tensor([[2]])
    alone = network(x_t(1), t, rows, stack_palettes([GREYS]))
    beside = network(x_t(1), t, rows, stack_palettes([GREYS, DAWN])[:1])
    torch.testing.assert_close(alone, beside[:, :4])


def test_every_weight_learns(network: Network) -> None:
    palettes = stack_palettes([DAWN, GREYS, DAWN])
    logits = network(x_t(), torch.tensor([3, 500, 999]), torch.tensor([[0, 1], [2, 3], [4, 5]]), palettes)
    logits.softmax(1).square().sum().backward()
    silent = [name for name, p in network.named_parameters() if p.grad is None or not p.grad.any()]
    assert silent == []


def test_evidence_is_bayes_rule(schedule: NoiseSchedule) -> None:
    """With nothing else known, the posterior of a pixel's colour is the normal density of its noisy value."""
    values = choices(stack_palettes([DAWN])).double()
    for t in (30, 300, 900):
        bar = alpha_bars(schedule, torch.tensor([t]))
        noisy = torch.randn(1, 4, 3, 5, dtype=torch.float64, generator=torch.Generator().manual_seed(t))
        means = bar.sqrt() * values[0]  # (K, 4)
        density = torch.distributions.Normal(means[:, :, None, None], (1 - bar).sqrt())
        expected = density.log_prob(noisy).sum(1).softmax(0)
        torch.testing.assert_close(colour_evidence(noisy, values, bar).softmax(1)[0], expected)
        ours = colour_evidence(noisy.numpy(), values.numpy(), bar.numpy())
        np.testing.assert_allclose(ours, colour_evidence(noisy, values, bar), rtol=1e-9)


def test_evidence_alone_finds_the_colours_of_a_picture_with_little_noise(schedule: NoiseSchedule) -> None:
    values = choices(stack_palettes([DAWN, GREYS]))
    indices = torch.randint(0, 4, (2, 8, 8), generator=torch.Generator().manual_seed(0))
    x_0, bar = coloured(indices, values), alpha_bars(schedule, torch.tensor([5, 5]))
    noisy = q_sample(x_0, torch.randn(x_0.shape, generator=torch.Generator().manual_seed(1)), bar)
    assert torch.equal(colour_evidence(noisy, values, bar).argmax(1), indices)


def test_pictures_survive_oklab() -> None:
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, (4, 16, 16), np.uint8)
    pixels[3] = np.where(rng.random((16, 16)) < 0.5, 255, 0)
    pixels[:3, pixels[3] == 0] = 0
    rgb = pixels.astype(np.float32) / np.float32(127.5) - 1
    again = to_rgb(from_rgb(rgb)[None])[0]
    assert again.dtype == np.float32
    np.testing.assert_array_equal(((again + 1) * 127.5).round(), pixels)


def test_the_colours_of_a_start() -> None:
    start = np.full((4, 4, 4), -1, np.float32)
    assert colours_of(start) == ((0, 0, 0),)
    start[3] = 1
    start[0, 0] = 1
    assert colours_of(start) == ((0, 0, 0), (255, 0, 0))


def test_a_pointer_has_no_palette_of_its_own(tiny: ModelConfig) -> None:
    with pytest.raises(ConfigError, match="no palette"):
        replace(tiny, prediction="pointer")


@pytest.fixture
def model(config: ModelConfig, network: Network, schedule: NoiseSchedule) -> Model:
    words = Words(kinds=("cat", "dog"), styles=(Style(name="dawn", palette=DAWN), Style(name="grey", palette=GREYS)))
    header = ModelHeader(model=config, class_names=("beasts", "tools", "plants"), words=words)
    bank = SchemeBank(
        np.array([[0, 0, 0, -1, -1, -1], [0, 1, 1, -1, -1, -1], [1, -1, 0, -1, -1, -1]], np.int16),
        np.stack([mask_of(np.array(indices)) for indices in ([0, 1, 2], [0, 2], [3, 4])]),
        np.ones(3, np.float32),
        np.zeros(3, np.uint8),
    )
    return Model(header, TorchBackend(network), schedule, bank)


def colours_made(model: Model, condition: Condition) -> set[Colour]:
    sampling = Sampling(sampler="ddpm", steps=4)
    values = sample_sprites(model, [condition] * 8, range(8), sampling)
    pixels = ((values + 1) * 127.5).round().transpose(0, 2, 3, 1).reshape(-1, 4)
    assert set(pixels[:, 3].tolist()) <= {0, 255}
    return {(int(r), int(g), int(b)) for r, g, b, alpha in np.unique(pixels, axis=0).tolist() if alpha}


def test_finished_sprites_hold_colours_of_their_scheme_only(model: Model) -> None:
    assert colours_made(model, Condition(kind="cat")) == set(DAWN[:3])
    assert colours_made(model, Condition(style="grey")) == {GREYS[0], GREYS[2]}
    assert colours_made(model, Condition(class_name="tools")) == set(DAWN[3:])
    assert colours_made(model, NULL) <= {*DAWN, *GREYS}


def test_sprites_are_drawn_in_a_palette_that_is_handed_in(model: Model) -> None:
    pico = ((29, 43, 83), (126, 37, 83), (0, 135, 81), (171, 82, 54), (95, 87, 79))
    made = colours_made(model, Condition(kind="cat", drawn_in=tuple(f"#{r:02x}{g:02x}{b:02x}" for r, g, b in pico)))
    assert made <= set(pico)
    assert len(made) == 3  # as many as the scheme has


def test_a_style_without_a_scheme_is_drawn_in_its_whole_palette(model: Model) -> None:
    assert model.bank is not None
    one = replace(
        model, bank=SchemeBank(*(getattr(model.bank, part)[:1] for part in ("words", "masks", "weights", "symmetries")))
    )
    assert CueMaker(one.header, one.bank).drawn(Condition(style="grey"), 0).palette == GREYS
    moved = CueMaker(one.header, one.bank).drawn(Condition(style="grey", drawn_in=("#ff0000",)), 0)
    assert moved.palette == ((255, 0, 0),)


def test_a_scheme_that_is_given_is_what_sprites_are_drawn_in(model: Model) -> None:
    given = Condition(kind="cat", scheme=("#ff0000", "#00ff00"))
    assert colours_made(model, given) == {(255, 0, 0), (0, 255, 0)}
    assert colours_made(model, replace(given, drawn_in=("#0000ff",))) == {(0, 0, 255)}
    maker = CueMaker(model.header, model.bank)
    assert maker.drawn(Condition(kind="cat", scheme=WHOLE), 0).palette == DAWN
    assert maker.drawn(Condition(kind="cat", scheme=WHOLE, drawn_in=("#0000ff",)), 0).palette == ((0, 0, 255),)
    assert maker.plain(given, DAWN).palette == ((255, 0, 0), (0, 255, 0))
    assert maker.plain(replace(given, drawn_in=("#0000ff",)), DAWN).palette == ((0, 0, 255),)
    assert maker.plain(Condition(drawn_in=("#0000ff", "#00ffff")), DAWN).palette == ((0, 0, 255), (0, 255, 255))


def test_a_condition_whose_scheme_is_told_gives_the_same_cue_again(model: Model) -> None:
    """A recipe holds it."""
    maker = CueMaker(model.header, model.bank)
    for asked in (NULL, Condition(kind="cat"), Condition(style="grey"), Condition(drawn_in=("#ff0000", "#0000ff"))):
        for seed in range(5):
            settled = model.settled(asked, seed)
            assert settled.scheme is not None
            assert maker.drawn(settled, seed) == maker.drawn(asked, seed)
            assert model.settled(settled, seed) == settled
    whole = Condition(kind="cat", scheme=WHOLE)
    assert model.settled(whole, 0) == whole


def test_a_model_file_keeps_words_and_schemes(tmp_path: Path, model: Model, network: Network) -> None:
    path = tmp_path / "m.safetensors"
    save_checkpoint(path, model.header, network.state_dict(), model.bank)
    loaded = load_checkpoint(path)
    assert loaded.header == replace(model.header, format_version=2)
    assert loaded.bank is not None
    assert model.bank is not None
    np.testing.assert_array_equal(loaded.bank.masks, model.bank.masks)
    replace_header(path, replace(loaded.header, recommended=Sampling(steps=7)))
    again = load_checkpoint(path)
    assert again.header.recommended.steps == 7
    average_models([path, path], tmp_path / "mean.safetensors")
    assert load_checkpoint(tmp_path / "mean.safetensors").bank is not None


@pytest.mark.parametrize("what", ["no words", "more words", "no bank", "word", "weights", "types", "colour"])
def test_model_files_whose_words_do_not_fit_are_refused(
    tmp_path: Path, model: Model, network: Network, what: str
) -> None:
    assert model.bank is not None
    path = tmp_path / "m.safetensors"
    header: dict[str, Any] = msgspec.to_builtins(replace(model.header, format_version=2))
    tensors = {**network.state_dict(), **{f"bank.{n}": torch.from_numpy(getattr(model.bank, n)) for n in BANK}}
    if what == "no words":
        header["words"] = None
    elif what == "more words":
        header["words"]["kinds"] = ["cat", "dog", "owl"]
    elif what == "no bank":
        del tensors["bank.masks"]
    elif what == "word":
        tensors["bank.words"] = torch.full_like(tensors["bank.words"], 99)
    elif what == "weights":
        tensors["bank.weights"] = tensors["bank.weights"] * float("nan")
    elif what == "types":
        tensors["bank.words"] = tensors["bank.words"].long()
    elif what == "colour":
        header["words"]["styles"][0]["palette"] = [[300, 0, 0]]
    save_file(tensors, path, metadata={HEADER_KEY: msgspec.json.encode(header).decode()})
    with pytest.raises(CheckpointError, match=r"m\.safetensors"):
        load_checkpoint(path)
