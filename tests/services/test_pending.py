"""Batches that are not made yet, kept and read again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pixelforge.core.condition import Condition
from pixelforge.core.sampling import Sampling
from pixelforge.core.start import Start
from pixelforge.errors import HistoryError
from pixelforge.imaging.palette import PaletteRule
from pixelforge.services.database import open_database
from pixelforge.services.pending import Pending, PendingStore
from pixelforge.services.requests import GenerationRequest
from tests.made import made

REQUEST = GenerationRequest(
    conditions=(
        Condition(class_name="cats", kind="lion", scheme=("#102030",), drawn_in=("#102030", "#ffffff")),
        Condition(class_name="dogs"),
    ),
    sampling=Sampling(guidance_scale=3.5, sampler="ddim", steps=7),
    count=5,
    seed=70,
    palette=PaletteRule(reduce_to=4),
    start=Start(picture=made(1).pixels, mask=made(1).pixels[..., 3] > 0, strength=0.3),
)
BATCHES = (
    Pending(model="tiny", request=REQUEST),
    Pending(
        model="other", request=replace(REQUEST, start=None), set_name="pets", sprite_names=("a", "b", "c", "d", "e")
    ),
)


@pytest.fixture
def open_store(tmp_path: Path):
    opened = []

    def store() -> PendingStore:
        database, notice = open_database(tmp_path / "history.sqlite")
        assert notice == ""
        opened.append((PendingStore(database, tmp_path / "queue.lock"), database))
        return opened[-1][0]

    yield store
    for one, database in opened:
        one.close()
        database.close()


def test_what_is_kept_is_read_again_to_the_last_pixel(open_store) -> None:
    first = open_store()
    first.keep(BATCHES)
    first.close()
    second = open_store()
    assert second.read() == BATCHES
    second.keep(BATCHES[1:])
    second.close()
    assert open_store().read() == BATCHES[1:]


def test_two_windows_do_not_take_each_others_batches(open_store) -> None:
    first, second = open_store(), open_store()
    first.keep(BATCHES)
    assert (first.keeps, second.keeps) == (True, False)
    assert second.read() == ()
    second.keep(())
    assert first.read() == BATCHES


def test_a_batch_that_is_damaged_costs_itself_alone(open_store, tmp_path) -> None:
    store = open_store()
    store.keep(BATCHES)
    database, _ = open_database(tmp_path / "history.sqlite")
    for content in (b"{", b"{}", b'{"batch": {"model": 3}}', "text", 3.5, b"\xff"):
        with database.transaction() as connection:
            connection.execute("UPDATE pending SET content = ? WHERE position = 0", (content,))
        assert store.read() == BATCHES[1:]
    database.close()


def test_a_failure_is_said(open_store) -> None:
    store = open_store()
    store._database.connection.execute("DROP TABLE pending")
    with pytest.raises(HistoryError):
        store.keep(BATCHES)
    with pytest.raises(HistoryError):
        store.read()


def test_what_is_left_of_a_request_makes_the_same_sprites() -> None:
    rest = REQUEST.after(2)
    assert rest.count == 3
    assert [rest.alone(index) for index in range(3)] == [REQUEST.alone(index) for index in range(2, 5)]
    again = rest.after(1)
    assert [again.alone(index) for index in range(2)] == [REQUEST.alone(index) for index in range(3, 5)]
    assert np.array_equal(again.start.picture, REQUEST.start.picture)
