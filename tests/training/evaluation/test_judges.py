from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from pixelforge.errors import DatasetError
from pixelforge.imaging.pixels import to_values
from tests.training.conftest import write_sprites
from training.data.sprites import SpriteDataset, load_sprites
from training.evaluation import classifier, kinds, two_sample
from training.evaluation.figures import tables
from training.evaluation.judges import Evaluator, Judge
from training.evaluation.reals import Reals, taken


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Judges that see next to nothing."""
    for module, name in ((classifier, "MOST_STEPS"), (kinds, "STEPS"), (two_sample, "STEPS")):
        monkeypatch.setattr(module, name, 10)


@pytest.fixture(scope="module")
def evaluator(tmp_path_factory: pytest.TempPathFactory) -> Evaluator:
    """It is only looked at, and takes seconds to make."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(classifier, "MOST_STEPS", 10)
        patch.setattr(kinds, "STEPS", 10)
        return Evaluator(Reals.load(write_sprites(tmp_path_factory.mktemp("judged") / "sprites"), 8, holdout=0.25), 2)


@pytest.fixture
def styled_reals(data: SpriteDataset) -> Reals:
    """Three in four of a bright style, the last one dark."""
    styles = tuple("dark" if number % 4 == 3 else "bright" for number in range(len(data)))
    heldout = np.arange(len(data)) % 5 == 0
    told = replace(data, styles=styles, kinds=tuple("" if number % 3 else "cat" for number in range(len(data))))
    training = told.subset(~heldout)
    return Reals(training, training, told.subset(heldout))


@pytest.mark.usefixtures("quick")
def test_training_sprites_are_copies_and_no_nearer_to_themselves_than_zero(evaluator: Evaluator) -> None:
    training = evaluator.reals.training
    figures = evaluator.score("itself", training.sprites, training)
    assert figures.near_copies == 1.0
    assert figures.nearest == pytest.approx(0, abs=1e-3)
    assert figures.fid == pytest.approx(0, abs=1e-3)
    assert evaluator.score_heldout().diversity == pytest.approx(1)


@pytest.mark.usefixtures("quick")
def test_noise_is_far_from_everything(evaluator: Evaluator) -> None:
    rng = np.random.default_rng(0)
    heldout = evaluator.reals.heldout
    noise = rng.integers(0, 256, heldout.sprites.shape, dtype=np.uint8)
    noise[..., 3] = 255
    far, real = evaluator.score("noise", noise, heldout), evaluator.score_heldout()
    assert far.kid > 10 * abs(real.kid)
    assert far.fid > real.fid
    assert far.near_copies == 0
    assert far.colours > real.colours


@pytest.mark.usefixtures("quick")
def test_the_judges_differ_and_say_by_how_much(evaluator: Evaluator) -> None:
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 256, (20, 8, 8, 4), dtype=np.uint8)
    training = evaluator.reals.training
    itself = evaluator.score("itself", training.sprites, training)
    assert 0 < itself.kid_error < evaluator.score("noise", noise, taken(training, np.arange(20))).kid_error


def test_a_folder_of_one_class_has_something_to_tell_apart(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(classifier, "MOST_STEPS", 50)
    data = load_sprites(folder / "beasts", 8)
    model = classifier.train_classifier(data, 0)
    upright = torch.from_numpy(to_values(data.sprites, 4))
    for quarters in range(4):
        told = model.turns(model.features(upright.rot90(quarters, (2, 3)))).argmax(dim=1)
        assert (told == quarters).float().mean() > 0.5


@pytest.mark.usefixtures("quick")
def test_a_class_of_one_held_out_sprite_has_no_diversity_to_compare_with(folder: Path) -> None:
    for number in range(24):
        if number:
            (folder / "beasts" / f"beast_{number:02}_f1.png").unlink()
    real = Evaluator(Reals.load(folder, 8, holdout=0.02), judges=2).score_heldout()
    assert real.sprites == 2
    assert "nan" not in tables([real])
    assert "| - |" in tables([real])


def test_features_are_all_of_one_length_and_the_class_is_told(
    data: SpriteDataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(classifier, "MOST_STEPS", 50)
    tools = data.labels == data.class_names.index("tools")
    data.sprites[tools, ..., :3] = 255 - data.sprites[tools, ..., :3]
    features, predicted = classifier.classify(classifier.train_classifier(data, 0), data.sprites)
    np.testing.assert_allclose((features**2).sum(axis=1), classifier.FEATURES)
    assert (predicted == data.labels)[tools].mean() > 0.9
    assert (predicted == data.labels)[~tools].mean() > 0.9


@pytest.mark.usefixtures("quick")
def test_held_out_sprites_that_are_all_alike_have_no_diversity_to_compare_with(data: SpriteDataset) -> None:
    alike = data.subset(np.arange(len(data)) < 3)
    alike.sprites[:] = alike.sprites[0]
    judge = Judge.fit(Reals(data, data, alike), 0)
    assert np.isnan(judge.look(data.sprites, data.labels).diversity)
    judge = Judge.fit(Reals(alike, alike, data), 0)
    assert judge.look(alike.sprites, alike.labels).diversity == pytest.approx(0, abs=1e-4)


def test_each_sprite_is_turned_by_its_own_quarters() -> None:
    planes = torch.arange(5 * 2 * 3 * 3).reshape(5, 2, 3, 3)
    turned = classifier._turned(planes, torch.tensor([0, 1, 2, 3, 1]))
    for plane, quarters, result in zip(planes, (0, 1, 2, 3, 1), turned, strict=True):
        np.testing.assert_array_equal(result.numpy(), np.rot90(plane.numpy(), quarters, (1, 2)))


@pytest.mark.usefixtures("quick")
def test_figures_of_parts_add_up_and_those_of_few_sprites_are_not_told(styled_reals: Reals) -> None:
    evaluator = Evaluator(styled_reals, judges=2)
    training, heldout = styled_reals.training, styled_reals.heldout
    row = evaluator.score("training", training.sprites, training)
    assert set(row.by_style) == {"bright", "dark"}
    assert set(row.by_class) == {"beasts", "tools"}
    for parts in (row.by_style, row.by_class):
        assert sum(part.sprites for part in parts.values()) == row.sprites == len(training)
        shares = [part.class_accuracy * part.sprites for part in parts.values()]
        assert sum(shares) == pytest.approx(row.class_accuracy * row.sprites)
        assert all(part.near_copies == 1 for part in parts.values())
    real = evaluator.score_heldout()
    few = real.by_style["dark"]
    assert few.sprites == (np.array(heldout.styles) == "dark").sum() < 8
    assert np.isnan([few.kid, few.two_sample]).all()
    assert not np.isnan([real.kid, real.two_sample, real.by_style["bright"].kid]).any()
    text = tables([real, row])
    assert text.count("| dark | ") == 2
    assert "nan" not in text


@pytest.mark.usefixtures("quick")
def test_a_style_alone_is_compared_with_its_own_training_sprites(styled_reals: Reals) -> None:
    dark = styled_reals.training.subset(np.array(styled_reals.training.styles) == "dark")
    dark.sprites[:] //= 2
    alone = Reals(styled_reals.training, dark, styled_reals.heldout)
    row = Evaluator(alone, judges=2).score("itself", dark.sprites, dark)
    assert row.kid < 0  # unbiased: of a set against itself it is below that of two draws
    assert row.fid == pytest.approx(0, abs=1e-3)


def test_kinds_are_told_and_no_kind_is_not_counted(data: SpriteDataset) -> None:
    tools = data.labels == data.class_names.index("tools")
    data.sprites[tools, ..., :3] = 255 - data.sprites[tools, ..., :3]
    named = replace(data, kinds=tuple("axe" if tool else "bat" for tool in tools))
    judge = kinds.KindJudge.fit(named)
    assert judge is not None
    assert judge.right(named.sprites, named.kinds).mean() > 0.9
    assert judge.right(named.sprites, ["axe"] * len(named)).mean() == pytest.approx(tools.mean(), abs=0.1)
    assert np.isnan(judge.right(named.sprites[:2], ["", "dragon"])).all()


def test_a_single_kind_is_none_to_tell_apart(data: SpriteDataset) -> None:
    assert kinds.KindJudge.fit(replace(data, kinds=("cat", *[""] * (len(data) - 1)))) is None


@pytest.mark.usefixtures("quick")
def test_a_model_cannot_be_compared_without_held_out_sprites(styled_reals: Reals) -> None:
    none = styled_reals.heldout.subset(np.zeros(len(styled_reals.heldout), np.bool_))
    with pytest.raises(DatasetError, match="too few such sprites"):
        Evaluator(Reals(styled_reals.training, styled_reals.training, none))
