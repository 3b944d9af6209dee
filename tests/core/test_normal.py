from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
import torch

from pixelforge.core.normal import Floats, normals

EXACT = torch.backends.cpu.get_cpu_capability() in ("AVX2", "AVX512")


def assert_they_are_torchs(seeds: Sequence[int], counts: Sequence[int]) -> None:
    """Of every seed one draw of each count after the other."""
    ours = [np.random.RandomState(seed) for seed in seeds]
    torchs = [torch.Generator().manual_seed(seed) for seed in seeds]
    for count in counts:
        expected = np.stack([torch.randn(count, generator=generator).numpy() for generator in torchs])
        if EXACT:
            np.testing.assert_array_equal(normals(ours, count).view(np.int32), expected.view(np.int32))
        else:
            np.testing.assert_allclose(normals(ours, count), expected, atol=4e-6)


@pytest.mark.parametrize("first", [0, 2**31 - 500, 2**32 - 1000])
def test_they_are_torchs(first: int) -> None:
    assert_they_are_torchs(range(first, first + 1000), (1024, 256))


def test_they_are_torchs_whatever_their_count() -> None:
    for count in range(16, 1000):
        assert_they_are_torchs((count,), (count, 16))


def test_every_generator_has_its_own() -> None:
    def made(*seeds: int) -> Floats:
        return normals([np.random.RandomState(seed) for seed in seeds], 100)

    np.testing.assert_array_equal(made(5, 6, 7), np.concatenate([made(5), made(6), made(7)]))
