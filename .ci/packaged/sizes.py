"""What each part of a packaged app costs: `python -m packaged.sizes dist/PixelForge`."""

from __future__ import annotations

import sys
from fnmatch import fnmatch
from pathlib import Path

# Of the first that fits; paths are within the app's folder.
PARTS = (
    ("torch's libraries", ("*/torch/lib/*", "*/torch/bin/*", "*/torch/_C*")),
    ("torch's modules as text, which it reads", ("*/torch/*",)),
    ("Qt and PySide6", ("*/PySide6/*", "*/shiboken6/*")),
    ("all Python modules, in the executable", ("PixelForge", "PixelForge.exe")),
    ("numpy", ("*/numpy/*", "*/numpy.libs/*")),
    ("onnxruntime", ("*/onnxruntime/*",)),
    ("Pillow", ("*/PIL/*", "*/pillow.libs/*")),
    ("Python", ("*/libpython3*", "*/python3.*", "*/base_library.zip", "*/python3*.dll")),
    ("the model", ("*/resources/models/*",)),
    ("licences", ("*/licences/*",)),
    ("palettes, icons, samples", ("*/resources/*", "PixelForge.png", "PixelForge.desktop")),
    ("libraries of the system", ("_internal/lib*.so*",)),
    ("other Python libraries", ("*",)),
)


def sizes(app: Path) -> dict[str, int]:
    """Bytes a part. Links count nothing."""
    found = dict.fromkeys((name for name, _ in PARTS), 0)
    for path in app.rglob("*"):
        if path.is_file() and not path.is_symlink():
            found[_part(path.relative_to(app).as_posix())] += path.stat().st_size
    return found


def _part(path: str) -> str:
    return next(name for name, patterns in PARTS if any(fnmatch(path, pattern) for pattern in patterns))


def main() -> None:
    """Print the table of tests/README.md."""
    found = sizes(Path(sys.argv[1]))
    rows = sorted(found.items(), key=lambda row: -row[1])
    lines = ["| part | MB |", "|---|---|", *(f"| {name} | {size / 1e6:.1f} |" for name, size in rows if size)]
    sys.stdout.write("\n".join([*lines, f"| **all** | **{sum(found.values()) / 1e6:.0f}** |", ""]))


if __name__ == "__main__":
    main()
