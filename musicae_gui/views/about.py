"""The About box: version and licence, where models run, the music they learned from, the libraries."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import metadata

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QGuiApplication, QIcon
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QTabWidget,
    QTextBrowser,
    QWidget,
)

import core
from core.errors import MusicaeError
from core.i18n import _, ngettext
from core.models.credits import ShippedModel, shipped_models
from core.paths import resource
from musicae_gui import theme
from musicae_gui.tasks import Tasks
from musicae_gui.views.boxes import hbox, vbox
from musicae_gui.views.named import named

GROUP = "about"

# Distribution and its licence, as its own metadata names it; what ships inside of it is listed in resources/licences.
LIBRARIES = (
    ("torch", "BSD-3-Clause"),
    ("torchaudio", "BSD-2-Clause"),
    ("PySide6-Essentials", "LGPL-3.0"),
    ("pyqtgraph", "MIT"),
    ("numpy", "BSD-3-Clause"),
    ("scipy", "BSD-3-Clause"),
    ("scikit-learn", "BSD-3-Clause"),
    ("soundfile", "BSD-3-Clause"),
    ("soxr", "LGPL-2.1"),
    ("sounddevice", "MIT"),
    ("rtmixer", "MIT"),
    ("safetensors", "Apache-2.0"),
    ("platformdirs", "MIT"),
)


class AboutBox(QDialog):
    """Pages of text to read, select and copy.

    Args:
        tasks: what asks PyTorch for its devices, which may have to be loaded first.
        compute: the preferred compute device.
    """

    def __init__(self, tasks: Tasks, compute: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("about")
        self.setWindowTitle(_("About Musicae"))
        self.resize(640, 560)
        self._tabs = QTabWidget()
        self._tabs.setDocumentMode(True)  # the pages have frames of their own
        self._tabs.setAccessibleName(_("About Musicae"))
        self._computer = self._page("about.computer", _("This computer"), _("Asking PyTorch…"))
        self._page("about.music", _("Music"), music_text(shipped_models()))
        self._page("about.text", _("Software"), credits_text())
        copy = named(QPushButton(_("Copy all")), "about.copy", _("Copy all"), _("Put all pages on the clipboard."))
        copy.clicked.connect(self._copy)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.addButton(copy, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.reject)
        whole = vbox(2 * theme.GRID, self)
        whole.setContentsMargins(24, 24, 24, 16)
        whole.addLayout(_head())
        whole.addWidget(self._tabs, 1)
        whole.addWidget(buttons)
        self._tasks = tasks
        tasks.run(lambda _context: _devices(compute), done=self._show_computer, group=GROUP)

    def done(self, result: int) -> None:
        self._tasks.cancel(GROUP)
        super().done(result)

    @property
    def text(self) -> str:
        """All pages under their titles."""
        pages = [self._tabs.widget(place) for place in range(self._tabs.count())]
        parts = [f"Musicae {core.__version__}"]
        for place, page in enumerate(pages):
            assert isinstance(page, QTextBrowser)
            parts.append(f"{self._tabs.tabText(place)}\n\n{page.toPlainText()}")
        return "\n\n\n".join(parts)

    def _page(self, name: str, title: str, text: str) -> QTextBrowser:
        page = named(QTextBrowser(), name, title)
        page.setToolTip("")
        page.setPlainText(text)
        self._tabs.addTab(page, title)
        return page

    def _show_computer(self, sentences: Sequence[str]) -> None:
        self._computer.setPlainText("\n\n".join(sentences))

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text)


def music_text(models: Sequence[ShippedModel]) -> str:
    """Title, author, licence and source of every recording that a shipped model learned from."""
    lines = []
    for model in models:
        count = len(model.card.credits)
        lines.append(
            ngettext(
                "The model {name} learned from {n} recording:", "The model {name} learned from {n} recordings:", count
            ).format(name=model.name, n=count)
        )
        for credit in sorted(model.card.credits, key=lambda credit: (credit.author.casefold(), credit.title)):
            words = [part for part in (credit.title, credit.author, credit.licence, credit.source) if part]
            lines.append("  " + " · ".join(words))
        lines.append("")
    lines.append(_("Thank you. The demo songs are composed by Musicae itself and free to use."))
    return "\n".join(lines)


def credits_text() -> str:
    """Musicae's own licence, and each library in use with its version and licence."""
    lines = [_("Musicae itself is free under the MIT licence. It stands on these libraries:"), ""]
    for name, licence in LIBRARIES:
        try:
            lines.append(f"  {name} {metadata.version(name)}: {licence}")
        except metadata.PackageNotFoundError:
            continue
    try:
        folder = resource("licences")
    except MusicaeError:
        return "\n".join(lines)
    for path in sorted(folder.rglob("*.txt")) + sorted(folder.rglob("*.md")):
        lines += ["", path.stem, "", path.read_text(encoding="utf-8", errors="replace").strip()]
    return "\n".join(lines)


def _head() -> QHBoxLayout:
    sign = QLabel()
    sign.setPixmap(QIcon(str(resource("icons", "app.svg"))).pixmap(QSize(64, 64)))
    name = QLabel("Musicae")
    name.setProperty("role", "title")
    words = QLabel(_("Hear what a neural network keeps of a song."), wordWrap=True)
    version = QLabel(_("Version {version}, MIT licence").format(version=core.__version__))
    version.setProperty("role", "muted")
    column = vbox(2)
    for label in (name, words, version):
        column.addWidget(label)
    head = hbox(2 * theme.GRID)
    head.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
    head.addLayout(column, 1)
    return head


def _devices(compute: str) -> list[str]:
    from core.devices import device_words

    return device_words(compute)
