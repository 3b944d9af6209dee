"""The commands `evaluate` and `panel` from end to end, with a tiny model that knows words."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from pixelforge.core.build import build_network
from pixelforge.core.checkpoint import save_checkpoint
from pixelforge.core.config import ModelConfig
from pixelforge.core.header import ModelHeader, read_header
from pixelforge.core.sampling import Sampling
from pixelforge.core.vocabulary import WordVocabulary
from pixelforge.files import parse_json
from pixelforge.imaging.pixels import read_sprite
from pixelforge.services.model_library import FiguresRow
from tests.conftest import RunCommand
from tests.critics import add_critic
from training.data.indexed import IndexedSprites, words_of
from training.data.sprites import load_sprites
from training.evaluation import classifier, kinds, two_sample


@pytest.fixture
def labelled(folder: Path) -> Path:
    """Every second figure is of another style."""
    files = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.png"))
    styles = {file: "night" if int(file.split("_")[1].removesuffix(".png")) % 2 else "day" for file in files}
    lines = ["file,style", *(f"{file},{styles[file]}" for file in files)]
    (folder / "labels.csv").write_text("\n".join(lines))
    return folder


@pytest.fixture
def model(labelled: Path, model_config: ModelConfig, tmp_path: Path) -> Path:
    """Random weights."""
    data = load_sprites(labelled, 8)
    words = words_of(data)
    rows = WordVocabulary(data.class_names, words).num_rows
    config = replace(model_config, prediction="pointer", palette=(), embedding_rows=rows, pointer_width=8)
    torch.manual_seed(0)
    header = ModelHeader(
        model=config, class_names=data.class_names, words=words, recommended=Sampling(sampler="ddpm", steps=2)
    )
    path = tmp_path / "toy.safetensors"
    weights = {name: torch.randn_like(weight) / 4 for name, weight in build_network(config).state_dict().items()}
    save_checkpoint(path, header, weights, IndexedSprites.of(data, words).bank())
    return path


@pytest.fixture
def evaluate(command: RunCommand, model: Path, labelled: Path) -> RunCommand:
    options = ["--data", labelled, "--holdout", 0.25, "--count", 16, "--judges", 2, "--device", "cpu"]
    return lambda *more: command("evaluate", model, *options, *more)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    for module, name in ((classifier, "MOST_STEPS"), (kinds, "STEPS"), (two_sample, "STEPS")):
        monkeypatch.setattr(module, name, 5)


@pytest.mark.usefixtures("quick")
def test_a_table_of_all_and_one_of_styles_and_figures_that_the_library_reads(
    evaluate: RunCommand, model: Path, tmp_path: Path
) -> None:
    options = ["--guidance", 1, "--guidance", 3, "--out", tmp_path / "f.json", "--recommend"]
    code, out, _ = evaluate(*options)
    assert code == 0
    lines = out.splitlines()
    assert [line.split(" | ")[0] for line in lines[2:5]] == [
        "| held-out reals",
        "| ddpm 2 steps, w 1",
        "| ddpm 2 steps, w 3",
    ]
    for word in ("day", "night", "beasts", "tools"):
        assert sum(line.startswith(f"| {word} | ") for line in lines) == 3
    rows = json.loads((tmp_path / "f.json").read_text())
    assert [row["sprites"] for row in rows[1:]] == [16, 16]
    assert set(rows[0]["by_style"]) == {"day", "night"}
    assert 0 <= rows[1]["two_sample"] <= 1
    assert parse_json((tmp_path / "f.json").read_bytes(), list[FiguresRow])[0].name == "held-out reals"
    assert read_header(model).recommended.guidance_scale in (1, 3)


def test_pictures_alone_of_a_style_and_the_answers_to_its_panel(
    evaluate: RunCommand, command: RunCommand, tmp_path: Path
) -> None:
    pictures = ["--panel", tmp_path / "p.png", "--pairs", tmp_path / "q.png"]
    asked = ["--style", "night", "--class", "beasts", "--panel-count", 6]
    code, out, err = evaluate("--no-figures", *pictures, *asked)
    assert (code, out) == (0, "")
    assert "6 real sprites" in err
    key = json.loads((tmp_path / "p.key.json").read_text())
    assert {(cell["style"], cell["class"]) for cell in key} == {("night", "beasts")}
    assert sorted(cell["seed"] for cell in key if cell["is"] == "made") == list(range(6))
    assert read_sprite(tmp_path / "q.png").shape[1] == 6 * (17 * 6 + 14)
    (tmp_path / "said.json").write_text(json.dumps([cell["is"] for cell in key]))
    code, out, _ = command("panel", tmp_path / "p.key.json", tmp_path / "said.json")
    assert code == 0
    assert "| all | 12 | 12 of 12 (100%) | 0 of 6 (0%) | - | - |" in out
    code, out, _ = command("panel", tmp_path / "p.key.json", tmp_path / "said.json", "--json")
    assert json.loads(out)[0]["right"] == 12


def test_the_made_half_of_a_panel_is_asked_for_as_the_real_half_is(evaluate: RunCommand, tmp_path: Path) -> None:
    for seed in (0, 1):
        evaluate("--no-figures", "--panel", tmp_path / f"{seed}.png", "--panel-count", 9, "--panel-seed", seed)
    keys = [json.loads((tmp_path / f"{seed}.key.json").read_text()) for seed in (0, 1)]
    for key in keys:
        real, made = (sorted(cell["label"] for cell in key if cell["is"] == origin) for origin in ("real", "made"))
        assert real == made
    assert {cell["seed"] for cell in keys[1]} == {None, *range(9, 18)}
    assert [cell["file"] for cell in keys[0]] != [cell["file"] for cell in keys[1]]


def test_the_best_of_several_are_judged(evaluate: RunCommand, model: Path, tmp_path: Path) -> None:
    options = ["--no-figures", "--panel", tmp_path / "p.png", "--panel-count", 9, "--best-of", 3]
    code, _, err = evaluate(*options)
    assert code == 2
    assert "That model has no critic" in err
    add_critic(model)
    code, _, _ = evaluate(*options)
    assert code == 0
    key = json.loads((tmp_path / "p.key.json").read_text())
    seeds = sorted(cell["seed"] for cell in key if cell["is"] == "made")
    assert [seed // 3 for seed in seeds] == list(range(9))
    assert seeds != list(range(0, 27, 3))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--panel", "p.jpg"), "p.jpg: that picture is a .png"),
        (("--style", "noon"), "The folder has no style 'noon'; it has day, night"),
        (("--panel-count", 0), "--panel-count"),
    ],
)
def test_what_cannot_be_is_said_before_anything_is_made(
    evaluate: RunCommand, options: tuple[object, ...], said: str
) -> None:
    code, _, err = evaluate("--no-figures", *options)
    assert code == 2
    assert said in err


def test_the_help_says_what_figures_cannot_see(command: RunCommand) -> None:
    _, out, _ = command("evaluate", "--help")
    words = " ".join(out.split())
    assert "call mush as good as real" in words
    assert "only people's eyes on a panel decide" in words
