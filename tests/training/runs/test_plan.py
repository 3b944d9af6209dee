"""The plan: a function of the request, the data and the parent's header, and of nothing else."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pixelforge.core.config import Kind, ModelConfig
from pixelforge.core.header import ModelHeader, Provenance
from pixelforge.errors import ConfigError, RequestError, TrainingError
from training.data.sprites import SpriteDataset
from training.runs.config import with_intervals
from training.runs.plan import Parent, choose_settings, plan
from training.runs.request import PRESETS, TrainingRequest

TOY = TrainingRequest(size=8, steps=10)


@pytest.fixture
def parent(model_config: ModelConfig) -> Parent:
    header = ModelHeader(
        model=replace(model_config, augment_dim=0),
        class_names=("beasts", "food"),
        provenance=Provenance(credits="drawn by Ann", licence="CC0"),
    )
    return Parent("base", header)


def test_from_nothing_the_network_is_what_was_asked_for(data: SpriteDataset) -> None:
    request = replace(TOY, width=16, dropout=0.1, tell=False)
    planned = plan(request, data, None, "float32")
    model = planned.model
    assert (model.num_classes, model.image_size, model.base_width, model.dropout, model.augment_dim) == (
        2,
        8,
        16,
        0.1,
        0,
    )
    assert (planned.class_names, planned.fingerprint) == (data.class_names, data.fingerprint())
    assert (planned.data, planned.provenance.data) == (data.source, "sprites")
    assert planned == plan(request, data, None, "float32")


def test_from_a_parent_it_is_the_parents_for_these_sprites(data: SpriteDataset, parent: Parent) -> None:
    planned = plan(TOY, data, parent, "bfloat16")
    assert planned.model == replace(parent.header.model, dropout=0.2, palette=planned.model.palette)
    assert planned.training.precision == "bfloat16"
    assert planned.provenance.credits == "begun from base: drawn by Ann (CC0)"


def test_the_prediction_follows_the_colours(data: SpriteDataset) -> None:
    assert plan(TOY, data, None, "float32").model.prediction == "palette"
    noise = np.random.default_rng(0).integers(0, 256, data.sprites.shape, dtype=np.uint8)
    noise[..., 3] = 255
    many = SpriteDataset(noise, data.labels, data.class_names, data.groups)
    assert plan(TOY, many, None, "float32").model.prediction == "v"
    with pytest.raises(TrainingError, match="64 colours"):
        plan(replace(TOY, prediction="palette"), many, None, "float32")


def test_kinds_are_told_apart_where_that_is_asked_for(data: SpriteDataset) -> None:
    named = replace(data, groups=tuple(f"x/{('cat', 'dog')[i % 2]} {i}" for i in range(len(data))), kinds=())
    assert plan(TOY, named, None, "float32").model.kinds == ()
    kinds = plan(replace(TOY, kinds=True), named, None, "float32").model.kinds
    assert kinds[0] == Kind(name="cat", label=0, share=0.5)


@pytest.mark.parametrize(("sprites", "batch"), [(2000, 64), (512, 64), (511, 32), (100, 16)])
def test_the_batch_and_the_learning_rate_suit_the_data(sprites: int, batch: int) -> None:
    request = TrainingRequest(steps=3000)
    chosen = [choose_settings(request, sprites, "float32", from_parent=from_parent) for from_parent in (True, False)]
    assert {settings.batch_size for settings in chosen} == {batch}
    assert chosen[0].learning_rate == pytest.approx(chosen[1].learning_rate / 4)
    assert chosen[1].learning_rate == pytest.approx(8e-4 * (batch / 64) ** 0.5)
    assert (chosen[0].evaluate_every, chosen[0].patience, chosen[0].patient_figures) == (100, 800, 8)


def test_what_the_user_says_holds() -> None:
    request = TrainingRequest(
        steps=10, batch=5, learning_rate=0.5, early_stop=False, schedule="late", precision="bfloat16"
    )
    settings = choose_settings(request, 2000, "float32", from_parent=True)
    assert (settings.batch_size, settings.learning_rate, settings.patience, settings.warmup_steps) == (5, 0.5, 0, 1)
    assert (settings.schedule, settings.precision) == ("late", "bfloat16")


@pytest.mark.parametrize(
    ("request_", "length"),
    [
        (TrainingRequest(), (None, PRESETS["standard"])),
        (TrainingRequest(preset="quick"), (None, 5)),
        (TrainingRequest(preset="quick", minutes=7), (None, 7)),
        (TrainingRequest(preset="quick", steps=7), (7, None)),
    ],
)
def test_a_number_comes_before_a_preset(request_: TrainingRequest, length: tuple[int | None, float | None]) -> None:
    settings = choose_settings(request_, 100, "float32", from_parent=False)
    assert (settings.steps, settings.minutes) == length


def test_in_a_run_of_minutes_the_intervals_are_the_longest_there_may_be() -> None:
    settings = choose_settings(TrainingRequest(minutes=1), 100, "float32", from_parent=False)
    assert (settings.evaluate_every, settings.sample_every, settings.save_every) == (500, 1000, 500)
    assert settings.patient_figures == 8
    assert with_intervals(settings, early_stop=True) == settings


def test_what_cannot_be_is_refused_before_anything_is_read(data: SpriteDataset) -> None:
    with pytest.raises(RequestError, match="not both"):
        TrainingRequest(steps=1, minutes=1)
    for minutes in (0, -1, float("nan"), float("inf")):
        with pytest.raises(RequestError, match="more than 0 minutes"):
            TrainingRequest(minutes=minutes)
    for wrong in ({"steps": 0}, {"batch": 0}, {"steps": -3}, {"flip": 1.5}, {"holdout": -0.1}):
        with pytest.raises(RequestError, match="must be"):
            TrainingRequest(**wrong)
    for wrong in ({"learning_rate": 0}, {"holdout": 1}):
        with pytest.raises(ConfigError, match="must be"):
            plan(replace(TOY, **wrong), data, None, "float32")
