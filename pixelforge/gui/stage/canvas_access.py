"""The painted sprites of the stage for screen readers: a list whose items have names, values and places."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QPointF, QRect
from PySide6.QtGui import QAccessible, QAccessibleEvent, QAccessibleInterface
from PySide6.QtWidgets import QAccessibleWidget, QWidget

Text, Role = QAccessible.Text, QAccessible.Role


class Listed(Protocol):
    """What is painted, as it can be told."""

    def count(self) -> int:
        """Sprites that are seen."""

    def words_of(self, item: int) -> tuple[str, str, str]:
        """Name, value and place among the others, in words."""

    def state_of(self, item: int) -> tuple[bool, bool]:
        """Whether it is selected, and whether it has the keyboard."""

    def area_of(self, item: int) -> QRect:
        """Where it lies in the widget, in logical pixels."""

    def item_at(self, position: QPointF) -> int | None:
        """Which one lies at a point of the widget."""


class Access:
    """Makes a painted widget accessible, as long as it lives. Qt frees an interface with the widget that it is of."""

    _living: dict[int, Access] = {}  # noqa: RUF012 - Qt calls the interfaces, but holds no reference of Python's

    def __init__(self, widget: QWidget, listed: Listed) -> None:
        self.widget = widget
        self.listed = listed
        self.items: list[_Item] = []
        self._list = _List(self)
        QAccessible.registerAccessibleInterface(self._list)
        key = id(self)
        Access._living[key] = self
        widget.destroyed.connect(lambda: Access._forget(key))

    def item(self, index: int) -> _Item | None:
        """The interface of an item, made when it is first asked for."""
        if not 0 <= index < self.listed.count():
            return None
        while len(self.items) <= index:
            item = _Item(self, len(self.items))
            QAccessible.registerAccessibleInterface(item)
            self.items.append(item)
        return self.items[index]

    def tell_current(self, index: int | None) -> None:
        """Have screen readers say where the keyboard is now."""
        if QAccessible.isActive() and index is not None and self.item(index) is not None:
            event = QAccessibleEvent(self.widget, QAccessible.Event.Focus)
            event.setChild(index)
            QAccessible.updateAccessibility(event)

    @staticmethod
    def _forget(key: int) -> None:
        gone = Access._living.pop(key)
        for item in gone.items:
            QAccessible.deleteAccessibleInterface(QAccessible.uniqueId(item))


class _List(QAccessibleWidget):
    def __init__(self, access: Access) -> None:
        super().__init__(access.widget, Role.List)
        self._access = access

    def childCount(self) -> int:
        return self._access.listed.count()

    def child(self, index: int) -> QAccessibleInterface | None:  # type: ignore[override]  # the stubs know no None
        return self._access.item(index)

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        return child.index if isinstance(child, _Item) and child in self._access.items else -1

    def childAt(self, x: int, y: int) -> QAccessibleInterface | None:  # type: ignore[override]  # the stubs know no None
        widget = self._access.widget
        index = self._access.listed.item_at(QPointF(widget.mapFromGlobal(QPointF(x, y))))
        return None if index is None else self._access.item(index)

    def focusChild(self) -> QAccessibleInterface | None:  # type: ignore[override]  # the stubs know no None
        current = [at for at in range(self.childCount()) if self._access.listed.state_of(at)[1]]
        return self._access.item(current[0]) if current else None


class _Item(QAccessibleInterface):
    def __init__(self, access: Access, index: int) -> None:
        super().__init__()
        self._access = access
        self.index = index

    def isValid(self) -> bool:
        return self.index < self._access.listed.count()

    def object(self) -> None:  # type: ignore[override]  # the stubs know no None
        return None

    def parent(self) -> QAccessibleInterface:
        return QAccessible.queryAccessibleInterface(self._access.widget)

    def child(self, index: int) -> None:  # type: ignore[override]  # the stubs know no None
        return None

    def childAt(self, x: int, y: int) -> None:  # type: ignore[override]  # the stubs know no None
        return None

    def childCount(self) -> int:
        return 0

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        return -1

    def text(self, kind: QAccessible.Text) -> str:
        if not self.isValid():
            return ""
        name, value, place = self._access.listed.words_of(self.index)
        told = ", ".join(filter(None, (place, value)))  # AT-SPI passes no value on that is not a number
        return {Text.Name: name, Text.Value: value, Text.Description: told}.get(kind, "")

    def setText(self, kind: QAccessible.Text, text: str) -> None:
        """A sprite is not renamed here."""

    def rect(self) -> QRect:
        if not self.isValid():
            return QRect()
        area = self._access.listed.area_of(self.index)
        return QRect(self._access.widget.mapToGlobal(area.topLeft()), area.size())

    def role(self) -> QAccessible.Role:
        return Role.ListItem

    def state(self) -> QAccessible.State:
        state = QAccessible.State()
        if self.isValid():
            selected, current = self._access.listed.state_of(self.index)
            state.selectable = state.focusable = state.multiSelectable = 1
            state.selected, state.focused = int(selected), int(current)
        else:
            state.invalid = 1
        return state
