"""Sets of a project that say how carefully they are made: the best of several, and a quality in place of steps."""

from __future__ import annotations

from pathlib import Path

import pytest

from pixelforge.core.header import Student
from pixelforge.services.sprites import read_sheet
from tests.conftest import RunCommand
from tests.critics import add_critic
from tests.pointer import write_pointer_model


@pytest.fixture
def game(tmp_path: Path) -> Path:
    """A game's folder with a model that has student and critic."""
    folder = tmp_path / "game"
    folder.mkdir()
    add_critic(write_pointer_model(folder / "fast.safetensors", student=Student()))
    write_pointer_model(folder / "plain.safetensors")
    return folder


def build(command: RunCommand, game: Path, text: str) -> tuple[int, str]:
    (game / "pixelforge.toml").write_text(text)
    code, _, err = command("build", game, "--device", "cpu")
    return code, err


def told(picture: Path) -> list[tuple[int, str, int]]:
    """Seed, sampler and steps of its sprites, by their recipes."""
    recipes = [sprite.recipe for sprite in read_sheet(picture)]
    return [(one.seed, one.request.sampling.sampler, one.request.sampling.steps) for one in recipes if one is not None]


BEST = '[sets.lions]\nmodel = "fast.safetensors"\nkind = "lion"\ncount = 3\nseed = 5\nsteps = 2\nbest-of = 4\n'


def test_the_best_of_several_are_those_that_generate_makes(command: RunCommand, game: Path, tmp_path: Path) -> None:
    assert build(command, game, BEST)[0] == 0
    asked = ("--count", 3, "--seed", 5, "--steps", 2, "--best-of", 4, "--model", game / "fast.safetensors")
    command("generate", "lion", *asked, "--device", "cpu", "--out", tmp_path / "lions.png")
    assert (game / "lions.png").read_bytes() == (tmp_path / "lions.png").read_bytes()
    seeds = [seed for seed, _, _ in told(game / "lions.png")]
    assert [(seed - 5) // 4 for seed in seeds] == [0, 1, 2]
    assert seeds != [5, 9, 13], "the critic has chosen others than the first"


def test_how_many_a_sprite_is_chosen_from_makes_it_another(command: RunCommand, game: Path) -> None:
    assert build(command, game, BEST)[0] == 0
    before = (game / "lions.png").read_bytes()
    one = BEST.replace("count = 3", "count = 1")
    assert "1 set made (lions): 0 sprites drawn" in build(command, game, one)[1]
    assert "1 sprite drawn" in build(command, game, one.replace("best-of = 4\n", ""))[1]
    assert told(game / "lions.png")[0][0] == 5
    assert "0 sprites drawn" in build(command, game, BEST)[1]
    assert (game / "lions.png").read_bytes() == before


def test_a_list_can_be_the_best_of_several(command: RunCommand, game: Path, tmp_path: Path) -> None:
    (game / "zoo.csv").write_text("kind,count,seed\nlion,2,\nwolf,1,90\n")
    text = '[sets.zoo]\nmodel = "fast.safetensors"\nlist = "zoo.csv"\nsteps = 2\nbest-of = 3\n'
    assert build(command, game, text)[0] == 0
    asked = ("--list", game / "zoo.csv", "--steps", 2, "--best-of", 3, "--model", game / "fast.safetensors")
    command("generate", *asked, "--device", "cpu", "--out", tmp_path / "zoo.png")
    assert (game / "zoo.png").read_bytes() == (tmp_path / "zoo.png").read_bytes()


def test_sets_that_differ_in_it_alone_are_not_drawn_together(command: RunCommand, game: Path) -> None:
    both = BEST + BEST.replace("lions", "first").replace("best-of = 4\n", "")
    code, err = build(command, game, both)
    assert (code, "6 sprites drawn" in err) == (0, True)
    assert [seed for seed, _, _ in told(game / "first.png")] == [5, 6, 7]


def test_a_quality_stands_for_sampler_and_steps(command: RunCommand, game: Path) -> None:
    text = (
        '[defaults]\nmodel = "fast.safetensors"\nquality = "instant"\n'
        '[sets.soon]\nkind = "lion"\n[sets.own]\nkind = "lion"\nsteps = 3\n'
        '[sets.fast]\nkind = "lion"\nquality = "fast"\n'
    )
    assert build(command, game, text)[0] == 0
    assert [steps for _, _, steps in told(game / "own.png")] == [3]
    assert [told(game / f"{name}.png")[0][1:] for name in ("soon", "fast")] == [("instant", 4), ("ddim", 8)]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (BEST.replace("fast.s", "plain.s"), "[sets.lions]: that model has no critic, which would choose: leave"),
        (BEST.replace("of = 4", "of = 17"), "[sets.lions]: Best of must be 1 to 16, not 17"),
        (BEST.replace("of = 4", "of = 0"), "[sets.lions]: Best of must be 1 to 16, not 0"),
        (BEST.replace("best-of", "best_of"), "there is no key 'best_of'; the nearest is best-of"),
        (BEST + 'quality = "fast"\n', "[sets.lions]: quality stands for sampler and steps: leave steps out"),
        (BEST.replace("steps = 2", 'quality = "fats"'), "There is no quality 'fats'; choose one of instant, fast"),
        (
            '[sets.a]\nmodel = "plain.safetensors"\nkind = "lion"\nquality = "instant"\n',
            "[sets.a]: that model has no student, which instant needs: take fast, fine or classic",
        ),
    ],
)
def test_what_is_wrong_is_told_by_the_key(command: RunCommand, game: Path, text: str, says: str) -> None:
    code, err = build(command, game, text)
    assert code == 2
    assert says in err
    assert "--" not in err
    assert not (game / "lions.png").exists()
