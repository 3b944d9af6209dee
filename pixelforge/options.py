"""Options of a command out of the fields of a record, so that what can be asked for is declared once."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import Field, fields
from functools import wraps
from typing import Annotated, Any, get_origin, get_type_hints

import typer

from pixelforge.fields import KEY, Setting

CommandFunction = Callable[..., None]


def with_options(name: str, record: type, *, otherwise: str = "") -> Callable[[CommandFunction], CommandFunction]:
    """Give a command the fields of its parameter `name`, a record, as options of its own.

    A field is an option if it is a `setting` (`pixelforge.fields`), or if its type is annotated with a typer.Option.
    otherwise: what holds for an option that is not given, for --help; the parameter is then a dict of those that were.
    """

    def decorate(command: CommandFunction) -> CommandFunction:
        options = _options(record, otherwise)
        keyword = inspect.Parameter.KEYWORD_ONLY
        own = inspect.signature(command, eval_str=True).parameters.values()

        @wraps(command)
        def flat(**values: Any) -> None:
            chosen = {option.name: values.pop(option.name) for option in options}
            given = {key: value for key, value in chosen.items() if value is not None}
            command(**values, **{name: given if otherwise else record(**chosen)})

        parameters = [parameter.replace(kind=keyword) for parameter in own if parameter.name != name]
        parameters += options
        flat.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        flat.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
        return flat

    return decorate


def _options(record: type, otherwise: str) -> list[inspect.Parameter]:
    hints = get_type_hints(record, include_extras=True)
    found = []
    for fact in fields(record):
        told: Setting | None = fact.metadata.get(KEY)
        annotation = hints[fact.name]
        if told is not None and told.flag != "":
            annotation = _annotation(annotation, told, fact, otherwise)
        elif get_origin(annotation) is not Annotated:
            continue
        default = None if otherwise else fact.default
        found.append(
            inspect.Parameter(fact.name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
        )
    return found


def _annotation(kind: Any, told: Setting, fact: Field[Any], otherwise: str) -> Any:
    """The type of an option and what typer is told of it."""
    flag = told.flag or f"--{fact.name.replace('_', '-')}"
    shown: Any = told.shown_default or not (fact.default is None or bool(otherwise))
    names = f"{flag}/--no-{flag[2:]}" if kind is bool and fact.default else flag
    option = typer.Option(names, help=f"{_help(told, otherwise)}.", show_default=shown)
    return Annotated[kind | None if otherwise else kind, option]


def _help(told: Setting, otherwise: str) -> str:
    words = told.help
    if told.among and all(word not in words for word in told.among):
        words += f": {', '.join(told.among)}"
    elif told.least is not None and told.most is not None:
        words = f"{_number(told.least)} to {_number(told.most)}: {words[0].lower()}{words[1:]}"
    return f"{words}; default: {otherwise}" if otherwise else words


def _number(value: float) -> str:
    return f"{value:g}"
