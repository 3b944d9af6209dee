"""What of a sprite stays: restrictions of the estimate, whatever the network says."""

from __future__ import annotations

import numpy as np
import pytest

from pixelforge.core.colours import choices, stack_palettes
from pixelforge.core.config import ModelConfig, Prediction
from pixelforge.core.denoiser import NetworkDenoiser
from pixelforge.core.diffusion import palette_colours
from pixelforge.core.keeping import Kept, nearest_colours
from pixelforge.core.schedule import NoiseSchedule
from pixelforge.core.start import Keep
from pixelforge.core.weights import Floats

RED, GREEN, BLUE, BLACK = (255, 0, 0), (0, 255, 0), (0, 0, 255), (0, 0, 0)
PALETTE = (BLACK, RED, GREEN, BLUE)


def picture(*rows: tuple[tuple[int, int, int] | None, ...]) -> Floats:
    """RGBA (4, H, W) in [-1, 1]; None is transparent."""
    cells = [[(*colour, 255) if colour else (0, 0, 0, 0) for colour in row] for row in rows]
    return (np.array(cells).transpose(2, 0, 1) / 127.5 - 1).astype(np.float32)


START = picture((RED, None), (RED, BLUE))


def test_a_silhouette_forbids_transparent_inside_and_colours_outside() -> None:
    forbidden = Kept.of(START[None], Keep(silhouette=True)).forbidden(palette_colours(PALETTE, 4), PALETTE)
    assert forbidden is not None
    assert forbidden.shape == (1, 5, 2, 2)
    assert forbidden[0, :, 0, 1].tolist() == [False, True, True, True, True]
    assert forbidden[0, :, 1, 1].tolist() == [True, False, False, False, False]


def test_colours_forbid_all_but_the_nearest_of_the_models_palette() -> None:
    start = picture((RED, None), ((250, 9, 9), (4, 4, 240)))
    kept = Kept.of(start[None], Keep(colours=True))
    forbidden = kept.forbidden(palette_colours(PALETTE, 4), PALETTE)
    assert forbidden is not None
    assert forbidden[0, :, 0, 0].tolist() == [False, True, False, True, False]  # transparent, red and blue are left
    assert kept.forbidden(palette_colours(PALETTE, 4)[[0, 2, 4]], (RED, BLUE)) is None  # nothing is to be forbidden
    assert nearest_colours((RED, (250, 9, 9)), PALETTE) == [1]


def test_palettes_of_several_lengths_are_restricted_row_by_row() -> None:
    colours = choices(stack_palettes([(RED, BLUE, GREEN), (RED,)]))
    forbidden = Kept.of(np.stack([START, START[..., ::-1]]), Keep(silhouette=True)).forbidden(colours)
    assert forbidden is not None
    assert forbidden.shape == (2, 4, 2, 2)
    assert forbidden[0, :, 0, 0].tolist() == [True, False, False, False]
    assert forbidden[1, :2, 0, 0].tolist() == [False, True]
    assert not forbidden[1, 1, 0, 1]


def test_nothing_kept_forbids_nothing() -> None:
    assert Kept.of(START[None], Keep()).forbidden(palette_colours(PALETTE, 4), PALETTE) is None


@pytest.mark.parametrize("prediction", ["palette", "eps", "v"])
def test_no_estimate_changes_what_is_kept(prediction: Prediction, schedule: NoiseSchedule) -> None:
    config = ModelConfig(num_classes=1, image_size=8, prediction=prediction, palette=PALETTE)
    rng = np.random.default_rng(0)
    start = np.where(rng.random((1, 8, 8)) < 0.5, picture(*([(RED,) * 8] * 8)), np.float32(-1))
    kept = Kept.of(np.broadcast_to(start, (3, 4, 8, 8)), Keep(silhouette=True, colours=True))

    def answer(x_t: Floats, timestep: int) -> Floats:
        return 30 * rng.standard_normal((3, config.out_channels, 8, 8), np.float32)

    denoiser = NetworkDenoiser(answer, config, schedule, kept=kept)
    for timestep in (999, 500, 3):
        for final in (False, True):
            pred_x0 = denoiser(rng.standard_normal((3, 4, 8, 8), np.float32), timestep, final)
            assert np.isfinite(pred_x0).all()
            np.testing.assert_allclose(pred_x0[:, 3], np.broadcast_to(start[3], (3, 8, 8)), rtol=1e-6)
            if prediction == "palette":
                np.testing.assert_allclose(
                    pred_x0, np.broadcast_to(start, (3, 4, 8, 8)), rtol=1e-6
                )  # red is all that is left to a pixel


def test_a_model_without_transparency_is_left_alone() -> None:
    kept = Kept.of(START[None, :3], Keep(silhouette=True))
    assert kept.forbidden(palette_colours(PALETTE, 3), PALETTE) is None
    estimate = np.zeros((1, 3, 2, 2), np.float32)
    assert kept.with_alpha(estimate) is estimate
