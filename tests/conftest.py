"""The command line, run in this process with a tiny model."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from hypothesis import settings

from pixelforge.cli.app import main
from pixelforge.core.build import build_network
from pixelforge.core.checkpoint import save_checkpoint
from pixelforge.core.config import ModelConfig
from pixelforge.core.header import ModelHeader
from pixelforge.core.sampling import Sampling

settings.register_profile("patient", deadline=None)  # a busy machine is no failure
settings.load_profile("patient")

RunCommand = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny model with random weights."""
    config = ModelConfig(
        num_classes=3,
        image_size=8,
        base_width=8,
        multipliers=(1, 2),
        attention_levels=(1,),
        num_heads=2,
        palette=((20, 12, 28), (210, 69, 73), (109, 170, 44)),
    )
    torch.manual_seed(0)
    weights = {name: torch.randn_like(weight) / 4 for name, weight in build_network(config).state_dict().items()}
    path = tmp_path_factory.mktemp("models") / "tiny.safetensors"
    header = ModelHeader(model=config, class_names=("cats", "dogs", "a/b"), recommended=Sampling(steps=4))
    save_checkpoint(path, header, weights)
    return path


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> RunCommand:
    """Run a command line here; gives (exit code, stdout, stderr)."""

    def run(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as end:
            main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return int(end.value.code or 0), captured.out, captured.err

    return run


@pytest.fixture
def generate(command: RunCommand, model: Path, tmp_path: Path) -> RunCommand:
    """`generate` with the tiny model."""
    return lambda *arguments: command("generate", "--model", model, "--device", "cpu", *arguments)
