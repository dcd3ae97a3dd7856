"""Model files: what is written comes back; what is wrong or hostile gets one sentence before memory is taken."""

import json
import os
import pickle
import struct
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from core.errors import CheckpointError
from core.models.card import Credit, ModelCard
from core.models.checkpoint import load_model, model_hash, read_header, read_model_header, save_model
from core.models.design import KltDesign
from core.models.layers import conv_design
from core.models.network import build_network

CARD = ModelCard(
    name="mine",
    split={"train": ("a", "b"), "validation": ("c",)},
    training={"epochs": 3, "val_loss": 0.25},
    credits=(Credit("Título", "Someone", "CC BY 4.0", "a place", "00ff"),),
)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "mine.musicae"
    save_model(path, build_network(conv_design(16, 4), 1), CARD)
    return path


@pytest.mark.parametrize("design", [conv_design(16, 4), KltDesign(8, 32)])
def test_a_model_comes_back_as_it_was(tmp_path: Path, design: object) -> None:
    network = build_network(design, 1)  # type: ignore[arg-type]
    path = tmp_path / "é" / "m.musicae"
    save_model(path, network, CARD)
    loaded = load_model(path)
    assert loaded.card == CARD
    assert loaded.hash == model_hash(network)
    x = torch.randn(1, 1, 999)
    with torch.no_grad():
        assert torch.equal(loaded.network(x), network(x))
    assert read_model_header(path).design == design
    assert read_header(path)["card"]["credits"][0]["title"] == "Título"


def _parts(content: bytes) -> tuple[dict[str, object], bytes]:
    (length,) = struct.unpack("<Q", content[:8])
    return json.loads(content[8 : 8 + length]), content[8 + length :]


def _joined(header: object, data: bytes) -> bytes:
    text = json.dumps(header).encode() if not isinstance(header, bytes) else header
    return struct.pack("<Q", len(text)) + text + data


def _edited(change: Callable[[dict], object]) -> Callable[[bytes], bytes]:
    def edit(content: bytes) -> bytes:
        header, data = _parts(content)
        change(header)
        return _joined(header, data)

    return edit


def _config(**values: object) -> Callable[[bytes], bytes]:
    def change(header: dict) -> None:
        config = json.loads(header["__metadata__"]["config"])
        config.update(values)
        header["__metadata__"]["config"] = json.dumps(config)

    return _edited(change)


def _layer(**values: object) -> dict[str, object]:
    return {"channels": 4, "kernel": 16, "stride": 16, "activation": "tanh", **values}


FIRST = "encoder.0.weight"
SPOILED: dict[str, Callable[[bytes], bytes]] = {
    "zero bytes": lambda content: b"",
    "truncated": lambda content: content[:-1],
    "cut in the header": lambda content: content[:50],
    "with junk behind": lambda content: content + b"\0",
    "a huge header": lambda content: struct.pack("<Q", 2**63) + content[8:],
    "a header beyond the file": lambda content: struct.pack("<Q", len(content)) + content[8:],
    "a pickle": lambda content: pickle.dumps({"weights": [1, 2, 3]}),
    "deep JSON": lambda content: _joined(b"[" * 200_000 + b"]" * 200_000, b""),
    "a list for a header": lambda content: _joined([1], b""),
    "not UTF-8": lambda content: _joined(b'{"\xff\xfe": 1}', b""),
    "overlap": _edited(lambda header: header[FIRST].update(data_offsets=header["encoder.0.bias"]["data_offsets"])),
    "negative offsets": _edited(lambda header: header[FIRST].update(data_offsets=[-4, 0])),
    "absurd shape": _edited(lambda header: header[FIRST].update(shape=[2**40, 2**40])),
    "offsets of floats": _edited(lambda header: header[FIRST].update(data_offsets=[0.0, 4.0])),
    "wrong dtype": _edited(lambda header: header[FIRST].update(dtype="I32")),
    "unknown dtype": _edited(lambda header: header[FIRST].update(dtype="F5")),
    "turned shape": _edited(lambda header: header[FIRST].update(shape=header[FIRST]["shape"][::-1])),
    "a tensor renamed": _edited(lambda header: header.update({"other": header.pop(FIRST)})),
    "no metadata": _edited(lambda header: header.pop("__metadata__")),
    "metadata of numbers": _edited(lambda header: header["__metadata__"].update(version=1)),
    "another format": _edited(lambda header: header["__metadata__"].update(format="pt")),
    "a future version": _edited(lambda header: header["__metadata__"].update(version="2")),
    "no configuration": _edited(lambda header: header["__metadata__"].pop("config")),
    "deep configuration": _edited(lambda header: header["__metadata__"].update(config="[" * 100_000)),
    "unknown kind": _config(kind="oracle"),
    "a billion channels": _config(layers=[_layer(channels=10**9)]),
    "channels of text": _config(layers=[_layer(channels="4")]),
    "a stride of zero": _config(layers=[_layer(stride=0)]),
    "an infinite rate": _config(rate=1e400),
    "no layers": _config(layers=[]),
    "a million layers": _config(layers=[_layer()] * 30_000),
    "NaN weights": lambda content: content[:-4] + struct.pack("<f", float("nan")),
}


@pytest.mark.parametrize("how", SPOILED)
def test_a_spoiled_model_gets_one_sentence_that_names_it(model: Path, how: str) -> None:
    content = model.read_bytes()
    spoiled = SPOILED[how](content)
    assert spoiled != content
    model.write_bytes(spoiled)
    with pytest.raises(CheckpointError) as caught:
        load_model(model)
    assert str(model) in caught.value.sentence
    assert len(caught.value.sentence) < 600
    assert caught.value.path == model
    if how != "NaN weights":
        with pytest.raises(CheckpointError):
            read_header(model)


def test_a_folder_a_pipe_and_nothing_get_sentences(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "missing.musicae"):
        with pytest.raises(CheckpointError):
            load_model(path)
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.musicae")
        with pytest.raises(CheckpointError):
            load_model(tmp_path / "pipe.musicae")


def test_a_file_of_another_version_says_to_update(model: Path) -> None:
    model.write_bytes(SPOILED["a future version"](model.read_bytes()))
    with pytest.raises(CheckpointError, match="another version"):
        load_model(model)


def test_a_damaged_card_does_not_keep_a_model_from_working(model: Path) -> None:
    change = _edited(lambda header: header["__metadata__"].update(card='{"credits": [3, {"title": 4}], "split": []}'))
    model.write_bytes(change(model.read_bytes()))
    assert load_model(model).card.credits == (Credit(""),)


def test_writing_where_nothing_can_be_written_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(CheckpointError, match="cannot be written"):
        save_model(tmp_path / "file" / "m.musicae", build_network(KltDesign(2, 8)), CARD)
