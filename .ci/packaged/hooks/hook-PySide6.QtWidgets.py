"""Stands in for PyInstaller's own hook for QtWidgets, which takes every plug-in and translation along."""

from PyInstaller.utils.hooks.qt import add_qt6_dependencies

from packaged.parts import used_plugins

hiddenimports, binaries, _translations = add_qt6_dependencies(__file__)
binaries = used_plugins(binaries)
