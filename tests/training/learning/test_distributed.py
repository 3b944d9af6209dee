"""Several processes on one run, as torchrun begins them: the same steps as one, and no end without a word."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
import time
import warnings
from pathlib import Path

import pytest
import torch
from PIL import Image

from pixelforge.core.config import ModelConfig
from pixelforge.errors import TrainingError
from tests.conftest import RunCommand
from tests.robustness.kills import Child
from tests.training.making import config_of
from training.data.sprites import SpriteDataset
from training.learning.config import TrainConfig
from training.learning.distributed import Processes
from training.runs.clock import SECOND, Stopwatch
from training.runs.folder import StatsRow
from training.runs.request import TrainingRequest
from training.runs.run import Run
from training.runs.session import carry
from training.runs.state import RunStorage

SETTINGS = [
    "--steps",
    "12",
    "--size",
    "8",
    "--width",
    "8",
    "--batch",
    "8",
    "--dropout",
    "0",
    "--precision",
    "float32",
    "--device",
    "cpu",
]
REQUEST = TrainingRequest(steps=12, size=8, width=8, batch=8, dropout=0, precision="float32", device="cpu")  # the same
SLOW_START = 90  # seconds until something must have happened


def finish(folder: Path | None, out: Path) -> None:
    """Begin a run, or resume it, in this process."""
    for _ in carry(folder, out, REQUEST, resume=folder is None):
        pass


def begin(processes: int, *arguments: object) -> subprocess.Popen[str]:
    """The training command in so many processes, with one torch thread each."""
    several = ["-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={processes}"]
    command = [sys.executable, *several, "-m", "training", *map(str, arguments)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore"}
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment)


def train(processes: int, *arguments: object) -> str:
    """Run it to the end; what it said."""
    with begin(processes, *arguments) as process:
        _, said = process.communicate(timeout=240)
    assert process.returncode == 0, said
    return said


def figures(out: Path) -> list[StatsRow]:
    return RunStorage(out).read_stats()


def assert_same_curve(one: Path, other: Path, steps: int) -> None:
    rows = [[(row.step, row.loss, row.heldout_loss) for row in figures(out)] for out in (one, other)]
    assert [row[0] for row in rows[0]] == list(range(1, steps + 1))
    assert rows[0] == [pytest.approx(row, abs=1e-5) for row in rows[1]]


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A folder of sprites, and 12 steps on them by one process."""
    import numpy as np

    from tests.training.conftest import blob, write_sprite

    root = tmp_path_factory.mktemp("alone")
    rng = np.random.default_rng(0)
    for number in range(40):
        write_sprite(root / "sprites" / f"class {number % 2}" / f"{number}.png", blob(rng))
    finish(root / "sprites", root / "run")
    return root / "sprites", root / "run"


def test_two_processes_make_the_steps_of_one(alone: tuple[Path, Path], tmp_path: Path) -> None:
    folder, run = alone
    said = train(2, folder, "--out", tmp_path / "run", *SETTINGS)
    assert_same_curve(run, tmp_path / "run", 12)
    assert said.count("sprites, ") == 1  # one of them speaks


def test_a_process_that_dies_ends_the_run_which_another_number_resumes(
    alone: tuple[Path, Path], tmp_path: Path
) -> None:
    folder, run = alone
    out = tmp_path / "run"
    with begin(2, folder, "--out", out, *SETTINGS) as process:
        deadline = time.monotonic() + SLOW_START
        while time.monotonic() < deadline and not (RunStorage(out).stats_path.exists() and len(figures(out)) > 5):
            time.sleep(0.02)
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        os.kill(int(children[-1]), signal.SIGKILL)
        _, said = process.communicate(timeout=120)
    assert process.returncode != 0
    if len(figures(out)) < 12:  # it was not done before
        assert "--resume" in said
    finish(None, out)
    assert_same_curve(run, out, 12)


@pytest.mark.skipif(sys.platform == "win32", reason="forks")
def test_several_processes_go_by_the_clock_of_the_one_that_leads(
    tmp_path: Path, data: SpriteDataset, model_config: ModelConfig
) -> None:
    """What each of them makes of half a minute; if they did not agree on its end, one would wait for ever."""

    def work(rank: int) -> None:
        warnings.simplefilter("ignore")  # torch's, on how it is to be asked to leave constants alone
        torch.distributed.init_process_group("gloo", f"file://{tmp_path}/meet", rank=rank, world_size=2)
        processes, seconds = Processes(rank, 2), itertools.count()
        assert processes.as_led(rank + 0.1, rank) == (0.1, 0)
        config = config_of(data, model_config, TrainConfig(minutes=0.5, batch_size=8))
        pace = (2 + rank) * SECOND  # one of them sees another time go by
        run = Run(RunStorage(tmp_path / "run"), config, data, "cpu", processes, Stopwatch(lambda: next(seconds) * pace))
        print(*(f"{step.step}/{step.fraction}/{step.stats is not None}" for step in run.steps()))

    (tmp_path / "run").mkdir()
    children = [Child.begin(lambda rank=rank: work(rank)) for rank in (0, 1)]
    (leader, ended), (follower, other_ended) = (child.rest() for child in children)
    assert (ended, other_ended) == (0, 0)
    assert leader == follower
    assert leader[0].endswith("/1.0/True")


def test_a_batch_that_cannot_be_shared_is_refused() -> None:
    with pytest.raises(TrainingError, match="batch of 9"):
        Processes(0, 2).rows(9)
    assert [Processes(rank, 4).rows(8) for rank in range(4)] == [slice(0, 2), slice(2, 4), slice(4, 6), slice(6, 8)]


def test_the_processes_of_generate_make_what_one_makes(
    command: RunCommand, model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = ("generate", "--model", model, "--class", "cats", "--class", "dogs", "--count", 7, "--device", "cpu")
    assert command(*arguments, "--out", tmp_path / "one")[0] == 0
    monkeypatch.setenv("WORLD_SIZE", "3")
    for rank in range(3):
        monkeypatch.setenv("RANK", str(rank))
        assert command(*arguments, "--out", tmp_path / "three")[0] == 0
    files = [{p.relative_to(root): p for p in root.rglob("*.png")} for root in (tmp_path / "one", tmp_path / "three")]
    assert files[0].keys() == files[1].keys()
    assert len(files[0]) == 7
    for name, path in files[0].items():
        with Image.open(path) as one, Image.open(files[1][name]) as other:
            assert one.tobytes() == other.tobytes()
            assert one.text == other.text
    code, _, error = command(*arguments, "--out", tmp_path / "sheet.png")
    assert (code, "name a folder" in error) == (2, True)
