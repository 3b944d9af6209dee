"""The option --quality, and sprites of a model's student by the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from pixelforge.core.header import Student
from pixelforge.core.sampling import Sampling
from pixelforge.services.sprites import read_sheet
from tests.conftest import RunCommand
from tests.pointer import write_pointer_model


@pytest.fixture
def fast(tmp_path: Path) -> Path:
    return write_pointer_model(tmp_path / "fast.safetensors", student=Student())


def sampled(picture: Path) -> list[Sampling]:
    """By the recipes of its sprites."""
    recipes = [sprite.recipe for sprite in read_sheet(picture)]
    return [recipe.request.sampling for recipe in recipes if recipe is not None]


def test_a_sprite_made_in_an_instant_says_so_and_can_be_varied_and_remade(
    command: RunCommand, fast: Path, tmp_path: Path
) -> None:
    out, varied = tmp_path / "lion.png", tmp_path / "varied.png"
    options = ("--model", fast, "--quality", "instant", "--device", "cpu")
    assert command("generate", "lion", *options, "--guidance", 3, "--out", out)[0] == 0
    assert sampled(out) == [Sampling(sampler="instant", steps=4, guidance_scale=3)]
    assert command("remake", out, "--model", fast, "--device", "cpu")[0] == 0
    assert command("vary", out, *options, "--count", 2, "--strength", 0.5, "--out", varied)[0] == 0
    assert [sampling.sampler for sampling in sampled(varied)] == ["instant"] * 2


def test_what_cannot_be_asked_for(command: RunCommand, fast: Path, tmp_path: Path) -> None:
    plain = write_pointer_model(tmp_path / "plain.safetensors")
    for model, options, told in (
        (
            plain,
            ("--quality", "instant"),
            "in an instant: make one with `pixelforge distill`",
        ),
        (plain, ("--sampler", "instant"), "no student"),
        (fast, ("--sampler", "instant", "--steps", 9), "Instant takes 4 steps with that model, not 9"),
        (fast, ("--quality", "instant", "--steps", 4), "Give --quality, or --sampler and --steps, not both"),
        (fast, ("--quality", "best"), "There is no quality 'best'; choose one of instant, fast, fine, classic"),
    ):
        code, _, err = command("generate", "lion", "--model", model, *options, "--out", tmp_path / "out.png")
        assert code == 2, options
        assert told in err, options
        assert not (tmp_path / "out.png").exists()
