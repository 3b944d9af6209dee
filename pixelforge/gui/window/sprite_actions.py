"""The actions on chosen sprites: one list for menus, context menus and keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from pixelforge.gui.shared.mime import to_mime
from pixelforge.gui.stage.stage_model import StageCell
from pixelforge.gui.window.colouring import Colouring
from pixelforge.gui.window.exploring import Exploring
from pixelforge.gui.window.mending import Mending
from pixelforge.gui.window.moving import Moving
from pixelforge.gui.window.studio import Studio
from pixelforge.imaging.pixels import Pixels
from pixelforge.words import counted

Chosen = Callable[[], tuple[StageCell, ...]]


class SpriteActions(QObject):
    """QActions that work on what `chosen` tells; their keys hold in the widgets given to `listen_in`.

    shown: the same sprites in the colours that they are seen in, which are those that leave the stage.
    """

    def __init__(
        self,
        studio: Studio,
        mending: Mending,
        moving: Moving,
        colouring: Colouring,
        exploring: Exploring,
        chosen: Chosen,
        shown: Chosen,
        save: Callable[[], None],
        show_like: Callable[[Pixels], None],
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._studio = studio
        self._mending = mending
        self._moving = moving
        self._colouring = colouring
        self._chosen = chosen
        self._shown = shown
        self.copy = self._add("&Copy picture", QKeySequence(QKeySequence.StandardKey.Copy), self._copy)
        self.copy_seed = self._add("Copy see&d", "Ctrl+Shift+C", self._copy_seed)
        self.use_seed = self._add("&Use this seed", "U", self._use_seed)
        self.use_recipe = self._add("Use its &recipe", "R", self._use_recipe)
        self.vary = self._add("&Variations", "V", self._vary)
        self.between = self._add("&Between the two", "B", lambda: exploring.between(self._chosen()))
        self.around = self._add("&Map around it", "M", lambda: exploring.around(self._chosen()[0]))
        self.shuffle = self._add("Shuffle its c&olours", "C", lambda: colouring.shuffle(self._chosen()))
        self.keep_scheme = self._add("&Keep its colours", "K", lambda: colouring.toggle_kept(self._chosen()))
        self.edit = self._add("&Edit", "E", lambda: self._mending.begin(self._shown()[0]))
        self.like = self._add("&Find what looks like it", "F", lambda: show_like(self._shown()[0].sprite.pixels))
        self.star = self._add("&Star", "S", lambda: studio.star(self._chosen()))
        self.to_tray = self._add("Add to the se&t", "Space", lambda: studio.add_to_tray(self._shown()))
        self.save = self._add("Save &as…", "Ctrl+Shift+S", save)
        self.delete = self._add("De&lete", QKeySequence(QKeySequence.StandardKey.Delete), self._delete)
        self.of_one_sprite = (self.vary, self.star, self.to_tray, self.edit)  # on the one under the pointer
        self.all = (
            (self.copy, self.copy_seed),
            (self.edit, moving.menu.menuAction()),
            (self.vary, self.between, self.around),
            (self.use_seed, self.use_recipe),
            (self.shuffle, self.keep_scheme),
            (self.star, self.to_tray, self.like, self.save),
            (self.delete,),
        )
        self.refresh()

    def listen_in(self, *widgets: QWidget) -> None:
        """Let the keys hold while one of these widgets, or one within it, has the focus."""
        for widget in widgets:
            widget.addActions(self.list())

    def fill(self, menu: QMenu) -> None:
        """Put the actions into a menu, group by group."""
        for group in self.all:
            if not menu.isEmpty():
                menu.addSeparator()
            menu.addActions(group)

    def list(self) -> list[QAction]:
        """All of them but menus, one after the other."""
        return [action for group in self.all for action in group if action is not self._moving.menu.menuAction()]

    def pop_up(self, at: QPoint) -> None:
        """Show the actions as a context menu, at a point of the screen."""
        menu = QMenu(self._window)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.fill(menu)
        menu.popup(at)

    def refresh(self) -> None:
        """Enable what can be done with what is chosen now."""
        count = len(self._chosen())
        self._moving.menu.setEnabled(count > 0)
        for action in (self.copy, self.copy_seed, self.vary, self.star, self.to_tray, self.save, self.delete):
            action.setEnabled(count > 0)
        for action in (self.use_seed, self.use_recipe, self.around, self.edit, self.like):
            action.setEnabled(count == 1)
        self.between.setEnabled(count == 2)
        for action in (self.shuffle, self.keep_scheme):
            action.setVisible(self._colouring.possible)
            action.setEnabled(count > 0 and self._colouring.possible)
        self._colouring.refresh()

    def _add(self, text: str, keys: str | QKeySequence, slot: Callable[[], None]) -> QAction:
        action = QAction(text, self)
        action.setShortcut(QKeySequence(keys))
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.triggered.connect(lambda: slot())
        return action

    def _copy(self) -> None:
        if chosen := self._shown():
            QGuiApplication.clipboard().setMimeData(to_mime([cell.sprite for cell in chosen]))
            self._studio.messages.inform(f"Copied {_sprites(chosen)}.")

    def _copy_seed(self) -> None:
        if chosen := self._chosen():
            seeds = " ".join(str(cell.sprite.seed) for cell in chosen)
            QGuiApplication.clipboard().setText(seeds)
            self._studio.messages.inform(f"Copied {seeds}." if len(chosen) <= 4 else f"Copied {len(chosen)} seeds.")

    def _use_seed(self) -> None:
        for cell in self._chosen()[:1]:
            self._studio.use_seed(cell)

    def _use_recipe(self) -> None:
        for cell in self._chosen()[:1]:
            if (recipe := cell.sprite.recipe) is not None:
                self._studio.use_recipe(recipe)

    def _vary(self) -> None:
        if chosen := self._shown():
            self._studio.vary(chosen)

    def _delete(self) -> None:
        if chosen := self._chosen():
            self._studio.delete(chosen)
            self._studio.say_undoable(f"Deleted {_sprites(chosen)}.")


def _sprites(cells: Sequence[StageCell]) -> str:
    return counted(len(cells), "sprite")
