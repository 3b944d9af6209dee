"""What a user may set of a record: range, default and words stand at the record's field, and are told nowhere else.

    @dataclass(frozen=True, kw_only=True)
    class Sampling:
        guidance_scale: float = setting(2.0, "Guidance", "How strictly the class is followed", least=1, most=15)

        def __post_init__(self) -> None:
            check(self)

From this the command line makes its options (`pixelforge.options`), the window its sliders, and the record its own
checks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from pixelforge.errors import RequestError

KEY = "setting"

_known: dict[type, Mapping[str, Setting]] = {}  # what is told of each record, once it was asked for


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What is told of a field."""

    label: str  # in the window and in messages
    help: str  # a tooltip, or a line of --help; without its full stop
    least: float | None = None  # of a number, both ends included
    most: float | None = None
    step: float = 1  # of a slider
    among: tuple[str, ...] = ()  # the words that there are; none: any
    flag: str | None = None  # the option's name, where it is not the field's; "": no option
    shown_default: str | None = None  # in --help, in place of the default

    def clamp(self, value: float) -> float:
        """The number in range that is nearest."""
        low = value if self.least is None else max(value, self.least)
        return low if self.most is None else min(low, self.most)

    def check(self, value: object) -> None:
        """Raises RequestError for a value out of range; None, which leaves the choice to the program, is in range."""
        if isinstance(value, str) and self.among and value not in self.among:
            raise RequestError(f"There is no {self.label.lower()} {value!r}; choose one of {', '.join(self.among)}.")
        if isinstance(value, int | float) and not isinstance(value, bool) and not self._holds(value):
            raise RequestError(f"{self.label} must be {self._range()}, not {_shown(value)}.")

    def _holds(self, value: float) -> bool:
        # Written so that nan, which no comparison holds for, is out of range.
        return (self.least is None or value >= self.least) and (self.most is None or value <= self.most)

    def _range(self) -> str:
        if self.most is None:
            return f"{_shown(self.least)} or more"
        return f"at most {_shown(self.most)}" if self.least is None else f"{_shown(self.least)} to {_shown(self.most)}"


def setting(default: Any, label: str, help: str, **facts: Any) -> Any:
    """A dataclass field that a user may set. facts: the fields of `Setting`."""
    return field(default=default, metadata={KEY: Setting(label=label, help=help, **facts)})


def same_as(record: type, name: str, **facts: Any) -> Any:
    """A dataclass field that is set as another record's is: its default, its range, its words. facts: what differs."""
    told = next(fact for fact in fields(record) if fact.name == name)
    return field(default=told.default, metadata={KEY: replace(told.metadata[KEY], **facts)})


def setting_of(record: type, name: str) -> Setting:
    """What is told of a record's field. Raises KeyError for one of which nothing is."""
    return settings_of(record)[name]


def settings_of(record: type) -> dict[str, Setting]:
    """The fields of a record that a user may set, in their order."""
    return dict(_settings_of(record))


def _settings_of(record: type) -> Mapping[str, Setting]:
    if record not in _known:  # records are made and checked by the thousand
        _known[record] = {fact.name: fact.metadata[KEY] for fact in fields(record) if KEY in fact.metadata}
    return _known[record]


def in_range(record: type, values: Mapping[str, Any]) -> dict[str, Any]:
    """Values of a record's fields, the numbers among them brought into their ranges."""
    told = settings_of(record)
    return {
        name: told[name].clamp(value) if name in told and isinstance(value, int | float) else value
        for name, value in values.items()
    }


def check(record: Any) -> None:
    """Raises RequestError for the first field that is out of its range."""
    for name, told in _settings_of(type(record)).items():
        told.check(getattr(record, name))


def _shown(value: float | None) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:g}"
