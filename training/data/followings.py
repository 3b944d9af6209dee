"""What follows what in an action: which of a figure's frames, as a labels.csv names them, a model learns to make."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class NextFrame:
    """One frame that comes after another; `name` is the class of the model that makes it."""

    name: str
    first: str  # in the column `frame`
    second: str  # likewise
    facing: str = ""  # in the column `facing`; "": any
    mirrored: bool = False  # whether both are mirrored before they are learnt


@dataclass(frozen=True)
class LearntAction:
    """An action that can be learnt."""

    followings: tuple[NextFrame, ...]
    mirrors: bool = False  # whether a mirrored pair is one of the same class

    @property
    def names(self) -> tuple[str, ...]:
        """The classes, in the order of the model's."""
        return tuple(dict.fromkeys(following.name for following in self.followings))


def _steps(facing: str) -> tuple[NextFrame, ...]:
    """From standing to a step towards the viewer or away: the other foot's step is that of the mirrored figure."""
    name = f"walk_{facing}"
    return (
        NextFrame(name, "walk1", "walk2", facing),
        NextFrame(name, "walk1", "walk4", facing, mirrored=True),
    )


def _sideways(facing: str) -> tuple[NextFrame, ...]:
    """The two steps of a figure seen from the side: of those that look right, the mirrored ones."""
    mirrored = facing == "right"
    return (
        NextFrame("walk_left", "walk1", "walk2", facing, mirrored),
        NextFrame("walk_left_2", "walk1", "walk4", facing, mirrored),
    )


LEARNT = {
    "idle": LearntAction((NextFrame("idle", "idle", "idle2"),), mirrors=True),
    "walk": LearntAction((*_steps("down"), *_sideways("left"), *_sideways("right"), *_steps("up"))),
}
"""By name. A walk's frames are four: walk1 stands, walk2 is a step, walk3 stands again, walk4 is the other step."""
