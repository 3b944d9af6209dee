"""The version resource that Windows shows among a program's properties. It was not tried on Windows."""

from __future__ import annotations

from typing import Any

WORDS, UNICODE = 0x0409, 1200  # American English, UTF-16


def version_resource(version: str) -> Any:
    """What PyInstaller puts into the executable, from a version such as 1.2.3."""
    from PyInstaller.utils.win32 import versioninfo as info

    numbers = (*(int(part) for part in version.split(".")[:3]), 0, 0, 0)[:4]
    strings = {
        "FileDescription": "PixelForge",
        "FileVersion": version,
        "InternalName": "PixelForge",
        "LegalCopyright": "MIT licence",
        "OriginalFilename": "PixelForge.exe",
        "ProductName": "PixelForge",
        "ProductVersion": version,
    }
    table = info.StringTable(f"{WORDS:04x}{UNICODE:04x}", [info.StringStruct(*item) for item in strings.items()])
    return info.VSVersionInfo(
        ffi=info.FixedFileInfo(filevers=numbers, prodvers=numbers, mask=0x3F, OS=0x40004, fileType=1),
        kids=[info.StringFileInfo([table]), info.VarFileInfo([info.VarStruct("Translation", [WORDS, UNICODE])])],
    )
