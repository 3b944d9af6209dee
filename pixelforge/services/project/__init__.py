"""A game's sprites as a project: `pixelforge.toml` says what there is to be, a build makes what is missing or changed.

    project_file    reads pixelforge.toml and checks all of it that needs no model
    keys            the keys that a set may have, and what they take
    places          paths that stay in the project's folder, and who writes which
    sources         from a set to what is asked of a model; pictures of one's own
    fingerprints    what a set comes from, in one hash
    lock            pixelforge.lock, what the last build made of what: belongs into version control
    sprite_cache    .pixelforge/, sprites that were drawn already: may be deleted at any time
    drawing         makes the sprites that are not there yet
    building        what is due, and the files of it, all or none
    opening         the sets as the window has them
    keeping         what the window changed of a set, back into the file
    entering        sets that the window brings into the file, or takes out of it
    picture_files   the files of sprites that no line of it can ask for
    toml_text       changes values in a TOML text and leaves all else to the letter
    told_options    how a set is exported, as keys of the file

How the files look is told by `resources/PROJECT.md`. Without torch: who draws is handed in.
"""
