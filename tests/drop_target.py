"""A little music program: a window that says which files were dropped on it, one a line.

    python -m tests.drop_target X Y

It is a program of its own, so that a drag crosses from one X client to another, as in real life.
"""

from __future__ import annotations

import sys

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QLabel


class Track(QLabel):
    def __init__(self) -> None:
        super().__init__("drop")
        self.setAcceptDrops(True)
        self.setWindowFlag(Qt.WindowType.FramelessWindowHint)
        self.resize(80, 60)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        for url in event.mimeData().urls():
            print(url.toLocalFile(), flush=True)


def main() -> int:
    app = QApplication(sys.argv[:1])
    track = Track()
    track.move(int(sys.argv[1]), int(sys.argv[2]))
    track.show()
    print("ready", flush=True)
    return app.exec()


if __name__ == "__main__":
    sys.exit(main())
