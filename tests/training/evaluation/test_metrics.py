from __future__ import annotations

import numpy as np
import pytest
from scipy.linalg import sqrtm

from tests.training.conftest import blob
from training.evaluation import metrics
from training.evaluation.metrics import (
    frechet_distance,
    kernel_distance,
    mean_pairwise_distance,
    nearest_distances,
    nearest_of,
)

RNG = np.random.default_rng(0)
A, B = RNG.normal(size=(40, 5)), RNG.normal(0.5, 2.0, size=(30, 5))


def test_kernel_distance_is_the_unbiased_double_sum() -> None:
    def kernel(x: np.ndarray, y: np.ndarray) -> float:
        return float((x @ y / 5 + 1) ** 3)

    aa = np.mean([kernel(x, y) for i, x in enumerate(A) for j, y in enumerate(A) if i != j])
    bb = np.mean([kernel(x, y) for i, x in enumerate(B) for j, y in enumerate(B) if i != j])
    ab = np.mean([kernel(x, y) for x in A for y in B])
    assert kernel_distance(A, B) == pytest.approx(aa + bb - 2 * ab)


def test_kernel_distance_of_one_distribution_is_zero_on_average() -> None:
    draws = [kernel_distance(RNG.normal(size=(20, 3)), RNG.normal(size=(25, 3))) for _ in range(400)]
    assert abs(np.mean(draws)) < 4 * np.std(draws) / 20


def test_frechet_distance_against_a_matrix_square_root() -> None:
    cov_a, cov_b = np.cov(A, rowvar=False), np.cov(B, rowvar=False)
    gap = A.mean(0) - B.mean(0)
    expected = gap @ gap + np.trace(cov_a + cov_b - 2 * np.real(sqrtm(cov_a @ cov_b)))
    assert frechet_distance(A, B) == pytest.approx(expected)
    assert frechet_distance(A, A) == pytest.approx(0, abs=1e-9)


def test_a_mirrored_and_shifted_copy_is_at_distance_zero() -> None:
    references = np.stack([blob(RNG, 16) for _ in range(5)])
    padded = np.pad(references[3], ((1, 1), (1, 1), (0, 0)))
    copy = padded[2:, :-2][:, ::-1]
    assert nearest_distances(copy[None], references)[0] == pytest.approx(0, abs=1e-3)


def test_the_distance_counts_differing_pixels_over_opaque_ones() -> None:
    reference = np.zeros((1, 16, 16, 4), np.uint8)
    reference[0, 4:8, 4:8] = 255
    sprite = reference.copy()
    sprite[0, 4, 4] = [0, 0, 0, 255]  # 1 of 16 opaque pixels differs by (1, 1, 1, 0)
    assert nearest_distances(sprite, reference)[0] == pytest.approx(np.sqrt(3 / 16), rel=1e-3)


def test_mean_pairwise_distance() -> None:
    points = np.array([[0.0, 0.0], [3.0, 4.0], [0.0, 0.0]])
    assert mean_pairwise_distance(points) == pytest.approx((5 + 5 + 0) / 3, abs=1e-6)


def test_the_nearest_is_named_over_all_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "BLOCK", 3)
    references = np.stack([blob(RNG, 16) for _ in range(8)])
    sprites = np.stack([np.roll(references[7], 1, axis=0), references[2, :, ::-1], references[4]])
    sprites[0, 0] = 0
    distances, which = nearest_of(sprites, references)
    assert which.tolist() == [7, 2, 4]
    np.testing.assert_allclose(distances, 0, atol=1e-3)
    np.testing.assert_array_equal(nearest_distances(sprites, references), distances)
