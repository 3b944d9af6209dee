from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from pixelforge.core.backend import Answer
from pixelforge.core.condition import Condition, Cue
from pixelforge.core.device import is_out_of_memory, pick_device
from pixelforge.core.normal import MAX_SEED
from pixelforge.core.pipeline import Model
from pixelforge.core.sampling import Sampling
from pixelforge.core.torch_backend import TorchBackend
from pixelforge.core.weights import Floats
from pixelforge.errors import CheckpointError, RequestError
from pixelforge.imaging.pixels import Pixels
from pixelforge.services.generation import generate, load_model
from pixelforge.services.requests import (
    Finished,
    GenerationEvent,
    GenerationRequest,
    Notice,
    Progress,
    make_request,
    of_classes,
)
from tests.made import asked
from tests.services.conftest import network_of


def request_for(*class_names: str, **changes: Any) -> GenerationRequest:
    return asked(*class_names or ("tools",), **{"guidance_scale": 2.0, "sampler": "dpm++2m", "steps": 3, **changes})


def test_finished_sprites_tell_what_they_were_made_for(model: Model) -> None:
    request = request_for("beasts", "tools", count=5)
    told = [event.conditions for event in generate(model, request, micro_batch=2) if isinstance(event, Finished)]
    assert sum(told, ()) == tuple(request.condition_of(index) for index in range(5))


def finished(events: list[GenerationEvent]) -> Pixels:
    return np.concatenate([event.sprites for event in events if isinstance(event, Finished)])


# What is asked


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"count": 0}, "1 to 1,000,000"),
        ({"count": -5}, "1 to 1,000,000"),
        ({"count": 1_000_001}, "1 to 1,000,000"),
        ({"seed": -1}, "Seed"),
        ({"seed": MAX_SEED + 1}, "Seed"),
        ({"seed": MAX_SEED, "count": 2}, "Seed"),
        ({"guidance_scale": 0.5}, "1 to 15"),
        ({"guidance_scale": 15.5}, "1 to 15"),
        ({"guidance_scale": float("nan")}, "1 to 15"),
        ({"steps": 0}, "1 or more"),
        ({"sampler": "euler"}, "ddpm, ddim, dpm++2m"),
        ({"picture": np.zeros((8, 8, 4), np.uint8), "strength": 0.0}, "Strength"),
        ({"picture": np.zeros((8, 8, 4), np.uint8), "strength": 1.5}, "Strength"),
    ],
    ids=str,
)
def test_what_no_model_can_make_cannot_be_asked(change: dict[str, Any], words: str) -> None:
    with pytest.raises(RequestError) as caught:
        request_for(**change)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        (request_for("tools", "dragons"), "beasts, tools, plants"),
        (request_for(steps=1001), "1 to 1000"),
        (request_for(picture=np.zeros((16, 16, 4), np.uint8)), "8 x 8"),
        (request_for(picture=np.zeros((8, 8, 3), np.uint8)), "8 x 8"),
        (replace(request_for(), conditions=()), "beasts, tools, plants"),
        (replace(request_for(), conditions=(Condition(class_name="tools", kind="axe"),)), "no kind 'axe'"),
    ],
    ids=str,
)
def test_what_a_model_cannot_make_is_said_at_once(request_: GenerationRequest, words: str, model: Model) -> None:
    with pytest.raises(RequestError) as caught:
        next(generate(model, request_))
    assert words in str(caught.value)


def test_a_model_for_something_else_makes_no_sprites(model: Model) -> None:
    other = replace(model, header=replace(model.header, task="animation"))
    with pytest.raises(RequestError, match="for animation, not for sprites"):
        next(generate(other, request_for()))


def test_the_last_seed_can_be_asked_for(model: Model) -> None:
    request_for(seed=MAX_SEED).check(model.header)
    request_for(seed=MAX_SEED - 9, count=10).check(model.header)


def test_classes_share_the_count_in_their_order() -> None:
    request = request_for("a", "b", "c", count=8)
    assert "".join(request.class_of(i) for i in range(8)) == "aaabbbcc"
    assert request_for("a", "b", "c", count=1).class_of(0) == "a"


def test_what_is_not_said_is_as_the_model_recommends(model: Model) -> None:
    header = replace(model.header, recommended=replace(model.header.recommended, sampler="ddim", steps=17))

    def made_for(**sampling: Any) -> Sampling:
        return make_request(header, of_classes(["tools"]), count=1, seed=0, sampling=sampling).sampling

    assert made_for() == Sampling(sampler="ddim", steps=17, guidance_scale=2.0)
    assert made_for(sampler="dpm++2m").steps == 17
    assert made_for(sampler="ddpm").steps == 1000
    assert made_for(sampler="ddpm", steps=5, guidance_scale=1.0) == Sampling(
        sampler="ddpm", steps=5, guidance_scale=1.0
    )
    with pytest.raises(RequestError, match=r"ddpm, ddim, dpm\+\+2m"):
        made_for(sampler="euler")


# What comes


def test_events_of_many_sprites_come_a_micro_batch_at_a_time(model: Model) -> None:
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


def test_nothing_is_computed_before_it_is_pulled(model: Model) -> None:
    calls: list[int] = []
    network_of(model).get_submodule("init_conv").register_forward_hook(lambda *_: calls.append(1))
    events = generate(model, request_for(count=1_000_000))
    assert calls == []
    next(events)
    assert len(calls) == 1
    events.close()


def test_long_runs_show_every_twentieth_step(model: Model) -> None:
    events = list(generate(model, request_for(sampler="ddpm", steps=200, guidance_scale=1.0)))
    shown = [event.step for event in events if isinstance(event, Progress) and event.preview is not None]
    assert shown == list(range(20, 200, 20))
    assert sum(isinstance(event, Progress) for event in events) == 200


@pytest.mark.parametrize("channels", [3, 4])
def test_palette_sprites_hold_colours_of_the_palette_only(channels: int, loaded_with: Callable[..., Model]) -> None:
    model = loaded_with(channels=channels)
    pixels = finished(list(generate(model, request_for(count=12, guidance_scale=5.0)))).reshape(-1, 4)
    allowed = {(*colour, 255) for colour in model.header.model.palette} | ({(0, 0, 0, 0)} if channels == 4 else set())
    assert {tuple(pixel) for pixel in pixels.tolist()} <= allowed
    assert len(np.unique(pixels, axis=0)) > 2


def test_class_and_guidance_are_heard(model: Model) -> None:
    plain = finished(list(generate(model, request_for(count=4))))
    other = finished(list(generate(model, request_for("plants", count=4))))
    strong = finished(list(generate(model, request_for(count=4, guidance_scale=12.0))))
    assert (plain != other).any(axis=(1, 2, 3)).all()
    assert (plain != strong).any(axis=(1, 2, 3)).all()


# Memory


def with_hook(model: Model, before: Callable[[Tensor], None]) -> Model:
    """The model with something done before each run of a copy of its network on x_t."""
    network = copy.deepcopy(network_of(model))
    network.get_submodule("init_conv").register_forward_pre_hook(lambda _, given: before(given[0]))
    return replace(model, backend=TorchBackend(network))


def narrow(model: Model, rows: int, error: Exception) -> Model:
    """The model on a device with room for `rows` rows."""

    def check(x: Tensor) -> None:
        if len(x) > rows:
            raise error

    return with_hook(model, check)


OUT_OF_MEMORY = [
    torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 MiB."),
    RuntimeError("MPS backend out of memory (MPS allocated: 9.06 GB)."),
    RuntimeError("[enforce fail at alloc_cpu.cpp:127] . DefaultCPUAllocator: can't allocate memory: you tried ..."),
    RuntimeError("[enforce fail] data. DefaultCPUAllocator: not enough memory: you tried to allocate 8 bytes."),
]


@pytest.mark.parametrize("error", OUT_OF_MEMORY, ids=lambda error: str(error)[:20])
def test_out_of_memory_halves_the_micro_batch(error: RuntimeError, model: Model) -> None:
    request = request_for(count=40, sampler="ddpm")
    expected = finished(list(generate(model, request)))
    small = narrow(model, 20, error)  # 10 sprites, as guidance doubles the rows
    events = list(generate(small, request, micro_batch=32))
    assert [event.text for event in events if isinstance(event, Notice)] == [
        "Memory ran out with 32 sprites at a time: going on with 16.",
        "Memory ran out with 16 sprites at a time: going on with 8.",
    ]
    assert [len(event.sprites) for event in events if isinstance(event, Finished)] == [8] * 5
    np.testing.assert_array_equal(finished(events), expected)


def test_memory_that_runs_out_half_way(model: Model) -> None:
    """At the third step: the sprites of the micro-batch are begun again, those before it are kept."""
    request = request_for(count=12)
    expected = finished(list(generate(model, request, micro_batch=4)))
    calls: list[int] = []

    def fail(x: Tensor) -> None:
        calls.append(len(x))
        if len(calls) == 6:
            raise OUT_OF_MEMORY[0]

    failing = with_hook(model, fail)
    events = list(generate(failing, request, micro_batch=4))
    assert [(e.first, len(e.sprites)) for e in events if isinstance(e, Finished)] == [
        (0, 4),
        (4, 2),
        (6, 2),
        (8, 2),
        (10, 2),
    ]
    np.testing.assert_array_equal(finished(events), expected)


def test_no_memory_for_one_sprite_is_said(model: Model) -> None:
    with pytest.raises(RequestError, match="not enough memory"):
        list(generate(narrow(model, 0, OUT_OF_MEMORY[0]), request_for(count=2)))


def test_other_errors_are_not_taken_for_it(model: Model) -> None:
    with pytest.raises(RuntimeError, match="multiplied"):
        list(generate(narrow(model, 0, RuntimeError("shapes cannot be multiplied")), request_for()))


def test_torchs_own_words_for_no_memory_are_known() -> None:
    with pytest.raises(RuntimeError) as caught:
        torch.empty(10**15)
    assert is_out_of_memory(caught.value)


# Variations


def a_sprite() -> Pixels:
    sprite = np.zeros((8, 8, 4), np.uint8)
    sprite[2:7, 1:6] = (210, 69, 73, 255)
    return sprite


class KnowsOne:
    """A backend that runs the ideal eps network of a data set of one sprite."""

    device = "cpu"

    def __init__(self, model: Model, sprite: Pixels) -> None:
        self.schedule = model.schedule
        self.x_0 = (sprite.astype(np.float32) / 127.5 - 1).transpose(2, 0, 1)
        self.asked: list[tuple[int, Floats]] = []

    def prepare(self, cues: Sequence[Cue], timesteps: Sequence[int]) -> Answer:
        def answer(x_t: Floats, timestep: int) -> Floats:
            assert len(x_t) == len(cues)
            self.asked.append((timestep, x_t[0].copy()))
            bar = self.schedule.alpha_bar(timestep)
            return ((x_t - bar**0.5 * self.x_0) / (1 - bar) ** 0.5).astype(np.float32)

        return answer

    def is_out_of_memory(self, error: Exception) -> bool:
        return False


@pytest.mark.parametrize(("strength", "first"), [(1.0, 999), (0.5, 499), (0.1, 99), (0.05, 49)])
def test_strength_decides_where_variations_begin(
    strength: float, first: int, loaded_with: Callable[..., Model]
) -> None:
    model = loaded_with(prediction="eps")
    knows = KnowsOne(model, a_sprite())
    request = request_for(steps=100, picture=a_sprite(), strength=strength, guidance_scale=1.0, sampler="ddim")
    steps = [event for event in generate(replace(model, backend=knows), request) if isinstance(event, Progress)]
    timestep, x_t = knows.asked[0]
    assert timestep == first
    assert len(steps) == steps[0].steps == (first + 1) // 10
    # x_t = sqrt(bar) start + sqrt(1 - bar) noise, with the noise that the seed gives
    bar = model.schedule.alpha_bar(first)
    noise = torch.randn(4, 8, 8, generator=torch.Generator().manual_seed(0)).numpy()
    np.testing.assert_allclose(x_t, bar**0.5 * knows.x_0 + (1 - bar) ** 0.5 * noise, rtol=1e-5, atol=1e-5)


def test_full_strength_leaves_nothing_of_the_sprite(model: Model) -> None:
    start = request_for(picture=a_sprite(), strength=1.0, count=4)
    blank = request_for(picture=np.zeros((8, 8, 4), np.uint8), strength=1.0, count=4)
    np.testing.assert_array_equal(finished(list(generate(model, start))), finished(list(generate(model, blank))))


@pytest.mark.parametrize("sampler", ["ddpm", "ddim", "dpm++2m"])
def test_the_ideal_network_gives_its_sprite_back(sampler: str, loaded_with: Callable[..., Model]) -> None:
    model = loaded_with(prediction="eps")
    ideal = replace(model, backend=KnowsOne(model, a_sprite()))
    for strength in (0.05, 0.5, 1.0):
        request = request_for(sampler=sampler, steps=50, picture=a_sprite(), strength=strength, count=3)
        sprites = finished(list(generate(ideal, request)))
        np.testing.assert_array_equal(sprites, np.stack([a_sprite()] * 3))


def test_a_weak_variation_stays_near_and_a_strong_one_does_not(loaded_with: Callable[..., Model]) -> None:
    model = loaded_with(prediction="v")
    distances = []
    for strength in (0.05, 0.9):
        request = request_for(steps=50, picture=a_sprite(), strength=strength, count=8, guidance_scale=1.0)
        alpha = finished(list(generate(model, request)))[..., 3]
        distances.append(np.mean(alpha != a_sprite()[..., 3]))
    assert distances[0] < 0.05 < 0.2 < distances[1]


# Loading and devices


def test_load(model_file: Path, model: Model) -> None:
    loaded = load_model(model_file, "cpu")
    assert loaded.header == model.header
    assert loaded.backend.device == "cpu"
    request = request_for(count=3)
    np.testing.assert_array_equal(finished(list(generate(loaded, request))), finished(list(generate(model, request))))


def test_load_what_is_not_there(tmp_path: Path, model_file: Path) -> None:
    with pytest.raises(CheckpointError):
        load_model(tmp_path / "nothing.safetensors")
    with pytest.raises(RequestError, match="auto, cuda, mps, cpu"):
        load_model(model_file, "abacus")


@pytest.mark.parametrize(
    ("cuda", "mps", "usual", "refused"),
    [
        (True, True, "cuda", {}),
        (True, False, "cuda", {"mps": "it has cuda, cpu"}),
        (False, True, "mps", {"cuda": "it has mps, cpu"}),
        (False, False, "cpu", {"cuda": "it has cpu", "mps": "it has cpu"}),
    ],
)
def test_devices(cuda: bool, mps: bool, usual: str, refused: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pixelforge.core.device.may_have_accelerator", lambda: True)
    monkeypatch.setattr("torch.cuda.is_available", lambda: cuda)
    monkeypatch.setattr("torch.backends.mps.is_available", lambda: mps)
    assert pick_device() == usual
    for name in ("cuda", "mps", "cpu"):
        if name in refused:
            with pytest.raises(RequestError, match=f"no usable {name} device; {refused[name]}\\."):
                pick_device(name)
        else:
            assert pick_device(name) == name
