"""The options of `train` are the fields of its request, and their defaults are told once."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import fields

import pytest
import typer
from typer.testing import CliRunner

from pixelforge.fields import settings_of
from pixelforge.options import with_options
from training.learning.config import TrainConfig
from training.runs.request import TrainingRequest

OPTIONS = re.findall(
    r"--\S+",
    "--preset --minutes --steps --schedule --style --from --size --prediction --width --dropout --batch "
    "--learning-rate --balance --flip --shift --swap --tell --no-tell --kinds --early-stop --no-early-stop "
    "--keep-background --holdout --seed --precision --licence --credits --device",
)


def asked(*arguments: str) -> TrainingRequest:
    """What a command of these options is asked for."""
    app, seen = typer.Typer(), []

    @app.command()
    @with_options("request", TrainingRequest)
    def train(request: TrainingRequest) -> None:
        seen.append(request)

    result = CliRunner().invoke(app, list(arguments))
    assert result.exit_code == 0, result.output
    return seen[0]


def test_nothing_asked_for_is_the_record_as_it_is() -> None:
    assert asked() == TrainingRequest()


def test_every_option_reaches_its_field() -> None:
    said = [
        *("--preset", "quick", "--steps", "7", "--schedule", "late", "--from", "x.safetensors", "--size", "24"),
        *("--style", "ink"),
        *("--prediction", "v", "--width", "16", "--dropout", "0.1", "--batch", "4", "--learning-rate", "0.01"),
        *("--balance", "1", "--flip", "0.1", "--shift", "0.2", "--swap", "0.3", "--no-tell", "--kinds"),
        *("--no-early-stop", "--keep-background", "--holdout", "0.2", "--seed", "5", "--precision", "bfloat16"),
        *("--licence", "CC0", "--credits", "me", "--device", "cpu"),
    ]
    assert asked(*said) == TrainingRequest(
        preset="quick", steps=7, schedule="late", style="ink", parent="x.safetensors", size=24, prediction="v",
        width=16, dropout=0.1, batch=4, learning_rate=0.01, balance=1, flip=0.1, shift=0.2, swap=0.3, tell=False,
        kinds=True, early_stop=False, keep_background=True, holdout=0.2, seed=5, precision="bfloat16", licence="CC0",
        credits="me", device="cpu",
    )  # fmt: skip
    assert asked("--minutes", "2.5").minutes == 2.5


def test_the_command_has_these_options() -> None:
    printed = subprocess.run(
        [sys.executable, "-m", "training", "--help"], capture_output=True, text=True, check=True, env={"COLUMNS": "300"}
    ).stdout
    for option in (*OPTIONS, "--out", "--resume"):
        assert f"{option} " in printed, option


def test_the_defaults_of_request_and_settings_are_told_once() -> None:
    shared = settings_of(TrainingRequest).keys() & {fact.name for fact in fields(TrainConfig)}
    assert {"balance", "flip", "shift", "swap", "holdout", "seed", "schedule"} <= shared
    request, settings = TrainingRequest(), TrainConfig(steps=1)
    for name in shared - {"steps", "learning_rate", "precision", "ema_decay"}:
        assert getattr(request, name) == getattr(settings, name), name
        assert settings_of(TrainingRequest)[name] == settings_of(TrainConfig)[name]


@pytest.mark.parametrize("module", ["training.runs.request", "training.runs.folder", "training.commands.train"])
def test_asking_needs_no_torch(module: str) -> None:
    code = f"import {module}, sys; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
