from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from pixelforge.core.backend import Backend
from pixelforge.core.build import build_network
from pixelforge.core.checkpoint import Checkpoint, load_checkpoint
from pixelforge.core.config import ModelConfig
from pixelforge.core.engine import pick_backend
from pixelforge.core.header import ModelHeader
from pixelforge.core.onnx_backend import OnnxBackend
from pixelforge.core.torch_backend import TorchBackend
from pixelforge.errors import RequestError

CPU = "cpu"


def picked(checkpoint: Checkpoint, device: str, engine: str = "auto") -> Backend:
    return pick_backend(checkpoint.header.model, checkpoint.weights, device, engine)


@pytest.fixture
def checkpoint(model_file: Path) -> Checkpoint:
    return load_checkpoint(model_file)


@pytest.fixture
def notebook(tiny: ModelConfig) -> Checkpoint:
    config = replace(
        tiny, num_classes=1, architecture="notebook", prediction="eps", channels=3, num_heads=1, palette=()
    )
    return Checkpoint.of(ModelHeader(model=config, class_names=("beasts",)), build_network(config))


@pytest.fixture
def _not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)


def test_on_a_cpu_it_is_onnx_runtime(checkpoint: Checkpoint) -> None:
    assert isinstance(picked(checkpoint, CPU), OnnxBackend)
    assert isinstance(picked(checkpoint, CPU, "onnxruntime"), OnnxBackend)
    assert isinstance(picked(checkpoint, CPU, "torch"), TorchBackend)


def test_on_another_device_it_is_torch(checkpoint: Checkpoint) -> None:
    assert isinstance(picked(checkpoint, "meta"), TorchBackend)
    with pytest.raises(
        RequestError, match=r"^ONNX Runtime runs on the CPU alone, not on meta\. The engine torch can\.$"
    ):
        picked(checkpoint, "meta", "onnxruntime")


@pytest.mark.usefixtures("_not_installed")
def test_where_it_is_not_installed_it_is_torch(checkpoint: Checkpoint) -> None:
    assert isinstance(picked(checkpoint, CPU), TorchBackend)
    with pytest.raises(RequestError, match="ONNX Runtime is not installed"):
        picked(checkpoint, CPU, "onnxruntime")


def test_the_notebooks_network_is_torchs(notebook: Checkpoint) -> None:
    assert isinstance(picked(notebook, CPU), TorchBackend)
    with pytest.raises(RequestError, match="cannot run the notebook's network"):
        picked(notebook, CPU, "onnxruntime")


def test_sprites_that_would_not_be_quite_the_same_stay_torchs(checkpoint: Checkpoint, tiny: ModelConfig) -> None:
    config = replace(tiny, prediction="v")
    other = Checkpoint.of(replace(checkpoint.header, model=config), build_network(config))
    assert isinstance(picked(other, CPU), TorchBackend)
    assert isinstance(picked(other, CPU, "onnxruntime"), OnnxBackend)


def test_what_it_does_not_know_is_torchs(
    checkpoint: Checkpoint, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pixelforge.core.onnx_backend.UNUSED", ())
    config = replace(checkpoint.header.model, augment_dim=2)
    other = Checkpoint.of(replace(checkpoint.header, model=config), build_network(config))
    assert isinstance(picked(other, CPU), TorchBackend)
    assert "ONNX Runtime does not take the network" in caplog.text
    with pytest.raises(RequestError, match=r"cannot run that model here: no part of the graph: augment_emb\.weight"):
        picked(other, CPU, "onnxruntime")


def test_an_engine_that_there_is_not(checkpoint: Checkpoint) -> None:
    with pytest.raises(RequestError, match="There is no engine 'tensorflow': choose one of auto, onnxruntime, torch"):
        picked(checkpoint, CPU, "tensorflow")
