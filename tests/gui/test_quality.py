"""The field for quality: what it offers with and without a student, and what the user chooses there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pixelforge.core.header import ModelHeader, Student, read_header
from pixelforge.core.sampling import Sampling
from pixelforge.gui.generating.quality_field import QualityField
from pixelforge.gui.generating.states import possible
from tests.pointer import write_pointer_model


@pytest.fixture
def field(qtbot: Any) -> QualityField:
    field = QualityField()
    qtbot.addWidget(field)
    qtbot.addWidget(field.details)
    return field


@pytest.fixture
def plain(tmp_path: Path) -> ModelHeader:
    return read_header(write_pointer_model(tmp_path / "plain.safetensors"))


@pytest.fixture
def fast(tmp_path: Path) -> ModelHeader:
    return read_header(write_pointer_model(tmp_path / "fast.safetensors", student=Student()))


def texts(box: Any) -> list[str]:
    return [box.itemText(row) for row in range(box.count())]


def test_without_a_student_instant_is_not_offered_and_the_words_say_how_to_get_one(
    field: QualityField, plain: ModelHeader
) -> None:
    field.set_header(plain)
    assert texts(field) == ["Fast (8 steps)", "Fine (2 steps)", "Classic 1000 (1,000 steps)", "Custom"]
    assert "Instant" not in texts(field.sampler_box)
    assert "pixelforge distill" in field.toolTip()


def test_with_one_it_is_the_first_and_brings_its_steps(field: QualityField, fast: ModelHeader) -> None:
    chosen: list[dict[str, Any]] = []
    field.value_changed.connect(chosen.append)
    field.set_header(fast)
    assert texts(field)[0] == "Instant (4 steps)"
    field.set_value(Sampling(sampler="instant", steps=4))
    assert field.currentText() == "Instant (4 steps)"
    assert not field.steps.isEnabled()
    for name in ("ddim", "instant"):
        row = field.sampler_box.findData(name)
        field.sampler_box.setCurrentIndex(row)
        field.sampler_box.activated.emit(row)
    assert chosen == [{"sampler": "ddim", "steps": 2}, {"sampler": "instant", "steps": 4}]
    field.set_value(Sampling(sampler="ddim", steps=9))
    assert field.steps.isEnabled()
    assert field.currentText() == "Custom"


def test_another_model_offers_its_own(field: QualityField, fast: ModelHeader, plain: ModelHeader) -> None:
    field.set_header(fast)
    field.set_header(plain)
    assert texts(field.sampler_box) == ["DDPM (classic)", "DDIM", "DPM++ 2M"]


def test_what_was_made_by_a_student_is_asked_of_a_model_without_one_as_it_recommends(
    fast: ModelHeader, plain: ModelHeader
) -> None:
    instant = Sampling(sampler="instant", steps=4)
    assert possible(fast, instant) == instant
    assert possible(plain, instant) == plain.recommended
    assert possible(plain, Sampling(sampler="ddim", steps=5000)) == Sampling(sampler="ddim", steps=1000)
