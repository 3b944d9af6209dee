"""From a set of a project to what is asked of a model, and the pictures of one's own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any

from pixelforge.core.condition import Condition, Scheme
from pixelforge.core.header import ModelHeader, read_header
from pixelforge.core.sampler import INSTANT
from pixelforge.errors import DatasetError, RequestError
from pixelforge.files import as_text, read_at_most
from pixelforge.imaging.palette import PaletteRule, rule_of
from pixelforge.services.asking import SINGLE, Ask, Offer, offer_of, understood
from pixelforge.services.lists import MAX_SPRITES, model_word, read_list
from pixelforge.services.naming import check_name
from pixelforge.services.palettes import find_palette, find_scheme, palette_of
from pixelforge.services.project.fingerprints import Fingerprints, pictures_in
from pixelforge.services.project.keys import SAMPLING, Values
from pixelforge.services.project.project_file import Project, ProjectSet, is_palette_file
from pixelforge.services.quality import find_quality
from pixelforge.services.requests import GenerationRequest, in_palette, make_request
from pixelforge.services.sprites import MAX_BYTES, Sprite, named, sprites_in


@dataclass(frozen=True)
class ProjectModel:
    """A model that sets of a project ask for."""

    path: Path
    name: str  # in recipes
    sha256: str
    header: ModelHeader
    offer: Offer


@dataclass(frozen=True)
class SetRequest:
    """What a set asks of its model."""

    model: ProjectModel
    request: GenerationRequest
    names: tuple[str, ...]  # of the first sprites


class Sources:
    """What the sets of a project are made of; each model and palette is read once."""

    def __init__(self, project: Project, fingerprints: Fingerprints) -> None:
        self._root = project.root
        self._fingerprints = fingerprints
        self._model = cache(self._read_model)
        self._palette = cache(lambda text: rule_of(find_palette(self._named(text))))
        self._scheme = cache(lambda text: find_scheme(self._named(text)))

    def order(self, one: ProjectSet) -> SetRequest:
        """What a set that draws asks for. Raises RequestError for what its model cannot do."""
        model = self._model(one.values["model"])
        conditions, seeds, names = (self._listed if "list" in one.values else self._asked)(one.values, model)
        scheme = self._scheme_of(one.values, model.header)
        conditions = tuple(replace(asked, scheme=scheme) for asked in conditions)
        request = make_request(
            model.header,
            conditions,
            count=_count(one.values, conditions, names),
            seed=0 if seeds else one.values.get("seed", 0),
            sampling=_sampling(one.values, model.header),
            best_of=_best_of(one.values, model.header),
        )
        request = replace(request, seeds=seeds)
        rule = self.rule(one, model.header)
        return SetRequest(model, request if rule is None else in_palette(request, rule, model.header), names)

    def rule(self, one: ProjectSet, header: ModelHeader | None = None) -> PaletteRule | None:
        """The palette that a set names. header: of the model whose own may be meant. Raises RequestError."""
        text = one.values.get("palette")
        if text is None:
            return None
        if text == "model":
            own = palette_of(header) if header else None
            if own is None:
                raise RequestError("there is no model here that was trained on a palette: name another.")
            rule = rule_of(replace(own, name="model"))
        else:
            rule = self._palette(text)
        return replace(rule, dither=one.values.get("dither", 0))

    def pictures(self, one: ProjectSet) -> tuple[Sprite, ...]:
        """The sprites in a set's own pictures. A class is the folder's name; in the project's own it is the set's.

        Raises DatasetError that names the file, RequestError for too many.
        """
        found: list[Sprite] = []
        for _, sprites in self.picture_files(one):
            found += sprites
            check_count(len(found))
        return tuple(found)

    def picture_files(self, one: ProjectSet) -> Iterator[tuple[PurePosixPath, tuple[Sprite, ...]]]:
        """Each of a set's own pictures, from the project's folder on, with its sprites. Raises DatasetError."""
        read: dict[PurePosixPath, tuple[Sprite, ...]] = {}  # once each, however often it is named
        for given in one.pictures:
            for path in pictures_in(self._root, given):
                if path not in read:
                    data = read_at_most(self._root / path, MAX_BYTES, DatasetError)
                    read[path] = sprites_in(data, path.as_posix(), path.parent.name or one.name)
                yield path, read[path]

    def _named(self, text: str) -> str:
        return str(self._root / text) if is_palette_file(text) else text

    def _read_model(self, name: str) -> ProjectModel:
        path = self._fingerprints.model_path(name)
        header = read_header(path)
        return ProjectModel(
            path, as_text(path.stem), self._fingerprints.model_sha256(name), header, offer_of(path, header)
        )

    def _asked(
        self, values: Values, model: ProjectModel
    ) -> tuple[tuple[Condition, ...], tuple[int, ...], tuple[str, ...]]:
        asks = [understood([text], model.offer) for text in values.get("kind", ())]
        ask = Ask(
            classes=_classes(values.get("class", ()), asks, model.offer),
            kinds=tuple(dict.fromkeys(kind for ask in asks for kind in ask.kinds)),
            **{part: _part(values, part, asks, model.offer) for part in SINGLE},
        )
        if ask == Ask() and not values.get("scheme"):
            classes = ", ".join(model.offer.classes)
            raise RequestError(f"it names no class and no kind; {model.name} makes {classes}, or all.")
        return ask.conditions(model.offer), (), _names(values)

    def _listed(
        self, values: Values, model: ProjectModel
    ) -> tuple[tuple[Condition, ...], tuple[int, ...], tuple[str, ...]]:
        best_of = max(1, values.get("best-of", 1))
        listed = read_list(self._root / values["list"], model.offer, values.get("seed", 0), best_of)
        told: dict[str, Any] = {part: word for part in SINGLE if (word := _part(values, part, (), model.offer))}

        def whole(asked: Condition) -> Condition:
            return replace(asked, **{part: getattr(asked, part) or word for part, word in told.items()})

        own = _names(values)
        return tuple(map(whole, listed.conditions)), listed.seeds, (*own, *listed.names[len(own) :])

    def _scheme_of(self, values: Values, header: ModelHeader) -> Scheme | None:
        if "scheme" not in values:
            return None
        if header.model.prediction != "pointer":
            raise RequestError("that model draws in its own colours alone: leave scheme out, or name a palette.")
        return self._scheme(values["scheme"])


def check_count(count: int) -> None:
    """Raises RequestError for more sprites than a set may have."""
    if count > MAX_SPRITES:
        raise RequestError(f"it has more than {MAX_SPRITES:,} sprites: make several sets of it.")


def _sampling(values: Values, header: ModelHeader) -> dict[str, Any]:
    """What is said of sampling, by field. Raises RequestError for a quality that the model has not."""
    told = {SAMPLING[key][0]: value for key, value in values.items() if key in SAMPLING}
    if (name := values.get("quality")) is None:
        return told
    if name == INSTANT and header.student is None:
        raise RequestError("that model has no student, which instant needs: take fast, fine or classic as quality.")
    quality = find_quality(header, name)
    return told | {"sampler": quality.sampler, "steps": quality.steps}


def _best_of(values: Values, header: ModelHeader) -> int:
    best_of: int = values.get("best-of", 1)
    if best_of > 1 and header.critic is None:
        raise RequestError("that model has no critic, which would choose: leave best-of out, or name another model.")
    return best_of


def _count(values: Values, conditions: Sequence[Condition], names: Sequence[str]) -> int:
    listed = len(conditions)
    count: int = listed if "list" in values else values.get("count", max(listed, len(names)))
    _check_names(names, count)
    check_count(count)
    return count


def called(sprites: Sequence[Sprite], one: ProjectSet) -> tuple[Sprite, ...]:
    """Sprites under the names that their set gives the first of them. Raises RequestError."""
    names = _names(one.values)
    _check_names(names, len(sprites))
    return named(sprites, names)


def _names(values: Values) -> tuple[str, ...]:
    names: list[str] = []
    for name in values.get("names", ()):
        names.append(check_name(name, names))
    return tuple(names)


def _check_names(names: Sequence[str], count: int) -> None:
    if len(names) > count:
        raise RequestError(f"it has {len(names):,} names for {count:,} sprites.")


def _classes(texts: Sequence[str], asks: Sequence[Ask], offer: Offer) -> tuple[str, ...]:
    if "all" in texts and "all" not in offer.classes:
        return offer.classes
    named = [word for text in texts if (word := model_word(text, "class", offer.classes))]
    return tuple(dict.fromkeys([*named, *(name for ask in asks for name in ask.classes)]))


def _part(values: Values, part: str, asks: Sequence[Ask], offer: Offer) -> str | None:
    """A part of SINGLE, by its own key, else by a word beside a kind. Raises RequestError for two of them."""
    words = {word for ask in asks if (word := getattr(ask, part)) is not None}
    if part in values:
        return model_word(values[part], part, offer.single[part])
    if len(words) > 1:
        raise RequestError(f"it asks for the {part}s {' and '.join(sorted(words))} at once: make a set of each.")
    return next(iter(words), None)
