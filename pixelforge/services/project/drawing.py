"""The sprites of a project that are not there yet, made by their models."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pixelforge.errors import RequestError
from pixelforge.services.project.sources import ProjectModel, SetRequest
from pixelforge.services.project.sprite_cache import SpriteCache, key_of
from pixelforge.services.recipe import recipe_of
from pixelforge.services.requests import Finished, GenerationEvent, GenerationRequest, Notice, Progress
from pixelforge.services.sprites import Sprite, made_sprites, named

MAX_DRAWN = 100_000  # sprites that one build holds in memory

Draw = Callable[[Path, GenerationRequest], Iterator[GenerationEvent]]
"""Makes the sprites of a request by the model in a file, as `services.generation.generate` does."""


@dataclass(frozen=True)
class SpritesDone:
    """How many of the sprites that had to be drawn are done; a part of one as a fraction."""

    done: float


@dataclass(frozen=True)
class MissingBatch:
    """Sprites that are not there yet, and that one request of one model makes."""

    model: ProjectModel
    request: GenerationRequest
    keys: tuple[str, ...]


class Drawing:
    """The sprites of orders: those that the cache has, and once `draw` has ended the others."""

    def __init__(self, orders: Mapping[str, SetRequest], cache: SpriteCache) -> None:
        if sum(order.request.count for order in orders.values()) > MAX_DRAWN:
            raise RequestError(f"There are more than {MAX_DRAWN:,} sprites to make: cut the project into several.")
        self._orders, self._cache = orders, cache
        self._keys = {name: _keys(order) for name, order in orders.items()}
        self._found: dict[str, Sprite] = {}
        for key in {key for keys in self._keys.values() for key in keys}:
            if (sprite := cache.read(key)) is not None:
                self._found[key] = sprite
        self.batches = tuple(self._grouped())

    @property
    def missing(self) -> int:
        """How many sprites have to be drawn."""
        return sum(len(batch.keys) for batch in self.batches)

    def draw(self, draw: Draw) -> Iterator[SpritesDone | Notice]:
        """Draw what is missing, and keep each sprite as soon as it is done. Raises OutputError or what `draw` does."""
        before = 0
        for batch in self.batches:
            for event in draw(batch.model.path, batch.request):
                if isinstance(event, Finished):
                    made = (event.sprites, batch.model.name, batch.model.sha256, event.first)
                    own = (event.conditions, event.seeds)
                    self.keep(batch, made_sprites(batch.request, *made, *own), event.first)
                elif isinstance(event, Progress):
                    yield SpritesDone(before + event.first + event.size * event.step / event.steps)
                else:
                    yield event
            before += len(batch.keys)

    def sprites(self, name: str) -> tuple[Sprite, ...]:
        """The sprites of an order, once all are drawn; before that, those that are."""
        found = [self._found.get(key) for key in self._keys[name]]
        names = self._orders[name].names
        told = [sprite and named([sprite], names[index : index + 1])[0] for index, sprite in enumerate(found)]
        return tuple(sprite for sprite in told if sprite is not None)

    def lacks(self, name: str) -> int:
        """How many sprites of an order are not drawn yet."""
        return sum(key not in self._found for key in self._keys[name])

    def counted(self, name: str, count: int) -> tuple[Sprite, ...]:
        """What an order would make if it asked for so many, where all of that was drawn already; else nothing."""
        order = self._orders[name]
        if order.request.seeds:
            return ()
        keys = _keys(replace(order, request=replace(order.request, count=count)))
        found = [sprite for key in keys if (sprite := self._found.get(key) or self._cache.read(key)) is not None]
        return tuple(found) if len(found) == count else ()

    def keep(self, batch: MissingBatch, made: Sequence[Sprite], first: int = 0) -> None:
        """Take in sprites of a batch, from its sprite `first` on; they stay for later builds. Raises OutputError."""
        done = list(zip(batch.keys[first:], made, strict=False))
        self._cache.write(done)
        self._found |= done

    def _grouped(self) -> Iterator[MissingBatch]:
        """What is missing, each sprite once; those that differ in condition and seed alone are drawn together."""
        groups: dict[tuple[object, ...], dict[str, tuple[SetRequest, int]]] = {}
        for name, order in self._orders.items():
            like = (order.model.path, order.request.sampling, order.request.palette, order.request.best_of)
            for index, key in enumerate(self._keys[name]):
                if key not in self._found:
                    groups.setdefault(like, {}).setdefault(key, (order, index))
        for missing in groups.values():
            order, _ = next(iter(missing.values()))
            yield MissingBatch(order.model, _only(missing.values(), order.request), tuple(missing))


def _keys(order: SetRequest) -> tuple[str, ...]:
    told = order.model.name, order.model.sha256
    asked = order.request
    return tuple(key_of(recipe_of(asked, index, *told), asked.best_of) for index in range(asked.count))


def _only(chosen: Iterable[tuple[SetRequest, int]], like: GenerationRequest) -> GenerationRequest:
    """The request that makes these sprites of several, each by its condition and seed there."""
    chosen = list(chosen)
    return replace(
        like,
        conditions=tuple(order.request.condition_of(index) for order, index in chosen),
        seeds=tuple(order.request.seed_of(index) for order, index in chosen),
        count=len(chosen),
        seed=0,
    )
