"""A model's student: a second network in its file, which samples in a few steps of one row."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from pixelforge.core import pipeline
from pixelforge.core.backend import Backend
from pixelforge.core.build import build_network
from pixelforge.core.checkpoint import load_checkpoint, replace_header, save_checkpoint
from pixelforge.core.condition import Condition, Cue
from pixelforge.core.config import ModelConfig
from pixelforge.core.deferred import Deferred
from pixelforge.core.engine import pick_backend
from pixelforge.core.header import HEADER_KEY, Student, read_header
from pixelforge.core.onnx_backend import OnnxBackend
from pixelforge.core.pipeline import Model, sample_sprites, sprite_steps
from pixelforge.core.sampling import Sampling
from pixelforge.core.torch_backend import TorchBackend
from pixelforge.core.weights import Floats, Weights
from pixelforge.errors import CheckpointError, ConfigError, Remedy, RequestError
from tests.pointer import DAWN, write_pointer_model

INSTANT = Sampling(sampler="instant", steps=4, guidance_scale=2)
ASKED = [Condition(class_name="cats", kind="lion", style="dawn")]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write_pointer_model(tmp_path / "fast.safetensors", student=Student(learnt=7))


def test_a_student_as_built_is_its_teacher(tmp_path: Path) -> None:
    """Whatever the guidance: its layers add nothing before they learn."""
    teacher = load_checkpoint(write_pointer_model(tmp_path / "words.safetensors"))
    student = build_network(teacher.header.student_model)
    fresh = {name: weight for name, weight in student.state_dict().items() if name.startswith("guidance_mlp.")}
    student.load_state_dict({**fresh, **teacher.network.state_dict()})
    cues, x = [Cue((0, 3), DAWN)], np.random.default_rng(0).standard_normal((1, 4, 8, 8), np.float32)
    expected = TorchBackend(teacher.network).prepare(cues, (500,))(x, 500)
    for scale in (1.0, 3.0):
        guided = [replace(cue, guidance_scale=scale) for cue in cues]
        np.testing.assert_array_equal(TorchBackend(student.eval()).prepare(guided, (500,))(x, 500), expected)


def test_both_networks_are_in_one_file(path: Path) -> None:
    checkpoint = load_checkpoint(path)
    assert checkpoint.student is not None
    assert checkpoint.header.student == Student(steps=4, learnt=7)
    names = checkpoint.student.state_dict().keys() - checkpoint.network.state_dict().keys()
    assert {name.split(".")[0] for name in names} == {"guidance_mlp"}
    again = path.with_name("again.safetensors")
    weights, own = checkpoint.network.state_dict(), checkpoint.student.state_dict()
    save_checkpoint(again, checkpoint.header, weights, checkpoint.bank, student=own)
    student = load_checkpoint(again).student
    assert student is not None
    assert all(torch.equal(weight, own[name]) for name, weight in student.state_dict().items())
    replace_header(again, replace(checkpoint.header, recommended=Sampling(steps=7)))
    assert load_checkpoint(again).student is not None


def test_a_model_of_classes_with_a_student_is_refused_by_version_0_1(tmp_path: Path, tiny: ModelConfig) -> None:
    """It would take the student's weights for damage; a newer format is what it has words for."""
    from pixelforge.core.header import ModelHeader

    header = ModelHeader(model=tiny, class_names=("beasts", "tools", "plants"), student=Student())
    weights, own = build_network(tiny).state_dict(), build_network(header.student_model).state_dict()
    save_checkpoint(tmp_path / "fast.safetensors", header, weights, student=own)
    assert read_header(tmp_path / "fast.safetensors").format_version == 2


def changed(path: Path, target: Path, weights: dict[str, Tensor], header: dict[str, object]) -> Path:
    told = {**msgspec.to_builtins(read_header(path)), **header}
    save_file(weights, target, {HEADER_KEY: msgspec.json.encode(told).decode()})
    return target


def test_files_that_do_not_hold_the_student_that_they_tell_of(path: Path, tmp_path: Path) -> None:
    weights, target = load_file(path), tmp_path / "odd.safetensors"
    least = {name: weight for name, weight in weights.items() if name != "student.out_conv.bias"}
    with pytest.raises(CheckpointError, match=r"1 weights are missing \(student\.out_conv\.bias first\)"):
        load_checkpoint(changed(path, target, least, {}))
    with pytest.raises(CheckpointError, match=r"weights are unknown \(student\."):
        load_checkpoint(changed(path, target, weights, {"student": None}))
    damaged = {**weights, "student.out_conv.bias": torch.full_like(weights["student.out_conv.bias"], torch.nan)}
    with pytest.raises(CheckpointError, match=r"student\.out_conv\.bias holds numbers that are not finite"):
        load_checkpoint(changed(path, target, damaged, {}))
    for student in ({"steps": 0}, {"steps": 10**9}, {"most_guidance": 0}, "fast"):
        with pytest.raises(CheckpointError, match="header that cannot be read"):
            read_header(changed(path, target, weights, {"student": student}))
    with pytest.raises(CheckpointError, match="takes too many steps"):
        read_header(changed(path, target, weights, {"student": {}, "diffusion": {"num_timesteps": 3}}))


@pytest.mark.parametrize("prediction", ["eps", "v"])
def test_only_models_of_palettes_have_students(prediction: str, model_file: Path, tmp_path: Path) -> None:
    header = msgspec.to_builtins(read_header(model_file))
    model = {**header["model"], "prediction": prediction}
    path = changed(model_file, tmp_path / "odd.safetensors", load_file(model_file), {"student": {}, "model": model})
    with pytest.raises(CheckpointError, match="its student and its prediction do not fit"):
        read_header(path)


class Counted:
    """A network that counts what runs through it."""

    def __init__(self, backend: Backend | None) -> None:
        assert isinstance(backend, Deferred)
        assert isinstance(backend.made, TorchBackend)
        self.rows: list[int] = []
        network = backend.made.network
        run = network.run
        network.run = lambda x, embedded: self.rows.append(len(x)) or run(x, embedded)


def test_four_steps_run_one_row_a_sprite_through_the_student_alone(path: Path) -> None:
    model = Model.of(load_checkpoint(path))
    student, teacher = Counted(model.student), Counted(model.backend)
    steps = list(sprite_steps(model, ASKED * 3, range(3), INSTANT))
    assert [step.timestep for step in steps] == [999, 749, 499, 249]
    assert student.rows == [3] * 4
    assert teacher.rows == []


def test_a_network_is_put_on_its_engine_when_it_is_asked(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[bool] = []

    def picked(config: ModelConfig, *given: Any, **more: Any) -> Backend:
        made.append(config.guided)
        return pick_backend(config, *given, **more)

    monkeypatch.setattr(pipeline, "pick_backend", picked)
    model = Model.of(load_checkpoint(path))
    assert made == []
    for _ in range(2):
        sample_sprites(model, ASKED, [1], INSTANT)
        assert made == [True]
    sample_sprites(model, ASKED, [1], Sampling(sampler="ddim", steps=2))
    assert made == [True, False]


def test_the_same_in_both_engines(path: Path) -> None:
    checkpoint = load_checkpoint(path)
    student = checkpoint.student
    assert student is not None
    backends = OnnxBackend(checkpoint.header.student_model, Weights(student.arrays())), TorchBackend(student)
    cues = [Cue((0, 3), DAWN, scale) for scale in (1.0, 1.5, 2.5, 4.0, 4.0)]
    ours, torchs = (backend.prepare(cues, (999, 249)) for backend in backends)
    x = np.random.default_rng(0).standard_normal((5, 4, 8, 8), np.float32)
    for t in (999, 249, 500):
        np.testing.assert_allclose(ours(x, t), torchs(x, t), rtol=1e-4, atol=1e-4)
    made = [
        sample_sprites(Model.of(checkpoint, engine=engine), ASKED * 9, range(9), INSTANT)
        for engine in ("onnxruntime", "torch")
    ]
    np.testing.assert_array_equal(*made)


def test_guidance_means_something_up_to_what_the_student_was_taught(path: Path) -> None:
    model = Model.of(load_checkpoint(path))

    def made(scale: float) -> Floats:
        return sample_sprites(model, ASKED * 8, range(8), replace(INSTANT, guidance_scale=scale))

    assert not np.array_equal(made(1), made(3.5))
    np.testing.assert_array_equal(made(4), made(9))


def test_variations_enter_at_the_step_that_fits_their_strength_and_masks_keep_the_rest(path: Path) -> None:
    model = Model.of(load_checkpoint(path))
    start = sample_sprites(model, ASKED, [1], INSTANT)[0]
    for strength, entered in ((1.0, 999), (0.75, 749), (0.5, 499), (0.1, 249)):
        steps = list(sprite_steps(model, ASKED, [2], INSTANT, start, strength))
        assert steps[0].timestep == entered
    free = np.zeros((8, 8), np.bool_)
    free[2:5, 2:5] = True
    *_, last = sprite_steps(model, ASKED, [2], INSTANT, start, 1.0, free)
    np.testing.assert_array_equal(last.x_t[0][:, ~free], start[:, ~free])


def test_what_a_model_can_be_asked_for(path: Path, tmp_path: Path) -> None:
    fast, plain = read_header(path), read_header(write_pointer_model(tmp_path / "plain.safetensors"))
    assert fast.sampling({"sampler": "instant"}) == Sampling(sampler="instant", steps=4)
    assert fast.sampling({}) == fast.recommended
    with pytest.raises(RequestError, match="Instant takes 4 steps with that model, not 8"):
        fast.sampling({"sampler": "instant", "steps": 8})
    with pytest.raises(RequestError, match="no student that makes sprites in an instant") as raised:
        plain.sampling({"sampler": "instant"})
    assert raised.value.remedies == (Remedy.DISTIL,)
    model = Model.of(load_checkpoint(tmp_path / "plain.safetensors"))
    with pytest.raises(RequestError, match="no student"):
        sample_sprites(model, ASKED, [0], INSTANT)


def test_the_notebooks_network_has_no_student() -> None:
    with pytest.raises(ConfigError, match="does not take guidance as an input"):
        ModelConfig(num_classes=1, architecture="notebook", prediction="eps", channels=3, num_heads=1, guided=True)
