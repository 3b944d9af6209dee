"""Tables as spreadsheets write them: UTF-8, with commas, semicolons or tabs."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from itertools import chain

from pixelforge.errors import DatasetError

MAX_LINES = 250_000  # 200,000 pictures and those that are passed over: millions of lines take minutes
MAX_LINE = 100_000  # letters
DELIMITERS = ",;\t"  # spreadsheets write one or the other, as their country does
SEPARATOR = re.compile(r"sep=(.)\s*$", re.IGNORECASE)  # the first line of tables that are meant for Excel


def read_table(content: bytes, name: str) -> Iterator[tuple[int, list[str]]]:
    """The rows of a table, each with the number of its last line; Excel's first line `sep=;` is no row.

    Raises DatasetError that names it and says what to do.
    """
    lines = _lines(_decoded(content, name), name)
    first = next(lines, "")
    told = SEPARATOR.match(first)
    delimiter = told[1] if told else max(DELIMITERS, key=first.count)
    reader = csv.reader(lines if told else chain([first], lines), delimiter=delimiter, strict=True)
    last = skipped = int(bool(told))
    try:
        for cells in reader:
            last = reader.line_num + skipped
            yield last, cells
    except csv.Error as error:
        raise DatasetError(
            f"{name}, line {last + 1}, cannot be read: a quotation mark is not closed there, or stands within a "
            "name. Such a name is put in quotation marks, its own written twice."
        ) from error


def _lines(text: str, name: str) -> Iterator[str]:
    """The lines of a text that is not too long for a table."""
    for number, line in enumerate(io.StringIO(text, newline=""), start=1):
        if number > MAX_LINES:
            raise DatasetError(f"{name} has more than {MAX_LINES:,} lines, which is the most that can be used.")
        if len(line) > MAX_LINE:
            raise DatasetError(f"{name}, line {number}, is longer than {MAX_LINE:,} letters. Is it a table?")
        yield line


def _decoded(content: bytes, name: str) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:  # UTF-16 of plain letters is UTF-8 as well, with a zero in every second place
        raise DatasetError(f"{name} is not UTF-8 text: save it as UTF-8 (a spreadsheet calls it 'CSV UTF-8').")
    return text
