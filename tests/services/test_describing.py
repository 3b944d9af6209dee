"""What a model file says of itself can be changed; what it draws with cannot."""

from __future__ import annotations

from pathlib import Path

import pytest
from safetensors.numpy import load_file

from pixelforge.core.header import read_header
from pixelforge.core.sampling import Sampling
from pixelforge.errors import ConfigError, RequestError
from pixelforge.gui.generating.states import settings_for
from pixelforge.services.model_library import describe_model, find_model
from pixelforge.services.paths import DEFAULT_MODEL
from tests.pointer import WORDS, write_pointer_model


def test_the_description_changes_and_the_weights_stay(tmp_path: Path) -> None:
    path = write_pointer_model(tmp_path / "model.safetensors")
    before, weights = read_header(path), load_file(path)
    describe_model(path, recommended={"steps": 7}, usual_style="ink", provenance={"credits": "somebody"})
    header = read_header(path)
    assert header.recommended == Sampling(sampler="ddim", steps=7)
    assert header.words is not None
    assert header.words.usual_style == "ink"
    assert (header.provenance.credits, header.provenance.licence) == ("somebody", "")
    assert (header.model, header.class_names) == (before.model, before.class_names)
    after = load_file(path)
    assert all((after[name] == weight).all() for name, weight in weights.items())


def test_whoever_has_chosen_no_style_is_shown_the_usual_one(tmp_path: Path) -> None:
    path = write_pointer_model(tmp_path / "model.safetensors")
    assert settings_for(read_header(path), None).request.conditions[0].style is None
    describe_model(path, recommended={}, usual_style="ink", provenance={})
    assert settings_for(read_header(path), None).request.conditions[0].style == "ink"


def test_a_style_that_the_model_does_not_know_is_refused(tmp_path: Path) -> None:
    path = write_pointer_model(tmp_path / "model.safetensors")
    with pytest.raises(RequestError, match="no style 'oil'"):
        describe_model(path, recommended={}, usual_style="oil", provenance={})
    with pytest.raises(RequestError, match="Steps must be 1 or more"):
        describe_model(path, recommended={"steps": 0}, usual_style=None, provenance={})
    with pytest.raises(ConfigError, match="none of its styles"):
        type(WORDS)(kinds=(), styles=WORDS.styles, usual_style="oil")


def test_a_model_of_classes_alone_has_no_usual_style(tmp_path: Path) -> None:
    path = tmp_path / "old.safetensors"
    path.write_bytes(find_model("dawnlike16").read_bytes())
    with pytest.raises(RequestError, match="knows no styles"):
        describe_model(path, recommended={}, usual_style="ink", provenance={})
    assert find_model(DEFAULT_MODEL).exists()
