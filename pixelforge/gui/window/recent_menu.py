"""The projects that were opened last, in the File menu."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QMenu, QWidget

from pixelforge.gui.shared.plain import plain
from pixelforge.gui.window.projects import Projects


class RecentMenu(QMenu):
    """A line a project, by its folder's name; the whole path is the tooltip."""

    def __init__(self, projects: Projects, parent: QWidget) -> None:
        super().__init__("&Recent projects", parent)
        self._projects = projects
        self.setToolTipsVisible(True)
        projects.recent_changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        self.clear()
        for number, file in enumerate(self._projects.recent, 1):
            name = (Path(file).parent.name or file).replace("&", "&&")
            action = self.addAction(f"&{number} {name}", partial(self._projects.open, Path(file)))
            action.setToolTip(plain(file))
        self.menuAction().setEnabled(not self.isEmpty())
