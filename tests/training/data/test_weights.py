"""How often sprites are drawn, against closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pixelforge.errors import RequestError
from training.data.sprites import SpriteDataset
from training.data.weights import draw_weights


def made(groups: list[int], styles: list[str]) -> SpriteDataset:
    count = len(groups)
    sprites, labels = np.zeros((count, 2, 2, 4), np.uint8), np.zeros(count, np.int64)
    return SpriteDataset(sprites, labels, ("a",), tuple(map(str, groups)), styles=tuple(styles))


def share(data: SpriteDataset, weights: np.ndarray, style: str) -> float:
    return float(weights[np.array(data.styles) == style].sum())


def test_a_figure_of_nine_frames_is_drawn_three_times_as_often_as_a_picture() -> None:
    weights = draw_weights(made([0] * 9 + [1], [""] * 10))
    np.testing.assert_allclose(weights, [3 / 4 / 9] * 9 + [1 / 4], rtol=1e-12)


@pytest.mark.parametrize("frames", [16, 80, 104])
def test_no_figure_is_drawn_more_than_four_times_as_often(frames: int) -> None:
    weights = draw_weights(made([0] * frames + [1], [""] * (frames + 1)))
    assert weights[:-1].sum() / weights[-1] == pytest.approx(4)


@pytest.mark.parametrize(("balance", "ratio"), [(0, 9), (0.5, 3), (1, 1)])
def test_styles_are_drawn_by_a_power_of_their_size(balance: float, ratio: float) -> None:
    data = made(list(range(10)), ["large"] * 9 + ["small"])
    weights = draw_weights(data, balance)
    assert share(data, weights, "large") / share(data, weights, "small") == pytest.approx(ratio)


def test_the_size_of_a_style_counts_its_figures_by_their_weight() -> None:
    data = made([0] * 4 + [1] * 4 + [2], ["walkers"] * 8 + ["stills"])
    weights = draw_weights(data, 0.5)
    assert share(data, weights, "walkers") / share(data, weights, "stills") == pytest.approx(4**0.5)


def test_factors_multiply_and_0_leaves_a_style_out() -> None:
    data = made(list(range(6)), ["a", "a", "b", "b", "c", "c"])
    weights = draw_weights(data, factors={"a": 0.25, "c": 0, "no such style": 7})
    np.testing.assert_allclose(weights, [0.1, 0.1, 0.4, 0.4, 0, 0], rtol=1e-12)


@pytest.mark.parametrize(
    ("balance", "factors"), [(-0.1, {}), (1.1, {}), (float("nan"), {}), (0.5, {"a": -1}), (0.5, {"a": float("inf")}),
                             (0.5, {"a": float("nan")}), (0.5, {"a": 0.0})],
)  # fmt: skip
def test_what_leaves_nothing_to_draw_by_is_refused(balance: float, factors: dict[str, float]) -> None:
    with pytest.raises(RequestError):
        draw_weights(made([0, 1], ["a", "a"]), balance, factors)


@given(st.lists(st.tuples(st.integers(0, 9), st.sampled_from("abc")), min_size=1, max_size=60), st.floats(0, 1))
def test_weights_are_a_distribution(told: list[tuple[int, str]], balance: float) -> None:
    data = made([group for group, _ in told], [style for _, style in told])
    weights = draw_weights(data, balance)
    assert weights.shape == (len(told),)
    assert weights.dtype == np.float64
    assert (weights > 0).all()
    assert weights.sum() == pytest.approx(1, abs=1e-12)


def test_without_labels_animations_alone_count_less(data: SpriteDataset) -> None:
    weights = draw_weights(data)
    assert weights[0] / weights[-1] == pytest.approx(2**0.5 / 2)
    assert len(set(weights.round(15))) == 2
