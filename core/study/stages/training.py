"""Training: every size, the variational model that learns, and the linear transform that all of them have to beat."""

from __future__ import annotations

from typing import Any

from core.errors import TrainingError
from core.i18n import _
from core.models.design import Design, KltDesign, design_from_dict
from core.models.presets import preset
from core.study.config import size_design
from core.study.study import KLT, KLT_CHANNELS, Study
from core.study.training import trained

NAME = "training"


def title() -> str:
    return _("Training")


def run(study: Study) -> dict[str, Any]:
    """Key: `models`, what `core.study.training.trained` gives by name."""
    designs: dict[str, Design] = {KLT: KltDesign(channels=KLT_CHANNELS)}
    designs |= {name: size_design(name) for name in study.config.sizes}
    if study.config.vae:
        designs[study.config.vae] = design_from_dict(preset(study.config.vae).config)
    models = {}
    for name, design in designs.items():
        made = study.tried(
            name,
            lambda name=name, design=design: study.part(  # type: ignore[misc]
                NAME, name, lambda: trained(study, name, design)
            ),
        )
        if made is not None:
            models[name] = made
    if not any(facts["model"] and facts["family"] == "conv" for facts in models.values()):
        raise TrainingError(_("None of the sizes could be trained; the warnings above say why."))
    return {"models": models}
