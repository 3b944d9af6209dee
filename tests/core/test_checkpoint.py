from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from pixelforge.core.build import build_network
from pixelforge.core.checkpoint import load_checkpoint, save_checkpoint
from pixelforge.core.config import DiffusionConfig, ModelConfig
from pixelforge.core.header import (
    FORMAT_VERSION,
    HEADER_KEY,
    ModelHeader,
    Provenance,
    file_sha256,
    read_header,
)
from pixelforge.core.sampling import Sampling
from pixelforge.errors import CheckpointError, OutputError, PixelForgeError
from pixelforge.files import PART_SUFFIX

Content = dict[str, Any]


def refused(path: Path) -> str:
    """The message with which a file is refused; it names the file and is one line."""
    with pytest.raises(CheckpointError) as caught:
        load_checkpoint(path)
    message = str(caught.value)
    assert str(path) in message
    assert "\n" not in message
    return message


def edit_header(path: Path, change: Callable[[Content], object]) -> None:
    """Rewrite the JSON in a model file's header, its weights as they are."""
    content = json.loads(msgspec.json.encode(read_header(path)))
    change(content)
    save_file(load_file(path), path, metadata={HEADER_KEY: json.dumps(content)})


def edit_weights(path: Path, change: Callable[[dict[str, Tensor]], object]) -> None:
    header, weights = read_header(path), load_file(path)
    change(weights)
    save_file(weights, path, metadata={HEADER_KEY: msgspec.json.encode(header).decode()})


def test_round_trip(tmp_path: Path, tiny: ModelConfig, randomise: Callable[[nn.Module], nn.Module]) -> None:
    header = ModelHeader(
        model=tiny,
        diffusion=DiffusionConfig(num_timesteps=500, cosine_s=0.01),
        class_names=("Bêtes", "道具", "plants & trees"),
        recommended=Sampling(sampler="ddim", steps=20, guidance_scale=1.5),
        provenance=Provenance(data="drawn", licence="CC0", credits="me", sprites=12, steps=3, date="2025-01-01"),
    )
    network = randomise(build_network(tiny))
    path = tmp_path / "a model.safetensors"
    save_checkpoint(path, header, network.state_dict())
    checkpoint = load_checkpoint(path)
    assert read_header(path) == checkpoint.header == header
    loaded = checkpoint.network.state_dict()
    assert loaded.keys() == network.state_dict().keys()
    assert all(torch.equal(loaded[name], weight) for name, weight in network.state_dict().items())
    assert not checkpoint.network.training
    assert not any(parameter.requires_grad for parameter in checkpoint.network.parameters())
    arguments = (torch.randn(2, 4, 8, 8), torch.tensor([1, 999]), torch.tensor([0, 3]))
    with torch.inference_mode():
        assert torch.equal(checkpoint.network(*arguments), network(*arguments))
    assert len(file_sha256(path)) == 64
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_weights_are_read_as_float32(model_file: Path, dtype: torch.dtype) -> None:
    edit_weights(model_file, lambda weights: weights.update({name: w.to(dtype) for name, w in weights.items()}))
    network = load_checkpoint(model_file).network
    assert {parameter.dtype for parameter in network.parameters()} == {torch.float32}


def test_missing_file(tmp_path: Path) -> None:
    assert "does not exist" in refused(tmp_path / "nothing.safetensors")


def test_a_folder_is_not_a_model(tmp_path: Path) -> None:
    refused(tmp_path)


def test_truncated_anywhere(model_file: Path) -> None:
    whole = model_file.read_bytes()
    for length in [0, 1, 7, 8, 9, 100, 1000, len(whole) // 2, len(whole) - 4, len(whole) - 1]:
        model_file.write_bytes(whole[:length])
        refused(model_file)
    model_file.write_bytes(whole + b"\0")
    refused(model_file)


def test_renamed_picture(tmp_path: Path) -> None:
    path = tmp_path / "picture.safetensors"
    Image.new("RGBA", (16, 16)).save(path, format="PNG")
    assert "another kind" in refused(path)


def test_safetensors_of_somebody_else(tmp_path: Path) -> None:
    path = tmp_path / "other.safetensors"
    save_file({"weight": torch.zeros(3)}, path)
    assert "not a PixelForge model" in refused(path)
    save_file({"weight": torch.zeros(3)}, path, metadata={"format": "pt"})
    assert "not a PixelForge model" in refused(path)


def test_newer_format(model_file: Path) -> None:
    def newer(content: Content) -> None:
        content.update(format_version=FORMAT_VERSION + 2, model={"layout": "nobody knows yet"})

    edit_header(model_file, newer)
    message = refused(model_file)
    assert f"format {FORMAT_VERSION + 2}" in message
    assert f"up to {FORMAT_VERSION}" in message


@pytest.mark.parametrize(
    "change",
    [
        lambda content: content.pop("model"),
        lambda content: content.pop("class_names"),
        lambda content: content.pop("format_version"),
        lambda content: content["model"].pop("num_classes"),
        lambda content: content["model"].pop("palette"),
        lambda content: content.update(format_version="1"),
        lambda content: content.update(format_version=None),
        lambda content: content.update(model=[]),
        lambda content: content.update(class_names="abc"),
        lambda content: content.update(class_names=["one", "two"]),
        lambda content: content.update(class_names=["one", "two", "two"]),
        lambda content: content.update(class_names=["one", "two", ""]),
        lambda content: content.update(class_names=["one", "two", 3]),
        lambda content: content["model"].update(base_width=12),
        lambda content: content["model"].update(base_width="8"),
        lambda content: content["model"].update(base_width=8.5),
        lambda content: content["model"].update(base_width=10**30),
        lambda content: content["model"].update(image_size=2**31),
        lambda content: content["model"].update(prediction="score"),
        lambda content: content["model"].update(architecture="transformer"),
        lambda content: content["model"].update(multipliers=[1, None]),
        lambda content: content["model"].update(palette=[[0, 0]]),
        lambda content: content["diffusion"].update(num_timesteps=0),
        lambda content: content["diffusion"].update(num_timesteps=10**15),
        lambda content: content["diffusion"].update(beta_max=1.5),
        lambda content: content["diffusion"].update(beta_min=0.9),
        lambda content: content["recommended"].update(sampler="euler"),
        lambda content: content["recommended"].update(steps="many"),
        lambda content: content["provenance"].update(credits=5),
    ],
)
def test_header_that_does_not_fit(model_file: Path, change: Callable[[Content], object]) -> None:
    edit_header(model_file, change)
    refused(model_file)
    with pytest.raises(CheckpointError):
        read_header(model_file)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "null",
        "[]",
        "12",
        '"text"',
        "{}",
        '{"format_version": NaN}',
        '{"format_version": 1e999}',
        "[" * 100_000,
        '{"a":' * 100_000,
        '{"format_version": 1, "model": ' + "[" * 50_000 + "]" * 50_000 + "}",
        "\x00\x01",
    ],
    ids=lambda text: repr(text[:20]),
)
def test_header_that_is_garbage(model_file: Path, text: str) -> None:
    save_file(load_file(model_file), model_file, metadata={HEADER_KEY: text})
    refused(model_file)


@pytest.mark.parametrize(
    "change",
    [
        lambda weights: weights.pop("init_conv.weight"),
        lambda weights: weights.update(more=torch.zeros(1)),
        lambda weights: weights.update({"init_conv.weight": torch.zeros(8, 3, 3, 3)}),
        lambda weights: weights.update({"init_conv.bias": torch.zeros(())}),
        lambda weights: weights["init_conv.weight"].view(-1)[5:6].fill_(float("nan")),
        lambda weights: weights["out_conv.bias"][:1].fill_(float("inf")),
        lambda weights: weights.update({"out_conv.bias": weights["out_conv.bias"].long()}),
        lambda weights: weights.update({"out_conv.bias": weights["out_conv.bias"].to(torch.complex64)}),
        lambda weights: weights.update({"out_conv.bias": weights["out_conv.bias"].to(torch.float8_e4m3fn)}),
        lambda weights: weights.update({"out_conv.bias": weights["out_conv.bias"] > 0}),
        lambda weights: weights.clear(),
    ],
)
def test_weights_that_do_not_fit(model_file: Path, change: Callable[[dict[str, Tensor]], object]) -> None:
    edit_weights(model_file, change)
    refused(model_file)


def test_a_header_cannot_ask_for_more_memory_than_the_file_has(model_file: Path) -> None:
    """A network of more than 400 GB, described in a file of a few kB, is refused by its shapes."""

    def huge(content: Content) -> None:
        content["model"].update(
            image_size=64, base_width=1024, multipliers=[16] * 6, blocks_per_level=8, attention_levels=[], num_heads=1
        )

    edit_header(model_file, huge)
    with torch.device("meta"):
        size = sum(p.nbytes for p in build_network(read_header(model_file).model).parameters())
    assert size > 4e11
    assert "does not fit its own description" in refused(model_file)


def test_saving_where_there_is_no_folder(tmp_path: Path, header: ModelHeader) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="file"):
        save_checkpoint(tmp_path / "file" / "hero.safetensors", header, {"weight": torch.zeros(1)})


@pytest.mark.skipif(sys.platform == "win32", reason="limits a file's size as POSIX does")
def test_a_full_disk_leaves_the_old_model(model_file: Path, header: ModelHeader) -> None:
    import resource

    before = model_file.read_bytes()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
    try:
        with pytest.raises(OutputError, match=r"hero\.safetensors"):
            save_checkpoint(model_file, header, {"weight": torch.zeros(100_000)})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert model_file.read_bytes() == before
    assert [entry.name for entry in model_file.parent.iterdir()] == [model_file.name]


@pytest.mark.skipif(sys.platform == "win32", reason="limits a file's size as POSIX does")
def test_a_kill_while_it_is_written_leaves_what_is_swept_later(tmp_path: Path) -> None:
    script = (
        "import resource, signal, sys, torch; from pathlib import Path\n"
        "from pixelforge.core.checkpoint import save_checkpoint\n"
        "from pixelforge.core.config import ModelConfig\n"
        "from pixelforge.core.header import ModelHeader\n"
        "header = ModelHeader(model=ModelConfig(num_classes=1, prediction='v'), class_names=('a',))\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_DFL)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n"
        "save_checkpoint(Path(sys.argv[1]), header, {'weight': torch.zeros(100_000)})\n"
    )
    killed = subprocess.run([sys.executable, "-c", script, str(tmp_path / "a.safetensors")], check=False)
    assert killed.returncode < 0
    assert [path.name for path in tmp_path.iterdir() if not path.name.endswith(PART_SUFFIX)] == []


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX pipes")
def test_a_pipe_is_no_model(tmp_path: Path) -> None:
    pipe = tmp_path / "hero.safetensors"
    os.mkfifo(pipe)
    assert "pipe" in refused(pipe)
    with pytest.raises(CheckpointError, match="pipe"):
        file_sha256(pipe)


def test_random_damage_raises_nothing_else(model_file: Path) -> None:
    """Flipped bytes, cuts and doublings, most of them in the header: it loads, or is refused in words."""
    whole, dice = model_file.read_bytes(), random.Random(0)
    header_length = 8 + int.from_bytes(whole[:8], "little")
    refusals = 0
    for _ in range(250):
        damaged = bytearray(whole)
        for _ in range(dice.choice([1, 1, 2, 8])):
            end = dice.choice([8, header_length, header_length, len(damaged)])
            damaged[dice.randrange(end)] = dice.randrange(256)
        if dice.random() < 0.2:
            cut = dice.randrange(len(damaged))
            damaged = dice.choice([damaged[:cut], damaged[:cut] + damaged[cut // 2 :]])
        model_file.write_bytes(damaged)
        try:
            load_checkpoint(model_file)
        except PixelForgeError as error:
            assert model_file.name in str(error)  # noqa: PT017 - either way is right
            refusals += 1
    assert refusals > 80


def test_a_header_names_its_class_count(model_file: Path, tiny: ModelConfig) -> None:
    header = ModelHeader(model=replace(tiny, num_classes=4), class_names=("a", "b", "c"))
    save_checkpoint(model_file, header, {"weight": torch.zeros(1)})
    with pytest.raises(CheckpointError, match="names 3 classes, but its network knows 4"):
        read_header(model_file)


def test_loading_a_model_does_not_load_torchs_compiler(tmp_path: Path, tiny: ModelConfig) -> None:
    path = tmp_path / "tiny.safetensors"
    save_checkpoint(path, ModelHeader(model=tiny, class_names=tuple("abc")), build_network(tiny).state_dict())
    script = (
        "import sys; from pathlib import Path; from pixelforge.core.checkpoint import load_checkpoint;"
        "load_checkpoint(Path(sys.argv[1])); print('torch._dynamo' in sys.modules, 'sympy' in sys.modules)"
    )
    result = subprocess.run([sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=True)
    assert result.stdout.split() == ["False", "False"]
