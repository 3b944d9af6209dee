"""What a new training is to be: its sprites, what it begins from, its time and its name."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QSpinBox,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from pixelforge.gui.shared.check_box import CheckBox
from pixelforge.gui.training.contact_sheet import ContactSheet
from pixelforge.gui.training.data_check import DataCheck
from pixelforge.services.model_library import ModelEntry
from pixelforge.services.naming import safe_name
from pixelforge.services.training_runs import NewRun, free_name, unfinished_runs
from pixelforge.words import counted
from training.data.report import report_lines
from training.learning.parents import unfit
from training.runs.folder import RunFolder, RunProgress
from training.runs.request import NOTHING, PRESETS

TIMES = (
    ("Quick (5 minutes)", PRESETS["quick"]),
    ("Standard (1 hour)", PRESETS["standard"]),
    ("Thorough (8 hours)", PRESETS["thorough"]),
    ("Own time", None),
)
SIZES = (8, 16, 24, 32, 48, 64)  # pixels a side
USUAL_SIZE = 16
CONTACT_WIDTH = 230  # logical pixels: the contact sheet's own
LONGEST_NAME = 50  # letters of a proposed name, to which a number may come
TYPING = 600  # milliseconds without a key, after which a typed path is looked at
EMPTY = (
    "Drop a folder of sprites here: a folder for each class, or one folder of one class; or a .zip of either.\n\n"
    "A sprite sheet is cut into sprites first (Cut up a sheet…)."
)


class TrainingSetup(QWidget):
    """The fields of a new run, and the runs that can be resumed."""

    browse_requested = Signal()
    archive_requested = Signal()
    slice_requested = Signal()
    begin_requested = Signal(object)  # NewRun
    resume_requested = Signal(object)  # RunFolder
    discard_requested = Signal(object)  # RunFolder

    def __init__(self, check: DataCheck, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._check = check
        self._runs: list[RunFolder] = []
        self._models: list[ModelEntry] = []
        self.setAcceptDrops(True)
        self.data = QLineEdit()
        self.data.setPlaceholderText("Folder or .zip")
        self.browse_button = QPushButton("&Browse…")
        self.archive_button = QPushButton(".zip…")
        self.slice_button = QPushButton("&Cut up a sheet…")
        self.keep_background = CheckBox("&Keep flat backgrounds")
        self.report = QPlainTextEdit()
        self.report.setReadOnly(True)
        self.report.setPlaceholderText(EMPTY)
        self.report.setAccessibleName("What the sprites are like")
        self.contact = ContactSheet()
        self.contact.setMinimumWidth(CONTACT_WIDTH)
        self.size_box = QComboBox()
        self.parent_box = QComboBox()
        self.preset = QComboBox()
        self.minutes = QSpinBox()
        self.kinds = CheckBox("Classes hold several kinds of thin&gs")
        self.name = QLineEdit()
        self.problem = QLabel()
        self.begin_button = QPushButton("&Train")
        self.runs_box = QComboBox()
        self.resume_button = QPushButton("&Resume it")
        self.discard_button = QPushButton("&Delete it")
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(TYPING)
        self._fill()
        self._lay_out()
        self._connect()
        self._show()

    def set_models(self, entries: Sequence[ModelEntry]) -> None:
        """The models there are; those of the chosen size can be begun from, in the order of the list."""
        self._models = list(entries)
        self._fill_parents()

    def set_runs(self, runs: Sequence[RunFolder]) -> None:
        """The runs that can be resumed."""
        self._runs = list(runs)
        self.runs_box.clear()
        for files in self._runs:
            status = files.read_status()
            self.runs_box.addItem(f"{files.root.name}{_how_far(status)}")
        self._earlier.setVisible(bool(self._runs))

    def set_data(self, path: Path) -> None:
        """Train on this."""
        self.data.setText(str(path))
        self._look()

    def complain(self, text: str) -> None:
        """Say what is wrong; empty: nothing."""
        self.problem.setText(text)
        self.problem.setVisible(bool(text))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take folders and files."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Train on what was dropped."""
        self.set_data(Path(next(url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile())))
        event.acceptProposedAction()

    def _fill_parents(self) -> None:
        chosen, size = self.parent_box.currentData(), self.size_box.currentData()
        self.parent_box.clear()
        for entry in self._models:
            if entry.header is not None and not unfit(entry.header.model, size):
                self.parent_box.addItem(entry.name, str(entry.path))
        self.parent_box.addItem("Nothing (takes much longer)", NOTHING)
        self.parent_box.setCurrentIndex(max(0, self.parent_box.findData(chosen)))

    def _fill(self) -> None:
        for size in SIZES:
            self.size_box.addItem(f"{size} x {size} pixels", size)
        self.size_box.setCurrentIndex(SIZES.index(USUAL_SIZE))
        self.size_box.setToolTip("What the sprites are trained at, and made at: others are resized to it.")
        for title, minutes in TIMES:
            self.preset.addItem(title, minutes)
        self.minutes.setRange(1, 10_000)
        self.minutes.setValue(20)
        self.minutes.setSuffix(" minutes")
        self.minutes.setAccessibleName("Minutes")
        self.kinds.setToolTip(
            "Tell them apart by the first words of the files' names (dog_01.png, bat_01.png): each sprite is drawn as "
            "one of them."
        )
        self.keep_background.setToolTip("Leave the one-coloured ground of opaque pictures as it is.")
        self.problem.setTextFormat(Qt.TextFormat.PlainText)
        self.problem.setWordWrap(True)
        self.problem.setAccessibleDescription("What went wrong")

    def _lay_out(self) -> None:
        scroll = QScrollArea()
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # it follows what has the keyboard
        scroll.setWidget(self.contact)
        scroll.setWidgetResizable(True)
        self.contact.moved.connect(lambda at: scroll.ensureVisible(*at.center().toPoint().toTuple()))
        halves = QSplitter()
        halves.addWidget(self.report)
        halves.addWidget(scroll)
        halves.setChildrenCollapsible(False)
        halves.setSizes([300, 600])
        source, form = QFormLayout(), QFormLayout()
        source.addRow(
            _label("&Sprites", self.data), _row(self.data, self.browse_button, self.archive_button, self.slice_button)
        )
        source.addRow("", self.keep_background)
        form.addRow("Si&ze", self.size_box)
        form.addRow("Begin &from", self.parent_box)
        form.addRow(_label("T&ime", self.preset), _row(self.preset, self.minutes))
        form.addRow("", self.kinds)
        form.addRow("&Name", self.name)
        self._earlier = QWidget()
        earlier = QHBoxLayout(self._earlier)
        earlier.setContentsMargins(0, 0, 0, 0)
        earlier.addWidget(_label("N&ot finished:", self.runs_box))
        earlier.addWidget(self.runs_box, 1)
        earlier.addWidget(self.resume_button)
        earlier.addWidget(self.discard_button)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.begin_button)
        page = QVBoxLayout(self)
        page.addWidget(self._earlier)
        page.addLayout(source)
        page.addWidget(halves, 1)
        page.addLayout(form)
        page.addWidget(self.problem)
        page.addLayout(buttons)

    def _connect(self) -> None:
        self.browse_button.clicked.connect(self.browse_requested)
        self.archive_button.clicked.connect(self.archive_requested)
        self.slice_button.clicked.connect(self.slice_requested)
        self.data.textEdited.connect(lambda _: self._typing.start())
        self._typing.timeout.connect(self._look)
        self.keep_background.toggled.connect(lambda _: self._look())
        self.size_box.currentIndexChanged.connect(lambda _: self._on_size())
        self.preset.currentIndexChanged.connect(lambda _: self._show())
        self.name.textChanged.connect(lambda _: self._show())
        self.contact.toggled.connect(self._check.toggle)
        self.begin_button.clicked.connect(self._begin)
        self.resume_button.clicked.connect(lambda: self.resume_requested.emit(self._runs[self.runs_box.currentIndex()]))
        self.discard_button.clicked.connect(
            lambda: self.discard_requested.emit(self._runs[self.runs_box.currentIndex()])
        )
        self._check.changed.connect(self._show)

    def _on_size(self) -> None:
        self._fill_parents()
        self._look()

    def _look(self) -> None:
        self._typing.stop()
        text = self.data.text().strip()
        path = Path(text).expanduser() if text else None
        if path is not None and (not self.name.text() or not self.name.isModified()):
            name = safe_name(path.stem if path.is_file() else path.name)
            self.name.setText(free_name(name[:LONGEST_NAME], unfinished_runs()))
        self._check.check(path, self.size_box.currentData(), self.keep_background.isChecked())

    def _show(self) -> None:
        check = self._check
        self.minutes.setVisible(self.preset.currentData() is None)
        names = check.report.contact if check.report is not None else ()
        self.contact.set_sprites(check.contact, names, check.left_out)
        if check.running:
            self.report.setPlainText("Looking at the sprites…")
        elif check.report is not None:
            self.report.setPlainText("\n".join([_on_left_out(check), *report_lines(check.report)]))
        else:
            self.report.clear()
        self.complain(check.problem)
        self.begin_button.setEnabled(check.left > 0 and bool(self.name.text().strip()))

    def _begin(self) -> None:
        assert self._check.data is not None
        self.begin_requested.emit(
            NewRun(
                name=self.name.text().strip(),
                data=self._check.data,
                size=self._check.size,
                parent=self.parent_box.currentData(),
                minutes=self.preset.currentData() or self.minutes.value(),
                keep_background=self.keep_background.isChecked(),
                kinds=self.kinds.isChecked(),
                leave_out=self._check.left_out,
            )
        )


def _on_left_out(check: DataCheck) -> str:
    if not check.left_out:
        return "Click on a sprite to leave it out."
    return f"{counted(len(check.left_out), 'sprite')} left out by you: another click takes one in again."


def _how_far(status: RunProgress | None) -> str:
    if status is None or not status.step:
        return ""
    return f", step {status.step:,}" + (f" of {status.total:,}" if status.total else f", {status.share:.0%}")


def _row(*widgets: QWidget) -> QWidget:
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    for number, widget in enumerate(widgets):
        row.addWidget(widget, 1 if number == 0 else 0)
    return holder


def _label(text: str, field: QWidget) -> QLabel:
    label = QLabel(text)
    label.setBuddy(field)
    return label
