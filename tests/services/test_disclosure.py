"""What is told beside an export of the models that made it, and of the nearest sprites that they learnt from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pixelforge.core.header import ModelHeader, Provenance, file_sha256, read_header
from pixelforge.errors import DatasetError, OutputError
from pixelforge.imaging.png import write_png
from pixelforge.services import disclosure as disclosing
from pixelforge.services.disclosure import disclosure, source_type
from pixelforge.services.export import ExportOptions, export_sprites, in_the_way
from pixelforge.services.model_library import ModelEntry
from pixelforge.services.sprites import Drawn, Made, Sprite
from tests.made import made

ABOUT = Provenance(licence="CC BY 4.0", credits="Cats by Ann", sprites=1705, date="2026-11-23")
XMP = "XML:com.adobe.xmp"


def mended(seed: int) -> Sprite:
    sprite = made(seed)
    return replace(sprite, origin=Drawn("cats", sprite.recipe))


def drawn(seed: int) -> Sprite:
    return replace(made(seed), origin=Drawn("cats"))


def flat(text: str) -> str:
    return " ".join(text.split())


@pytest.fixture
def by_a_known_model(model_file: Path, monkeypatch: pytest.MonkeyPatch) -> Sprite:
    """A sprite whose model is among the user's."""
    header: ModelHeader = replace(read_header(model_file), provenance=ABOUT)
    monkeypatch.setattr(disclosing, "list_models", lambda: [ModelEntry("hero", model_file, False, header)])
    sprite = made(1, model="hero")
    assert sprite.recipe is not None
    return replace(sprite, origin=Made(replace(sprite.recipe, model_sha256=file_sha256(model_file))))


@pytest.mark.parametrize(
    ("sprites", "told"),
    [
        ([made(1), made(2)], "trainedAlgorithmicMedia"),
        ([made(1), mended(2)], "compositeWithTrainedAlgorithmicMedia"),
        ([mended(1)], "compositeWithTrainedAlgorithmicMedia"),
        ([made(1), drawn(2)], "compositeWithTrainedAlgorithmicMedia"),
        ([drawn(1)], None),
    ],
)
def test_a_png_tells_its_source_as_iptc_names_it(sprites: list[Sprite], told: str | None, tmp_path: Path) -> None:
    source = source_type(sprites)
    assert (source.value if source else None) == told
    export_sprites(tmp_path / "a.png", sprites, ExportOptions())
    export_sprites(tmp_path / "b.png", sprites, ExportOptions(recipes=False))
    export_sprites(tmp_path / "c.png", sprites, ExportOptions(recipes=False, disclosure=True))
    texts = [Image.open(tmp_path / name).text for name in ("a.png", "b.png", "c.png")]
    assert [XMP in text for text in texts] == [told is not None, False, told is not None]
    if told:
        assert f"digitalsourcetype/{told}<" in texts[0][XMP]


def test_the_text_tells_of_a_model_what_its_file_knows(by_a_known_model: Sprite) -> None:
    text = flat(disclosure("a.png", [by_a_known_model, by_a_known_model, mended(2), drawn(3)]))
    assert "2 sprites made by a generative model 1 sprite made by a generative model and changed by hand" in text
    assert "1 sprite drawn by hand, or from files that tell nothing of a model" in text
    assert f"hero, a diffusion model; SHA-256 of its file: {by_a_known_model.recipe.model_sha256}" in text
    assert "Trained on 1,705 sprites, finished on 2026-11-23. Licence of what it learnt from: CC BY 4.0." in text
    assert "Credits: Cats by Ann." in text
    assert text.count("hero, a diffusion model") == 1
    assert f"tiny, a diffusion model; SHA-256 of its file: {'0' * 64} Its file is not among the models here" in text
    assert "Not measured for these sprites" in text


def test_another_version_of_a_model_is_not_taken_for_it(by_a_known_model: Sprite) -> None:
    other = replace(by_a_known_model, origin=made(4, model="hero").origin)
    assert "Its file is not among the models here" in flat(disclosure("a.png", [other]))


def test_what_was_drawn_by_hand_has_no_model_to_tell_of() -> None:
    text = disclosure("a.png", [drawn(1)])
    assert "1 sprite drawn by hand" in text
    assert "odel" not in text.replace("nothing of a model", "")


def test_copies_are_found_also_mirrored(tmp_path: Path) -> None:
    sprites = [made(number) for number in range(4)]
    learnt = tmp_path / "learnt" / "cats"
    write_png(learnt / "a.png", sprites[2].pixels[:, ::-1])
    write_png(learnt / "b.png", made(99).pixels)
    text = flat(disclosure("a.png", [drawn(2), *sprites], str(tmp_path / "learnt")))
    assert "4 made sprites against 2: the nearest is 0.000 away" in text
    assert "1 sprite nearer than 0.15" in text
    assert "number 4 of the sheet" in text  # counted with the drawn one before them
    assert str(tmp_path) not in text  # nothing of whose machine it is


def test_the_distance_is_that_of_the_evaluation(tmp_path: Path) -> None:
    from training.evaluation.metrics import nearest_distances

    others = np.stack([made(number).pixels for number in (10, 11, 12)])
    for number, pixels in enumerate(others):
        write_png(tmp_path / "learnt" / "cats" / f"{number}.png", pixels)
    expected = nearest_distances(made(1).pixels[None], others)[0]
    assert f"the nearest is {expected:.3f} away" in flat(disclosure("a", [made(1)], str(tmp_path / "learnt")))
    assert "0 sprites nearer than 0.15, so near that it may be called a copy." in flat(
        disclosure("a", [made(1)], str(tmp_path / "learnt"))
    )


def test_the_text_stands_beside_the_sheet_all_or_none(tmp_path: Path) -> None:
    options = ExportOptions(disclosure=True, formats=("css",))
    written = export_sprites(tmp_path / "a.png", [made(1)], options)
    assert written == (tmp_path / "a.png", tmp_path / "a.css", tmp_path / "a.disclosure.txt")
    assert in_the_way(tmp_path / "a.png", options) == list(written)
    before = (tmp_path / "a.png").read_bytes()
    (tmp_path / "a.disclosure.txt").unlink()
    (tmp_path / "a.disclosure.txt").mkdir()
    with pytest.raises(OutputError, match="disclosure"):
        export_sprites(tmp_path / "a.png", [made(2)], options)
    assert (tmp_path / "a.png").read_bytes() == before


def test_a_folder_without_sprites_is_told(tmp_path: Path) -> None:
    with pytest.raises(DatasetError):
        disclosure("a.png", [made(1)], str(tmp_path / "nowhere"))
