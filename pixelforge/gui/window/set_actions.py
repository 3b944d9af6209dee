"""The actions on the sprites that are chosen in the set: what needs more of the window than the set itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QWidget

from pixelforge.gui.shared.mime import to_mime
from pixelforge.gui.stage.stage_model import StageCell
from pixelforge.gui.tray.set_list import SetList
from pixelforge.gui.window.studio import Studio
from pixelforge.services.sprites import Sprite, read_sprites
from pixelforge.words import counted

Show = Callable[[int], None]
"""Shows an entry of the history, by its id."""


class SetActions(QObject):
    """QActions whose keys hold in the set's list, and that stand in its context menu below the list's own."""

    def __init__(self, studio: Studio, view: SetList, vary: QAction, show: Show, window: QWidget) -> None:
        """vary: the action of stage and history that makes more like a sprite; it lends text and key."""
        super().__init__(window)
        self._studio = studio
        self._view = view
        self._show = show
        self.copy = self._add("&Copy picture", QKeySequence(QKeySequence.StandardKey.Copy), self._copy)
        self.vary = self._add(vary.text(), vary.shortcut(), self._vary)
        self.show = self._add("Show in the &history", "H", self._show_in_history)
        view.files_given.connect(self._read)
        view.selectionModel().selectionChanged.connect(self.refresh)
        view.model().modelReset.connect(self.refresh)
        self.refresh()

    def of_the_set(self) -> list[QAction]:
        """Those that stage and history do not have as well, for the list of keys."""
        return [self._view.rename_action, self._view.remove_action, self.show]

    def refresh(self) -> None:
        """Enable what can be done with what is chosen now."""
        count = len(self._view.rows())
        for action in self._view.actions():
            action.setEnabled(count > 0 if action in (self.copy, self.vary, self._view.remove_action) else count == 1)

    def _add(self, text: str, keys: str | QKeySequence, slot: Callable[[Sequence[Sprite]], None]) -> QAction:
        action = QAction(text, self)
        action.setShortcut(QKeySequence(keys))
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.triggered.connect(lambda: slot(self._view.chosen()))
        self._view.addAction(action)
        return action

    def _read(self, files: Sequence[Path], row: int) -> None:
        """Put the sprites of pictures into the set; of a sheet all that it tells of."""
        what = files[0].name if len(files) == 1 else counted(len(files), "file")
        task = self._studio.background.run(f"Reading {what}", lambda: [read_sprites(file) for file in files])
        task.done.connect(lambda parts: self._studio.tray.add([sprite for part in parts for sprite in part], row))

    def _copy(self, sprites: Sequence[Sprite]) -> None:
        QGuiApplication.clipboard().setMimeData(to_mime(sprites))
        self._studio.messages.inform(f"Copied {counted(len(sprites), 'sprite')}.")

    def _vary(self, sprites: Sequence[Sprite]) -> None:
        self._studio.vary([StageCell(sprite, None) for sprite in sprites])

    def _show_in_history(self, sprites: Sequence[Sprite]) -> None:
        id_ = self._studio.history.find(sprites[0])
        if id_ is None:
            self._studio.messages.warn("The sprite is not in the history any more. The set keeps it all the same.")
        else:
            self._show(id_)
