"""The step in which a network learns from the songs while one of them plays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QPushButton, QSpinBox

from musicae_gui.self_test.driver import StepError
from musicae_gui.self_test.sound import device_frame, require_heard
from musicae_gui.views.row_delegate import Role
from musicae_gui.views.row_list import RowList

if TYPE_CHECKING:
    from musicae_gui.panels.train import TrainPanel
    from musicae_gui.self_test.story import Story

SIZE = "conv-55112"  # whose loss falls to a half at once, whatever song it is judged by; the smaller ones learn slowly
EPOCHS = 4
STEPS = 25
FALL = 0.1  # of the validation loss, at least


def learn(story: Story) -> dict[str, Any]:
    """Train the largest convolutional latent by the panel's own controls; returns its losses and hashes."""
    driver, services = story.driver, story.services
    story.show("train")
    panel = _panel(story)
    _tick(driver.find(RowList, "train.preset"), SIZE)
    driver.find(QSpinBox, "train.epochs").setValue(EPOCHS)
    driver.find(QSpinBox, "train.steps_per_epoch").setValue(STEPS)
    start = driver.find(QPushButton, "train.start")
    driver.until(start.isEnabled, 30, "the songs to be ready for training")
    ended: list[tuple[str, str]] = []
    panel.controller.progress.run_ended.connect(lambda folder, state: ended.append((folder, state)))
    player = services.player
    since, starved = device_frame(player), player.starvations
    if player.available:
        player.play(loop=True)
    driver.click(start)
    driver.until(lambda: panel.controller.queue.running is not None, 30, "the training to begin")
    story.stalls.begin("train: while it learns")
    driver.until(lambda: bool(ended), 900, "the training to end")
    story.stalls.begin("train")
    folder, state = ended[0]
    if state != "done":
        raise StepError(f"the training ended as {state}")
    with story.stalls.paused():
        evidence = _learned(folder)
    if player.available:
        player.stop()
        driver.pause(0.3)
        evidence["heard"] = require_heard(player, since, 1.0)
        evidence["starvations"] = player.starvations - starved
        if evidence["starvations"]:
            raise StepError(f"the sound broke off {evidence['starvations']} times during the training")
    driver.pause(0.5)
    story.picture("train")
    return evidence


def _panel(story: Story) -> TrainPanel:
    from musicae_gui.panels.train import TrainPanel

    return story.driver.find(TrainPanel, "train")


def _tick(sizes: RowList, wanted: str) -> None:
    """Leave a tick at the wanted size only."""
    model = sizes.model()
    assert isinstance(model, QStandardItemModel)
    for number in range(model.rowCount()):
        item = model.item(number)
        on = item.data(Role.KEY) == wanted
        item.setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)
    sizes.select(wanted)


def _learned(folder: str) -> dict[str, Any]:
    """Losses from the run's own files, and the network's hash before and after.

    Raises:
        StepError: the network did not change, or the validation loss did not fall.
    """
    from core.models.codec import load_codec, new_codec
    from core.training.run import RunFolder

    run = RunFolder(folder)
    document, history = run.document(), run.history()
    result = document["result"]
    before = new_codec(document["model"], int(document["train"]["seed"])).hash
    after = load_codec(folder).hash
    evidence = {
        "run": folder,
        "epochs": len(history),
        "first_val_loss": result["first_val_loss"],
        "last_val_loss": history[-1]["val_loss"],
        "val_losses": [line["val_loss"] for line in history],
        "weights_before": before,
        "weights_after": after,
    }
    if before == after:
        raise StepError("the network's weights are those that it began with")
    if not evidence["last_val_loss"] <= (1 - FALL) * evidence["first_val_loss"]:
        raise StepError(
            f"the validation loss went from {evidence['first_val_loss']:.5f} to {evidence['last_val_loss']:.5f}"
        )
    return evidence
