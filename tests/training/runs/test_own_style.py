"""Training on one's own sprites from a model that draws in any palette: they become a style of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from pixelforge.core.build import build_network
from pixelforge.core.checkpoint import load_checkpoint, save_checkpoint
from pixelforge.core.condition import Condition
from pixelforge.core.config import ModelConfig
from pixelforge.core.header import ModelHeader, Provenance
from pixelforge.core.pipeline import Model
from pixelforge.core.sampling import Sampling
from pixelforge.core.schemes import SchemeBank, mask_of
from pixelforge.core.vocabulary import Style, Words, WordVocabulary
from pixelforge.errors import DatasetError, TrainingError
from pixelforge.services.generation import generate
from pixelforge.services.requests import Finished, GenerationRequest
from tests.training.conftest import write_sprites
from training.data.traits import COLOURS, SIZES
from training.runs import run as run_module
from training.runs import session
from training.runs.events import Begun, Ended, Noted, RunEvent
from training.runs.request import TrainingRequest
from training.runs.session import carry
from training.runs.state import RunStorage

PALETTE = ((250, 240, 230), (10, 20, 30))
WORDS = Words(kinds=("beast", "bread"), styles=(Style(name="ink", palette=PALETTE),), colours=COLOURS, sizes=SIZES)
KNOWN = WordVocabulary(("food", "beasts"), WORDS)
ASKED = TrainingRequest(size=8, batch=8, steps=6, device="cpu", precision="float32", early_stop=False, dropout=0.1)


@pytest.fixture
def parent(tmp_path: Path, model_config: ModelConfig) -> Path:
    """A model of one style, untrained."""
    shape = replace(model_config, prediction="pointer", palette=(), embedding_rows=KNOWN.num_rows, pointer_width=8)
    torch.manual_seed(3)
    header = ModelHeader(
        model=shape, class_names=KNOWN.class_names, words=WORDS, provenance=Provenance(credits="drawn by Ann")
    )
    bank = SchemeBank(
        np.array([[1, 0, 0, 0, 0, -1], [0, 1, 0, 1, 1, -1]], np.int16),
        np.stack([mask_of(np.array([0])), mask_of(np.array([0, 1]))]),
        np.ones(2, np.float32),
        np.zeros(2, np.uint8),
    )
    save_checkpoint(tmp_path / "parent.safetensors", header, build_network(shape).state_dict(), bank)
    return tmp_path / "parent.safetensors"


@pytest.fixture(autouse=True)
def no_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_module, "draw_samples", lambda *_: np.zeros((8, 8, 4), np.uint8))


def pull(folder: Path | None, out: Path, asked: TrainingRequest, stop_at: int = 0, *, resume: bool = False) -> RunEvent:
    """The last event of a run, and the lines that it begins with are said."""
    seen: list[RunEvent] = []
    for event in carry(folder, out, asked, resume=resume, stopped=lambda: getattr(seen[-1], "step", 0) == stop_at):
        seen.append(event)  # noqa: PERF402 - it is looked at meanwhile
    return seen[-1]


def label(folder: Path, *styles: str) -> None:
    """A labels.csv that gives the tools these styles in turn, and the rest none."""
    files = sorted((folder / "tools").iterdir())
    lines = [f"tools/{path.name},{styles[index % len(styles)]}" for index, path in enumerate(files)]
    (folder / "labels.csv").write_text("\n".join(["file,style", *lines]) + "\n")


def test_a_folder_becomes_a_style_of_the_model(folder: Path, tmp_path: Path, parent: Path) -> None:
    mine = folder.rename(folder.with_name("My Pack"))
    asked = replace(ASKED, parent=str(parent), credits="me")
    ended = pull(mine, tmp_path / "run", asked)
    assert isinstance(ended, Ended)
    made = load_checkpoint(ended.model)
    words = made.header.words
    assert words is not None
    assert made.header.class_names == ("food", "beasts", "tools")
    assert words.kinds == ("beast", "bread", "tool")
    assert [style.name for style in words.styles] == ["ink", "my pack"]
    assert (words.styles[0].palette, words.styles[1].credits, len(words.styles[1].palette)) == (PALETTE, "me", 4)
    assert "drawn by Ann" in made.header.provenance.credits
    assert made.bank is not None
    assert [row for row in made.bank.words.tolist() if row[2] == 0] == [
        [0, 1, 0, 1, 1, -1],
        [1, 0, 0, 0, 0, -1],
    ]
    assert (made.bank.words[:, 2] == 1).sum() > 10
    for style, colours in ((style.name, style.palette) for style in words.styles):
        request = GenerationRequest(conditions=(Condition(style=style),), sampling=Sampling(steps=2), count=3)
        *_, done = generate(Model.of(made), request)
        assert isinstance(done, Finished)
        allowed = {(0, 0, 0, 0), *((*colour, 255) for colour in colours)}
        assert {tuple(pixel) for pixel in done.sprites.reshape(-1, 4).tolist()} <= allowed


def test_it_begins_with_the_parents_weights(folder: Path, tmp_path: Path, parent: Path) -> None:
    events = carry(folder, tmp_path / "run", replace(ASKED, parent=str(parent)))
    seen = [next(events), next(events)]
    assert seen[0] == Noted(("Begins from parent.",))
    assert isinstance(seen[1], Begun)
    assert seen[1].about == "56 sprites, 8 held out, 2 classes"
    begun, before = (
        load_checkpoint(path).network.state_dict() for path in (tmp_path / "run/snapshot.safetensors", parent)
    )
    events.close()
    table, old = begun.pop("label_emb.weight"), before.pop("label_emb.weight")
    for name, weight in before.items():
        torch.testing.assert_close(begun[name], weight, atol=1e-3, rtol=1e-3)  # half precision
    food, beasts, beast, bread, ink = old[:5]
    new = [food, beasts, (food + beasts) / 2, beast, bread, (beast + bread) / 2, ink, ink]
    torch.testing.assert_close(table[:8], torch.stack(new), atol=2e-3, rtol=2e-3)
    torch.testing.assert_close(table[8:], old[5:], atol=2e-3, rtol=2e-3)


def test_resumed_it_is_the_same_to_the_bit_and_needs_the_parent_no_more(
    folder: Path, tmp_path: Path, parent: Path
) -> None:
    asked = replace(ASKED, parent=str(parent))
    pull(folder, tmp_path / "whole", asked)
    pull(folder, tmp_path / "parts", asked, stop_at=3)
    parent.unlink()
    moved = folder.rename(tmp_path / "elsewhere")  # the style keeps its name
    pull(moved, tmp_path / "parts", TrainingRequest(device="cpu"), resume=True)
    whole, parts = (RunStorage(tmp_path / name) for name in ("whole", "parts"))
    one, other = whole.read_state(), parts.read_state()
    assert one is not None
    assert other is not None
    for part in ("model", "ema", "bank"):
        assert all(torch.equal(one[part][name], other[part][name]) for name in one[part]), part
    rows = [[(row.step, row.loss, row.heldout_loss) for row in run.read_stats()] for run in (whole, parts)]
    assert rows[0] == rows[1]


def test_one_style_of_a_folder_is_trained_on_alone(folder: Path, tmp_path: Path, parent: Path) -> None:
    label(folder, "ink", "wood")
    asked = replace(ASKED, parent=str(parent), style="Ink")
    pull(folder, tmp_path / "run", asked, stop_at=2)
    ended = pull(None, tmp_path / "run", TrainingRequest(device="cpu"), resume=True)
    assert isinstance(ended, Ended)
    made = load_checkpoint(ended.model)
    words = made.header.words
    assert words is not None
    assert [style.name for style in words.styles] == ["ink"]
    assert words.styles[0].palette[:2] == PALETTE
    assert made.header.class_names == ("food", "beasts", "tools")
    assert made.header.provenance.sprites < 8
    with pytest.raises(DatasetError, match="no style 'woods'; the nearest is wood"):
        pull(folder, tmp_path / "other", replace(asked, style="woods"))
    assert not (tmp_path / "other").exists()


def test_what_a_model_cannot_learn_is_refused_and_the_bundled_one_passed_over(
    folder: Path, tmp_path: Path, parent: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(TrainingError, match="cannot learn v instead"):
        pull(folder, tmp_path / "run", replace(ASKED, parent=str(parent), prediction="v"))
    monkeypatch.setattr(session, "BUNDLED", parent)  # an absolute path stays itself behind a folder
    for prediction, name in ((None, "parent"), ("pointer", "parent"), ("v", "nothing")):
        events = carry(folder, tmp_path / f"run {prediction}", replace(ASKED, prediction=prediction))
        assert next(events) == Noted((f"Begins from {name}.",)), prediction
        events.close()


def test_of_a_palette_of_its_own_a_model_learns_no_other(tmp_path: Path, model_config: ModelConfig) -> None:
    header = ModelHeader(model=model_config, class_names=("a", "b"))
    save_checkpoint(tmp_path / "old.safetensors", header, build_network(model_config).state_dict())
    asked = replace(ASKED, parent=str(tmp_path / "old.safetensors"), prediction="pointer")
    with pytest.raises(TrainingError, match="its own colours alone"):
        pull(write_sprites(tmp_path / "sprites"), tmp_path / "run", asked)
