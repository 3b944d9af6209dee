"""What the controls stand at, observable, and what the chosen model can be asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, Signal

from pixelforge.core.condition import Condition, Scheme
from pixelforge.core.header import ModelHeader
from pixelforge.core.sampling import Sampling
from pixelforge.core.start import Keep, Start
from pixelforge.errors import CheckpointError
from pixelforge.fields import in_range, setting_of
from pixelforge.gui.generating.states import MAX_TYPED_SEED, settings_for, with_usual
from pixelforge.gui.shared.library import Library
from pixelforge.imaging.palette import PaletteRule
from pixelforge.imaging.pixels import Pixels
from pixelforge.services.asking import Ask, Offer, ask_of, offer_of
from pixelforge.services.icons import Icons, read_icons
from pixelforge.services.model_library import ModelEntry
from pixelforge.services.settings import GenerationSettings


class SettingsModel(QObject):
    """The settings of the next run.

    library: the models, and which is chosen. draw_seed: a new seed from 0 to MAX_DRAWN_SEED.
    """

    model_changed = Signal()
    settings_changed = Signal()

    def __init__(self, library: Library, draw_seed: Callable[[], int], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.library = library
        self._draw_seed = draw_seed
        self._offer, self._icons = Offer(()), Icons()
        self._take_offer()
        self._settings = None if library.header is None else settings_for(library.header, None)
        self._header_before = library.header
        self._strength: float = Start.strength  # of the variations to come
        self._keep = Keep()  # likewise
        library.entry_changed.connect(self._on_entry_changed)

    @property
    def entry(self) -> ModelEntry | None:
        """The chosen model; None where there is none that can be read."""
        return self.library.entry

    @property
    def header(self) -> ModelHeader | None:
        """The chosen model's header."""
        return self.library.header

    @property
    def offer(self) -> Offer:
        """What the chosen model can be asked for."""
        return self._offer

    @property
    def icons(self) -> Icons:
        """The pictures that the chosen model has of that."""
        return self._icons

    @property
    def ask(self) -> Ask:
        """What is asked for, as far as an Ask can say it."""
        return Ask() if self._settings is None else ask_of(self._settings.request.conditions)

    @property
    def rest(self) -> tuple[Condition, ...]:
        """What is asked for and neither `ask` nor `scheme` says, or all of the conditions where they are no Ask's."""
        conditions = () if self._settings is None else self._settings.request.conditions
        bare = tuple(replace(asked, scheme=None, drawn_in=()) for asked in conditions)
        if self.ask.conditions(self._offer) != bare:
            return conditions
        return tuple(Condition(drawn_in=asked.drawn_in) for asked in conditions)

    @property
    def scheme(self) -> Scheme | None:
        """The colours that all new sprites are drawn in; None: their seeds draw them."""
        conditions = () if self._settings is None else self._settings.request.conditions
        schemes = {asked.scheme for asked in conditions}
        return schemes.pop() if len(schemes) == 1 else None

    def set_scheme(self, scheme: Scheme | None) -> None:
        """Draw new sprites in these colours; None: as their seeds draw."""
        if self._settings is not None:
            self.set_conditions(tuple(replace(asked, scheme=scheme) for asked in self._settings.request.conditions))

    @property
    def settings(self) -> GenerationSettings | None:
        """What the controls stand at; None as long as there is no model."""
        return self._settings

    def set_ask(self, ask: Ask) -> None:
        """What to make. A scheme that was asked for stays."""
        if self._settings is not None:
            self._change(conditions=tuple(replace(asked, scheme=self.scheme) for asked in ask.conditions(self._offer)))

    def set_conditions(self, conditions: tuple[Condition, ...]) -> None:
        """What to make, in order."""
        self._change(conditions=conditions)

    def drop_the_rest(self) -> None:
        """Ask for what `ask` and `scheme` say alone."""
        conditions = self._offer.known(self.ask).conditions(self._offer)
        self._change(conditions=tuple(replace(asked, scheme=self.scheme) for asked in conditions))

    def set_sampling(self, **fields: Any) -> None:
        """Fields of `Sampling`, brought into their ranges."""
        if self._settings is not None:
            self._change(sampling=replace(self._settings.request.sampling, **in_range(Sampling, fields)))

    def set_palette(self, rule: PaletteRule | None) -> None:
        """How the finished sprites are recoloured; None leaves them as the model makes them."""
        self._change(palette=rule)

    def set_start(self, pictures: Sequence[Pixels]) -> None:
        """Make variations of these sprites, which have the model's size and share the count; at least one."""
        first, *others = pictures
        self._change(start=Start(picture=first, others=tuple(others), strength=self._strength, keep=self._keep))

    def set_variation(self, start: Start | None) -> None:
        """Make variations of this; None makes sprites from noise alone again."""
        self._change(start=start)

    def set_strength(self, strength: float) -> None:
        """How far variations go from their start, also from those to come."""
        self._strength = setting_of(Start, "strength").clamp(strength)
        if self._settings is not None and (start := self._settings.request.start) is not None:
            self._change(start=replace(start, strength=self._strength))

    def take(self, settings: GenerationSettings) -> None:
        """Take over settings as a whole."""
        if settings != self._settings:
            self._settings = settings
            if settings.request.start is not None:
                self._strength, self._keep = settings.request.start.strength, settings.request.start.keep
            self.settings_changed.emit()

    def set_seed(self, seed: int) -> None:
        """A seed that the user chose: it is locked, or the next Generate would throw it away."""
        if self._settings is not None:
            request = replace(self._settings.request, seed=min(max(seed, 0), MAX_TYPED_SEED), blends=())
            self.take(GenerationSettings(request=request, seed_locked=True))

    def set_seed_locked(self, locked: bool) -> None:
        """Locked, every run has the same seed; unlocked, every run draws a new one."""
        if self._settings is not None:
            self.take(replace(self._settings, seed_locked=locked))

    def toggle_seed_lock(self) -> None:
        """Lock the seed, or let it go."""
        if self._settings is not None:
            self.set_seed_locked(not self._settings.seed_locked)

    def roll_seed(self) -> None:
        """Draw a new seed, whether locked or not."""
        self._change(seed=self._draw_seed())

    def set_count(self, count: int) -> None:
        """Sprites to make."""
        self._change(count=count)

    def set_best_of(self, best_of: int) -> None:
        """How many each sprite is chosen from."""
        self._change(best_of=best_of)

    def _on_entry_changed(self) -> None:
        """Take the recommended settings, and what was asked for before where the model knows it."""
        if self.header is not None:
            before = self._offer
            self._take_offer()
            settings = settings_for(self.header, self._settings, self._header_before)
            self._settings, self._header_before = with_usual(settings, self.header, before), self.header
            self.model_changed.emit()
            self.settings_changed.emit()

    def _take_offer(self) -> None:
        """What the chosen model can be asked for; of one that is damaged its classes, as loading it will say why."""
        if self.entry is None or self.header is None:
            return
        try:
            self._offer = offer_of(self.entry.path, self.header)
        except CheckpointError:
            self._offer = Offer(self.header.class_names)
        self._icons = read_icons(self.entry.path, self._offer, self.header.model.image_size)

    def _change(self, **fields: Any) -> None:
        if self._settings is not None:
            if fields.keys() & {"count", "seed", "start", "best_of"}:
                fields.setdefault("blends", ())  # of a recipe that is not followed any more
            self.take(replace(self._settings, request=replace(self._settings.request, **fields)))
