from __future__ import annotations

import pytest

from pixelforge.errors import RequestError
from pixelforge.processes import Place


def told(monkeypatch: pytest.MonkeyPatch, **values: str) -> None:
    for name in ("RANK", "WORLD_SIZE", "LOCAL_RANK"):
        monkeypatch.delenv(name, raising=False)
    for name, value in values.items():
        monkeypatch.setenv(name, value)


def test_whoever_is_told_nothing_is_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for values in ({}, {"WORLD_SIZE": ""}, {"RANK": "0", "WORLD_SIZE": "1", "LOCAL_RANK": ""}):
        told(monkeypatch, **values)
        assert Place.of_this() == Place()


@pytest.mark.parametrize("count", [1, 3, 8])
@pytest.mark.parametrize("things", [0, 2, 7, 24])
def test_all_together_have_everything_once(count: int, things: int) -> None:
    shares = [Place(rank, count).share(things) for rank in range(count)]
    assert [thing for share in shares for thing in share] == list(range(things))
    assert max(map(len, shares)) - min(map(len, shares)) <= 1


@pytest.mark.parametrize(
    "values",
    [
        {"WORLD_SIZE": "x"},
        {"RANK": "1.5", "WORLD_SIZE": "2"},
        {"RANK": "2", "WORLD_SIZE": "2"},
        {"RANK": "-1", "WORLD_SIZE": "2"},
        {"WORLD_SIZE": "0"},
        {"WORLD_SIZE": "9" * 5000},
    ],
)
def test_what_torchrun_would_not_tell_is_refused_in_words(
    monkeypatch: pytest.MonkeyPatch, values: dict[str, str]
) -> None:
    told(monkeypatch, **values)
    with pytest.raises(RequestError, match=r"RANK|WORLD_SIZE"):
        Place.of_this()
