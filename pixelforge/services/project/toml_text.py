"""Changing a few values of a TOML text, while all else stays to the letter: comments, order, spacing, line ends.

It finds the statements of TOML 1.0 (https://toml.io/en/v1.0.0) and looks into none but those that it is to change. The
text has been read by tomllib before, so what is no TOML does not come here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pixelforge.errors import RequestError
from pixelforge.services.project.toml import parsed

BARE = re.compile(r"[A-Za-z0-9_-]+")
SPACE = re.compile(r"[ \t]*")
MOST_IN_LINE = 100  # letters of a list; a longer one has a line an entry


@dataclass(frozen=True)
class _Statement:
    """A header or a key with its value. Places are offsets into the text."""

    start: int
    end: int  # behind its line break
    path: tuple[str, ...]  # of a header: the table; of a key: from its table on
    path_end: int
    value: tuple[int, int] | None = None  # None: it is a header


@dataclass(frozen=True)
class TableText:
    """The text of a file, and one of its tables that has a header of its own."""

    text: str
    table: tuple[str, ...]

    def __post_init__(self) -> None:
        self._statements()

    def with_value(self, key: str, value: Any) -> TableText:
        """The text with another value of a key, which may be a new one: str, bool, int, float, or a tuple of texts."""
        text, told = self.text, _told(value, self._line_end)
        header, *keys = self._statements()
        for one in keys:
            if one.path == (key,) and one.value is not None:
                start, end = one.value
                return self._with(text[:start] + told + text[end:])
        before = text[: [header, *keys][-1].end]
        gap = "" if before.endswith("\n") else self._line_end
        return self._with(f"{before}{gap}{_key(key)} = {told}{self._line_end}{text[len(before) :]}")

    def without(self, key: str) -> TableText:
        """The text with a key put aside as a comment, which can be taken back; as it is where there is none."""
        for one in self._statements()[1:]:
            if one.path == (key,):
                aside = _commented(self.text[one.start : one.end])
                return self._with(self.text[: one.start] + aside + self.text[one.end :])
        return self

    @property
    def own(self) -> str:
        """The table's part of the text: from its header to the end of its last key."""
        statements = self._statements()
        return self.text[statements[0].start : statements[-1].end]

    @property
    def aside(self) -> str:
        """That part as a comment, which anybody can take back."""
        return _commented(self.own)

    @property
    def text_aside(self) -> str:
        """The text with that part as a comment."""
        statements = self._statements()
        return self.text[: statements[0].start] + self.aside + self.text[statements[-1].end :]

    def renamed(self, name: str) -> TableText:
        """The text with another name as the last part of the table's."""
        header = self._statements()[0]
        opening = self.text.index("[", header.start) + 1
        table = (*self.table[:-1], name)
        told = ".".join(map(_key, table))
        return TableText(self.text[:opening] + told + self.text[header.path_end :], table)

    @property
    def _line_end(self) -> str:
        return "\r\n" if "\r\n" in self.text else "\n"

    def _with(self, text: str) -> TableText:
        return TableText(text, self.table)

    def _statements(self) -> list[_Statement]:
        """The table's header and its keys. Raises RequestError where it has no header."""
        found: list[_Statement] = []
        for one in _statements(self.text):
            if one.value is None and found:
                break
            if found or (one.value is None and one.path == self.table):
                found.append(one)
        if not found:
            name = ".".join(map(_key, self.table))
            raise RequestError(f"it has no line [{name}] with the keys below: write it so, and it can be changed here.")
        return found


def _commented(text: str) -> str:
    return "".join(f"# {line}" for line in text.splitlines(keepends=True))


def _statements(text: str) -> Iterator[_Statement]:
    at = 0
    while at < len(text):
        start, at = at, _behind_space(text, at)
        if at < len(text) and text[at] not in "#\r\n":
            if text[at] == "[":
                path, path_end = _path(text, at + 1 + text.startswith("[[", at))
                at = _next_line(text, path_end)
                yield _Statement(start, at, path, path_end)
                continue
            path, path_end = _path(text, at)
            begin = _behind_space(text, text.index("=", path_end) + 1)
            end = _value_end(text, begin)
            at = _next_line(text, end)
            yield _Statement(start, at, path, path_end, (begin, end))
        else:
            at = _next_line(text, at)


def _behind_space(text: str, at: int) -> int:
    found = SPACE.match(text, at)
    return found.end() if found else at


def _next_line(text: str, at: int) -> int:
    found = text.find("\n", at)
    return len(text) if found < 0 else found + 1


def _path(text: str, at: int) -> tuple[tuple[str, ...], int]:
    """A key of one or more parts with dots between, and where it ends."""
    parts = []
    while True:
        at = _behind_space(text, at)
        if text[at] in "\"'":
            end = _string_end(text, at)
            parts.append(parsed(f"key = {text[at:end]}")["key"])
        else:
            found = BARE.match(text, at)
            assert found is not None, "tomllib has read it"
            end = found.end()
            parts.append(found[0])
        at = _behind_space(text, end)
        if text[at : at + 1] != ".":
            return tuple(parts), end
        at += 1


def _value_end(text: str, at: int) -> int:
    """Where a value ends: lists and tables may go over lines, with comments between."""
    depth, end = 0, at
    while at < len(text):
        letter = text[at]
        if letter in "\"'":
            at = end = _string_end(text, at)
            continue
        if letter == "#" or (letter == "\n" and not depth):
            if not depth:
                break
            at = _next_line(text, at)
            continue
        depth += (letter in "[{") - (letter in "]}")
        at += 1
        if not letter.isspace():
            end = at
    return end


def _string_end(text: str, at: int) -> int:
    """Behind the quotes that end the string that begins here."""
    quote = text[at] * 3 if text.startswith(text[at] * 3, at) else text[at]
    escapes = text[at] == '"'
    at += len(quote)
    while not text.startswith(quote, at):
        at += 2 if escapes and text[at] == "\\" else 1
    at += len(quote)
    for _ in range(2 if len(quote) == 3 else 0):  # before the quotes that end it there may be two that belong to it
        at += text.startswith(quote[0], at)
    return at


def _told(value: Any, line_end: str) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if not isinstance(value, tuple):
        return repr(value)
    entries = [_told(entry, line_end) for entry in value]
    line = f"[{', '.join(entries)}]"
    if len(line) <= MOST_IN_LINE:
        return line
    return f"[{line_end}{''.join(f'    {entry},{line_end}' for entry in entries)}]"


def _key(part: str) -> str:
    return part if BARE.fullmatch(part) else _told(part, "\n")
