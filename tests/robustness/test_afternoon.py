"""Three kills of the window; `python -m tests.robustness.afternoon` does fifty."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.robustness.afternoon import afternoons, check


def test_the_window_shows_what_it_showed_before_a_kill(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    said = afternoons(tmp_path, rounds=3, seed=1)
    assert "stage in" in said
    assert "rows in" in said


def test_what_is_older_than_a_second_is_found_out() -> None:
    told = [(0.0, "stars", []), (1.0, "stars", [1]), (5.0, "stars", [1, 2])]
    check({"stars": [1]}, told, killed=5.5)  # it stood for long, and until half a second before
    check({"stars": [1, 2]}, told, killed=9.0)
    with pytest.raises(AssertionError, match="stars"):
        check({"stars": [1]}, told, killed=9.0)
    with pytest.raises(AssertionError, match="2 sprites of the history are gone"):
        check({"rows": 3}, [(0.0, "rows", 4), (1.0, "rows", 5)], killed=1.1)
