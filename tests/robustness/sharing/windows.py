"""A window's models without its widgets, which share history, sets, settings and models with another window's."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtGui import QUndoStack

from pixelforge.errors import OutputError, RequestError
from pixelforge.gui.desk.desk_model import DeskModel
from pixelforge.gui.generating.generation_model import GenerationModel
from pixelforge.gui.history.history_model import HistoryModel
from pixelforge.gui.shared.library import Library
from pixelforge.gui.shared.messages import Messages
from pixelforge.gui.stage.stage_model import StageModel
from pixelforge.gui.tray.sets_model import SetsModel
from pixelforge.gui.tray.tray_model import TrayModel
from pixelforge.gui.window.mending import BLANK, Mending
from pixelforge.gui.window.session import Session
from pixelforge.services.database import open_database
from pixelforge.services.exporting import Export
from pixelforge.services.history import History
from pixelforge.services.model_library import list_models, rename_model
from pixelforge.services.sets import SetStore
from pixelforge.services.settings import SetExport
from pixelforge.services.sprites import Drawn, Sprite
from tests.made import made
from tests.robustness.sharing.told import Book

CAP = 100_000  # sprites; nothing is dropped for room
SETS_EXPORTED = 5
NAMES = 8  # of models, over which all fight


class Window:
    """Does one thing after another at random, and tells the book what it was told was done."""

    def __init__(self, home: Path, book: Book, seed: int) -> None:
        self._book, self._rng, self._number = book, random.Random(seed), 0
        self._messages = Messages()
        self._session = Session(home / "settings.json", self._messages)
        database, notice = open_database(home / "history.sqlite")
        assert not notice, notice
        self._history = HistoryModel(History(database, CAP), home)
        self._undo = QUndoStack()
        sets = SetsModel(SetStore(database), self._undo)
        self._history.changed_elsewhere.connect(sets.reload)
        self._tray = TrayModel(sets, home)
        self._failed: list[str] = []
        for signal in (sets.failed, self._history.failed):
            signal.connect(self._failed.append)
        self._desk = DeskModel()
        generation = GenerationModel(Library([], Messages()), Messages())
        self._mending = Mending(self._desk, StageModel(), self._history, generation, Messages())
        self._mending.begin_blank()
        self._kept: list[int] = []  # ids of its own sprites
        self._gathered: list[str] = []  # fingerprints of its own sprites in the shared set

    def work(self, count: int) -> None:
        """Do so many things."""
        for _ in range(count):
            self._number += 1
            self._failed.clear()
            self._rng.choice(WORK)(self)
            if self._failed:
                self._book.put("words", text=self._failed[0])
            if self._rng.random() < 0.3:
                self._history.refresh_if_changed()

    def close(self) -> None:
        """Take down what must stand as this one left it."""
        self._book.put("last drawn", fingerprint=self._drawn())
        self._book.put("settings", fields=self._settings())

    def keep(self) -> None:
        sprites = [made(self._fresh(), side=8) for _ in range(self._rng.randint(1, 3))]
        ids = self._history.add(sprites)
        self._kept += ids
        self._book.put("kept", ids=ids)

    def star(self) -> None:
        if self._kept:
            id_ = self._rng.choice(self._kept)
            self._history.set_starred([id_], True)
            self._book.put("starred", id=id_)

    def delete(self) -> None:
        """Sometimes what the other one is drawing."""
        self._history.refresh_if_changed()
        if self._history.rowCount():
            (id_,) = self._history.ids_of([self._rng.randrange(min(5, self._history.rowCount()))])
            if id_ in self._history.delete([id_]):
                self._book.put("deleted", id=id_)

    def draw(self) -> None:
        """A stroke in a colour that nobody has drawn in yet."""
        number = self._fresh()
        self._desk.set_ink((number >> 16 & 255, number >> 8 & 255, number & 255, 255))
        self._desk.press((number % 16, self._book.number))
        self._desk.release()
        self._book.put("drawn", fingerprint=self._drawn())

    def gather(self) -> None:
        sprite = made(self._fresh(), side=8)
        self._tray.add([sprite])
        self._gathered.append(sprite.fingerprint.hex())
        self._book.put("gathered", fingerprint=self._gathered[-1])

    def take_out(self) -> None:
        if self._gathered:
            gone = self._gathered.pop(self._rng.randrange(len(self._gathered)))
            if (row := self._row(gone)) is not None:
                self._tray.remove([row])
                self._book.put("taken out", fingerprint=gone)

    def name(self) -> None:
        if self._gathered:
            chosen, name = self._rng.choice(self._gathered), f"sprite {self._fresh()}"
            if (row := self._row(chosen)) is not None:
                self._tray.rename(row, name)
                self._book.put("named", fingerprint=chosen, name=name)

    def set_up(self) -> None:
        """Fields of the settings that this window alone changes, and exports of its own sets."""
        settings, number = self._session.settings, self._number
        own = self._book.number
        if own == 0:
            settings = replace(settings, history_cap=1000 + number, save_folder=f"/{number}")
        else:
            settings = replace(settings, tray_columns=number % 256, tray_padding=number % 64)
        set_id = own * SETS_EXPORTED + number % SETS_EXPORTED
        others = tuple(one for one in settings.set_exports if one.set_id != set_id)
        export = SetExport(set_id=set_id, export=Export(target=f"/{number}.png"))
        self._session.take(replace(settings, set_exports=(*others, export)))

    def rename_model(self) -> None:
        own = [entry for entry in list_models(None) if not entry.bundled and entry.name != "shared"]
        if own:
            entry, name = self._rng.choice(own), f"model {self._rng.randrange(NAMES)}"
            try:
                rename_model(entry, name if self._rng.random() < 0.3 else f"model of {self._fresh()}")
            except (RequestError, OutputError) as error:
                self._book.put("words", text=str(error))

    def think_again(self) -> None:
        """Nothing of the other's may go with what is undone."""
        sprite = made(self._fresh(), side=8)
        self._tray.add([sprite])
        self._undo.undo()
        self._book.put("taken out", fingerprint=sprite.fingerprint.hex())

    def _row(self, fingerprint: str) -> int | None:
        """Where a sprite is in the set; it is taken down where it is missing."""
        there = [sprite.fingerprint.hex() for sprite in self._tray.sprites]
        if fingerprint not in there:
            self._book.put("missing")
            return None
        return there.index(fingerprint)

    def _drawn(self) -> str:
        picture = self._desk.film.pictures[0]
        return Sprite(picture, Drawn(BLANK)).fingerprint.hex() if picture.any() else ""

    def _settings(self) -> dict[str, object]:
        settings, own = self._session.settings, self._book.number
        names = ("history_cap", "save_folder") if own == 0 else ("tray_columns", "tray_padding")
        exports = {f"{one.set_id}": one.export.target for one in settings.set_exports}
        mine = {id_: target for id_, target in exports.items() if int(id_) // SETS_EXPORTED == own}
        return {"set_exports": mine, **{name: getattr(settings, name) for name in names}}

    def _fresh(self) -> int:
        """A number that no window has drawn yet."""
        self._number += 1
        return 100_000 * (self._book.number + 1) + self._number


WORK: tuple[Callable[[Window], None], ...] = (
    Window.keep, Window.star, Window.delete, Window.draw, Window.gather, Window.gather, Window.take_out, Window.name,
    Window.think_again, Window.set_up, Window.rename_model,
)  # fmt: skip
