"""The history by batches, and what one can find in it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import numpy as np
import pytest

from pixelforge.core.condition import Condition
from pixelforge.core.sampling import Sampling
from pixelforge.core.start import Start
from pixelforge.services.batches import MadeBatch, line_of, when
from pixelforge.services.history import History, HistoryFilter, open_history
from pixelforge.services.recipe import Recipe
from pixelforge.services.requests import GenerationRequest
from pixelforge.services.sets import SetStore, SpriteSet
from pixelforge.services.sprites import Drawn, Made, Sprite

NOW = 1_750_000_000.0
TODAY = datetime.fromtimestamp(NOW).astimezone().date()


def sprite(seed: int, **words) -> Sprite:
    request = GenerationRequest(
        conditions=(Condition(**{"class_name": "monsters", **words}),), sampling=Sampling(), seed=seed
    )
    pixels = np.random.default_rng(seed).integers(0, 256, (8, 8, 4), np.uint8)
    return Sprite(pixels, Made(Recipe(request=request, model="tiny", model_sha256="0" * 64)))


@pytest.fixture
def history(tmp_path) -> History:
    times = iter(np.arange(NOW, NOW + 1000, 60.0).tolist())
    database, _ = open_history(tmp_path / "history.sqlite", 1000)
    yield History(database.database, 1000, lambda: next(times))
    database.close()


def test_what_was_kept_together_is_a_batch(history) -> None:
    first = history.add([sprite(1), sprite(2)])
    second = history.add([sprite(3, kind="dragon")])
    assert history.batches(HistoryFilter()) == [MadeBatch(NOW + 60, second), MadeBatch(NOW, first)]
    assert history.batches(HistoryFilter(words="dragon")) == [MadeBatch(NOW + 60, second)]
    history.delete(first[:1])
    assert history.batches(HistoryFilter())[1].ids == first[1:]


def test_each_word_that_is_looked_for_is_told_of_the_sprite(history) -> None:
    plain, red, tiny, food = history.add(
        [
            sprite(1, kind="dragon"),
            sprite(2, kind="dragon", colour="red"),
            sprite(3, kind="dwarf", style="tiny", colour="red"),
            sprite(4, class_name="food"),
        ]
    )

    def found(words: str) -> set[int]:
        return set(history.ids(HistoryFilter(words=words)))

    assert found("dragon") == {plain, red}
    assert found("d") == {plain, red, tiny}
    assert found("Red dragon") == found("dragon, red") == {red}
    assert found("red tiny") == {tiny}
    assert found("FOOD") == {food}
    assert found("monsters red") == {red, tiny}
    assert found("nothing") == set()
    assert found('%_\\"') == set()
    assert found("") == {plain, red, tiny, food}


def test_names_and_sprites_of_the_set_are_found(history) -> None:
    sprites = [sprite(1), sprite(2), sprite(3)]
    ids = history.add(sprites)
    store = SetStore(history.database)
    store.save(SpriteSet(1, "Beasts", (replace(sprites[0], name="Old Smaug"),)))
    store.save(SpriteSet(2, "Others", (sprites[2],)))
    store.choose(1)
    assert history.ids(HistoryFilter(words="smaug")) == [ids[0]]
    assert history.ids(HistoryFilter(in_set=True)) == [ids[0]]
    store.choose(2)
    assert history.ids(HistoryFilter(in_set=True)) == [ids[2]]
    assert history.ids(HistoryFilter(in_set=True, words="smaug")) == []


def test_purge_takes_what_the_words_show(history) -> None:
    ids = history.add([sprite(1, kind="dragon"), sprite(2)])
    assert history.unstarred(HistoryFilter(words="dragon")) == [ids[0]]


def test_a_batch_in_a_line() -> None:
    sprites = [sprite(70, kind="dragon", colour="red"), sprite(71, kind="slime", colour="red")]
    line = line_of(MadeBatch(NOW, (1, 2)), sprites, TODAY)
    assert (
        line
        == f"Today {datetime.fromtimestamp(NOW).astimezone():%H:%M} · 2 sprites of dragon, slime · red · seed 70 · tiny"
    )


def test_what_else_a_batch_can_be() -> None:
    made = sprite(5)
    assert made.recipe is not None
    start = replace(made.recipe.request, start=Start(picture=made.pixels))
    varied = Sprite(made.pixels, Made(replace(made.recipe, request=start)))
    assert "variations" in line_of(MadeBatch(NOW, (1,)), [varied], TODAY)
    assert line_of(MadeBatch(NOW, (1,)), [Sprite(made.pixels, Drawn("mine"))], TODAY).endswith(
        "1 sprite of mine · drawn by hand"
    )
    many = [sprite(seed, kind=f"kind{seed}") for seed in range(6)]
    assert "6 sprites of kind0, kind1, kind2, kind3, … ·" in line_of(MadeBatch(NOW, tuple(range(6))), many, TODAY)
    assert "3 sprites" in line_of(MadeBatch(NOW, (1, 2, 3)), [], TODAY)  # damaged ones are in no list


@pytest.mark.parametrize(("days", "said"), [(0, "Today"), (1, "Yesterday"), (2, f"{TODAY:%Y-%m-%d}")])
def test_days_are_told_as_one_speaks(days: int, said: str) -> None:
    assert when(NOW, TODAY + timedelta(days=days)).startswith(said)
    assert when(NOW, date(1970, 1, 1)).startswith(f"{TODAY:%Y}")
