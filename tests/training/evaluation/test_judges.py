from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

import training.evaluation.classifier as classifier
from pixelforge.errors import DatasetError
from pixelforge.imaging.pixels import to_values
from tests.training.conftest import write_sprites
from training.commands.evaluate import _table
from training.data.sprites import SpriteSet, load_sprites
from training.evaluation.judges import Evaluator, Judge, check_classes


@pytest.fixture(scope="module")
def evaluator(tmp_path_factory: pytest.TempPathFactory) -> Evaluator:
    """It is only looked at, and takes seconds to make."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(classifier, "MOST_STEPS", 10)
        return Evaluator(write_sprites(tmp_path_factory.mktemp("judged") / "sprites"), 8, holdout=0.25)


def test_training_sprites_are_copies_and_no_nearer_to_themselves_than_zero(evaluator: Evaluator) -> None:
    figures = evaluator.score("itself", evaluator.training.sprites, evaluator.training.labels)
    assert figures.near_copies == 1.0
    assert figures.nearest == pytest.approx(0, abs=1e-3)
    assert figures.fid == pytest.approx(0, abs=1e-3)
    assert evaluator.score_heldout().diversity == pytest.approx(1)


def test_noise_is_far_from_everything(evaluator: Evaluator) -> None:
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 256, evaluator.heldout.sprites.shape, dtype=np.uint8)
    noise[..., 3] = 255
    labels = evaluator.heldout.labels
    far, real = evaluator.score("noise", noise, labels), evaluator.score_heldout()
    assert far.kid > 10 * abs(real.kid)
    assert far.fid > real.fid
    assert far.near_copies == 0
    assert far.colours > real.colours


def test_the_judges_differ_and_say_by_how_much(evaluator: Evaluator) -> None:
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 256, (20, 8, 8, 4), dtype=np.uint8)
    itself = evaluator.score("itself", evaluator.training.sprites, evaluator.training.labels)
    assert 0 < itself.kid_error < evaluator.score("noise", noise, np.arange(20) % 2).kid_error


def test_a_folder_of_one_class_has_something_to_tell_apart(folder: Path) -> None:
    data = load_sprites(folder / "beasts", 8)
    model = classifier.train_classifier(data, 0)
    upright = torch.from_numpy(to_values(data.sprites, 4))
    for quarters in range(4):
        told = model.turns(model.features(upright.rot90(quarters, (2, 3)))).argmax(dim=1)
        assert (told == quarters).float().mean() > 0.5


def test_a_class_of_one_held_out_sprite_has_no_diversity_to_compare_with(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(classifier, "MOST_STEPS", 10)
    for number in range(24):
        if number:
            (folder / "beasts" / f"beast_{number:02}_f1.png").unlink()
    real = Evaluator(folder, 8, holdout=0.02).score_heldout()
    assert real.sprites == 2
    assert "nan" not in _table([real])
    assert "| - |" in _table([real])


def test_features_are_all_of_one_length_and_the_class_is_told(data: SpriteSet) -> None:
    tools = data.labels == data.class_names.index("tools")
    data.sprites[tools, ..., :3] = 255 - data.sprites[tools, ..., :3]
    features, predicted = classifier.classify(classifier.train_classifier(data, 0), data.sprites)
    np.testing.assert_allclose((features**2).sum(axis=1), classifier.FEATURES)
    assert (predicted == data.labels)[tools].mean() > 0.9
    assert (predicted == data.labels)[~tools].mean() > 0.9


def test_held_out_sprites_that_are_all_alike_have_no_diversity_to_compare_with(
    data: SpriteSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(classifier, "MOST_STEPS", 10)
    alike = data.subset(np.arange(len(data)) < 3)
    alike.sprites[:] = alike.sprites[0]
    judge = Judge.fit(data, alike, 0)
    assert np.isnan(judge.compare(data.sprites, data.labels)[3])
    judge = Judge.fit(alike, data, 0)
    assert judge.compare(alike.sprites, alike.labels)[3] == pytest.approx(0, abs=1e-4)


def test_each_sprite_is_turned_by_its_own_quarters() -> None:
    planes = torch.arange(5 * 2 * 3 * 3).reshape(5, 2, 3, 3)
    turned = classifier._turned(planes, torch.tensor([0, 1, 2, 3, 1]))
    for plane, quarters, result in zip(planes, (0, 1, 2, 3, 1), turned, strict=True):
        np.testing.assert_array_equal(result.numpy(), np.rot90(plane.numpy(), quarters, (1, 2)))


def test_labels_are_drawn_in_the_data_s_proportions(evaluator: Evaluator) -> None:
    counts = np.bincount(evaluator.drawn_labels(100))
    shares = np.bincount(evaluator.training.labels) / len(evaluator.training)
    np.testing.assert_allclose(counts / 100, shares, atol=0.011)


def test_other_classes_than_the_model_s_are_an_error(data: SpriteSet) -> None:
    check_classes(("tools", "beasts"), data)
    with pytest.raises(DatasetError, match="dragons"):
        check_classes(("dragons",), data)
