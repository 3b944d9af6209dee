"""The best of several: which are kept, under which seeds, and what is told meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pixelforge.core.condition import Condition
from pixelforge.core.normal import MAX_SEED
from pixelforge.core.pipeline import Model
from pixelforge.core.start import Start
from pixelforge.errors import Remedy, RequestError
from pixelforge.imaging.pixels import Pixels, to_values
from pixelforge.services.asking import Offer
from pixelforge.services.generation import generate, load_model
from pixelforge.services.lists import read_list
from pixelforge.services.requests import Finished, GenerationEvent, GenerationRequest, Notice, Progress, make_request
from pixelforge.services.saving import Destination
from pixelforge.services.sprites import made_sprites, read_recipes
from tests.critics import FACTS, add_critic, critic_for
from tests.made import asked
from tests.pointer import write_pointer_model
from tests.services.test_generation import OUT_OF_MEMORY, narrow


@pytest.fixture
def choosy(model: Model) -> Model:
    return replace(model, header=replace(model.header, critic=FACTS), critic=critic_for(model.header))


def request_for(*class_names: str, **changes: Any) -> GenerationRequest:
    return asked(*class_names or ("tools",), **{"guidance_scale": 1.0, "sampler": "ddim", "steps": 3, **changes})


def done(events: Iterator[GenerationEvent]) -> tuple[Pixels, tuple[Condition, ...], tuple[int, ...]]:
    parts = [event for event in events if isinstance(event, Finished)]
    conditions = sum((part.conditions for part in parts), ())
    return np.concatenate([part.sprites for part in parts]), conditions, sum((part.seeds for part in parts), ())


def test_the_kept_are_those_of_all_that_the_critic_likes_best(choosy: Model) -> None:
    asked_for = ("tools", "plants")
    everything, conditions, _ = done(generate(choosy, request_for(*asked_for, count=24, seed=100)))
    kept, kept_conditions, seeds = done(generate(choosy, request_for(*asked_for, count=6, seed=100, best_of=4)))
    scores = choosy.critic.scores(to_values(everything, 4), conditions).reshape(6, 4)
    places = scores.argmax(axis=1) + np.arange(6) * 4
    assert seeds == tuple((100 + places).tolist())
    np.testing.assert_array_equal(kept, everything[places])
    assert kept_conditions == tuple(conditions[place] for place in places)
    assert len({place % 4 for place in places.tolist()}) > 1  # or the test would not tell it from taking the first


@pytest.mark.parametrize(("classes", "count"), [(("tools", "plants"), 3), (("beasts", "tools", "plants"), 4)])
def test_each_is_chosen_among_sprites_of_its_own_words(choosy: Model, classes: tuple[str, ...], count: int) -> None:
    request = request_for(*classes, count=count, best_of=3)
    candidates = request.candidates(range(count))
    assert [candidates.condition_of(index) for index in range(3 * count)] == [
        request.condition_of(index // 3) for index in range(3 * count)
    ]
    _, conditions, _ = done(generate(choosy, request))
    assert conditions == tuple(map(request.condition_of, range(count)))


def test_the_recipe_of_a_kept_sprite_is_an_ordinary_one(tmp_path: Path) -> None:
    """Also where its seed draws the colours."""
    model = load_model(add_critic(write_pointer_model(tmp_path / "words.safetensors")), "cpu", "torch")
    condition = Condition(class_name="cats", kind="lion")
    request = make_request(model.header, [condition], count=3, seed=7, best_of=5)
    sprites, conditions, seeds = done(generate(model, request))
    made = made_sprites(request, sprites, "words", "0" * 64, conditions=conditions, seeds=seeds)
    for index, sprite in enumerate(made):
        assert sprite.seed == seeds[index]
        assert 7 + 5 * index <= sprite.seed < 12 + 5 * index
        assert sprite.recipe.request.best_of == 1
        again, _, none = done(generate(model, sprite.recipe.request))
        np.testing.assert_array_equal(again[0], sprite.pixels)
        assert none == ()


def test_parts_and_micro_batches_change_nothing(choosy: Model) -> None:
    request = request_for(count=7, best_of=3)
    whole, _, seeds = done(generate(choosy, request))
    for micro_batch in (1, 4, 7):
        again, _, same = done(generate(choosy, request, micro_batch=micro_batch))
        np.testing.assert_array_equal(again, whole)
        assert same == seeds
    part, _, own = done(generate(choosy, request, part=range(2, 5)))
    np.testing.assert_array_equal(part, whole[2:5])
    assert own == seeds[2:5]
    rest, _, later = done(generate(choosy, request.after(3)))
    np.testing.assert_array_equal(rest, whole[3:])
    assert later == seeds[3:]


def test_variations_of_several_are_chosen_each_among_its_own(choosy: Model) -> None:
    rng = np.random.default_rng(0)
    first, second = (np.where(rng.random((8, 8, 1)) < 0.5, np.uint8(255), np.uint8(0)).repeat(4, 2) for _ in range(2))
    start = Start(picture=first, others=(second,), strength=0.3)
    request = replace(request_for(count=4, best_of=2), start=start)
    candidates = request.candidates(range(1, 4))
    for index in range(6):
        expected = request.start_of(1 + index // 2).picture
        np.testing.assert_array_equal(candidates.start_of(index).picture, expected)
    kept, _, seeds = done(generate(choosy, request))
    everything, _, _ = done(generate(choosy, replace(request, count=8, best_of=1)))
    np.testing.assert_array_equal(kept, everything[list(seeds)])


def test_progress_is_told_of_what_is_kept(choosy: Model) -> None:
    seen = []
    for event in generate(choosy, request_for(count=5, best_of=4), micro_batch=8):
        if isinstance(event, Progress):
            assert event.preview is None or event.preview.shape == event.noisy.shape == (event.size, 8, 8, 4)
            seen.append((event.first, event.size, event.step, event.steps, event.preview is not None))
    assert seen == [(first, size, step, 3, step < 3) for first, size in ((0, 2), (2, 2), (4, 1)) for step in (1, 2, 3)]


def test_memory_that_runs_out_within_what_one_is_chosen_from(choosy: Model) -> None:
    request = request_for(count=3, best_of=6)
    expected, _, seeds = done(generate(choosy, request))
    events = list(generate(narrow(choosy, 2, OUT_OF_MEMORY[0]), request, micro_batch=6))
    kept, _, same = done(iter(events))
    np.testing.assert_array_equal(kept, expected)
    assert same == seeds
    assert any(isinstance(event, Notice) for event in events)
    steps = [event for event in events if isinstance(event, Progress)]
    through = [event.first + event.size * event.step / event.steps for event in steps]
    assert through == sorted(through)
    assert through[-1] == 3


def test_a_model_without_a_critic_is_refused_before_anything_is_made(model: Model) -> None:
    with pytest.raises(RequestError, match="no critic") as raised:
        next(generate(model, request_for(best_of=2)))
    assert raised.value.remedies == (Remedy.CRITIC,)
    with pytest.raises(RequestError, match="no critic"):
        make_request(model.header, request_for().conditions, count=1, seed=0, best_of=2)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"best_of": 0}, "Best of must be 1 to 16, not 0"),
        ({"best_of": 17}, "Best of must be 1 to 16, not 17"),
        ({"best_of": 4, "count": 2, "seed": MAX_SEED - 6}, "for 2 sprites, each the best of 4"),
        ({"best_of": 4, "seeds": (MAX_SEED - 2,)}, "as many seeds"),
    ],
)
def test_what_cannot_be_asked_for(change: dict[str, Any], words: str) -> None:
    with pytest.raises(RequestError, match=words):
        request_for(**change)
    request_for(best_of=4, count=2, seed=MAX_SEED - 7)
    request_for(best_of=4, seeds=(MAX_SEED - 3,))


def test_the_sprites_of_a_list_have_seeds_for_all_that_they_are_chosen_from(tmp_path: Path) -> None:
    path = tmp_path / "zoo.csv"
    path.write_text("class,count,seed\ncats,2,\ndogs,2,40\ncats,1,\n")
    offer = Offer(("cats", "dogs"))
    assert read_list(path, offer, 10).seeds == (10, 11, 40, 41, 14)
    assert read_list(path, offer, 10, best_of=3).seeds == (10, 13, 40, 43, 22)
    with pytest.raises(RequestError, match="begin lower"):
        read_list(path, offer, MAX_SEED - 13, best_of=3)
    assert read_list(path, offer, MAX_SEED - 14, best_of=3).seeds[-1] == MAX_SEED - 2


def test_files_bear_the_seeds_of_the_kept_and_all_that_may_be_are_looked_for(tmp_path: Path) -> None:
    request = request_for(count=2, seed=40, best_of=3)
    to = Destination(target=tmp_path / "out", request=request, model="hero", model_sha256="ab" * 32)
    assert to.in_the_way() == []
    sprites = np.full((2, 8, 8, 4), 255, np.uint8)
    writer = to.writer(force=False)
    writer.add(Finished(0, sprites[:1], request.conditions, (42,)))
    writer.add(Finished(1, sprites[1:], request.conditions, (43,)))
    writer.close()
    folder = tmp_path / "out" / "tools"
    assert sorted(path.name for path in folder.iterdir()) == ["tools_00042.png", "tools_00043.png"]
    assert read_recipes(folder / "tools_00042.png")[0].seed == 42
    assert sorted(path.name for path in to.in_the_way()) == ["tools_00042.png", "tools_00043.png"]
