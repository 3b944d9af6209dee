"""The command line, run in this process with a tiny model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import settings

from pixelforge.cli.app import main
from pixelforge.core.checkpoint import save_checkpoint
from pixelforge.core.header import ModelHeader
from pixelforge.core.sampling import Sampling
from tests.tiny import TINY, random_weights

settings.register_profile("patient", deadline=None)  # a busy machine is no failure
settings.load_profile("patient")

RunCommand = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny model with random weights."""
    config = replace(TINY, num_classes=3)
    path = tmp_path_factory.mktemp("models") / "tiny.safetensors"
    header = ModelHeader(model=config, class_names=("cats", "dogs", "a/b"), recommended=Sampling(steps=4))
    save_checkpoint(path, header, random_weights(config, 1 / 4))
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
