"""Targets and starts that do not fit: told of, with what there is instead."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from pixelforge.imaging.png import write_png
from pixelforge.services.sprites import read_sheet
from tests.conftest import RunCommand

BLUE = np.array((20, 40, 200, 255), np.uint8)


@pytest.fixture
def vary(command: RunCommand, model: Path, tmp_path: Path) -> Callable[..., tuple[int, str, str]]:
    """Variations of a picture, (H, W, 4)."""

    def run(picture: np.ndarray, *arguments: object) -> tuple[int, str, str]:
        write_png(tmp_path / "start.png", picture)
        asked = ("--class", "cats", "--model", model, "--device", "cpu", "--count", 1, "--force")
        return command("vary", tmp_path / "start.png", *asked, "--out", tmp_path / "out.png", *arguments)

    return run


def wide() -> np.ndarray:
    """300 x 200: blue, in its middle 8 x 8 pixels of their own."""
    picture = np.tile(BLUE, (200, 300, 1))
    picture[96:104, 146:154] = np.arange(64, dtype=np.uint8).reshape(8, 8, 1)
    picture[..., 3] = 255
    return picture


def start_of(path: Path) -> np.ndarray:
    (sprite,) = read_sheet(path)
    assert sprite.recipe is not None
    assert sprite.recipe.request.start is not None
    return sprite.recipe.request.start.picture


def test_a_start_of_another_size_is_told_and_how_it_could_fit(vary, tmp_path: Path) -> None:
    for picture, size in ((wide(), "300 x 200"), (np.tile(BLUE, (1, 1, 1)), "1 x 1")):
        code, _, error = vary(picture)
        assert code == 2
        assert f"a sprite of 8 x 8 pixels, not of {size}: --fit nearest" in error
        assert "--fit cut" in error
        assert not (tmp_path / "out.png").exists()


def test_a_start_is_brought_to_the_models_size_by_nearest_neighbour(vary, command: RunCommand, tmp_path: Path) -> None:
    assert vary(wide(), "--fit", "nearest")[0] == 0
    start = start_of(tmp_path / "out.png")
    assert start.shape == (8, 8, 4)
    assert not start[0].any()
    assert (start[2, 0] == BLUE).all()
    assert vary(np.tile(BLUE, (1, 1, 1)), "--fit", "nearest")[0] == 0
    assert (start_of(tmp_path / "out.png") == BLUE).all()


def test_a_start_is_cut_to_the_models_size(vary, tmp_path: Path) -> None:
    assert vary(wide(), "--fit", "cut")[0] == 0
    np.testing.assert_array_equal(start_of(tmp_path / "out.png"), wide()[96:104, 146:154])
    assert vary(np.tile(BLUE, (1, 1, 1)), "--fit", "cut")[0] == 0
    start = start_of(tmp_path / "out.png")
    assert (start[4, 4] == BLUE).all()
    assert np.count_nonzero(start[..., 3]) == 1


def test_a_mask_is_fitted_as_its_sprite_is(vary, tmp_path: Path) -> None:
    marked = np.zeros((200, 300, 4), np.uint8)
    marked[100:] = 255
    write_png(tmp_path / "mask.png", marked)
    for how in ("cut", "nearest"):
        assert vary(wide(), "--fit", how, "--mask", tmp_path / "mask.png")[0] == 0
        (sprite,) = read_sheet(tmp_path / "out.png")
        np.testing.assert_array_equal(sprite.pixels[:4], start_of(tmp_path / "out.png")[:4])


def test_what_fits_already_stays_as_it_is(vary, tmp_path: Path) -> None:
    picture = wide()[96:104, 146:154]
    for how in ("cut", "nearest"):
        assert vary(picture, "--fit", how)[0] == 0
        np.testing.assert_array_equal(start_of(tmp_path / "out.png"), picture)


@pytest.mark.parametrize("name", ["a.xyz", "a.jpg", "a.webp"])
def test_an_animation_of_an_ending_that_there_is_not_says_which_there_are(
    command: RunCommand, tmp_path: Path, name: str
) -> None:
    write_png(tmp_path / "sprite.png", wide()[96:104, 146:154])
    code, _, error = command("animate", tmp_path / "sprite.png", "--out", tmp_path / name)
    assert code == 2
    assert f"{name}: name a .png for a sheet, a .gif or .apng for an animation, or a folder" in error
    assert [path.name for path in tmp_path.iterdir()] == ["sprite.png"]


def test_options_that_an_animation_has_no_use_for_are_told(command: RunCommand, tmp_path: Path) -> None:
    write_png(tmp_path / "sprite.png", wide()[96:104, 146:154])
    for name in ("a.gif", "strips"):
        code, _, error = command("animate", tmp_path / "sprite.png", "--out", tmp_path / name, "--format", "godot")
        assert (code, "The option 'format' is for sheets" in error) == (2, True)
    assert [path.name for path in tmp_path.iterdir()] == ["sprite.png"]
