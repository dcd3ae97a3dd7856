"""Event files for TensorBoard: the format byte by byte, and what a training writes into them."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from core.errors import TrainingError
from core.training.callbacks import EpochReport, StepReport, TrainSummary
from core.training.commands import Commands
from core.training.run import RunFolder
from core.training.tensorboard import VERSION, TensorBoardLog, crc32c, event, record
from core.training.trainer import train
from tests.core.training_fixtures import SMALL, Recorder, stored_songs


def fields(content: bytes) -> list[tuple[int, bytes | int | float]]:
    """The fields of a message of protocol buffers: (number, value)."""
    found: list[tuple[int, bytes | int | float]] = []
    at = 0

    def varint() -> int:
        nonlocal at
        value = shift = 0
        while True:
            byte = content[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80:
                return value

    while at < len(content):
        key = varint()
        number, kind = key >> 3, key & 7
        if kind == 0:
            found.append((number, varint()))
        elif kind == 1:
            found.append((number, struct.unpack_from("<d", content, at)[0]))
            at += 8
        elif kind == 5:
            found.append((number, struct.unpack_from("<f", content, at)[0]))
            at += 4
        else:
            length = varint()
            found.append((number, content[at : at + length]))
            at += length
    return found


def records(content: bytes) -> list[bytes]:
    """The records of a file, their checksums looked at."""

    def masked(part: bytes) -> int:
        value = crc32c(part)
        return (((value >> 15) | (value << 17)) + 0xA282EAD8) & 0xFFFFFFFF

    found, at = [], 0
    while at < len(content):
        length = content[at : at + 8]
        count = struct.unpack("<Q", length)[0]
        data = content[at + 12 : at + 12 + count]
        assert struct.unpack_from("<I", content, at + 8)[0] == masked(length)
        assert struct.unpack_from("<I", content, at + 12 + count)[0] == masked(data)
        found.append(data)
        at += 16 + count
    return found


def scalars(content: bytes) -> tuple[int, dict[str, float]]:
    """Step and values of an event."""
    values: dict[str, float] = {}
    known = dict(fields(content))
    for _number, value in fields(bytes(known.get(5, b""))):  # type: ignore[arg-type]
        parts = dict(fields(bytes(value)))  # type: ignore[arg-type]
        values[bytes(parts[1]).decode()] = float(parts[2])  # type: ignore[arg-type]
    return int(known.get(2, 0)), values


def test_the_checksum_is_that_of_the_standard() -> None:
    assert crc32c(b"123456789") == 0xE3069283
    assert crc32c(bytes(32)) == 0x8A9136AA  # RFC 3720, B.4
    assert crc32c(b"\xff" * 32) == 0x62A8AB43


def test_an_event_says_step_and_values_and_leaves_out_what_is_no_number() -> None:
    [content] = records(record(event(300, {"step/loss": 0.5, "step/kl": float("nan")})))
    assert scalars(content) == (300, {"step/loss": 0.5})


def test_a_training_leaves_its_losses(tmp_path: Path) -> None:
    log = TensorBoardLog(tmp_path / "events")
    log.on_step(StepReport(1, 2, 1, 1, {"loss": 0.25, "mse": 0.25}, 0.002, 10.0, 1.0, 0))
    log.on_epoch(EpochReport(1, 0.2, 0.3, 1.0, 1, 0.002, 2, {"mse": 0.3}, gradients={"encoder.0": 0.125}))
    log.on_end(TrainSummary("done", "", 1, 2, 1, None, 0.3, 0.3, 1.0))
    [file] = (tmp_path / "events").iterdir()
    assert file.name.startswith("events.out.tfevents.")
    first, step, epoch = records(file.read_bytes())
    assert dict(fields(first))[3] == VERSION.encode()
    assert scalars(step)[1] == pytest.approx({"step/loss": 0.25, "step/mse": 0.25, "step/learning_rate": 0.002})
    number, values = scalars(epoch)
    assert number == 1
    assert values == pytest.approx(
        {"epoch/train": 0.2, "epoch/validation": 0.3, "validation/mse": 0.3, "gradient/encoder.0": 0.125}
    )


def test_a_run_that_goes_on_begins_another_file(tmp_path: Path) -> None:
    for _time in range(2):
        log = TensorBoardLog(tmp_path)
        log.on_step(StepReport(1, 2, 1, 1, {"loss": 0.25}, 0.002, 10.0, 1.0, 0))
        log.close()
    assert len(list(tmp_path.iterdir())) == 2


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(TrainingError, match="TensorBoard"):
        TensorBoardLog(tmp_path / "file").on_step(StepReport(1, 2, 1, 1, {"loss": 0.25}, 0.002, 10.0, 1.0, 0))


def test_the_trainer_writes_it_where_it_is_asked_for(tmp_path: Path) -> None:
    recorder = Recorder()
    config = SMALL.replace(epochs=1, steps_per_epoch=2, validation_clips=1, tensorboard=True)
    run = RunFolder(tmp_path / "run")
    train(config, stored_songs(tmp_path / "songs", 2, 1.0), run, recorder)
    [file] = (run.path / "events").iterdir()
    told = [scalars(each) for each in records(file.read_bytes())[1:]]
    assert [values["step/loss"] for _step, values in told if "step/loss" in values] == pytest.approx(
        [report.losses["loss"] for report in recorder.steps]
    )
    assert recorder.order[-1] == "end"


def test_a_run_that_is_given_up_takes_it_along(tmp_path: Path) -> None:
    commands = Commands()
    commands.stop_and_discard()
    run = RunFolder(tmp_path / "run")
    train(SMALL.replace(tensorboard=True), stored_songs(tmp_path / "songs", 2, 1.0), run, commands=commands)
    assert not run.path.exists()
