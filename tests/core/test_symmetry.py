"""Sprites that are their own mirror images."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from pixelforge.core.checkpoint import load_checkpoint
from pixelforge.core.condition import Condition
from pixelforge.core.pipeline import Model, sample_sprites, sprite_steps
from pixelforge.core.sampling import Sampling
from pixelforge.core.start import Keep
from pixelforge.core.symmetry import ROUGH_UNTIL, Symmetry, mirrored_estimates, of_code, symmetry_of
from pixelforge.core.weights import Floats
from pixelforge.errors import RequestError
from tests.pointer import write_pointer_model

SIDE = 8
TWO_STEPS = Sampling(sampler="ddim", steps=2, guidance_scale=1.0)
SYMMETRIC = Symmetry(SIDE - 1, exact=True)


def drawing(*rows: str) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """A letter a colour, a dot where nothing is."""
    picture = np.array([[ord(mark) for mark in row] for row in rows], np.int64)
    return picture, picture != ord(".")


def is_mirrored(sprite: Floats, axis: int = SIDE - 1) -> bool:
    """Whether a sprite (C, H, W) equals its mirror image as far as that is in the picture."""
    columns = np.arange(sprite.shape[2])
    inside = (axis - columns >= 0) & (axis - columns < len(columns))
    return np.array_equal(sprite[..., inside], sprite[..., axis - columns[inside]])


@pytest.fixture
def model(tmp_path: Path) -> Model:
    """Its lions are symmetric about the middle, its lynxes roughly and further left, its wolves not."""
    made = Model.of(load_checkpoint(write_pointer_model(tmp_path / "m.safetensors", SIDE)))
    assert made.bank is not None
    codes = np.array([SYMMETRIC.code, Symmetry(SIDE - 2, exact=False).code, 0], np.uint8)
    return replace(made, bank=replace(made.bank, symmetries=codes))


@pytest.mark.parametrize(
    ("rows", "symmetry"),
    [
        (("abba", "bccb"), Symmetry(3, exact=True)),
        ((".aba", ".bcb"), Symmetry(4, exact=True)),
        (("aba.", "bcb."), Symmetry(2, exact=True)),
        (("abba", "bccb", "abba", "bccd"), Symmetry(3, exact=False)),  # 14 of 16
        (("abcd", "efgh"), None),
        (("....", "...."), None),
    ],
)
def test_the_symmetry_of_a_drawing(rows: tuple[str, ...], symmetry: Symmetry | None) -> None:
    assert symmetry_of(*drawing(*rows)) == symmetry


def test_a_code_is_a_byte_and_tells_all() -> None:
    for symmetry in (Symmetry(axis, exact) for axis in (3, 15, 63) for exact in (True, False)):
        assert 0 < symmetry.code < 256
        assert of_code(symmetry.code) == symmetry
    assert of_code(0) is None


def test_estimates_become_the_mean_of_both_sides() -> None:
    values = np.arange(3 * 2 * 1 * 4, dtype=np.float32).reshape(3, 2, 1, 4)
    before = values.copy()
    rough = Symmetry(4, exact=False)
    found = mirrored_estimates(values, [None, Symmetry(3, exact=True), rough], ROUGH_UNTIL)
    np.testing.assert_array_equal(found[0], values[0])
    np.testing.assert_allclose(found[1], (values[1] + values[1][..., ::-1]) / 2)
    np.testing.assert_array_equal(found[2, :, :, 0], values[2, :, :, 0])  # its mirror image is outside
    np.testing.assert_allclose(found[2, :, :, 1:], (values[2, :, :, 1:] + values[2, :, :, :0:-1]) / 2)
    late = mirrored_estimates(values, [None, Symmetry(3, exact=True), rough], ROUGH_UNTIL - 1)
    np.testing.assert_array_equal(late[2], values[2])
    np.testing.assert_array_equal(values, before)


def test_a_seed_draws_the_symmetry_of_a_sprite_that_fits(model: Model) -> None:
    lions = sample_sprites(model, [Condition(kind="lion")] * 6, range(6), TWO_STEPS)
    wolves = sample_sprites(model, [Condition(kind="wolf")] * 6, range(6), TWO_STEPS)
    assert all(map(is_mirrored, lions))
    assert not any(map(is_mirrored, wolves))


def test_it_can_be_asked_for_and_without(model: Model) -> None:
    conditions = [Condition(kind="wolf", symmetry="mirrored"), Condition(kind="lion", symmetry="free")]
    wolf, lion = sample_sprites(model, conditions, [1, 1], TWO_STEPS)
    # Wolves are drawn in a style whose lions are symmetric about the middle.
    assert is_mirrored(wolf)
    assert not is_mirrored(lion)
    lynx = sample_sprites(model, [Condition(kind="lynx", symmetry="mirrored")], [1], TWO_STEPS)[0]
    assert is_mirrored(lynx, SIDE - 2)


def test_what_is_free_is_as_if_there_were_no_symmetries(model: Model) -> None:
    assert model.bank is not None
    before = replace(model, bank=replace(model.bank, symmetries=np.zeros(3, np.uint8)))
    free, asked = Condition(kind="lion", symmetry="free"), Condition(kind="lion")
    np.testing.assert_array_equal(
        sample_sprites(model, [free] * 3, range(3), TWO_STEPS), sample_sprites(before, [asked] * 3, range(3), TWO_STEPS)
    )


def made_from(
    model: Model, start: Floats, symmetry: str | None = None, free: NDArray[np.bool_] | None = None
) -> Floats:
    """A lion out of a start (C, H, W), or out of the part of it that is free."""
    asked = [Condition(kind="lion", style="dawn", symmetry=symmetry)]
    return list(sprite_steps(model, asked, [3], TWO_STEPS, start, 0.6, free, Keep()))[-1].x_t[0]


def test_variations_are_as_symmetric_as_what_they_begin_from(model: Model) -> None:
    lion = sample_sprites(model, [Condition(kind="lion")], [5], TWO_STEPS)[0]
    wolf = sample_sprites(model, [Condition(kind="wolf")], [5], TWO_STEPS)[0]
    assert is_mirrored(made_from(model, lion))
    assert not is_mirrored(made_from(model, wolf))
    assert is_mirrored(made_from(model, wolf, "mirrored"))
    assert not is_mirrored(made_from(model, lion, "free"))


def test_what_is_redone_fits_what_stays_and_no_drawn_symmetry(model: Model) -> None:
    lion = sample_sprites(model, [Condition(kind="lion")], [5], TWO_STEPS)[0]
    free = np.zeros((SIDE, SIDE), np.bool_)
    free[:, :3] = True
    assert model.bank is not None
    before = replace(model, bank=replace(model.bank, symmetries=np.zeros(3, np.uint8)))
    np.testing.assert_array_equal(made_from(model, lion, free=free), made_from(before, lion, free=free))


def test_other_words_are_refused() -> None:
    with pytest.raises(RequestError, match="no symmetry 'twofold'; choose one of mirrored, roughly, free"):
        Condition(symmetry="twofold")
