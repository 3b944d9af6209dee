from __future__ import annotations

import io
import pickle
import random
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from pixelforge.core.legacy import read_notebook_weights
from pixelforge.core.notebook_unet import NotebookUNet
from pixelforge.errors import CheckpointError, PixelForgeError

DATA = Path(__file__).parents[1] / "data" / "legacy"
SMALL = DATA / "small.pth"

Weights = dict[str, Tensor]


@pytest.fixture
def network() -> NotebookUNet:
    config, weights = read_notebook_weights(SMALL)
    network = NotebookUNet(config)
    network.load_state_dict(weights)
    return network.eval()


@pytest.fixture
def vectors() -> dict[str, Tensor]:
    with np.load(DATA / "vectors.npz") as file:
        return {name: torch.from_numpy(file[name]) for name in file}


@pytest.fixture
def weights() -> Weights:
    return read_notebook_weights(SMALL)[1]


def refused(path: Path) -> str:
    with pytest.raises(CheckpointError) as caught:
        read_notebook_weights(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_sizes_follow_from_the_shapes() -> None:
    config, _ = read_notebook_weights(SMALL)
    assert config.base_width == 16
    assert config.multipliers == (1, 2, 2)
    assert config.blocks_per_level == 2
    assert config.attention_levels == (1, 2)
    assert config.num_classes == 5
    assert (config.channels, config.image_size, config.prediction) == (3, 16, "eps")


def run_normalised(network: NotebookUNet, x: Tensor, t_norm: Tensor, rows: Tensor) -> Tensor:
    return network.run(x, network.embed_normalised(t_norm, rows))


@torch.inference_mode()
def test_eps_is_that_of_the_notebook(network: NotebookUNet, vectors: dict[str, Tensor]) -> None:
    eps = run_normalised(network, vectors["x"], vectors["t_norm"], vectors["c"])
    assert (eps - vectors["eps"]).abs().max() < 1e-5


@torch.inference_mode()
def test_eps_in_float64_is_as_near_as_the_vectors_rounding(network: NotebookUNet, vectors: dict[str, Tensor]) -> None:
    """The recorded eps is itself a float32 result, 5.8e-6 from the exact one; nothing else stands between them."""
    eps = run_normalised(network.double(), vectors["x"].double(), vectors["t_norm"].double(), vectors["c"])
    assert (eps - vectors["eps"]).abs().max() < 6e-6


@torch.inference_mode()
def test_integer_timesteps_are_scaled_by_t(network: NotebookUNet, vectors: dict[str, Tensor]) -> None:
    t = (vectors["t_norm"] * 1000).round().long()
    eps = network(vectors["x"], t, vectors["c"])
    assert (eps - vectors["eps"]).abs().max() < 1e-5


@torch.inference_mode()
def test_up_levels_work_where_the_notebooks_did(network: NotebookUNet, vectors: dict[str, Tensor]) -> None:
    heights: list[int] = []
    for level in network.ups:
        level.register_forward_pre_hook(lambda _, given: heights.append(given[0].shape[2]))
    run_normalised(network, vectors["x"], vectors["t_norm"], vectors["c"])
    assert heights == vectors["ups_resolution"].tolist()


class RunsCode:
    """Unpickled without care, it makes a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return (open, (str(self.path), "w"))


@pytest.mark.parametrize("how", ["zip", "pickle", "legacy"])
def test_code_in_a_pickle_does_not_run(how: str, tmp_path: Path, weights: Weights) -> None:
    path, trace = tmp_path / "evil.pth", tmp_path / "it-ran"
    content = {**weights, "init_conv.bias": RunsCode(trace)}
    if how == "pickle":
        path.write_bytes(pickle.dumps(content))
    else:
        torch.save(content, path, _use_new_zipfile_serialization=how == "zip")
    assert "code" in refused(path)
    assert not trace.exists()


@pytest.mark.parametrize(
    "content",
    [
        [torch.zeros(2)],
        torch.zeros(2),
        {},
        {1: torch.zeros(2)},
        {"init_conv.weight": "text"},
        {"init_conv.weight": torch.zeros(2)},
        {"model": {"init_conv.weight": torch.zeros(2)}},
        {"epoch": 3},
        None,
        "text",
    ],
    ids=str,
)
def test_a_pickle_of_something_else(content: object, tmp_path: Path) -> None:
    path = tmp_path / "other.pth"
    torch.save(content, path)
    refused(path)


def huge_by_repetition(weights: Weights) -> None:
    """One number repeated to a terabyte: small in the file, a bomb where it is used."""
    weights["init_conv.weight"] = torch.zeros(1).expand(1024, 3, 3, 3 * 10**7)


@pytest.mark.parametrize(
    "change",
    [
        lambda weights: weights.pop("mid.block1.conv1.weight"),
        lambda weights: weights.pop("init_conv.weight"),
        lambda weights: weights.pop("label_emb.weight"),
        lambda weights: weights.update(surplus=torch.zeros(1)),
        lambda weights: weights.update({"init_conv.weight": torch.zeros(())}),
        lambda weights: weights.update({"init_conv.weight": torch.zeros(16)}),
        lambda weights: weights.update({"init_conv.weight": torch.zeros(0, 3, 3, 3)}),
        lambda weights: weights.update({"init_conv.weight": torch.zeros(12, 3, 3, 3)}),
        lambda weights: weights.update({"init_conv.weight": torch.zeros(16, 4, 3, 3)}),
        lambda weights: weights.update({"init_conv.weight": weights["init_conv.weight"].long()}),
        lambda weights: weights.update({"init_conv.weight": weights["init_conv.weight"].to_sparse()}),
        lambda weights: weights.update({"init_conv.weight": weights["init_conv.weight"].to("meta")}),
        lambda weights: weights.update({"label_emb.weight": torch.zeros(0, 64)}),
        lambda weights: weights.update({"label_emb.weight": torch.zeros(1, 64)}),
        lambda weights: weights.update({"downs.0.blocks.0.conv1.weight": torch.zeros(())}),
        lambda weights: weights["out_conv.2.bias"].fill_(float("nan")),
        huge_by_repetition,
    ],
)
def test_weights_of_another_network(change: Callable[[Weights], object], weights: Weights, tmp_path: Path) -> None:
    path = tmp_path / "other.pth"
    change(weights)
    torch.save(weights, path)
    refused(path)


def test_missing_empty_and_folder(tmp_path: Path) -> None:
    assert "does not exist" in refused(tmp_path / "nothing.pth")
    (tmp_path / "empty.pth").touch()
    refused(tmp_path / "empty.pth")
    refused(tmp_path)


def test_zip_garbage(tmp_path: Path) -> None:
    path = tmp_path / "archive.pth"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "no weights")
    refused(path)
    path.write_bytes(b"PK\x03\x04" + bytes(200))
    refused(path)


def test_a_compressed_file_is_not_unpacked(tmp_path: Path) -> None:
    """torch.load would unpack 4 MB of zeros from 5 kB, and as well 4 GB from 5 MB."""
    whole = io.BytesIO()
    torch.save({"init_conv.weight": torch.zeros(1_000_000)}, whole)
    path = tmp_path / "bomb.pth"
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            target.writestr(entry.filename, source.read(entry))
    assert path.stat().st_size < 10_000
    refused(path)


def test_random_damage_raises_nothing_else(tmp_path: Path) -> None:
    whole, dice = SMALL.read_bytes(), random.Random(0)
    path = tmp_path / "damaged.pth"
    with zipfile.ZipFile(SMALL) as archive:
        described = next(name for name in archive.namelist() if name.endswith("data.pkl"))
        start = archive.getinfo(described).header_offset
        length = archive.getinfo(described).file_size
    refusals = 0
    for _ in range(100):
        damaged = bytearray(whole)
        for _ in range(dice.choice([1, 2, 8])):
            where = dice.choice([range(start, start + length), range(len(whole) - 20_000, len(whole)), range(100)])
            damaged[dice.choice(where)] = dice.randrange(256)
        if dice.random() < 0.2:
            damaged = damaged[: dice.randrange(len(damaged))]
        path.write_bytes(damaged)
        try:
            read_notebook_weights(path)
        except PixelForgeError as error:
            assert path.name in str(error)  # noqa: PT017 - either way is right
            refusals += 1
    assert refusals > 30
