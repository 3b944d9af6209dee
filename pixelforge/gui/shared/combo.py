"""A box to choose from, named for those who do not see it."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox


def combo(name: str, tooltip: str, *, as_wide_as_its_items: bool = False) -> QComboBox:
    """Long items are cut short in the box and whole in its list: they must not widen what it stands in."""
    policy = QComboBox.SizeAdjustPolicy
    box = QComboBox()
    name_box(box, name, tooltip)
    box.setSizeAdjustPolicy(
        policy.AdjustToContents if as_wide_as_its_items else policy.AdjustToMinimumContentsLengthWithIcon
    )
    return box


def name_box(box: QComboBox, name: str, tooltip: str) -> None:
    """Where a box has no label beside it, Qt tells screen readers on Linux what is chosen in place of its name."""
    box.setAccessibleName(name)
    box.setAccessibleDescription(f"{name}: {tooltip}")
    box.setToolTip(tooltip)
