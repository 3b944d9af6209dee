"""Which words of a window are cut off, and which of its parts lie outside what holds them."""

from __future__ import annotations

from PySide6.QtCore import QRect
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QMenu,
    QScrollBar,
    QStyle,
    QStyleOptionComboBox,
    QWidget,
)


def clipped(root: QWidget) -> list[str]:
    """A line each; none where all can be read."""
    found = []
    for widget in (root, *root.findChildren(QWidget)):
        if widget.window() is not root.window() or not widget.isVisible():
            continue
        if (missing := _missing(widget)) > 0:
            found.append(f"{_name(widget)} lacks {missing} pixels")
        if _sticks_out(widget):
            found.append(f"{_name(widget)} at {widget.geometry().getRect()} is outside {_name(widget.parentWidget())}")
    return found


def _missing(widget: QWidget) -> int:
    """Logical pixels that the words in it want beyond what they have."""
    if isinstance(widget, QLabel) and widget.text():
        if widget.wordWrap():
            return widget.heightForWidth(widget.width()) - widget.height()
        return widget.minimumSizeHint().width() - widget.width()
    if isinstance(widget, QAbstractButton) and widget.text():
        return widget.sizeHint().width() - widget.width()
    if isinstance(widget, QComboBox):
        option = QStyleOptionComboBox()
        widget.initStyleOption(option)
        style, control = widget.style(), QStyle.ComplexControl.CC_ComboBox
        room = style.subControlRect(control, option, QStyle.SubControl.SC_ComboBoxEditField, widget).width()
        icon = 0 if widget.itemIcon(widget.currentIndex()).isNull() else widget.iconSize().width() + 4
        return widget.fontMetrics().horizontalAdvance(widget.currentText()) + icon - room
    if isinstance(widget, QAbstractSpinBox):
        field = widget.findChild(QLineEdit)
        return widget.fontMetrics().horizontalAdvance(widget.text()) - (field.width() if field is not None else 0)
    return 0


def _sticks_out(widget: QWidget) -> bool:
    """Whether a part of it can never be seen. What can be scrolled to can be."""
    parent = widget.parentWidget()
    if widget.isWindow() or parent is None or isinstance(widget, QMenu | QScrollBar):
        return False
    if isinstance(parent.parentWidget(), QAbstractScrollArea) or isinstance(parent, QAbstractSpinBox | QComboBox):
        return False
    return not QRect(parent.rect()).contains(widget.geometry())


def _name(widget: QWidget | None) -> str:
    if widget is None:
        return "nothing"
    text = getattr(widget, "text", getattr(widget, "currentText", str))()
    return f"{type(widget).__name__} {widget.accessibleName() or widget.objectName()!r} {str(text)[:40]!r}"
