"""A critic learns to tell made from drawn, and the command that gives a model one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from pixelforge.core.checkpoint import load_checkpoint
from pixelforge.core.condition import Condition
from pixelforge.core.critic import CriticWords
from pixelforge.core.header import read_header
from pixelforge.core.sampling import Sampling
from pixelforge.imaging.pixels import to_values
from pixelforge.services.sprites import read_recipes
from tests.conftest import RunCommand
from tests.critics import add_critic
from tests.pointer import write_pointer_model
from tests.training.conftest import COLOURS, blob, write_sprite
from training.critic.examples import FIRST_SEED, Examples, make_examples, split_unseen
from training.critic.fitting import CriticStep, Fitted, fit
from training.critic.request import CriticRequest
from training.data.sprites import SpriteDataset

CLASSES = ("cats", "dogs")
WORDS = CriticWords(CLASSES, ("lion", "lynx", "wolf"), ("dawn", "ink"))


def sprites_of(count: int, seed: int, torn: bool) -> SpriteDataset:
    """Rectangles of one colour, red lions and green wolves; torn: with holes at random."""
    rng = np.random.default_rng(seed)
    lions = rng.random(count) < 0.5
    pixels = np.stack([blob(rng) for _ in range(count)])
    pixels[..., :3] = np.where(lions[:, None, None, None], COLOURS[1], COLOURS[2])
    holes = rng.random(pixels.shape[:3]) < (0.4 if torn else 0)
    pixels[holes | (pixels[..., 3] == 0)] = 0
    return SpriteDataset(
        pixels,
        np.where(lions, 0, 1),
        CLASSES,
        tuple(f"figure {number // 2}" for number in range(count)),
        kinds=tuple(np.where(lions, "lion", "wolf").tolist()),
        styles=("dawn",) * count,
    )


@pytest.fixture(scope="module")
def fitted() -> Fitted:
    known, unseen = split_unseen(sprites_of(300, 0, False), sprites_of(300, 1, True), WORDS, 0)
    *steps, last = fit(known, unseen, WORDS, 80, 0.5, 0)
    assert all(isinstance(step, CriticStep) for step in steps)
    assert isinstance(last, Fitted)
    return last


def test_it_tells_made_from_drawn_and_what_is_what(fitted: Fitted) -> None:
    assert fitted.facts.area > 0.9
    assert fitted.kinds_right > 0.9
    assert fitted.facts.learnt < 300
    drawn, made = sprites_of(100, 2, False), sprites_of(100, 3, True)

    def mean(sprites: SpriteDataset, kind: str) -> float:
        lions = sprites.subset(sprites.labels == 0)
        asked = Condition(class_name="cats", kind=kind, style="dawn")
        return float(fitted.critic.scores(to_values(lions.sprites, 4), [asked] * len(lions)).mean())

    assert mean(drawn, "lion") > mean(made, "lion") + 0.5
    assert mean(drawn, "lion") > mean(drawn, "wolf")


def test_figures_are_learnt_from_or_unseen_with_what_was_made_like_them() -> None:
    drawn = sprites_of(60, 0, False)
    known, unseen = split_unseen(drawn, replace(drawn, sprites=drawn.sprites // 2), WORDS, 0)
    for part in (known, unseen):
        np.testing.assert_array_equal(part.sprites[part.drawn] // 2, part.sprites[~part.drawn])
        np.testing.assert_array_equal(part.words[part.drawn], part.words[~part.drawn])
    assert len(known.sprites) + len(unseen.sprites) == 120
    assert len(unseen.sprites) >= 10
    assert unseen.words[:, 2].tolist() == [0] * len(unseen.sprites)


def test_sprites_are_made_for_the_words_of_drawn_ones_until_it_is_time(tmp_path: Path) -> None:
    checkpoint = load_checkpoint(write_pointer_model(tmp_path / "model.safetensors"))
    drawn = sprites_of(20, 0, False)
    sampling, cpu = Sampling(sampler="ddim", steps=1), "cpu"
    *sizes, made = make_examples(checkpoint, drawn, sampling, 100, 0, cpu)
    assert sizes == [64, 36]
    assert len(made) == len(made.sprites) == 100
    for index in range(100):  # each drawn one in turn
        place = drawn.groups.index(made.groups[index])
        assert made.kinds[index] in drawn.kinds[place : place + 2]
    assert sorted(made.groups[:20]) == sorted(made.groups[20:40]) == sorted(drawn.groups)
    *sizes, made = make_examples(checkpoint, drawn, sampling, 200, 0, cpu, CriticRequest(minutes=0).is_due)
    assert (sizes, len(made)) == ([64], 64)
    assert FIRST_SEED + 100_000 < 2**32
    examples = Examples.of(drawn, made, WORDS)
    assert examples.drawn.sum() == 20


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rng = np.random.default_rng(0)
    lines = ["file,class,kind,style"]
    for number in range(30):
        name = f"one_{number}.png"
        write_sprite(tmp_path / "zoo" / name, blob(rng))
        lines.append(f"{name},{CLASSES[number % 2]},{'lion' if number % 2 == 0 else 'wolf'},dawn")
    (tmp_path / "zoo" / "labels.csv").write_text("\n".join(lines))
    return tmp_path / "zoo"


def test_the_command_gives_a_model_a_critic_that_generate_chooses_by(
    command: RunCommand, folder: Path, tmp_path: Path
) -> None:
    model, out = write_pointer_model(tmp_path / "model.safetensors"), tmp_path / "choosy.safetensors"
    options = ["--data", folder, "--out", out, "--sprites", 64, "--rounds", 20, "--steps", 1, "--device", "cpu"]
    code, _, err = command("critic", model, *options)
    assert code == 0, err
    assert "unseen pairs" in err
    facts = read_header(out).critic
    assert facts is not None
    assert facts.learnt < 64
    assert out.stat().st_size - model.stat().st_size < 2**20
    own = load_checkpoint(model).network.state_dict()
    assert all(torch.equal(weight, own[name]) for name, weight in load_checkpoint(out).network.state_dict().items())
    code, _, err = command("critic", model, *options)
    assert code == 1
    assert "give --force to replace what is there" in err
    asked = ["--kind", "lion", "--steps", 1, "--count", 2, "--best-of", 3, "--seed", 9, "--device", "cpu"]
    code, _, err = command("generate", "--model", out, "--out", tmp_path / "lions.png", *asked)
    assert code == 0, err
    first, second = read_recipes(tmp_path / "lions.png")
    assert 9 <= first.seed < 12 <= second.seed < 15
    code, out_text, _ = command("remake", tmp_path / "lions.png", "--model", out)
    assert code == 0, out_text
    code, _, err = command("generate", "--model", model, "--out", tmp_path / "more.png", *asked)
    assert code == 2
    assert "make one with `pixelforge critic`, or leave out --best-of" in err
    assert not (tmp_path / "more.png").exists()


def test_a_new_critic_takes_the_place_of_the_old_one(command: RunCommand, folder: Path, tmp_path: Path) -> None:
    model = add_critic(write_pointer_model(tmp_path / "model.safetensors"))
    before = load_checkpoint(model)
    options = ["--data", folder, "--out", model, "--sprites", 64, "--rounds", 20, "--steps", 1, "--device", "cpu"]
    code, _, err = command("critic", model, *options, "--force", "--word-weight", 0)
    assert code == 0, err
    after = load_checkpoint(model)
    assert after.header.critic.word_weight == 0
    assert after.critic.stored.keys() == before.critic.stored.keys()
    assert replace(after.header, critic=None) == replace(before.header, critic=None)
