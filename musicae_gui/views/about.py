"""The About box: version, what Musicae is, licences and credits."""

from __future__ import annotations

from importlib import metadata

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QTextBrowser, QWidget

import core
from core.errors import MusicaeError
from core.i18n import _
from core.paths import resource
from musicae_gui import theme
from musicae_gui.views.boxes import hbox, vbox

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
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("about")
        self.setWindowTitle(_("About Musicae"))
        self.resize(560, 520)
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
        text = QTextBrowser()
        text.setObjectName("about.text")
        text.setPlainText(credits_text())
        text.setAccessibleName(_("Licences and credits"))
        close = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close.rejected.connect(self.reject)
        whole = vbox(2 * theme.GRID, self)
        whole.setContentsMargins(24, 24, 24, 16)
        whole.addLayout(head)
        whole.addWidget(text, 1)
        whole.addWidget(close)


def credits_text() -> str:
    """Musicae's own licence, and each library in use with its version and licence."""
    lines = [_("Musicae stands on these libraries:"), ""]
    for name, licence in LIBRARIES:
        try:
            lines.append(f"  {name} {metadata.version(name)}: {licence}")
        except metadata.PackageNotFoundError:
            continue
    lines += ["", _("The demo songs are composed by Musicae itself and free to use.")]
    try:
        folder = resource("licences")
    except MusicaeError:
        return "\n".join(lines)
    for path in sorted(folder.rglob("*.txt")) + sorted(folder.rglob("*.md")):
        lines += ["", path.stem, "", path.read_text(encoding="utf-8", errors="replace").strip()]
    return "\n".join(lines)
