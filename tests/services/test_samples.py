"""The samples of the first start were made by the bundled model as it is now."""

from __future__ import annotations

from pixelforge.core.header import file_sha256
from pixelforge.services.paths import DEFAULT_MODEL, bundled_models_folder, samples_file
from pixelforge.services.sprites import decode_sheet


def test_samples_are_of_the_bundled_model() -> None:
    samples = decode_sheet(samples_file().read_bytes())
    recipes = [sample.recipe for sample in samples]
    assert len(samples) == 36
    assert {recipe.model for recipe in recipes} == {DEFAULT_MODEL}
    assert {recipe.model_sha256 for recipe in recipes} == {
        file_sha256(bundled_models_folder() / f"{DEFAULT_MODEL}.safetensors")
    }
    assert len({recipe.class_name for recipe in recipes}) == 9
