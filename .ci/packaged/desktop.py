"""What a Linux desktop learns of the packaged app."""

from __future__ import annotations

import shutil
from pathlib import Path

# A .desktop file knows no folder of its own: %k, its path, is what the shell finds the executable by.
BESIDE_IT = r'sh -c "app=\\$(dirname \\"\\$1\\"); shift; exec \\"\\$app/PixelForge\\" \\"\\$@\\"" sh %k %f'

# What installs AppImages puts the file's own path in place of the first word.
IN_APPIMAGE = "PixelForge %f"


def entry(command: str) -> str:
    """The .desktop file; `command` is its Exec, by the Desktop Entry Specification."""
    lines = (
        "[Desktop Entry]",
        "Type=Application",
        "Name=PixelForge",
        "Comment=Makes 16x16 pixel-art sprites on your own machine",
        f"Exec={command}",
        "Icon=PixelForge",
        "Terminal=false",
        "Categories=Graphics;2DGraphics;RasterGraphics;",
        "StartupWMClass=PixelForge",
    )
    return "".join(f"{line}\n" for line in lines)


def add_to_desktop(app: Path, icon: Path) -> None:
    """Put an icon and a .desktop file beside the executable, to be installed or double-clicked."""
    shutil.copyfile(icon, app / "PixelForge.png")
    (app / "PixelForge.desktop").write_text(entry(BESIDE_IT), encoding="utf-8")
