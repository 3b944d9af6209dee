"""What sprites are asked for, in words: classes and their kinds, a style, a colour, a size."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path

import numpy as np

from pixelforge.core.condition import ClassVocabulary, Condition
from pixelforge.core.header import ModelHeader
from pixelforge.core.nearest import known
from pixelforge.core.scheme_file import read_bank
from pixelforge.core.schemes import NO_WORD
from pixelforge.core.symmetry import SYMMETRIES
from pixelforge.errors import RequestError
from pixelforge.services.groups import groups_of
from pixelforge.words import quoted

CLASS, KIND = 0, 1  # columns of a bank's words
LONGEST = 3  # words that one name may be typed as: sea creature
LIKE = 0.6  # similarity of a misspelt word, from 0 to 1, that a search still finds


SINGLE = ("style", "colour", "size", "facing", "symmetry")
"""The parts of which one word is asked for at a time."""


@dataclass(frozen=True)
class Offer:
    """What a model can be asked for. A part that it does not know is empty."""

    classes: tuple[str, ...]
    kinds: dict[str, tuple[str, ...]] = field(default_factory=dict)  # of each class, the most usual first
    styles: tuple[str, ...] = ()
    colours: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()
    facings: tuple[str, ...] = ()
    symmetries: tuple[str, ...] = ()
    needs_class: bool = True  # whether the model has to be told a class

    @property
    def single(self) -> dict[str, tuple[str, ...]]:
        """The words of the parts of SINGLE."""
        return {
            "style": self.styles,
            "colour": self.colours,
            "size": self.sizes,
            "facing": self.facings,
            "symmetry": self.symmetries,
        }

    @property
    def every_kind(self) -> tuple[str, ...]:
        """The kinds of all classes, each once, by name."""
        return tuple(sorted({kind for kinds in self.kinds.values() for kind in kinds}))

    @property
    def groups(self) -> dict[str, tuple[str, ...]]:
        """Words for several of the kinds at once, with these."""
        return groups_of(self.every_kind)

    def class_of(self, kind: str, among: Sequence[str] = ()) -> str | None:
        """The class of a kind: of those `among`, if it has one there, else where it is most usual; None: no kind."""
        having = [name for name in self.classes if kind in self.kinds.get(name, ())]
        chosen = [name for name in among if name in having]
        return next(iter(chosen), min(having, key=lambda name: self.kinds[name].index(kind), default=None))

    def known(self, ask: Ask) -> Ask:
        """What of it the model knows."""
        return Ask(
            classes=tuple(name for name in ask.classes if name in self.classes),
            kinds=tuple(kind for kind in ask.kinds if kind in self.every_kind),
            **{part: word for part, names in self.single.items() if (word := getattr(ask, part)) in names},
        )

    def search(self, text: str) -> tuple[str, ...]:
        """The kinds that a text may mean: that begin with it, hold it, are of a group, are spelt like it."""
        text = _typed(text)
        kinds = self.every_kind
        begin = [kind for kind in kinds if kind.lower().startswith(text)]
        hold = [kind for kind in kinds if text in kind.lower() and kind not in begin]
        grouped = [kind for kind in self._grouped(text) if kind not in begin and kind not in hold]
        found = (*begin, *hold, *grouped)
        return found or tuple(get_close_matches(text, kinds, n=5, cutoff=LIKE))

    def meant(self, text: str) -> tuple[str, ...]:
        """The kinds that a text most likely means: the first that `search` finds, or all of a group."""
        found = self.search(text)
        text = _typed(text)
        return found[:1] if found and text in found[0].lower() else self._grouped(text) or found[:1]

    def _grouped(self, text: str) -> tuple[str, ...]:
        return next((kinds for name, kinds in self.groups.items() if name.startswith(text)), ())


@dataclass(frozen=True, kw_only=True)
class Ask:
    """What is asked for. Every kind, and every class without one of these, is a condition; None leaves a part open."""

    classes: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    style: str | None = None
    colour: str | None = None
    size: str | None = None
    facing: str | None = None
    symmetry: str | None = None

    def conditions(self, offer: Offer) -> tuple[Condition, ...]:
        """A condition for each thing that is asked for, in the model's order of classes; they share a count evenly."""
        homes = {kind: offer.class_of(kind, self.classes) for kind in self.kinds}
        everything = Condition(**{part: getattr(self, part) for part in SINGLE})
        found = []
        for name in offer.classes:
            kinds = [kind for kind, home in homes.items() if home == name]
            found += [replace(everything, class_name=name, kind=kind) for kind in kinds]
            if name in self.classes and not kinds:
                found.append(replace(everything, class_name=name))
        unknown = [replace(everything, kind=kind) for kind, home in homes.items() if home is None]
        if not found and not unknown and offer.needs_class:
            return (replace(everything, class_name=offer.classes[0]),)
        return (*found, *unknown) or (everything,)


def ask_of(conditions: Iterable[Condition]) -> Ask:
    """What conditions ask for, as far as one Ask can say it: what is asked for once only where all have it."""
    conditions = tuple(conditions)

    def each(part: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(word for asked in conditions if (word := getattr(asked, part)) is not None))

    def common(part: str) -> str | None:
        words = {getattr(asked, part) for asked in conditions}
        return words.pop() if len(words) == 1 else None

    return Ask(
        classes=each("class_name"),
        kinds=each("kind"),
        **{part: common(part) for part in SINGLE},
    )


def offer_of(path: Path, header: ModelHeader) -> Offer:
    """What the model in a file can be asked for. Raises CheckpointError."""
    vocabulary = header.vocabulary
    names = header.class_names
    if isinstance(vocabulary, ClassVocabulary):
        ranked = sorted(vocabulary.kinds, key=lambda kind: -kind.share)
        return Offer(
            names,
            {name: tuple(kind.name for kind in ranked if kind.label == label) for label, name in enumerate(names)},
        )
    bank, words = read_bank(path, header), vocabulary.words
    shares = np.zeros((len(names), len(words.kinds)))
    told = bank.words[:, KIND] != NO_WORD
    np.add.at(shares, (bank.words[told, CLASS], bank.words[told, KIND]), bank.weights[told])
    ranked_kinds = {
        name: tuple(words.kinds[kind] for kind in np.argsort(-row, kind="stable") if row[kind] > 0)
        for name, row in zip(names, shares, strict=True)
    }
    styles = tuple(style.name for style in words.styles)
    return Offer(names, ranked_kinds, styles, words.colours, words.sizes, words.facings, SYMMETRIES, needs_class=False)


def understood(words: Sequence[str], offer: Offer) -> Ask:
    """What words that are typed one after the other ask for: `red dragon`, `sea creature`, `potions`, `undead`.

    Raises RequestError, naming the nearest words, for one that the model does not know, or for two colours, styles,
    sizes, facings or symmetries.
    """
    parts = {
        "classes": offer.classes,
        "kinds": offer.every_kind,
        **{part: offer.single[part] for part in ("colour", "size", "style", "facing", "symmetry")},
        "groups": tuple(offer.groups),
    }
    found: dict[str, list[str]] = {part: [] for part in parts}
    rest = [word for text in words for word in text.replace(",", " ").split()]
    while rest:
        part, name, length = _first(rest, parts)
        found[part].append(name)
        rest = rest[length:]
    single = {}
    for part in SINGLE:
        if len(set(found[part])) > 1:
            raise RequestError(f"Ask for one {part} at a time, not for {' and '.join(found[part])}.")
        single[part] = found[part][0] if found[part] else None
    grouped = (kind for name in found["groups"] for kind in offer.groups[name])
    return Ask(classes=tuple(found["classes"]), kinds=tuple(dict.fromkeys((*found["kinds"], *grouped))), **single)


def _first(rest: list[str], parts: dict[str, tuple[str, ...]]) -> tuple[str, str, int]:
    """The part and the name that the first words stand for, and how many words that is. Raises RequestError."""
    for length in range(min(LONGEST, len(rest)), 0, -1):
        for typed in _spellings(rest[:length]):
            for part, names in parts.items():
                if (name := {name.lower(): name for name in names}.get(typed)) is not None:
                    return part, name, length
    every = [name for names in parts.values() for name in names]
    raise RequestError(f"The model knows no {quoted(rest[0])}; {known(rest[0], every)}.")


def _typed(text: str) -> str:
    """As names of kinds are written."""
    return text.strip().lower().replace(" ", "-")


def _spellings(words: list[str]) -> list[str]:
    """How a name that is typed as these words may be written in a model: with hyphens, and in the singular."""
    joined = [mark.join(words).lower() for mark in (" ", "-", "")]
    ends = (("", ""), ("s", ""), ("es", ""), ("ies", "y"), ("ves", "f"), ("men", "man"))
    return [text.removesuffix(end) + other for end, other in ends for text in joined if text.endswith(end)]
