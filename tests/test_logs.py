from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

import pytest

from pixelforge import logs
from pixelforge.logs import log_to_file, stop_logging


def test_the_log_is_turned_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "MAX_BYTES", 200)
    handler = log_to_file(tmp_path / "logs")
    for number in range(40):
        logging.getLogger("pixelforge.somewhere").info("line %d", number)
    stop_logging(handler)
    logging.getLogger("pixelforge.somewhere").info("nobody reads this")
    assert sorted(path.name for path in (tmp_path / "logs").iterdir()) == ["pixelforge.log", "pixelforge.log.1"]
    assert all(path.stat().st_size < 300 for path in (tmp_path / "logs").iterdir())
    last = (tmp_path / "logs" / "pixelforge.log").read_text().splitlines()[-1]
    assert last.endswith("line 39")


def test_verbose_tells_device_steps_and_times_and_no_file(
    command: Callable[..., tuple[int, str, str]], model: Path, tmp_path: Path
) -> None:
    out = tmp_path / "secret name.png"
    arguments = ("generate", "--model", model, "--class", "cats", "--steps", 2, "--out", out, "--force")
    code, _, err = command("--verbose", *arguments)
    assert code == 0
    lines = [line for line in err.splitlines() if "  " in line]
    assert any("model of width" in line for line in lines)
    assert any("A network is on cpu by " in line for line in lines)
    assert any("in 2 steps" in line for line in lines)
    assert any("A sheet of 1 sprite with" in line for line in lines)
    assert not any("secret name" in line for line in lines)
    assert "2 steps" not in command(*arguments)[2]
