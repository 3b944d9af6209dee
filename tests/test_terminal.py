"""What files say of themselves reaches a terminal as text, never as what moves its cursor or turns its lines about."""

from __future__ import annotations

import json
import sys
import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from pixelforge.console import visible
from pixelforge.core.checkpoint import load_checkpoint, save_checkpoint
from pixelforge.services import model_library
from pixelforge.services.export import ExportOptions, export_sprites
from tests.conftest import RunCommand
from tests.made import made

MARKS = "\x1b]0;title\x07\x9b2J\u202e\u2028\r\n"
EVIL = f"a{MARKS}b"
UNSEEN = {"Cc", "Cf", "Zl", "Zp"}  # controls, marks of direction, separators of lines


def raw_in(*texts: str) -> set[str]:
    """The characters of a command's output that are not seen, but for the breaks between its lines."""
    return {mark for text in texts for mark in text.replace("\n", "") if unicodedata.category(mark) in UNSEEN}


@pytest.fixture(scope="module")
def evil_model(model: Path) -> Path:
    """A model whose maker named a class so."""
    checkpoint = load_checkpoint(model)
    header = replace(checkpoint.header, class_names=(EVIL, "dogs", "birds"))
    path = model.with_name("evil.safetensors")
    save_checkpoint(path, header, checkpoint.network.state_dict())
    return path


def test_what_is_not_seen_is_written_out() -> None:
    assert visible("cats \N{SNOWMAN} <b> [red]") == "cats \N{SNOWMAN} <b> [red]"
    assert visible("\x1b[2J\x9b\u202e\n") == r"\x1b[2J\x9b\u202e\x0a"


@pytest.mark.skipif(sys.platform == "win32", reason="a file's name can hold none of them")
@pytest.mark.parametrize("marks", ["\x1b]0;title\x07\x9b2J\u202e\r", "\n"], ids=ascii)
def test_names_of_files(command: RunCommand, tmp_path: Path, marks: str) -> None:
    folder = tmp_path / f"data{marks}" / f"class{marks}"
    folder.mkdir(parents=True)
    for number in range(3):
        Image.new("RGBA", (8, 8), (number, 0, 0, 255)).save(folder / f"{number}{marks}.png")
    (folder / f"broken{marks}.png").write_bytes(b"no picture")
    missing = tmp_path / f"missing{marks}.png"
    for arguments in (
        ("dataset", "check", folder.parent),
        ("dataset", "check", folder.parent, "--json"),
        ("dataset", "slice", folder / f"0{marks}.png", "--class", "hats", "--tile", 4, "--out", tmp_path / f"o{marks}"),
        ("sheet", folder, "--out", tmp_path / f"sheet{marks}.png"),
        ("sheet", folder, "--out", tmp_path / f"sheet{marks}.png"),  # which is there already
        ("sheet", missing),
        ("info", missing),
        ("remake", missing),
        ("models", "info", missing),
        ("models", "import", missing),
        ("generate", "--model", missing),
        ("generate", f"--nonsense{marks}"),
        ("train", tmp_path / f"nowhere{marks}", "--out", tmp_path / "run"),
        ("train", "--resume", "--out", tmp_path / f"run{marks}"),
        ("panel", missing, missing),
    ):
        _, out, err = command(*arguments)
        assert out + err
        assert raw_in(out, err) == set(), arguments
        # A break in a name would make two lines of one, and the second could say anything.
        assert [line for line in (out + err).splitlines() if line.startswith((".png", "/class", "."))] == []


def test_names_of_classes(
    command: RunCommand, evil_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model_library, "user_models_folder", lambda: evil_model.parent)
    generate = ("generate", "--model", evil_model, "--device", "cpu", "--steps", 1, "--out", tmp_path / "s.png")
    for arguments in (
        ("models", "list"),
        ("models", "info", evil_model),
        (*generate, "--class", "unicorns"),
        (*generate, "--class", "birds", "--class", EVIL, "--count", 1),
        (*generate, "--class", EVIL, "--json", "--force"),
    ):
        _, out, err = command(*arguments)
        assert "title" in out + err
        assert raw_in(out, err) == set(), arguments


def test_recipes(command: RunCommand, tmp_path: Path) -> None:
    export_sprites(tmp_path / "s.png", [made(1, EVIL, model=EVIL)], ExportOptions())
    code, out, err = command("info", tmp_path / "s.png")
    assert (code, err, raw_in(out)) == (0, "", set())
    assert json.loads(out)["class_name"] == EVIL
    assert raw_in(*command("remake", tmp_path / "s.png")[1:]) == set()


def test_the_sprites_of_a_run(command: RunCommand, tmp_path: Path) -> None:
    """Its config.json tells where they are, and may be a stranger's."""
    for number in range(12):
        path = tmp_path / "data" / ("cats" if number % 2 else "dogs") / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGBA", (8, 8), (number, 0, 0, 255)).save(path)
    run = tmp_path / "run"
    options = ("--steps", 1, "--size", 8, "--width", 8, "--prediction", "v", "--device", "cpu")
    assert command("train", tmp_path / "data", "--out", run, "--from", "nothing", *options)[0] == 0
    config = json.loads((run / "config.json").read_text())
    (run / "config.json").write_text(json.dumps({**config, "data": f"/nowhere/{EVIL}"}))
    code, out, err = command("train", "--resume", "--out", run)
    assert (code, "nowhere" in err, raw_in(out, err)) == (1, True, set())
