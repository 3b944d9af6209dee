"""The command `panel`: counts what somebody said of a blind panel."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pixelforge.console import say, say_json


def panel(
    key: Annotated[Path, typer.Argument(help="The .key.json of a panel.", show_default=False)],
    answers: Annotated[
        Path, typer.Argument(help='A JSON list of "real" and "made", in the order of the numbers.', show_default=False)
    ],
    names: Annotated[
        Path | None,
        typer.Argument(help='A JSON list of what each is, in a word or two; "?" for cannot tell.', show_default=False),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the counts as JSON.")] = False,
) -> None:
    """Count what somebody said of a panel (`evaluate --panel`): told right and named, by style and by class.

    Give the picture alone to somebody who has seen neither the sprites nor the key. Half told right is chance: nobody
    can tell made from drawn.
    """
    from training.evaluation.answers import Answers, score_table, scores

    found = scores(Answers.read(key, answers, names))
    if json:
        say_json(found)
    else:
        for line in score_table(found).splitlines():
            say(line)
