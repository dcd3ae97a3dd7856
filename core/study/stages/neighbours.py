"""Half and double of the chosen size, trained and judged as the others were."""

from __future__ import annotations

from typing import Any

from core.errors import UsageError
from core.i18n import _
from core.models.design import CLIP_SAMPLES
from core.study.config import size_design
from core.study.stages.quality import judged
from core.study.study import Study, linear_name
from core.study.systems import ModelSystem, klt_channels
from core.study.training import trained

NAME = "neighbours"


def title() -> str:
    return _("Half and double")


def run(study: Study) -> dict[str, Any]:
    """Keys: `chosen`, `half`, `double` (names), `models`, `systems`, `notes`."""
    floats = size_design(study.chosen).latent_floats(CLIP_SAMPLES)
    made: dict[str, Any] = {"chosen": study.chosen, "models": {}, "systems": {}, "notes": []}
    for word, wanted in (("half", floats // 2), ("double", 2 * floats)):
        try:
            name, design = _sized(wanted)
        except UsageError as error:
            made["notes"].append(error.sentence)
            continue
        made[word] = name
        if name in study.trained:
            continue
        facts = study.tried(
            name,
            lambda name=name, design=design: study.part(NAME, name, lambda: trained(study, name, design)),  # type: ignore[misc]
        )
        if facts and facts["model"]:
            made["models"][name] = facts
            made["systems"] |= judged(study, _systems(study, name), NAME + "-quality")
    return made


def _sized(floats: int) -> tuple[str, Any]:
    """The trainable size nearest to `floats`, called by what it really has."""
    design = size_design(f"conv-{min(floats, CLIP_SAMPLES)}")
    name = f"conv-{design.latent_floats(CLIP_SAMPLES)}"
    return name, design


def _systems(study: Study, name: str) -> list[ModelSystem]:
    codec = study.codec(name)
    systems = [ModelSystem(name, "conv", codec, codec.channels)]
    if "klt" in study.trained:
        linear = study.codec("klt")
        channels = klt_channels(linear, systems[0].floats)
        beside = linear_name(linear, channels)
        if beside not in study.results["quality"]["systems"]:
            systems.append(ModelSystem(beside, "klt", linear, channels))
    return systems
