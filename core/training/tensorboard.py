"""A training's losses as a TensorBoard event file, written as they come; TensorBoard itself is not needed for it.

The file is a TFRecord stream: each record has its length (uint64) and the masked CRC-32C of that, then its bytes and
theirs. A record is an `Event` of protocol buffers, of which four fields are used: 1 wall time (double), 2 step
(int64), 3 version of the file (string, in the first record), 5 summary; a summary holds values (1) of 1 tag (string)
and 2 simple value (float). Formats: tensorflow/core/lib/io/record_writer, core/util/event.proto,
core/framework/summary.proto of TensorFlow.
"""

from __future__ import annotations

import contextlib
import math
import os
import shutil
import socket
import struct
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import BinaryIO

from core.errors import TrainingError
from core.i18n import _
from core.training.callbacks import Callbacks, EpochReport, StepReport, TrainSummary

VERSION = "brain.Event:2"
_POLYNOMIAL = 0x82F63B78  # of CRC-32C, reflected


class TensorBoardLog(Callbacks):
    """Writes an `events.out.tfevents` file into a folder: `tensorboard --logdir FOLDER` shows it.

    Tags: "step/LOSS" and "step/learning_rate" over steps; "epoch/train", "epoch/validation", "validation/LOSS" and
    "gradient/LAYER" over epochs.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file: BinaryIO | None = None

    def on_step(self, report: StepReport) -> None:
        values = {f"step/{name}": value for name, value in report.losses.items()}
        self._write(report.step, {**values, "step/learning_rate": report.learning_rate})

    def on_epoch(self, report: EpochReport) -> None:
        self._write(
            report.epoch,
            {
                "epoch/train": report.train_loss,
                "epoch/validation": report.val_loss,
                **{f"validation/{name}": value for name, value in report.losses.items()},
                **{f"gradient/{name}": value for name, value in report.gradients.items()},
            },
        )
        if self._file is not None:
            self._file.flush()

    def on_end(self, summary: TrainSummary) -> None:
        self.close()
        if summary.state == "discarded":
            shutil.rmtree(self._folder, ignore_errors=True)
            with contextlib.suppress(OSError):  # the run's folder, where nothing else is left in it
                self._folder.parent.rmdir()

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def _write(self, step: int, values: Mapping[str, float]) -> None:
        try:
            if self._file is None:
                self._file = self._opened()
            self._file.write(record(event(step, values)))
        except OSError as error:
            raise TrainingError(
                _("The TensorBoard file in {path} cannot be written: {reason}.").format(
                    path=self._folder, reason=error.strerror or error
                ),
                path=self._folder,
            ) from error

    def _opened(self) -> BinaryIO:
        """A new file, also of a run that goes on: TensorBoard joins the files of a folder."""
        self._folder.mkdir(parents=True, exist_ok=True)
        name = f"events.out.tfevents.{int(time.time()):010d}.{socket.gethostname()}.{os.getpid()}.{time.time_ns()}"
        file = (self._folder / name).open("wb")
        file.write(record(_double(1, time.time()) + _bytes(3, VERSION.encode())))
        return file


@contextlib.contextmanager
def tensorboard_beside(callbacks: Callbacks, folder: Path, *, wanted: bool) -> Iterator[Callbacks]:
    """`callbacks`, with a log in `folder` that is told the same where it is `wanted`; closed at the end."""
    if not wanted:
        yield callbacks
        return
    log = TensorBoardLog(folder)
    try:
        yield _Both(callbacks, log)
    finally:
        log.close()


class _Both(Callbacks):
    """Tells two listeners everything, the first one first."""

    def __init__(self, *listeners: Callbacks) -> None:
        for name in [name for name in dir(Callbacks) if name.startswith("on_")]:
            setattr(self, name, partial(self._tell, [getattr(each, name) for each in listeners]))

    @staticmethod
    def _tell(methods: Sequence[Callable[..., None]], *values: object) -> None:
        for method in methods:
            method(*values)


def event(step: int, values: Mapping[str, float]) -> bytes:
    """An `Event` with scalars; what is not a number is left out, as TensorBoard cannot draw it."""
    summary = b"".join(
        _bytes(1, _bytes(1, tag.encode()) + b"\x15" + struct.pack("<f", value))
        for tag, value in values.items()
        if math.isfinite(value)
    )
    return _double(1, time.time()) + b"\x10" + _varint(step) + _bytes(5, summary)


def record(content: bytes) -> bytes:
    """`content` as a TFRecord."""
    length = struct.pack("<Q", len(content))
    return length + struct.pack("<I", _masked_crc(length)) + content + struct.pack("<I", _masked_crc(content))


def crc32c(content: bytes) -> int:
    """The Castagnoli checksum (RFC 3720, B.4)."""
    value = 0xFFFFFFFF
    for byte in content:
        value = _TABLE[(value ^ byte) & 0xFF] ^ (value >> 8)
    return value ^ 0xFFFFFFFF


def _masked_crc(content: bytes) -> int:
    value = crc32c(content)
    return (((value >> 15) | (value << 17)) + 0xA282EAD8) & 0xFFFFFFFF


def _crc_of_byte(byte: int) -> int:
    for _bit in range(8):
        byte = (byte >> 1) ^ (_POLYNOMIAL if byte & 1 else 0)
    return byte


_TABLE = tuple(_crc_of_byte(byte) for byte in range(256))


def _varint(value: int) -> bytes:
    found = bytearray()
    while True:
        value, low = value >> 7, value & 0x7F
        found.append(low | (0x80 if value else 0))
        if not value:
            return bytes(found)


def _bytes(field: int, content: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(content)) + content


def _double(field: int, value: float) -> bytes:
    return _varint(field << 3 | 1) + struct.pack("<d", value)
