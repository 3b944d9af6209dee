"""The canvas: every sprite pixel a whole square of device pixels, at every size and scale factor."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage, QPalette

from pixelforge.gui.shared.checkerboard import DARK, LIGHT
from pixelforge.gui.shared.qimage import to_qimage
from pixelforge.gui.stage.canvas import MARGIN, Canvas
from pixelforge.gui.stage.grid_layout import GridLayout
from pixelforge.imaging.pixels import Pixels, enlarge


def sprites(count: int, seed: int = 0) -> Pixels:
    rng = np.random.default_rng(seed)
    pixels = rng.integers(0, 256, (count, 16, 16, 4), np.uint8)
    pixels[..., 3] = np.where(rng.random((count, 16, 16)) < 0.7, 255, 0)
    return pixels


def to_array(image: QImage) -> Pixels:
    image = image.convertToFormat(QImage.Format.Format_RGBA8888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine() // 4, 4)
    return rows[:, : image.width()].copy()


def paint(canvas: Canvas, ratio: float) -> Pixels:
    size = canvas.size() * ratio
    image = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    canvas.devicePixelRatioF = lambda: ratio  # what the screen would have
    canvas.render(image)
    return to_array(image)


def check_cells(canvas: Canvas, picture: Pixels, shown: Pixels, colours: tuple[QColor, QColor]) -> None:
    layout = canvas.layout_in_device_pixels()
    checker = [colour.getRgb() for colour in colours]
    for index, sprite in enumerate(shown):
        x, y = layout.position(index)
        left, top = layout.left + x, layout.top + y
        cell = picture[top : top + layout.cell, left : left + layout.cell]
        expected = enlarge(sprite, layout.factor)
        opaque = expected[..., 3] == 255
        np.testing.assert_array_equal(cell[opaque], expected[opaque])
        assert {tuple(int(v) for v in pixel) for pixel in np.unique(cell[~opaque], axis=0)} <= set(checker)


@pytest.mark.parametrize("ratio", [1.0, 1.25, 1.5, 2.0])
@pytest.mark.parametrize(("count", "width", "height"), [(1, 333, 257), (4, 200, 701), (64, 724, 663), (9, 801, 333)])
def test_every_pixel_is_a_whole_square(qtbot, ratio, count, width, height) -> None:
    canvas = Canvas("hint")
    qtbot.addWidget(canvas)
    canvas.resize(width, height)
    shown = sprites(count)
    canvas.set_sprites(shown)
    check_cells(canvas, paint(canvas, ratio), shown, LIGHT)


def test_a_grab_of_the_shown_widget_is_as_crisp(qtbot) -> None:
    canvas = Canvas("hint")
    qtbot.addWidget(canvas)
    canvas.resize(500, 400)
    canvas.show()
    for seed in (1, 2):  # the second takes the place of the first
        shown = sprites(4, seed)
        canvas.set_sprites(shown)
        check_cells(canvas, to_array(canvas.grab().toImage()), shown, LIGHT)


def test_dark_themes_have_a_darker_checkerboard(qtbot) -> None:
    canvas = Canvas("hint")
    qtbot.addWidget(canvas)
    palette = QPalette()
    palette.setColor(QPalette.ColorRole.Base, QColor(20, 20, 20))
    canvas.setPalette(palette)
    canvas.resize(400, 300)
    shown = sprites(1)
    canvas.set_sprites(shown)
    check_cells(canvas, paint(canvas, 1.0), shown, DARK)


@pytest.mark.parametrize("scale", ["1.5", "2"])
def test_a_window_on_a_scaled_screen_is_crisp(scale, tmp_path) -> None:
    """At 1.5 the canvas begins between two device pixels; a process of its own, for Qt scales once and for all."""
    script = """
        import sys
        import numpy as np
        from PySide6.QtWidgets import QApplication, QHBoxLayout, QWidget
        from pixelforge.gui.stage.canvas import Canvas
        app = QApplication([])
        window, canvas, neighbour = QWidget(), Canvas("hint"), QWidget()
        neighbour.setFixedWidth(301)
        row = QHBoxLayout(window)
        row.setContentsMargins(0, 7, 0, 0)
        row.addWidget(neighbour)
        row.addWidget(canvas)
        window.resize(701, 501)
        canvas.set_sprites(np.load(sys.argv[1]))
        window.show()
        assert abs(canvas.devicePixelRatioF() - float(sys.argv[2])) < 1e-6
        window.grab().toImage().save(sys.argv[3])
        print(canvas.layout_in_device_pixels().factor)
    """
    shown = sprites(9)
    shown[..., 3] = 255
    np.save(tmp_path / "sprites.npy", shown)
    arguments = [str(tmp_path / "sprites.npy"), scale, str(tmp_path / "window.png")]
    result = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script), *arguments],
        env={**os.environ, "QT_SCALE_FACTOR": scale},
        capture_output=True,
        text=True,
        check=True,
    )
    factor = int(result.stdout)
    picture = to_array(QImage(str(tmp_path / "window.png")))
    for sprite in shown:
        assert contains(picture, enlarge(sprite, factor))


def contains(picture: Pixels, part: Pixels) -> bool:
    height, width = part.shape[:2]
    rows, columns = np.nonzero((picture == part[0, 0]).all(-1))
    return any(
        np.array_equal(picture[top : top + height, left : left + width], part)
        for top, left in zip(rows, columns, strict=True)
    )


def test_without_sprites_it_says_what_to_press(qtbot) -> None:
    canvas = Canvas("Press the button.")
    qtbot.addWidget(canvas)
    canvas.resize(300, 200)
    assert canvas.layout_in_device_pixels() is None
    assert len(np.unique(to_array(canvas.grab().toImage()).reshape(-1, 4), axis=0)) > 1  # some text on the background
    assert canvas.accessibleDescription() == "Press the button."


def test_the_grid_is_the_largest_that_fits_and_centred() -> None:
    layout = GridLayout.fit(count=64, side=16, width=740, height=600, margin=MARGIN)
    units = 8 * 16 + 7  # a sprite pixel between the sprites
    assert (layout.columns, layout.rows, layout.factor) == (8, 8, (600 - 2 * MARGIN) // units)
    assert (layout.width, layout.height) == (units * layout.factor, units * layout.factor)
    assert (layout.left, layout.top) == ((740 - layout.width) // 2, (600 - layout.height) // 2)
    assert layout.position(9) == (17 * layout.factor, 17 * layout.factor)


def test_a_place_that_is_too_small_shows_single_pixels() -> None:
    layout = GridLayout.fit(count=64, side=64, width=200, height=100, margin=MARGIN)
    assert layout.factor == 1
    assert layout.left < 0


def test_a_picture_outlives_its_array() -> None:
    pixels = sprites(1)[0]
    pixels[..., 3] = 255
    image = to_qimage(pixels)
    kept = pixels.copy()
    pixels[:] = 0
    del pixels
    np.testing.assert_array_equal(to_array(image), kept)
    np.testing.assert_array_equal(to_array(to_qimage(kept[:, ::-1])), kept[:, ::-1])  # not contiguous
