"""Chosen sprites set moving, by rule or as a model learnt it: tried on while the menu is open, kept beside the old."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from pixelforge.errors import CheckpointError, RequestError
from pixelforge.gui.history.history_model import HistoryModel
from pixelforge.gui.shared.messages import Messages
from pixelforge.gui.stage.hover_player import HoverPlayer
from pixelforge.gui.stage.stage_model import StageCell, StageModel
from pixelforge.services.acting import acting
from pixelforge.services.learned import actions
from pixelforge.words import counted


class Moving(QObject):
    """A sprite that moves is a new one with the old one's recipe; the old one stays as it was."""

    def __init__(
        self,
        stage: StageModel,
        history: HistoryModel,
        messages: Messages,
        hover: HoverPlayer,
        chosen: Callable[[], tuple[StageCell, ...]],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._stage = stage
        self._history = history
        self._messages = messages
        self._hover = hover
        self._chosen = chosen
        self.menu = QMenu("A&nimate", parent)
        self.menu.setToolTipsVisible(True)
        self.actions_: dict[str, QAction] = {}
        self._add_missing()
        self.menu.aboutToShow.connect(self._add_missing)  # a model may have come since
        self.menu.hovered.connect(self._try_on)
        self.menu.aboutToHide.connect(lambda: self._hover.try_on(0, None))

    def animate(self, cells: Sequence[StageCell], action: str) -> None:
        """Have sprites do something; those that cannot are told."""
        sources, sprites, refused = [], [], []
        for cell in cells:
            try:
                sprites.append(acting(cell.sprite.acting(None), action))
                sources.append(cell)
            except (RequestError, CheckpointError) as error:
                refused.append(str(error))
        if sprites:
            ids: Sequence[int | None] = self._history.add(sprites) or [None] * len(sprites)
            new = [StageCell(sprite, id_) for sprite, id_ in zip(sprites, ids, strict=True)]
            self._stage.put_beside(list(zip(sources, new, strict=True)))
        if refused:
            self._messages.warn(f"{counted(len(refused), 'sprite')} cannot: {refused[-1]}")

    def _try_on(self, action: QAction) -> None:
        """Play it on the first chosen sprite that is on the stage."""
        places = {cell.key: index for index, cell in enumerate(self._stage.cells)}
        for cell in self._chosen():
            index = places.get(cell.key)
            if index is None:
                continue
            try:
                self._hover.try_on(index, acting(cell.sprite.acting(None), str(action.data())).frames)
            except (RequestError, CheckpointError):
                self._hover.try_on(index, None)
            return

    def _add_missing(self) -> None:
        for name, help in actions().items():
            if name not in self.actions_:
                self.actions_[name] = self._add(name, help)

    def _add(self, name: str, help: str) -> QAction:
        action = self.menu.addAction(f"&{name.capitalize().replace('_', ' ')}")
        action.setData(name)
        action.setToolTip(f"{help}.")
        action.triggered.connect(lambda: self.animate(self._chosen(), name))
        return action
