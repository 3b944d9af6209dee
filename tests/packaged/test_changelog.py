"""No release without an entry in the changelog, and by no other version than the program's own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from packaged.changelog import NoReleaseError, entry_of, version_in
from pixelforge import __version__

ROOT = Path(__file__).parents[2]
CHANGELOG = """# Changelog

## [Unreleased] 0.3

- to come

## [0.2.0] 2026-12-24

### Added

- A thing.

## [0.1.9] - 2026-11-30

## [0.1.0] 2026-11-23

- The first.
"""


def printed(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "packaged.changelog", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / ".ci")}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(("tag", "text"), [("v0.2.0", "### Added\n\n- A thing."), ("v0.1.0", "- The first.")])
def test_the_entry_of_a_tag_is_found(tag: str, text: str) -> None:
    assert entry_of(tag, CHANGELOG, tag[1:]) == text


@pytest.mark.parametrize(
    ("tag", "version", "why"),
    [
        ("v0.4.0", "0.4.0", "has no entry of 0.4.0"),
        ("v0.3", "0.3", "is no tag of a release"),
        ("0.2.0", "0.2.0", "is no tag of a release"),
        ("v0.2.0-rc1", "0.2.0", "is no tag of a release"),
        ("v0.2.0", "0.1.0", "the program calls itself 0.1.0"),
        ("v0.1.9", "0.1.9", "says nothing of 0.1.9"),
    ],
)
def test_without_an_entry_there_is_no_release(tag: str, version: str, why: str) -> None:
    with pytest.raises(NoReleaseError, match=why):
        entry_of(tag, CHANGELOG, version)


def test_an_entry_that_is_not_dated_is_not_released() -> None:
    with pytest.raises(NoReleaseError, match=r"does not date the entry of v0\.2\.0"):
        entry_of("v0.2.0", CHANGELOG.replace(" 2026-12-24", " soon"), "0.2.0")
    with pytest.raises(NoReleaseError, match="names no version"):
        version_in("version = 3")


def test_the_command_prints_what_this_version_is_released_with() -> None:
    command = [sys.executable, "-m", "packaged.changelog"]
    environment = {"PYTHONPATH": str(ROOT / ".ci")}
    done = subprocess.run(
        [*command, f"v{__version__}", "a/b"], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0
    assert done.stdout.startswith("### Added")
    assert "not signed" in done.stdout
    assert "--repo a/b" in done.stdout
    done = printed("v99.0.0")
    assert (done.returncode, done.stdout) == (1, "")
    assert "v99.0.0 is tagged, but the program calls itself" in done.stderr
