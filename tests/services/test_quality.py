from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pixelforge.core.header import ModelHeader, Student, read_header
from pixelforge.errors import Remedy, RequestError
from pixelforge.services.quality import find_quality, for_fillings, qualities
from tests.pointer import write_pointer_model
from tests.tiny import COLOURS, TINY


def test_instant_is_offered_where_there_is_a_student(tmp_path: Path) -> None:
    plain = read_header(write_pointer_model(tmp_path / "plain.safetensors"))
    fast = read_header(write_pointer_model(tmp_path / "fast.safetensors", student=Student()))
    shown = [(quality.label, quality.sampler, quality.steps) for quality in qualities(fast)]
    rest = [("Fast", "ddim", 8), ("Fine", "ddim", 2), ("Classic 1000", "ddpm", 1000)]
    assert shown == [("Instant", "instant", 4), *rest]
    assert [(quality.label, quality.sampler, quality.steps) for quality in qualities(plain)] == rest
    assert find_quality(fast, "instant") == qualities(fast)[0]
    with pytest.raises(RequestError, match="no student that makes sprites in an instant") as raised:
        find_quality(plain, "instant")
    assert raised.value.remedies == (Remedy.DISTIL,)
    with pytest.raises(RequestError, match="no quality 'best'; choose one of instant, fast, fine, classic"):
        find_quality(fast, "best")


def test_parts_are_made_anew_in_fewer_steps_but_for_a_student_that_knows_its_own(tmp_path: Path) -> None:
    plain = read_header(write_pointer_model(tmp_path / "plain.safetensors"))
    fast = read_header(write_pointer_model(tmp_path / "fast.safetensors", student=Student()))
    told = [(quality.sampler, quality.steps) for quality in (for_fillings(plain), for_fillings(fast))]
    assert told == [("ddim", 8), ("instant", 4)]


@pytest.mark.parametrize("prediction", ["palette", "eps", "v"])
def test_models_that_know_no_palettes_keep_a_solver_of_second_order(prediction: str) -> None:
    config = replace(TINY, prediction=prediction, palette=COLOURS if prediction == "palette" else ())
    fast = find_quality(ModelHeader(model=config, class_names=("beasts", "tools")), "fast")
    assert (fast.sampler, fast.steps) == ("dpm++2m", 15)


def test_no_quality_has_more_steps_than_the_diffusion(tmp_path: Path) -> None:
    header = read_header(write_pointer_model(tmp_path / "plain.safetensors"))
    short = replace(header, diffusion=replace(header.diffusion, num_timesteps=5))
    assert find_quality(short, "fast").steps == 5
