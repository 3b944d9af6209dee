"""How much a .zip says of itself: its directory, before Python's reader takes all of it in.

After PKWARE's APPNOTE.TXT 6.3.10: the directory's end (4.3.16) is the last of the file but for a comment; before it
may stand another (4.3.14), for archives of more than 65,535 entries or 4 GB.
"""

from __future__ import annotations

import os
import struct
from pathlib import Path

from pixelforge.errors import DatasetError
from pixelforge.files import open_plain

MAX_DIRECTORY = 2**25  # bytes; 200,000 entries take about 20 MB, a million without content 60 and many seconds
END, LOCATOR, FAR_END = 22, 20, 56  # bytes of the records
COMMENT = 2**16
FAR = 2**32 - 1  # in place of a size that stands in the other record


def check_directory(source: Path) -> None:
    """Raises DatasetError for an archive of too many entries, OSError where it cannot be read; others may be none."""
    with open_plain(source) as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - COMMENT - END - LOCATOR - FAR_END))
        tail = file.read()
    at = tail.rfind(b"PK\5\6")
    if not 0 <= at <= len(tail) - END:
        return
    (directory,) = struct.unpack_from("<I", tail, at + 12)
    far = at - LOCATOR - FAR_END
    if directory == FAR and far >= 0:
        (directory,) = struct.unpack_from("<Q", tail, far + 40)
    if directory > MAX_DIRECTORY:
        raise DatasetError(f"{source} holds too many files: cut it into several archives.")
