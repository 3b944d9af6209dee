from __future__ import annotations

import pytest
import torch

from training.learning.augmentation import AUGMENT_DIM, Augmentation
from training.learning.config import TrainConfig

B = 512


def draw(num_values: int = 6, **settings: float) -> Augmentation:
    config = TrainConfig(steps=1, **{"flip": 0, "shift": 0, "swap": 0, **settings})
    return Augmentation.draw(config, B, num_values, torch.Generator().manual_seed(1))


@pytest.fixture
def indices() -> torch.Tensor:
    return torch.randint(0, 6, (B, 1, 8, 8), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))


def test_nothing_asked_is_nothing_done_and_nothing_told(indices: torch.Tensor) -> None:
    drawn = draw()
    assert torch.equal(drawn.apply(indices), indices)
    assert not drawn.vector().any()


def test_every_change_is_told_and_every_unchanged_sprite_is_told_so(indices: torch.Tensor) -> None:
    drawn = draw(flip=0.3, shift=0.3, swap=0.3)
    changed = (drawn.apply(indices) != indices).flatten(1).any(1)
    told = drawn.vector().any(1)
    assert drawn.vector().shape == (B, AUGMENT_DIM)
    assert not (changed & ~told).any()
    assert 0.2 < (~told).float().mean() < 0.6


def test_flips_mirror_in_their_axis(indices: torch.Tensor) -> None:
    drawn = draw(flip=1.0)
    assert drawn.flip_x.all()
    expected = torch.where(drawn.flip_y[:, None, None, None], indices.flip(3).flip(2), indices.flip(3))
    assert torch.equal(drawn.apply(indices), expected)


def test_shifts_move_by_one_and_uncover_transparent(indices: torch.Tensor) -> None:
    drawn = draw(shift=1.0)
    moved = drawn.apply(indices)
    for sprite, result, (dx, dy) in zip(indices, moved, drawn.shift.tolist(), strict=True):
        padded = torch.zeros(1, 10, 10, dtype=torch.uint8)
        padded[:, 1 + dy : 9 + dy, 1 + dx : 9 + dx] = sprite
        assert torch.equal(result, padded[:, 1:9, 1:9])
    assert {tuple(row) for row in drawn.shift.tolist()} == {(x, y) for x in (-1, 0, 1) for y in (-1, 0, 1)}


def test_swaps_exchange_two_different_opaque_colours(indices: torch.Tensor) -> None:
    drawn = draw(swap=1.0)
    assert (drawn.swap[:, 0] != drawn.swap[:, 1]).all()
    assert (drawn.swap > 0).all()
    once = drawn.apply(indices)
    assert torch.equal(once == 0, indices == 0)
    assert torch.equal(drawn.apply(once), indices)
    first, second = drawn.swap[0].tolist()
    assert torch.equal(once[0] == first, indices[0] == second)


def test_full_colour_sprites_are_never_swapped() -> None:
    drawn = draw(num_values=0, swap=1.0)
    planes = torch.randint(0, 256, (B, 4, 8, 8), dtype=torch.uint8)
    assert torch.equal(drawn.apply(planes), planes)
    assert not drawn.vector().any()
