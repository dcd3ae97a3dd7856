"""The About box: what it tells can be read and copied."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton, QTextBrowser
from pytestqt.qtbot import QtBot

from core.models.card import Credit, ModelCard
from core.models.credits import ShippedModel, shipped_models
from musicae_gui.services import Services
from musicae_gui.views.about import AboutBox, music_text


def test_device_music_and_libraries_are_told_and_copied(qtbot: QtBot, services: Services) -> None:
    box = AboutBox(services.tasks, "auto")
    qtbot.addWidget(box)
    box.show()
    computer = box.findChild(QTextBrowser, "about.computer")
    assert computer is not None
    qtbot.waitUntil(lambda: "Models run on" in computer.toPlainText())
    copy = box.findChild(QPushButton, "about.copy")
    assert copy is not None
    copy.click()
    copied = QGuiApplication.clipboard().text()
    for words in ("Models run on", shipped_models()[0].card.credits[0].title, "numpy", "MIT"):
        assert words in copied
    QGuiApplication.clipboard().clear()


def test_each_recording_is_named_with_its_author_licence_and_source() -> None:
    card = ModelCard("m", credits=(Credit("Song", "Someone", "CC BY 4.0", "a/b"), Credit("Other", licence="CC0 1.0")))
    text = music_text([ShippedModel("m", card)])
    assert "The model m learned from 2 recordings:" in text
    assert "Song · Someone · CC BY 4.0 · a/b" in text
    assert "Other · CC0 1.0" in text
