"""Words for several kinds at once, as players use them: no model was told them, so they stand for what it was told."""

from __future__ import annotations

GROUPS: dict[str, tuple[str, ...]] = {
    "animal": (
        *(
            "bear",
            "big-cat",
            "bird",
            "cat",
            "chicken",
            "cow",
            "dog",
            "duck",
            "eagle",
            "elephant",
            "fish",
            "frog",
            "goat",
        ),
        *("horse", "lizard", "monkey", "owl", "pig", "rat", "rodent", "sheep", "snake", "wolf"),
    ),
    "bug": ("ant", "butterfly", "insect", "scorpion", "spider", "worm"),
    "greenskin": ("goblin", "ogre", "orc", "troll"),
    "jewellery": ("amulet", "gem", "ring"),
    "reptile": ("dragon", "frog", "lizard", "lizardman", "naga", "snake"),
    "undead": ("ghost", "lich", "mummy", "skeleton", "vampire", "wraith", "zombie"),
}
"""The kinds of each, by name."""


def groups_of(kinds: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """The groups of which there are two kinds or more among these, with those; none whose word is a kind itself."""
    there = {name: tuple(kind for kind in members if kind in kinds) for name, members in GROUPS.items()}
    return {name: members for name, members in there.items() if len(members) > 1 and name not in kinds}
