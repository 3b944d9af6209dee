"""The words of a release: `PYTHONPATH=.ci python -m packaged.changelog v0.2.0` prints what the changelog has of it.

It ends with an error, and no release is made, where the changelog has no entry of that version, where its entry is
empty or not dated, or where the program calls itself by another version.
"""

from __future__ import annotations

import re
import sys
from datetime import date
from pathlib import Path

ROOT = Path(__file__).parents[2]
TAG = re.compile(r"v(\d+\.\d+\.\d+)")
HEADING = re.compile(r"## \[(?P<version>[^]]+)\](?P<rest>.*)")
UNSIGNED = """
### About these files

They are not signed by keys that Apple or Microsoft know, so their systems warn at the first start (macOS: System
Settings, Privacy & Security, Open Anyway; Windows: More info, Run anyway). `sha256sum -c SHA256SUMS` says whether a
download is whole, `gh attestation verify FILE --repo {repository}` that this repository's workflow built it.
"""


class NoReleaseError(Exception):
    """There is nothing to be released; the text says why."""


def entry_of(tag: str, changelog: str, version: str) -> str:
    """The changelog's entry of the version that a tag names, without its heading.

    version: what the program calls itself. Raises NoReleaseError.
    """
    named = TAG.fullmatch(tag)
    if named is None:
        raise NoReleaseError(f"{tag} is no tag of a release: those are called v1.2.3.")
    if named[1] != version:
        raise NoReleaseError(f"{tag} is tagged, but the program calls itself {version}.")
    lines = changelog.splitlines()
    headings = {number: found for number, line in enumerate(lines) if (found := HEADING.fullmatch(line))}
    for number, found in headings.items():
        if found["version"] == version:
            _check_date(tag, found["rest"].strip(" -"))
            end = next((later for later in headings if later > number), len(lines))
            text = "\n".join(lines[number + 1 : end]).strip()
            if not text:
                raise NoReleaseError(f"CHANGELOG.md says nothing of {version}.")
            return text
    raise NoReleaseError(f"CHANGELOG.md has no entry of {version}.")


def _check_date(tag: str, text: str) -> None:
    try:
        date.fromisoformat(text)
    except ValueError as error:
        raise NoReleaseError(f"CHANGELOG.md does not date the entry of {tag}: write 2026-01-31 behind it.") from error


def version_in(module: str) -> str:
    """The version that the text of `pixelforge/__init__.py` names. Raises NoReleaseError."""
    found = re.search(r'^__version__ = "([^"]+)"$', module, re.MULTILINE)
    if found is None:
        raise NoReleaseError("pixelforge/__init__.py names no version.")
    return found[1]


def main(tag: str, repository: str = "OWNER/REPOSITORY") -> int:
    """Print the words of a release; the exit status."""
    try:
        version = version_in((ROOT / "pixelforge" / "__init__.py").read_text(encoding="utf-8"))
        text = entry_of(tag, (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), version)
    except NoReleaseError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.buffer.write(f"{text}\n{UNSIGNED.format(repository=repository)}".encode())
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
