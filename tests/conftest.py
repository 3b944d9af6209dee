"""How many processes run the tests, and the command line, run in this process with a tiny model."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from hypothesis import settings

from pixelforge.cli.app import main
from pixelforge.core.checkpoint import save_checkpoint
from pixelforge.core.header import ModelHeader
from pixelforge.core.sampling import Sampling
from tests.tiny import TINY, random_weights

settings.register_profile("patient", deadline=None)  # a busy machine is no failure
settings.load_profile("patient")

RunCommand = Callable[..., tuple[int, str, str]]

MOST_PROCESSES = 8  # each holds torch and Qt: half a gigabyte


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """A process a core; none of its own for files that are named, as starting it takes longer than a file does."""
    if all(".py" in name for name in config.args):
        return 0
    return min(len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1, MOST_PROCESSES)


@pytest.hookimpl(trylast=True)  # after they are shuffled
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first: of a test that takes half a minute at the end, only one process would be busy."""
    items.sort(key=lambda item: "robustness" not in item.path.parts)


@pytest.fixture(autouse=True, scope="session")
def _one_torch_thread() -> None:
    """A tiny network gains nothing from a second core, and where that is busy it waits for it at every layer."""
    torch.set_num_threads(1)


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
