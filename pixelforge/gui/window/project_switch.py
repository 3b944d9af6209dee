"""Whether the shown set stands in a game's project, as an entry of the menu of sets."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction

from pixelforge.gui.tray.tray import Tray
from pixelforge.gui.window.membership import Membership


class ProjectSwitch(QObject):
    """Ties the entry to the membership; it is not shown while the window has no project."""

    def __init__(self, membership: Membership, tray: Tray, parent: QObject) -> None:
        super().__init__(parent)
        self._membership = membership
        self.action = QAction(self)
        self.action.setCheckable(True)
        self.action.triggered.connect(self._turn)
        tray.sets.add_action(self.action)
        membership.changed.connect(self._show)
        self._show()

    def _turn(self, on: bool) -> None:
        shown, file = self._membership.sets.current.id, self._membership.at_hand
        if not on:
            self._membership.take_out(shown)
        elif file is not None:
            self._membership.put_in(shown, file)

    def _show(self) -> None:
        own = self._membership.file_of(self._membership.sets.current.id)
        file = own or self._membership.at_hand
        self.action.setVisible(file is not None)
        self.action.setChecked(own is not None)
        name = "" if file is None else (file.parent.name or str(file)).replace("&", "&&")
        self.action.setText(f"In the &project {name}")
