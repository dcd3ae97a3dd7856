"""A little file manager: a window that lets the files named on its command line be dragged out of it.

    python -m tests.drag_source X Y FILE...

It is a program of its own, so that a drop crosses from one X client to another, as in real life.
"""

from __future__ import annotations

import sys

from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QDrag, QMouseEvent
from PySide6.QtWidgets import QApplication, QLabel


class Files(QLabel):
    def __init__(self, paths: list[str]) -> None:
        super().__init__("files")
        self._paths = paths
        self.setWindowFlag(Qt.WindowType.FramelessWindowHint)
        self.resize(80, 60)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(path) for path in self._paths])
        drag = QDrag(self)
        drag.setMimeData(mime)
        drag.exec(Qt.DropAction.CopyAction)


def main() -> int:
    app = QApplication(sys.argv[:1])
    files = Files(sys.argv[3:])
    files.move(int(sys.argv[1]), int(sys.argv[2]))
    files.show()
    print("ready", flush=True)
    return app.exec()


if __name__ == "__main__":
    sys.exit(main())
