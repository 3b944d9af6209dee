"""The dialogs as the window opens them."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QDialog, QLabel

from pixelforge import __version__
from pixelforge.gui.app import follow_theme
from pixelforge.gui.export.export_dialog import ExportDialog
from pixelforge.gui.shared.qimage import from_qimage
from pixelforge.gui.shared.theme import apply_theme
from pixelforge.gui.window.about_dialog import AboutDialog
from pixelforge.gui.window.licences_dialog import LicencesDialog
from pixelforge.gui.window.preferences_dialog import PreferencesDialog
from pixelforge.gui.window.shortcuts_dialog import ShortcutsDialog
from tests.gui.using import click_cell, make, write
from tests.made import made


def open_dialog(desktop, action, kind: type[QDialog]) -> QDialog:
    action.trigger()
    (dialog,) = desktop.window.findChildren(kind)
    assert dialog.isVisible()
    return dialog


@pytest.fixture
def system_theme(qapp):
    yield
    apply_theme(qapp, "system")


def test_preferences_change_the_window_and_are_kept(qtbot, desktop, places, system_theme) -> None:
    app = QApplication.instance()
    follow_theme(app, desktop.session)
    dialog = open_dialog(desktop, desktop.window.actions_.preferences, PreferencesDialog)
    dialog._ask = lambda *_: QColor("#c04080")
    dialog.theme.setCurrentText("Dark")
    assert not dialog.colour_button.isEnabled()
    dialog.background.setCurrentText("One colour")
    dialog.colour_button.click()
    dialog.pixel_grid.setChecked(True)
    dialog.history_cap.setValue(250)
    dialog.buttons.accepted.emit()
    settings = desktop.session.settings
    assert (settings.theme, settings.background, settings.pixel_grid, settings.history_cap) == (
        "dark",
        "#c04080",
        True,
        250,
    )
    assert '"#c04080"' in places.settings.read_text()
    assert app.palette().color(QPalette.ColorRole.Window).lightness() < 100
    make(qtbot, desktop)
    picture = from_qimage(desktop.window.stage.canvas.grab().toImage())
    assert (picture[..., :3] == (0xC0, 0x40, 0x80)).all(axis=-1).any()


@pytest.mark.parametrize(
    ("action", "mnemonics"), [("preferences", True), ("about", False), ("shortcuts", False), ("train", True)]
)
def test_a_mnemonic_has_a_field_to_go_to(desktop, action: str, mnemonics: bool) -> None:
    getattr(desktop.window.actions_, action).trigger()
    (dialog,) = (dialog for dialog in desktop.window.findChildren(QDialog) if dialog.isVisible())
    labels = [label for label in dialog.findChildren(QLabel) if "&" in label.text()]
    assert bool(labels) is mnemonics
    assert [label.text() for label in labels if label.buddy() is None] == []
    dialog.close()


def test_a_key_shows_lines_between_pixels_and_keeps_them(qtbot, active) -> None:
    make(qtbot, active, count=1)
    canvas = active.window.stage.canvas
    plain = canvas.grab().toImage()
    qtbot.keyClick(canvas, Qt.Key.Key_G)
    assert canvas.grab().toImage() != plain
    assert active.session.settings.pixel_grid
    qtbot.keyClick(canvas, Qt.Key.Key_G)
    assert canvas.grab().toImage() == plain


def test_the_size_of_the_historys_sprites_is_chosen(qtbot, desktop) -> None:
    make(qtbot, desktop)
    strip = desktop.window.history
    sizes = {}
    for side in (48, 96, 32):
        dialog = open_dialog(desktop, desktop.window.actions_.preferences, PreferencesDialog)
        dialog.thumbnail.setCurrentText(f"{side} px")
        dialog.buttons.accepted.emit()
        strip.by_batch.setChecked(False)
        QApplication.processEvents()
        sprite = strip.view.visualRect(strip.view.model().index(0, 0)).width()
        strip.by_batch.setChecked(True)
        QApplication.processEvents()
        sizes[side] = sprite, strip.batches.visualRect(strip.batches.model().index(0, 0)).height()
    sprites, lines = zip(*(sizes[side] for side in (32, 48, 96)), strict=True)
    assert (sprites[1] - sprites[0], sprites[2] - sprites[1]) == (16, 48)
    assert (lines[1] - lines[0], lines[2] - lines[1]) == (16, 48)
    assert desktop.session.settings.thumbnail == 32


def test_preferences_that_are_cancelled_change_nothing(desktop) -> None:
    before = desktop.session.settings
    dialog = open_dialog(desktop, desktop.window.actions_.preferences, PreferencesDialog)
    dialog.theme.setCurrentText("Dark")
    dialog.buttons.rejected.emit()
    assert desktop.session.settings is before


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_text_can_be_read_in_either_theme(qapp, system_theme, theme) -> None:
    apply_theme(qapp, theme)
    role = QPalette.ColorRole
    palette = qapp.palette()
    pairs = [
        (role.WindowText, role.Window),
        (role.Text, role.Base),
        (role.ButtonText, role.Button),
        (role.HighlightedText, role.Highlight),
        (role.ToolTipText, role.ToolTipBase),
    ]
    for text, ground in pairs:
        assert contrast(palette.color(text), palette.color(ground)) >= 4.5, (theme, text)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_filter_that_is_on_is_told_from_one_that_is_off(qtbot, desktop, qapp, system_theme, theme) -> None:
    """By its ground, which is that of what is selected; in the dark a filtered history looked like lost sprites."""
    apply_theme(qapp, theme)
    star = desktop.window.history.starred
    grounds = []
    for _ in range(2):
        grounds.append(star.grab().toImage().pixelColor(4, star.height() // 2))
        star.click()
    assert sum(abs(a - b) for a, b in zip(grounds[0].getRgb(), grounds[1].getRgb(), strict=True)) > 100
    assert grounds[1] == star.palette().color(QPalette.ColorRole.Highlight)


def test_check_boxes_follow_the_theme_while_they_are_shown(qtbot, desktop, qapp, system_theme) -> None:
    apply_theme(qapp, "light")
    dialog = open_dialog(desktop, desktop.window.actions_.preferences, PreferencesDialog)
    dialog.pixel_grid.setChecked(False)
    pictures = {}
    for theme in ("dark", "light", "dark"):
        apply_theme(qapp, theme)
        qtbot.wait(20)
        picture = from_qimage(dialog.pixel_grid.grab().toImage())
        lightness = picture[..., :3].max(axis=-1)
        pictures[theme] = (int(np.median(lightness)), int(lightness.max()), int(lightness.min()))
    ground, brightest, _ = pictures["dark"]
    assert ground < 80
    assert brightest > 200  # its text
    ground, _, darkest = pictures["light"]
    assert ground > 200
    assert darkest < 80
    dialog.reject()


def contrast(a: QColor, b: QColor) -> float:
    """WCAG 2.1, contrast ratio."""

    def luminance(colour: QColor) -> float:
        parts = np.array([colour.redF(), colour.greenF(), colour.blueF()])
        linear = np.where(parts <= 0.03928, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
        return float(linear @ (0.2126, 0.7152, 0.0722))

    light, dark = sorted((luminance(a), luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_list_of_keys_has_every_key(qtbot, desktop) -> None:
    desktop.studio.tray.add([made(1)])
    dialog = open_dialog(desktop, desktop.window.actions_.shortcuts, ShortcutsDialog)
    rows = {
        dialog.table.item(row, 0).text(): dialog.table.item(row, 1).text() for row in range(dialog.table.rowCount())
    }
    assert rows["Generate"] == "Ctrl+Enter"
    assert rows["Stop"] == "Esc"
    assert rows["Lock the seed"] == "L"
    assert rows["Keys"] == "F1"
    assert rows["Undo"] == "Ctrl+Z"
    assert rows["Add to the set"] == "Space"
    assert rows["Star"] == "S"
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_no_key_is_given_twice(desktop) -> None:
    actions = [*desktop.window.actions_.all(), *desktop.window.sprite_actions.list()]
    keys = [sequence.toString() for action in actions for sequence in action.shortcuts()]
    assert len(keys) == len(set(keys))


def test_about_tells_version_licence_and_credits(desktop) -> None:
    dialog = open_dialog(desktop, desktop.window.actions_.about, AboutDialog)
    assert __version__ in dialog.title.text()
    assert "MIT" in dialog.text.text()
    assert f"numpy {np.__version__}" in dialog.made_of.text()
    credits = dialog.credits.toPlainText()
    assert "DawnLike" in credits
    assert "DragonDePlatino" in credits
    assert "Creative Commons" in credits
    dialog.reject()


def test_export_writes_the_tray_and_proposes_the_folder_again(qtbot, desktop, tmp_path) -> None:
    desktop.window.actions_.export.trigger()
    assert "set is empty" in desktop.studio.messages.current.text
    make(qtbot, desktop)
    click_cell(qtbot, desktop, 1)
    desktop.studio.add_to_tray(desktop.window.chosen())
    dialog = open_dialog(desktop, desktop.window.actions_.export, ExportDialog)
    dialog.path.setText(str(tmp_path / "out" / "mine.png"))
    dialog.export_button.click()
    write(desktop)
    assert (tmp_path / "out" / "mine.png").exists()
    assert desktop.session.settings.save_folder == str(tmp_path / "out")
    assert "mine.png" in desktop.studio.messages.current.text


def test_the_log_is_shown_where_it_lies(desktop, opened_folders, log_folder) -> None:
    desktop.window.actions_.show_log.trigger()
    assert opened_folders == [log_folder]


def test_about_shows_the_licences_of_all_parts(qtbot) -> None:
    assert "It runs on the CPU by ONNX Runtime." in AboutDialog(None, "onnxruntime", "cpu").text.text()
    about = AboutDialog(None)
    assert "It runs on" not in about.text.text()
    qtbot.addWidget(about)
    about.licences_button.click()
    dialog = about.findChild(LicencesDialog)
    names = [dialog.parts.item(row).text() for row in range(dialog.parts.count())]
    row = next(row for row, name in enumerate(names) if name.startswith("torch "))
    dialog.parts.setCurrentRow(row)
    assert "From PyTorch" in dialog.text.toPlainText()
    dialog.reject()
