from __future__ import annotations

import numpy as np
import pytest
import torch

from tests.training.conftest import blob
from training.evaluation import two_sample
from training.evaluation.two_sample import FOLDS, Suspicions, cross_fitted, wins

RNG = np.random.default_rng(0)


def test_wins_are_mann_and_whitney_s_u() -> None:
    from scipy.stats import mannwhitneyu  # takes a second to load

    a, b = RNG.integers(0, 9, 40).astype(float), RNG.integers(2, 11, 30).astype(float)
    assert wins(a, b) == mannwhitneyu(a, b).statistic
    assert wins(a, b) + wins(b, a) == 40 * 30
    assert wins(a, b[:0]) == 0


def test_the_area_counts_pairs_of_one_fold_only() -> None:
    made, real = np.array([3.0, 0.0, 9.0]), np.array([1.0, 2.0, 10.0])
    found = Suspicions(made, real, np.array([0, 0, 1]), np.array([0, 0, 1]))
    assert found.area() == pytest.approx((2 + 0 + 0) / 5)  # 3 beats 1 and 2, 0 beats none, 9 loses against 10
    first = np.array([True, False, False])
    assert found.area(first, np.ones(3, np.bool_)) == 1
    assert found.area(first, first) == 1
    assert np.isnan(found.area(first, np.array([False, False, True])))


def test_planes_tell_where_a_pixel_is_like_its_neighbour() -> None:
    x = torch.full((1, 4, 3, 3), 0.5)
    x[0, :, 1, 1] = 0.1
    planes = torch.cat([*two_sample.alike(x)], dim=1)[0]
    right, down, both, back = planes.tolist()
    assert right == [[1, 1, -1], [-1, -1, -1], [1, 1, -1]]  # beyond the edge is nothing
    assert down == [[1, -1, 1], [1, -1, 1], [-1, -1, -1]]
    assert both == [[-1, 1, -1], [1, -1, -1], [-1, -1, -1]]
    assert back == [[-1, 1, -1], [-1, -1, 1], [-1, -1, -1]]


def sprites(count: int, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.stack([blob(rng) for _ in range(count)])


@pytest.fixture
def few_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(two_sample, "STEPS", 30)


@pytest.fixture
def next_to_no_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing has to be learnt."""
    monkeypatch.setattr(two_sample, "STEPS", 3)


@pytest.mark.usefixtures("few_steps")
def test_sprites_with_an_odd_pixel_are_told_and_sprites_of_one_kind_are_not() -> None:
    real, same, odd = sprites(80, 1), sprites(80, 2), sprites(80, 3)
    odd[:, 7, 7] = (255, 0, 255, 255)
    figures = [str(number) for number in range(80)]
    others = [f"other {number}" for number in range(80)]
    assert cross_fitted(odd, real, others, figures).area() > 0.95
    error = (1 / (12 * 80 / FOLDS) * 2 / FOLDS) ** 0.5  # of an area of 0.5, Hanley & McNeil 1982, folds averaged
    assert abs(cross_fitted(same, real, others, figures).area() - 0.5) < 4 * error


@pytest.mark.usefixtures("next_to_no_steps")
def test_made_ones_that_repeat_the_real_ones_cannot_be_told() -> None:
    real = sprites(60, 1)
    figures = [str(number // 3) for number in range(60)]
    found = cross_fitted(real, real, figures, figures)
    assert found.area() == pytest.approx(0.5, abs=0.01)  # rounding, where a batch ends, breaks ties
    np.testing.assert_allclose(found.made, found.real, atol=1e-4)


@pytest.mark.usefixtures("next_to_no_steps")
def test_a_figure_is_in_one_fold_on_both_sides() -> None:
    made, real = sprites(40, 1), sprites(30, 2)
    of_made = [f"f{number % 11}" for number in range(40)]
    of_real = [f"f{number % 7}" for number in range(30)]
    found = cross_fitted(made, real, of_made, of_real)
    folds = {name: set() for name in of_made}
    for names, numbers in ((of_made, found.made_folds), (of_real, found.real_folds)):
        for name, number in zip(names, numbers, strict=True):
            folds[name].add(int(number))
    assert all(len(numbers) == 1 for numbers in folds.values())
    assert {number for numbers in folds.values() for number in numbers} == set(range(FOLDS))


@pytest.mark.usefixtures("next_to_no_steps")
def test_a_single_figure_has_nothing_to_be_compared_with_and_is_not_told() -> None:
    assert cross_fitted(sprites(9, 1), sprites(9, 2), ["a"] * 9, ["a"] * 9).area() == 0.5
