"""The program where torch is not installed: it makes, changes and exports sprites, and says what it cannot do."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from pixelforge.core.build import build_network
from pixelforge.core.checkpoint import save_checkpoint
from pixelforge.core.config import ModelConfig
from pixelforge.core.header import ModelHeader
from pixelforge.core.notebook_unet import NOTEBOOK_DIFFUSION
from pixelforge.errors import RequestError
from pixelforge.imaging.pixels import read_sprite
from pixelforge.services.model_library import DEFAULT_MODEL
from pixelforge.services.training_runs import NewRun, begin_command, resume_command
from pixelforge.training_part import is_torch_installed
from tests.conftest import RunCommand
from tests.pointer import write_pointer_model
from tests.without_torch import run_without_torch
from training.runs.folder import RunFolder

GAME = f"""
[sets.some]
model = "{DEFAULT_MODEL}"
class = "food"
count = 1
steps = 2
out = "some"
"""
PART = 'is not part of this PixelForge: install PixelForge with training (pip install ".[train]", or the'


def test_sprites_are_made_varied_remade_moved_laid_out_and_built(tmp_path: Path, command: RunCommand) -> None:
    (tmp_path / "pixelforge.toml").write_text(GAME)
    run_without_torch(
        """
        assert run("generate", "--class", "food", "--count", 2, "--steps", 2, "--seed", 5, "--out", "made.png") == 0
        assert run("generate", "--model", "dawnlike16", "--class", "all", "--steps", 2, "--out", "old") == 0
        assert run("vary", "old/food/food_00003.png", "--count", 1, "--strength", 0.3, "--out", "varied.png") == 0
        assert run("remake", "made.png") == 0
        assert run("animate", "varied.png", "--action", "bob", "--out", "moved.png") == 0
        assert run("sheet", "made.png", "varied.png", "--out", "sheet.png", "--format", "godot") == 0
        assert run("build") == 0
        assert run("models", "list") == 0
        assert run("info", "made.png") == 0
        """,
        folder=tmp_path,
    )
    made = ("made.png", "varied.png", "moved.png", "sheet.png", "sheet.tres")
    assert [name for name in made if not (tmp_path / name).exists()] == []
    assert list((tmp_path / "some").rglob("*.png"))
    again = tmp_path / "again.png"
    assert (
        command(
            "generate", "--class", "food", "--count", 2, "--steps", 2, "--seed", 5, "--out", again, "--engine", "torch"
        )[0]
        == 0
    )
    np.testing.assert_array_equal(read_sprite(tmp_path / "made.png"), read_sprite(again))


def test_what_needs_it_is_refused_in_words(tmp_path: Path) -> None:
    shape = {"num_classes": 2, "base_width": 8, "multipliers": (1, 2), "attention_levels": (1,), "num_heads": 1}
    config = ModelConfig(architecture="notebook", prediction="eps", channels=3, **shape)
    header = ModelHeader(model=config, diffusion=NOTEBOOK_DIFFUSION, class_names=("a", "b"))
    save_checkpoint(tmp_path / "notebook.safetensors", header, build_network(config).state_dict())
    torch.save({"init_conv.weight": torch.zeros(2)}, tmp_path / "ema_shadow.pth")
    write_pointer_model(tmp_path / "words.safetensors")
    said = run_without_torch(
        """
        refused = [
            ("train", "sprites"),
            ("train", "--resume"),
            ("distill", "words.safetensors", "--data", "sprites"),
            ("evaluate", "words.safetensors", "--data", "sprites"),
            ("frames", "train", "sprites"),
            ("models", "average", "words.safetensors", "--out", "mean.safetensors"),
            ("models", "import", "ema_shadow.pth"),
            ("generate", "--model", "notebook.safetensors", "--class", "a"),
            ("generate", "--model", "words.safetensors", "--class", "cats", "--engine", "torch"),
        ]
        for arguments in refused:
            assert run(*arguments) == 2, arguments
        assert run("generate", "--model", "words.safetensors", "--class", "cats", "--device", "cuda") == 2
        """,
        folder=tmp_path,
    )
    *lines, last = said.splitlines()
    assert len(lines) == 9
    assert [line for line in lines if PART not in line] == []
    assert last == "pixelforge: This machine has no usable cuda device; it has cpu."


@pytest.mark.parametrize("prediction", ["eps", "v"])
def test_models_of_any_colour_are_run_as_well(tmp_path: Path, prediction: str) -> None:
    """Their rounding differs by one in some pixel of thousands; with torch there, that makes them."""
    config = ModelConfig(num_classes=1, base_width=8, multipliers=(1, 2), attention_levels=(), prediction=prediction)
    save_checkpoint(
        tmp_path / "any.safetensors", ModelHeader(model=config, class_names=("a",)), build_network(config).state_dict()
    )
    run_without_torch(
        'assert run("generate", "--model", "any.safetensors", "--class", "a", "--steps", 2, "--out", "a.png") == 0',
        folder=tmp_path,
    )
    assert read_sprite(tmp_path / "a.png").shape == (16, 16, 4)


def test_the_window_makes_a_sprite_and_opens_the_training(tmp_path: Path) -> None:
    said = run_without_torch('assert run("--rehearse-window", "window") == 0', folder=tmp_path)
    assert [line for line in said.splitlines() if "plugin" not in line] == [
        "shown",
        "sprite",
        "training window",
        "closed",
    ]


def test_the_window_says_where_training_is_to_be_had(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pixelforge.training_part.is_torch_installed", lambda: False)
    with pytest.raises(RequestError, match="Training is not part of this PixelForge"):
        begin_command(NewRun(name="mine", data=tmp_path, minutes=1))
    with pytest.raises(RequestError, match="Training is not part of this PixelForge"):
        resume_command(RunFolder(tmp_path))


def test_it_is_installed_here() -> None:
    assert is_torch_installed()
