"""The left side of the Train panel: which sizes, from which songs, with which settings, and what it will cost."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QFrame, QPushButton, QScrollArea, QVBoxLayout, QWidget

from core.i18n import _
from core.models.layers import ConvDesign
from core.training.config import TrainConfig
from musicae_gui import actions, theme
from musicae_gui.views.compact_form import CompactForm
from musicae_gui.views.labels import heading, words
from musicae_gui.views.network_editor import NetworkEditor
from musicae_gui.views.row_list import RowList
from musicae_gui.views.rows import Row

MAIN_SETTINGS = ("epochs", "minutes", "batch", "learning_rate", "device")


class TrainChoices(QWidget):
    """Shows what is about to be trained; the parts' own signals tell what the user does with them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._make()
        self._arrange()
        self.form.edited.connect(self._epochs_or_minutes)

    def show_top(self) -> None:
        self._scroll.verticalScrollBar().setValue(0)

    def show_sizes(self, rows: Sequence[Row], current: str) -> None:
        self.sizes.set_rows(rows)
        self.sizes.show_all()
        self.sizes.blockSignals(True)
        self.sizes.select(current)
        self.sizes.blockSignals(False)

    def show_sources(self, choices: Sequence[tuple[str, str]], current: str) -> None:
        self.source.clear()
        for key, title in choices:
            self.source.addItem(title, key)
        self.source.setCurrentIndex(max(0, self.source.findData(current)))

    def show_split(self, sentence: str) -> None:
        self.split.setText(sentence)

    def show_design(self, name: str, design: ConvDesign | None, edited: bool) -> None:
        title = _("4. Network of {name}, changed") if edited else _("4. Network of {name}")
        self._network_title.setText(title.format(name=name))
        self.network.setVisible(design is not None)
        self._no_network.setVisible(design is None)
        if design is not None:
            self.network.set_design(design, edited=edited)

    def show_about(self, about: str, suits: str, touched: bool) -> None:
        """What stands in place of a table of layers, which settings suit the size, and whether any were touched."""
        self._no_network.setText(about)
        self.suits.setText(suits)
        self.suits.setVisible(bool(suits))
        self.usual.setVisible(touched)

    def show_config(self, config: TrainConfig) -> None:
        self.form.set_values(config)
        self._epochs_or_minutes(config)

    def show_estimate(self, sentence: str, problem: bool) -> None:
        self.estimate.setText(f"⚠ {sentence}" if problem else sentence)
        self.estimate.setProperty("role", "warning" if problem else "muted")
        self.estimate.style().unpolish(self.estimate)
        self.estimate.style().polish(self.estimate)

    def show_start(self, text: str, enabled: bool) -> None:
        self.start.setText(text)
        self.start.setEnabled(enabled)

    def _epochs_or_minutes(self, config: TrainConfig) -> None:
        self.form.editor("epochs").setEnabled(config.minutes == 0)

    def _make(self) -> None:
        self.sizes = RowList(
            "train.preset",
            _("Sizes to train"),
            _("Tick every size to train: one click then queues them all. The highlighted one is shown below."),
            one_line=True,
        )
        self.source = QComboBox()
        self.source.setObjectName("train.source")
        self.source.setAccessibleName(_("Songs to learn from"))
        self.source.setToolTip(_("Which songs of the library the model learns from."))
        self.split = words("train.split", "muted")
        self._network_title = words("train.network_title", "heading")
        self.network = NetworkEditor(ConvDesign(()))
        self._no_network = words("train.no_network", "muted")
        self.form: CompactForm[TrainConfig] = CompactForm(
            TrainConfig(), prefix="train", main=MAIN_SETTINGS, skip=("model",), zeros=_zeros()
        )
        self.suits = words("train.suits", "muted")
        self.usual = QPushButton(_("Back to what suits"))
        self.usual.setObjectName("train.usual_settings")
        self.usual.setProperty("role", "link")
        self.usual.setToolTip(_("Forget what was changed here; every size gets the settings that suit it."))
        self.estimate = words("train.estimate", "muted")
        self.start = QPushButton()
        self.start.setObjectName("train.start")
        self.start.setProperty("role", "primary")
        self.start.setMinimumHeight(36)
        actions.explain(self.start, "train.start")
        theme.set_icon(self.start, "train", role="on_accent")

    def _arrange(self) -> None:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        for part in (
            heading(_("1. Sizes")),
            self.sizes,
            heading(_("2. Songs")),
            self.source,
            self.split,
            heading(_("3. Settings")),
            self.form,
            self.suits,
            self.usual,
            self._network_title,
            self.network,
            self._no_network,
        ):
            column.addWidget(part)
        column.addStretch(1)
        self._scroll = scroll = QScrollArea()
        scroll.setObjectName("train.setup")
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setWidget(inside)
        bottom = QFrame()
        bottom.setProperty("role", "bar")
        foot = QVBoxLayout(bottom)
        foot.setContentsMargins(16, 8, 16, 12)
        foot.addWidget(self.estimate)
        foot.addWidget(self.start)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(scroll, 1)
        layout.addWidget(bottom)
        self.setMinimumWidth(inside.minimumSizeHint().width() + scroll.verticalScrollBar().sizeHint().width())


def _zeros() -> dict[str, str]:
    automatic = _("automatic")
    return {
        "minutes": _("not by time"),
        "learning_rate": automatic,
        "steps_per_epoch": automatic,
        "threads": automatic,
        "gradient_clip": _("off"),
        "ema": _("off"),
    }
