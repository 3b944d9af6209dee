"""The main job, in a process of its own in which a socket is an error."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
from PIL import Image

ROOT = Path(__file__).parents[2]
FORBID = """
    import sys

    def forbid(event, arguments):
        if event.startswith(("socket.", "urllib.", "http.", "ftplib.", "smtplib.")):
            raise AssertionError(f"{event} {arguments}")

    sys.addaudithook(forbid)
"""
PROOF = """
    import socket

    try:
        socket.socket()
    except AssertionError:
        print("a socket is an error here")
"""
COMMANDS = """
    from pixelforge.cli.app import main
    from training.evaluation import classifier, kinds, two_sample

    classifier.MOST_STEPS = kinds.STEPS = two_sample.STEPS = 5  # whatever they have learnt by then, they are asked

    def run(*arguments):
        try:
            main([str(argument) for argument in arguments])
        except SystemExit as end:
            assert not end.code, (arguments, end.code)
        print(arguments[0])

    model, out, data = sys.argv[1:]
    run("generate", "--model", model, "--class", "all", "--count", 6, "--out", f"{out}/s.png", "--format", "godot")
    run("sheet", f"{out}/s.png", "--out", f"{out}/t.png", "--format", "tiled", "--palette", "pico-8", "--indexed")
    run("info", f"{out}/s.png")
    run("dataset", "check", data)
    toy = ["--size", 8, "--width", 8, "--batch", 4, "--steps", 3, "--from", "nothing", "--holdout", 0.2]
    run("train", data, *toy, "--device", "cpu", "--out", f"{out}/run")
    run("train", "--resume", "--device", "cpu", "--out", f"{out}/run")
    snapshot = f"{out}/run/snapshot.safetensors"
    options = ["--count", 16, "--steps", 1, "--holdout", 0.2, "--judges", 2, "--device", "cpu"]
    run("evaluate", snapshot, "--data", data, *options)
    run("models", "list")
"""
WINDOW = """
    import os
    from PySide6.QtCore import QTimer
    from pixelforge.core.header import read_header
    from pixelforge.gui import app
    from pathlib import Path
    from pixelforge.services.model_library import ModelEntry

    path = Path(sys.argv[1])
    app.list_models = lambda: [ModelEntry("tiny", path, True, read_header(path))]
    build = app.build
    def watched(*arguments):
        desktop = build(*arguments)
        generation = desktop.studio.generation
        def tick():
            if desktop.studio.history.rowCount():
                desktop.window.close()
            elif generation.device and not generation.run.running:
                generation.set_count(1)
                generation.generate()
        timer = QTimer(desktop.window)
        timer.timeout.connect(tick)
        timer.start(20)
        return desktop
    app.build = watched
    assert app.run() == 0
    print("window", "PySide6.QtNetwork" in sys.modules)
"""


def run(script: str, *arguments: Path) -> list[str]:
    """Lines of a script's stdout, in a new user's home."""
    home = arguments[1]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}
    environment = {**kept, "HOME": str(home), "QT_QPA_PLATFORM": "offscreen", "OMP_NUM_THREADS": "1"}
    code = textwrap.dedent(FORBID) + textwrap.dedent(script) + textwrap.dedent(PROOF)
    command = [sys.executable, "-c", code, *map(str, arguments)]
    result = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    return result.stdout.splitlines()


def test_the_commands_open_no_socket(model: Path, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    for number in range(24):
        path = tmp_path / "data" / ("cats" if number % 2 else "dogs") / f"{number:02}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        pixels = np.zeros((8, 8, 4), np.uint8)
        pixels[1:7, 1:7] = np.array([[20, 12, 28, 255], [210, 69, 73, 255]], np.uint8)[rng.integers(0, 2, (6, 6))]
        Image.fromarray(pixels).save(path)
    lines = run(COMMANDS, model, tmp_path, tmp_path / "data")
    done = [line for line in lines if line.isalpha()]
    assert done == ["generate", "sheet", "info", "dataset", "train", "train", "evaluate", "models"]
    assert lines[-1] == "a socket is an error here"


def test_the_window_opens_no_socket(model: Path, tmp_path: Path) -> None:
    assert run(WINDOW, model, tmp_path) == ["window False", "a socket is an error here"]
