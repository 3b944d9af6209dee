"""A model of frames in numpy: the network of torch, the sprite's own colours, any size; and files that are none."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from pixelforge.core.checkpoint import load_checkpoint, save_checkpoint
from pixelforge.core.colours import choices, stack_palettes
from pixelforge.core.config import ModelConfig
from pixelforge.core.copying import indexed
from pixelforge.core.diffusion import coloured
from pixelforge.core.frame_model import MAX_SIDE, FrameModel
from pixelforge.core.header import HEADER_KEY, SPRITES
from pixelforge.errors import CheckpointError, ConfigError, RequestError
from tests.core.test_copying import random_picture
from tests.frames_model import CONFIG, write_frames_model


@pytest.fixture(scope="module")
def path(tmp_path_factory) -> Path:
    return write_frames_model(tmp_path_factory.mktemp("frames") / "idle.safetensors")


@pytest.mark.parametrize("levels", [(1, 2), (1, 2, 3)])
def test_numpy_says_what_torch_says(tmp_path: Path, levels: tuple[int, ...]) -> None:
    file = write_frames_model(tmp_path / "m.safetensors", config=replace(CONFIG, multipliers=levels, num_heads=4))
    model, network = FrameModel(file), load_checkpoint(file).network
    for seed in range(4):
        indices, palette = indexed(random_picture(seed, 8, 8))
        palettes = stack_palettes([palette])
        x = torch.from_numpy(coloured(indices[None], choices(palettes)))
        zero = torch.zeros(1, dtype=torch.long)
        with torch.inference_mode():
            expected = network(x, zero, zero, torch.from_numpy(palettes))[0].numpy()
        np.testing.assert_allclose(model._logits(indices, palette, 0), expected, atol=2e-4 * np.abs(expected).max())


def test_frames_have_the_sprites_colours_and_size(path: Path) -> None:
    model = FrameModel(path)
    for height, width in ((8, 8), (16, 16), (7, 5), (1, 1), (MAX_SIDE, 3)):
        picture = random_picture(1, height, width)
        made = model.next_frame(picture, "idle")
        assert made.shape == picture.shape
        assert made.dtype == np.uint8
        assert set(map(tuple, made.reshape(-1, 4))) <= {*map(tuple, picture.reshape(-1, 4)), (0, 0, 0, 0)}
    assert (model.next_frame(random_picture(1, 8, 8), "idle") != random_picture(1, 8, 8)).any()


def test_more_colours_than_can_be_painted_and_none_at_all(path: Path) -> None:
    model = FrameModel(path)
    picture = random_picture(2, 16, 16, colours=200)
    assert len(indexed(picture)[1]) > 64
    assert model.next_frame(picture, "idle").shape == picture.shape
    empty = np.zeros((8, 8, 4), np.uint8)
    np.testing.assert_array_equal(model.next_frame(empty, "idle"), empty)


def test_what_it_cannot_do_is_told(path: Path) -> None:
    model = FrameModel(path)
    with pytest.raises(RequestError, match="no action 'walk'; there are idle"):
        model.next_frame(random_picture(1), "walk")
    with pytest.raises(RequestError, match="up to 64 pixels a side, not of 5 x 65"):
        model.next_frame(random_picture(1, 65, 5), "idle")


def test_files_that_are_no_such_model_are_told(path: Path, tmp_path: Path, model_file: Path) -> None:
    with pytest.raises(CheckpointError, match="for sprites, not for frames"):
        FrameModel(model_file)
    header, weights = load_checkpoint(path).header, load_checkpoint(path).network.state_dict()
    bad = tmp_path / "bad.safetensors"
    for change, words in (
        ({"places.weight": None}, "does not fit its own description"),
        ({"out_conv.weight": weights["out_conv.weight"][:, :4]}, "does not fit its own description"),
        ({"places.bias": weights["places.bias"].bfloat16()}, "neither as float32 nor as float16"),
        ({"places.bias": weights["places.bias"].int()}, "neither as float32 nor as float16"),
        ({"mid.0.conv1.bias": torch.full_like(weights["mid.0.conv1.bias"], torch.nan)}, "not finite"),
        ({"init_conv.weight": weights["init_conv.weight"] * 1e38}, "what it computes is not finite"),
    ):
        changed = {name: tensor for name, tensor in {**weights, **change}.items() if tensor is not None}
        changed = {name: tensor.contiguous() for name, tensor in changed.items()}
        save_file(changed, bad, {HEADER_KEY: msgspec.json.encode(header).decode()})
        with pytest.raises(CheckpointError, match=words) as caught:
            FrameModel(bad)
        assert str(bad) in str(caught.value)
    save_checkpoint(bad, replace(header, task=SPRITES), weights)
    with pytest.raises(CheckpointError, match="task and its prediction do not fit"):
        load_checkpoint(bad)
    with pytest.raises(ConfigError, match="copy prediction needs RGBA and no palette"):
        ModelConfig(num_classes=1, prediction="copy", channels=3)
