from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from pixelforge.core.device import is_out_of_memory, pick_device
from pixelforge.errors import CheckpointError, RequestError
from pixelforge.imaging.pixels import Pixels
from pixelforge.services.generation import LoadedModel, generate
from pixelforge.services.requests import (
    MAX_COUNT,
    MAX_SEED,
    Finished,
    GenerationEvent,
    GenerationRequest,
    Notice,
    Progress,
    make_request,
)


def request_for(**changes: Any) -> GenerationRequest:
    plain: dict[str, Any] = {
        "class_names": ("tools",),
        "guidance_scale": 2.0,
        "sampler": "dpm++2m",
        "steps": 3,
    }
    return GenerationRequest(**{**plain, **changes})


def finished(events: list[GenerationEvent]) -> Pixels:
    return np.concatenate([event.sprites for event in events if isinstance(event, Finished)])


# What is asked


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"class_names": ()}, "beasts, tools, plants"),
        ({"class_names": ("tools", "dragons")}, "beasts, tools, plants"),
        ({"count": 0}, "1 to 1,000,000"),
        ({"count": -5}, "1 to 1,000,000"),
        ({"count": MAX_COUNT + 1}, "1 to 1,000,000"),
        ({"seed": -1}, "seed"),
        ({"seed": MAX_SEED + 1}, "seed"),
        ({"seed": MAX_SEED, "count": 2}, "seed"),
        ({"guidance_scale": 0.5}, "1 to 15"),
        ({"guidance_scale": 15.5}, "1 to 15"),
        ({"guidance_scale": float("nan")}, "1 to 15"),
        ({"steps": 0}, "1 to 1000"),
        ({"steps": 1001}, "1 to 1000"),
        ({"strength": 0.0}, "Strength"),
        ({"strength": 1.5}, "Strength"),
        ({"start": np.zeros((16, 16, 4), np.uint8)}, "8 x 8"),
        ({"start": np.zeros((8, 8, 3), np.uint8)}, "8 x 8"),
    ],
    ids=str,
)
def test_what_cannot_be_made_is_said_at_once(change: dict[str, Any], words: str, model: LoadedModel) -> None:
    with pytest.raises(RequestError) as caught:
        next(generate(model, request_for(**change)))
    assert words in str(caught.value)


def test_the_last_seed_can_be_asked_for(model: LoadedModel) -> None:
    request_for(seed=MAX_SEED).check(model.header)
    request_for(seed=MAX_SEED - 9, count=10).check(model.header)


def test_classes_share_the_count_in_their_order() -> None:
    request = request_for(class_names=("a", "b", "c"), count=8)
    assert "".join(request.class_of(i) for i in range(8)) == "aaabbbcc"
    assert request_for(class_names=("a", "b", "c"), count=1).class_of(0) == "a"


def test_what_is_not_said_is_as_the_model_recommends(model: LoadedModel) -> None:
    header = replace(model.header, recommended=replace(model.header.recommended, sampler="ddim", steps=17))
    request = make_request(header, ["tools"], count=1, seed=0)
    assert (request.sampler, request.steps, request.guidance_scale) == ("ddim", 17, 2.0)
    assert make_request(header, ["tools"], count=1, seed=0, sampler="dpm++2m").steps == 17
    assert make_request(header, ["tools"], count=1, seed=0, sampler="ddpm").steps == 1000
    chosen = make_request(header, ["tools"], count=1, seed=0, sampler="ddpm", steps=5, guidance_scale=1.0)
    assert (chosen.steps, chosen.guidance_scale) == (5, 1.0)
    with pytest.raises(RequestError, match=r"ddpm, ddim, dpm\+\+2m"):
        make_request(header, ["tools"], count=1, seed=0, sampler="euler")


# What comes


def test_events_of_many_sprites_come_a_micro_batch_at_a_time(model: LoadedModel) -> None:
    seen: list[tuple[str, int, int]] = []
    for event in generate(model, request_for(count=200, guidance_scale=1.0)):
        if isinstance(event, Progress):
            assert event.steps == 3
            assert (event.preview is None) == (event.step == 3)
            if event.preview is not None:
                assert event.preview.shape == (event.size, 8, 8, 4)
            seen.append(("step", event.first, event.step))
        else:
            assert isinstance(event, Finished)
            assert event.sprites.dtype == np.uint8
            assert set(np.unique(event.sprites[..., 3])) <= {0, 255}
            seen.append(("done", event.first, len(event.sprites)))
    assert seen == [
        entry
        for first, size in ((0, 64), (64, 64), (128, 64), (192, 8))
        for entry in (*(("step", first, step) for step in (1, 2, 3)), ("done", first, size))
    ]


def test_nothing_is_computed_before_it_is_pulled(model: LoadedModel) -> None:
    calls: list[int] = []
    model.network.register_forward_hook(lambda *_: calls.append(1))
    model.network.get_submodule("init_conv").register_forward_hook(lambda *_: calls.append(1))
    events = generate(model, request_for(count=MAX_COUNT))
    assert calls == []
    next(events)
    assert len(calls) == 1
    events.close()


def test_long_runs_show_every_twentieth_step(model: LoadedModel) -> None:
    events = list(generate(model, request_for(sampler="ddpm", steps=200, guidance_scale=1.0)))
    shown = [event.step for event in events if isinstance(event, Progress) and event.preview is not None]
    assert shown == list(range(20, 200, 20))
    assert sum(isinstance(event, Progress) for event in events) == 200


@pytest.mark.parametrize("channels", [3, 4])
def test_palette_sprites_hold_colours_of_the_palette_only(
    channels: int, loaded_with: Callable[..., LoadedModel]
) -> None:
    model = loaded_with(channels=channels)
    pixels = finished(list(generate(model, request_for(count=12, guidance_scale=5.0)))).reshape(-1, 4)
    allowed = {(*colour, 255) for colour in model.header.model.palette} | ({(0, 0, 0, 0)} if channels == 4 else set())
    assert {tuple(pixel) for pixel in pixels.tolist()} <= allowed
    assert len(np.unique(pixels, axis=0)) > 2


def test_class_and_guidance_are_heard(model: LoadedModel) -> None:
    plain = finished(list(generate(model, request_for(count=4))))
    other = finished(list(generate(model, request_for(count=4, class_names=("plants",)))))
    strong = finished(list(generate(model, request_for(count=4, guidance_scale=12.0))))
    assert (plain != other).any(axis=(1, 2, 3)).all()
    assert (plain != strong).any(axis=(1, 2, 3)).all()


# Memory


class Narrow(nn.Module):
    """A network on a device with room for `rows` rows."""

    def __init__(self, network: nn.Module, rows: int, error: Exception) -> None:
        super().__init__()
        self.network, self.rows, self.error = network, rows, error

    def forward(self, x: Tensor, t: Tensor, labels: Tensor) -> Tensor:
        if len(x) > self.rows:
            raise self.error
        output: Tensor = self.network(x, t, labels)
        return output


OUT_OF_MEMORY = [
    torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 MiB."),
    RuntimeError("MPS backend out of memory (MPS allocated: 9.06 GB)."),
    RuntimeError("[enforce fail at alloc_cpu.cpp:127] . DefaultCPUAllocator: can't allocate memory: you tried ..."),
    RuntimeError("[enforce fail] data. DefaultCPUAllocator: not enough memory: you tried to allocate 8 bytes."),
]


@pytest.mark.parametrize("error", OUT_OF_MEMORY, ids=lambda error: str(error)[:20])
def test_out_of_memory_halves_the_micro_batch(error: RuntimeError, model: LoadedModel) -> None:
    request = request_for(count=40, sampler="ddpm")
    expected = finished(list(generate(model, request)))
    narrow = replace(model, network=Narrow(model.network, 20, error))  # 10 sprites, as guidance doubles the rows
    events = list(generate(narrow, request, micro_batch=32))
    assert [event.text for event in events if isinstance(event, Notice)] == [
        "Memory ran out with 32 sprites at a time: going on with 16.",
        "Memory ran out with 16 sprites at a time: going on with 8.",
    ]
    assert [len(event.sprites) for event in events if isinstance(event, Finished)] == [8] * 5
    np.testing.assert_array_equal(finished(events), expected)


def test_memory_that_runs_out_half_way(model: LoadedModel) -> None:
    """At the third step: the sprites of the micro-batch are begun again, those before it are kept."""
    request = request_for(count=12)
    expected = finished(list(generate(model, request, micro_batch=4)))
    calls: list[int] = []

    class Failing(Narrow):
        def forward(self, x: Tensor, t: Tensor, labels: Tensor) -> Tensor:
            calls.append(len(x))
            if len(calls) == 6:
                raise self.error
            return super().forward(x, t, labels)

    failing = replace(model, network=Failing(model.network, 1000, OUT_OF_MEMORY[0]))
    events = list(generate(failing, request, micro_batch=4))
    assert [(e.first, len(e.sprites)) for e in events if isinstance(e, Finished)] == [
        (0, 4),
        (4, 2),
        (6, 2),
        (8, 2),
        (10, 2),
    ]
    np.testing.assert_array_equal(finished(events), expected)


def test_no_memory_for_one_sprite_is_said(model: LoadedModel) -> None:
    narrow = replace(model, network=Narrow(model.network, 0, OUT_OF_MEMORY[0]))
    with pytest.raises(RequestError, match="not enough memory"):
        list(generate(narrow, request_for(count=2)))


def test_other_errors_are_not_taken_for_it(model: LoadedModel) -> None:
    narrow = replace(model, network=Narrow(model.network, 0, RuntimeError("shapes cannot be multiplied")))
    with pytest.raises(RuntimeError, match="multiplied"):
        list(generate(narrow, request_for()))


def test_torchs_own_words_for_no_memory_are_known() -> None:
    with pytest.raises(RuntimeError) as caught:
        torch.empty(10**15)
    assert is_out_of_memory(caught.value)


# Variations


def a_sprite() -> Pixels:
    sprite = np.zeros((8, 8, 4), np.uint8)
    sprite[2:7, 1:6] = (210, 69, 73, 255)
    return sprite


class KnowsOne(nn.Module):
    """The ideal eps network of a data set of one sprite."""

    def __init__(self, model: LoadedModel, sprite: Pixels) -> None:
        super().__init__()
        self.bars = model.schedule.alphas_cumprod
        self.x_0 = torch.from_numpy(sprite.astype(np.float32) / 127.5 - 1).permute(2, 0, 1)
        self.heard: list[tuple[int, Tensor]] = []

    def forward(self, x: Tensor, t: Tensor, labels: Tensor) -> Tensor:
        self.heard.append((int(t[0]), x[0].clone()))
        bar = self.bars[t].view(-1, 1, 1, 1)
        return ((x - bar.sqrt() * self.x_0) / (1 - bar).sqrt()).float()


@pytest.mark.parametrize(("strength", "first"), [(1.0, 999), (0.5, 499), (0.1, 99), (0.001, 9)])
def test_strength_decides_where_variations_begin(
    strength: float, first: int, loaded_with: Callable[..., LoadedModel]
) -> None:
    model = loaded_with(prediction="eps")
    knows = KnowsOne(model, a_sprite())
    request = request_for(steps=100, start=a_sprite(), strength=strength, guidance_scale=1.0, sampler="ddim")
    steps = [event for event in generate(replace(model, network=knows), request) if isinstance(event, Progress)]
    timestep, x_t = knows.heard[0]
    assert timestep == first
    assert len(steps) == steps[0].steps == (first + 1) // 10
    # x_t = sqrt(bar) start + sqrt(1 - bar) noise, with the noise that the seed gives
    bar = model.schedule.alpha_bar(first)
    noise = torch.randn(4, 8, 8, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(x_t, bar**0.5 * knows.x_0 + (1 - bar) ** 0.5 * noise, rtol=1e-5, atol=1e-5)


def test_full_strength_leaves_nothing_of_the_sprite(model: LoadedModel) -> None:
    start = request_for(start=a_sprite(), strength=1.0, count=4)
    blank = request_for(start=np.zeros((8, 8, 4), np.uint8), strength=1.0, count=4)
    np.testing.assert_array_equal(finished(list(generate(model, start))), finished(list(generate(model, blank))))


@pytest.mark.parametrize("sampler", ["ddpm", "ddim", "dpm++2m"])
def test_the_ideal_network_gives_its_sprite_back(sampler: str, loaded_with: Callable[..., LoadedModel]) -> None:
    model = loaded_with(prediction="eps")
    ideal = replace(model, network=KnowsOne(model, a_sprite()))
    for strength in (0.02, 0.5, 1.0):
        request = request_for(sampler=sampler, steps=50, start=a_sprite(), strength=strength, count=3)
        sprites = finished(list(generate(ideal, request)))
        np.testing.assert_array_equal(sprites, np.stack([a_sprite()] * 3))


def test_a_weak_variation_stays_near_and_a_strong_one_does_not(loaded_with: Callable[..., LoadedModel]) -> None:
    model = loaded_with(prediction="v")
    distances = []
    for strength in (0.02, 0.9):
        request = request_for(steps=50, start=a_sprite(), strength=strength, count=8, guidance_scale=1.0)
        alpha = finished(list(generate(model, request)))[..., 3]
        distances.append(np.mean(alpha != a_sprite()[..., 3]))
    assert distances[0] < 0.05 < 0.2 < distances[1]


# Loading and devices


def test_load(model_file: Path, model: LoadedModel) -> None:
    loaded = LoadedModel.load(model_file, "cpu")
    assert loaded.header == model.header
    assert loaded.device.type == "cpu"
    request = request_for(count=3)
    np.testing.assert_array_equal(finished(list(generate(loaded, request))), finished(list(generate(model, request))))


def test_load_what_is_not_there(tmp_path: Path, model_file: Path) -> None:
    with pytest.raises(CheckpointError):
        LoadedModel.load(tmp_path / "nothing.safetensors")
    with pytest.raises(RequestError, match="auto, cuda, mps, cpu"):
        LoadedModel.load(model_file, "abacus")


def test_devices() -> None:
    assert pick_device("cpu").type == "cpu"
    there = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
    assert pick_device().type == there
    for name, available in (("cuda", torch.cuda.is_available()), ("mps", torch.backends.mps.is_available())):
        if not available:
            with pytest.raises(RequestError, match=name):
                pick_device(name)
