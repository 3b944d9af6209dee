from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import msgspec
import pytest
import torch
from safetensors.torch import save_file

from pixelforge.core.checkpoint import load_checkpoint
from pixelforge.core.header import HEADER_KEY
from pixelforge.core.notebook_unet import NOTEBOOK_DIFFUSION
from pixelforge.core.pipeline import Model
from pixelforge.core.sampling import Sampling
from pixelforge.errors import CheckpointError, OutputError, RequestError
from pixelforge.services import model_library
from pixelforge.services.model_library import ModelEntry, add_model, find_model, import_model, list_models, rename_model
from pixelforge.services.paths import bundled_models_folder, user_models_folder
from pixelforge.turns import turn
from tests.services.conftest import network_of

NOTEBOOK = Path(__file__).parents[1] / "data" / "legacy" / "small.pth"
CLASSES = ("characters", "monsters", "food", "armor", "fighters")


@pytest.fixture(autouse=True)
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's models, in a folder of the test's."""
    folder = tmp_path / "user data" / "models"
    monkeypatch.setattr(model_library, "user_models_folder", lambda: folder)
    return folder


@pytest.fixture
def bundled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "bundled"
    folder.mkdir()
    monkeypatch.setattr(model_library, "bundled_models_folder", lambda: folder)
    return folder


def test_nothing_is_made_by_looking(own: Path, bundled: Path) -> None:
    assert list_models() == []
    assert not own.exists()


def test_figures_nested_without_end_are_none(own: Path, model_file: Path) -> None:
    entry = import_model(model_file)
    model_library.figures_of(entry).write_bytes(b"[" * 20_000)
    assert model_library.read_figures(entry) == []


def test_a_model_that_recommends_what_cannot_be_asked_opens(own: Path, model: Model) -> None:
    recommended = {"sampler": "ddim", "steps": 5000, "guidance_scale": 0.5}
    content = {**msgspec.to_builtins(model.header), "recommended": recommended}
    tensors = network_of(model).state_dict()
    own.mkdir(parents=True)
    save_file(tensors, own / "odd.safetensors", metadata={HEADER_KEY: msgspec.json.encode(content).decode()})
    entry = next(entry for entry in list_models() if entry.name == "odd")
    assert entry.header is not None
    assert entry.header.recommended == Sampling(sampler="ddim", steps=1000, guidance_scale=1.0)


def test_import_of_a_model(own: Path, model_file: Path) -> None:
    entry = import_model(model_file)
    assert entry.name == "hero"
    assert entry.path == own / "hero.safetensors"
    assert not entry.bundled
    assert entry.header is not None
    assert entry.header.class_names == ("beasts", "tools", "plants")
    assert entry.path.read_bytes() == model_file.read_bytes()
    assert entry in list_models()
    assert find_model("hero") == entry.path


def test_import_of_a_notebooks_model() -> None:
    entry = import_model(NOTEBOOK, CLASSES)
    assert entry.name == "small"
    checkpoint = load_checkpoint(entry.path)
    assert checkpoint.header.class_names == CLASSES
    assert checkpoint.header.diffusion == NOTEBOOK_DIFFUSION
    assert checkpoint.header.recommended.sampler == "ddpm"
    assert checkpoint.header.recommended.guidance_scale == 7.5
    original = torch.load(NOTEBOOK, weights_only=True)
    weights = checkpoint.network.state_dict()
    assert weights.keys() == original.keys()
    assert all(torch.equal(weights[name], weight) for name, weight in original.items())


def test_a_notebooks_classes_may_stay_without_names() -> None:
    entry = import_model(NOTEBOOK)
    assert entry.header is not None
    assert entry.header.class_names == ("class 1", "class 2", "class 3", "class 4", "class 5")


@pytest.mark.parametrize("names", [("one",), ("a", "b", "c", "d", "d"), ("a", "b", "c", "d", "")])
def test_names_that_do_not_fit(own: Path, names: tuple[str, ...]) -> None:
    with pytest.raises(RequestError):
        import_model(NOTEBOOK, names)
    assert not own.exists()


def test_a_name_that_is_taken(own: Path, model_file: Path) -> None:
    before = import_model(model_file).path.read_bytes()
    with pytest.raises(RequestError, match="hero"):
        import_model(model_file)
    notebook = model_file.with_suffix(".pth")
    shutil.copyfile(NOTEBOOK, notebook)
    with pytest.raises(RequestError, match="hero"):
        import_model(notebook)
    assert (own / "hero.safetensors").read_bytes() == before


def test_a_name_of_a_bundled_model_is_taken_too(bundled: Path, model_file: Path) -> None:
    shutil.copyfile(model_file, bundled / model_file.name)
    with pytest.raises(RequestError, match="hero"):
        import_model(model_file)


@pytest.mark.parametrize(
    "name", ["broken.safetensors", "broken.pth", "broken.png", "missing.safetensors", "missing.pth"]
)
def test_what_is_no_model_is_not_imported(own: Path, tmp_path: Path, name: str) -> None:
    source = tmp_path / name
    if not name.startswith("missing"):
        source.write_bytes(b"no model")
    with pytest.raises(CheckpointError, match=name):
        import_model(source)
    assert not own.exists()


def test_a_folder_that_cannot_be_made(own: Path, model_file: Path) -> None:
    own.parent.touch()
    with pytest.raises(OutputError):
        import_model(model_file)


def test_a_broken_file_is_listed_with_its_problem(own: Path, bundled: Path, model_file: Path) -> None:
    shutil.copyfile(model_file, bundled / "zebra.safetensors")
    import_model(model_file)
    (own / "broken.safetensors").write_bytes(model_file.read_bytes()[:100])
    (own / "notes.txt").write_text("not listed")
    listed = list_models()
    assert [(entry.name, entry.bundled) for entry in listed] == [("zebra", True), ("broken", False), ("hero", False)]
    assert [entry.header is None for entry in listed] == [False, True, False]
    assert "broken.safetensors" in listed[1].problem
    assert listed[0].problem == ""


def test_find_model_by_name_by_path_and_not_at_all(bundled: Path, model_file: Path, tmp_path: Path) -> None:
    shutil.copyfile(model_file, bundled / "zebra.safetensors")
    assert find_model("zebra") == bundled / "zebra.safetensors"
    assert find_model(str(model_file)) == model_file
    assert find_model("elsewhere/lost.safetensors") == Path("elsewhere/lost.safetensors")  # loading it says the rest
    with pytest.raises(RequestError, match="zebra"):
        find_model("unicorn")


def test_the_real_folders() -> None:
    assert bundled_models_folder().parent.is_dir()
    assert user_models_folder().name == "models"


@pytest.fixture
def both_look_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two that look which names are taken do so at the same moment, before either of them writes.

    For that they must not take turns: the second goes on without, as it does where the first has its turn for long.
    """
    monkeypatch.setattr(model_library, "turn", partial(turn, patience=0.1))
    barrier, looked = threading.Barrier(2), threading.local()
    look = model_library.list_models

    def looking(task: str | None = None) -> list[ModelEntry]:
        found = look(task)
        if not getattr(looked, "once", False):
            looked.once = True
            barrier.wait(timeout=60)
        return found

    monkeypatch.setattr(model_library, "list_models", looking)


def at_once(*works: Callable[[], ModelEntry]) -> list[ModelEntry | Exception]:
    """What each comes to, in a thread of its own."""

    def tried(work: Callable[[], ModelEntry]) -> ModelEntry | Exception:
        try:
            return work()
        except (OutputError, RequestError) as error:
            return error

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(tried, works))


def files_in(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.usefixtures("both_look_first")
def test_two_that_rename_to_one_name_at_once_lose_no_model(own: Path) -> None:
    own.mkdir(parents=True)
    for name in ("a", "b"):
        (own / f"{name}.safetensors").write_text(name)
    entries = [ModelEntry(name, own / f"{name}.safetensors", False, None) for name in ("a", "b")]
    came = at_once(*(lambda entry=entry: rename_model(entry, "c") for entry in entries))
    assert sorted(isinstance(result, RequestError) for result in came) == [False, True]
    assert sorted(files_in(own).values()) == [b"a", b"b"]


@pytest.mark.usefixtures("both_look_first")
@pytest.mark.parametrize("suffix", [".safetensors", ".pth"])
def test_two_that_import_one_name_at_once_replace_nothing(
    own: Path, tmp_path: Path, model_file: Path, suffix: str
) -> None:
    sources = [tmp_path / folder / f"one{suffix}" for folder in ("first", "second")]
    for source in sources:
        source.parent.mkdir()
        shutil.copyfile(NOTEBOOK if suffix == ".pth" else model_file, source)
    came = at_once(*(lambda source=source: import_model(source) for source in sources))
    assert sorted(isinstance(result, OutputError) for result in came) == [False, True]
    assert list(files_in(own)) == ["one.safetensors"]


def test_a_rename_that_cannot_be_finished_changes_nothing(own: Path, model_file: Path, tmp_path: Path) -> None:
    picture = tmp_path / "grid.png"
    picture.write_bytes(b"a picture")
    entry = add_model(model_file, "old", picture)
    model_library.figures_of(entry).write_text("[]")
    (own / "new.figures.json").mkdir()  # so that the figures cannot take their new name
    before = {path.name for path in own.iterdir()}
    with pytest.raises(OutputError, match="old cannot be renamed"):
        rename_model(entry, "new")
    assert {path.name for path in own.iterdir()} == before


def test_a_rename_is_taken_back_where_nothing_can_be_renamed_any_more(
    own: Path, model_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = tmp_path / "grid.png"
    picture.write_bytes(b"a picture")
    entry = add_model(model_file, "old", picture)
    before = {path.name for path in own.iterdir()}

    def never(path: Path, target: Path) -> Path:
        raise OSError(5, "Input/output error", str(path))

    monkeypatch.setattr(Path, "replace", never)
    with pytest.raises(OutputError, match="old cannot be renamed: input/output error"):
        rename_model(entry, "new")
    assert {path.name for path in own.iterdir()} == before


def test_a_model_that_cannot_have_its_picture_is_not_added(own: Path, model_file: Path, tmp_path: Path) -> None:
    with pytest.raises(OutputError):
        add_model(model_file, "new", tmp_path / "no such picture.png")
    assert list(own.iterdir()) == []
