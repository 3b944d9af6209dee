"""The mean of snapshots."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from pixelforge.core.build import build_network
from pixelforge.core.checkpoint import load_checkpoint, save_checkpoint
from pixelforge.core.config import ModelConfig
from pixelforge.core.header import ModelHeader, Provenance
from pixelforge.errors import RequestError
from tests.conftest import RunCommand
from tests.critics import add_critic


def snapshot(path: Path, config: ModelConfig, seed: int) -> dict[str, torch.Tensor]:
    torch.manual_seed(seed)
    weights = {name: torch.randn_like(weight).half() for name, weight in build_network(config).state_dict().items()}
    save_checkpoint(path, ModelHeader(model=config, class_names=("a", "b"), provenance=Provenance(steps=seed)), weights)
    return weights


def test_the_mean_of_three(command: RunCommand, tmp_path: Path, model_config: ModelConfig) -> None:
    paths = [tmp_path / f"{seed}.safetensors" for seed in (1, 2, 3)]
    weights = [snapshot(path, model_config, seed) for seed, path in enumerate(paths, start=1)]
    out = tmp_path / "mean.safetensors"
    assert command("models", "average", *paths, "--out", out)[0] == 0
    mean = load_checkpoint(out)
    assert mean.header.provenance.steps == 3
    for name, weight in mean.network.state_dict().items():
        expected = torch.stack([each[name].double() for each in weights]).mean(dim=0)
        torch.testing.assert_close(weight.double(), expected, atol=1e-3, rtol=1e-3)


def test_a_critic_of_one_of_them_is_left_out(tmp_path: Path, model_config: ModelConfig) -> None:
    """It knows the sprites of that one alone."""
    from training.learning.average import average_models

    snapshot(tmp_path / "a.safetensors", model_config, 1)
    average_models([add_critic(tmp_path / "a.safetensors")], tmp_path / "mean.safetensors")
    mean = load_checkpoint(tmp_path / "mean.safetensors")
    assert (mean.header.critic, mean.critic) == (None, None)


def test_models_of_other_shapes_have_none(tmp_path: Path, model_config: ModelConfig) -> None:
    from training.learning.average import average_models

    snapshot(tmp_path / "a.safetensors", model_config, 1)
    snapshot(tmp_path / "b.safetensors", replace(model_config, base_width=16), 2)
    with pytest.raises(RequestError, match=r"a\.safetensors has another shape"):
        average_models([tmp_path / "a.safetensors", tmp_path / "b.safetensors"], tmp_path / "c.safetensors")
    assert not (tmp_path / "c.safetensors").exists()
