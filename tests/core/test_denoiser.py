"""What a network answers is an estimate of the sprite, or an error where it is no numbers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pixelforge.core.checkpoint import load_checkpoint, save_checkpoint
from pixelforge.core.config import DiffusionConfig
from pixelforge.core.denoiser import NetworkDenoiser
from pixelforge.core.schedule import NoiseSchedule
from pixelforge.errors import CheckpointError
from pixelforge.services.generation import generate, load_model
from pixelforge.services.requests import make_request, of_classes
from tests.pointer import write_pointer_model
from tests.tiny import TINY


@pytest.mark.parametrize("prediction", ["palette", "v", "eps"])
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_what_is_no_number_is_told(prediction: str, value: float) -> None:
    config = replace(TINY, prediction=prediction, palette=TINY.palette if prediction == "palette" else ())
    channels = 1 + len(TINY.palette) if prediction == "palette" else config.channels
    answered = np.zeros((2, channels, 8, 8), np.float32)
    denoiser = NetworkDenoiser(lambda x, t: answered, config, NoiseSchedule.build(DiffusionConfig()))
    x_t = np.zeros((2, config.channels, 8, 8), np.float32)
    assert np.isfinite(denoiser(x_t, 500)).all()
    answered[1, 0, 3, 3] = value
    with pytest.raises(CheckpointError, match="is damaged: what it computes is not finite"):
        denoiser(x_t, 500)


@pytest.mark.parametrize("engine", ["torch", "onnxruntime"])
def test_a_model_whose_weights_are_beyond_all_numbers_is_refused(tmp_path, engine: str) -> None:
    path = write_pointer_model(tmp_path / "m.safetensors")
    whole = load_checkpoint(path)
    largest = {name: np.sign(weight) * np.float32(1e30) for name, weight in whole.weights.items()}
    save_checkpoint(path, whole.header, largest, whole.bank)
    model = load_model(path, "cpu", engine)
    request = make_request(model.header, of_classes(model.header.class_names[:1]), count=1, seed=0)
    with pytest.raises(CheckpointError, match="not finite"):
        list(generate(model, request))
