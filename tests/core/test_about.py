"""What the About box tells: the music behind the shipped models, and where models run."""

from __future__ import annotations

import pytest
import torch

from core import devices
from core.devices import device_words
from core.models.credits import shipped_models
from core.models.presets import presets


def test_every_shipped_file_names_its_music_once() -> None:
    shipped = shipped_models()
    files = {each.path for each in presets() if each.path is not None}
    assert len(shipped) == len(files)
    for model in shipped:
        assert model.card.credits, model.name
        assert all(credit.title and credit.author and credit.licence for credit in model.card.credits)


def test_the_processor_is_explained_and_how_to_get_a_graphics_card(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "available_devices", lambda: ["cpu"])
    monkeypatch.setattr(devices.sys, "platform", "linux")
    monkeypatch.setattr(torch.version, "cuda", None)
    first, second, third = device_words("auto")
    assert "processor" in first
    assert "no graphics card" in second
    assert "without CUDA" in third
    monkeypatch.setattr(torch.version, "cuda", "12.8")
    assert "CUDA 12.8" in device_words("auto")[2]
    assert "Settings" in device_words("cpu")[1]
    assert "no CUDA device" in device_words("cuda")[0]
