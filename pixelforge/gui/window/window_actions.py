"""The window's own actions, their keys and their menus."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence, QUndoStack
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

from pixelforge.gui.window.sprite_actions import SpriteActions

Slot = Callable[[], object]


@dataclass(frozen=True, kw_only=True)
class Slots:
    """What the actions do."""

    generate: Slot
    new_sprite: Slot
    escape: Slot
    open_file: Slot
    open_project: Slot
    import_model: Slot
    train: Slot
    models: Slot
    save: Slot
    save_forming: Slot
    export: Slot
    export_again: Slot
    preferences: Slot
    close: Slot
    lock_seed: Slot
    roll_seed: Slot
    search: Slot
    select_all: Slot
    paste: Slot
    back: Slot
    bin: Slot
    show_noise: Callable[[bool], object]
    show_grid: Callable[[bool], object]
    zoom_in: Slot
    zoom_out: Slot
    zoom_to_fit: Slot
    shortcuts: Slot
    show_log: Slot
    about: Slot


class WindowActions(QObject):
    """QActions of the whole window, by name as in Slots, with `undo` and `redo`."""

    def __init__(self, slots: Slots, undo: QUndoStack, parent: QWidget) -> None:
        super().__init__(parent)
        standard = QKeySequence.StandardKey
        self.generate = self._add("&Generate", slots.generate, "Ctrl+Return", "Ctrl+Enter")
        self.new_sprite = self._add("&New sprite", slots.new_sprite, standard.New)
        self.escape = self._add("Sto&p", slots.escape, "Esc")
        self.open_file = self._add("&Open sprite, model, palette or list…", slots.open_file, standard.Open)
        self.open_project = self._add("Open pro&ject…", slots.open_project, "Ctrl+Shift+O")
        self.import_model = self._add("&Import model…", slots.import_model, "Ctrl+I")
        self.train = self._add("New &training…", slots.train, "Ctrl+T")
        self.models = self._add("&Models…", slots.models)
        self.save = self._add("&Save sprites…", slots.save, standard.Save)
        self.save_forming = self._add("Save how they &formed…", slots.save_forming)
        self.export = self._add("&Export the set…", slots.export, "Ctrl+Shift+E")
        self.export_again = self._add("Export a&gain", slots.export_again, "Ctrl+E")
        self.export_again.setAutoRepeat(False)
        self.preferences = self._add("&Preferences…", slots.preferences, "Ctrl+,")
        self.close = self._add("&Quit", slots.close, "Ctrl+Q")
        self.lock_seed = self._add("&Lock the seed", slots.lock_seed, "L")
        self.roll_seed = self._add("&Draw a new seed", slots.roll_seed, "D")
        self.search = self._add("S&earch kinds", slots.search, "/")
        self.select_all = self._add("Select &all", slots.select_all, standard.SelectAll)
        self.select_all.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)  # lists select their own
        self.paste = self._add("&Paste a picture", slots.paste, standard.Paste)
        self.back = self._add("&Back to the batch", slots.back)
        self.bin = self._add("&Bin…", slots.bin)
        self.zoom_in = self._add("Zoom &in", slots.zoom_in, "+", "=", "Ctrl++")
        self.zoom_out = self._add("Zoom &out", slots.zoom_out, "-", "Ctrl+-")
        self.zoom_to_fit = self._add("Zoom to &fit", slots.zoom_to_fit, "0", "Ctrl+0")
        self.show_noise = QAction("Show the &noise while sprites form", self)
        self.show_noise.setCheckable(True)
        self.show_noise.toggled.connect(slots.show_noise)
        self.show_grid = QAction("&Lines between pixels", self)
        self.show_grid.setShortcut("G")
        self.show_grid.setCheckable(True)
        self.show_grid.toggled.connect(slots.show_grid)
        self.shortcuts = self._add("&Keys", slots.shortcuts, "F1")
        self.show_log = self._add("Show the &log", slots.show_log)
        self.about = self._add("&About PixelForge", slots.about)
        self.lock_seed.setCheckable(True)
        self.undo = undo.createUndoAction(parent, "&Undo")
        self.undo.setShortcut(QKeySequence(standard.Undo))
        self.redo = undo.createRedoAction(parent, "&Redo")
        self.redo.setShortcut(QKeySequence(standard.Redo))
        for action, name in ((self.undo, "Undo"), (self.redo, "Redo")):
            action.setData(name)  # their text tells what there is to undo

    def fill(self, bar: QMenuBar, sprites: SpriteActions, recent: QMenu, views: list[QAction]) -> None:
        """Build the menus. recent: of projects; views: what shows and hides the docks."""
        for title, groups in (
            (
                "&File",
                (
                    (self.new_sprite, self.open_file, self.import_model),
                    (self.open_project, recent.menuAction()),
                    (self.save, self.save_forming),
                    (self.export, self.export_again),
                    (self.preferences, self.close),
                ),
            ),
            ("&Edit", ((self.undo, self.redo), (self.paste, self.select_all), (self.bin,))),
            ("&Sprite", sprites.all),
            ("Ma&ke", ((self.search,), (self.generate, self.escape), (self.lock_seed, self.roll_seed))),
            ("&Train", ((self.train,), (self.models,))),
            (
                "Vie&w",
                (
                    (self.back,),
                    (self.zoom_in, self.zoom_out, self.zoom_to_fit),
                    (self.show_noise, self.show_grid),
                    tuple(views),
                ),
            ),
            ("&Help", ((self.shortcuts, self.show_log), (self.about,))),
        ):
            menu = bar.addMenu(title)
            menu.setToolTipsVisible(True)
            for group in groups:
                if not menu.isEmpty():
                    menu.addSeparator()
                menu.addActions(group)

    def all(self) -> list[QAction]:
        """Those that have keys, for the list of keys."""
        return [action for action in vars(self).values() if isinstance(action, QAction) and action.shortcuts()]

    def _add(self, text: str, slot: Slot, *keys: str | QKeySequence.StandardKey) -> QAction:
        action = QAction(text, self)
        action.setShortcuts([QKeySequence(key) for key in keys])
        action.triggered.connect(lambda: slot())
        return action
