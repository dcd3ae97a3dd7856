"""Known factors: how well tempo, key and instruments can be read from latents, on songs whose facts are known."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from core.errors import UsageError
from core.i18n import _
from core.latents.collection import STATISTICS, ClipGrid
from core.latents.factors import Factor, Facts, probe_factors, read_facts
from core.latents.features import Subset
from core.latents.folds import group_of_clips, make_folds
from core.study.collecting import collected, encoders
from core.study.numbers import interval
from core.study.study import Study

NAME = "factors"
LEAST_SONGS = 10


def title() -> str:
    return _("Known factors")


def run(study: Study) -> dict[str, Any]:
    """Keys: `songs` (with facts beside them), `rows` by model: [{name, measure, probe, chance, style}]; `note`."""
    facts = {song.key: known for song in study.songs if (known := read_facts(Path(song.path)))}
    if len(facts) < LEAST_SONGS:
        return {
            "songs": len(facts),
            "rows": {},
            "note": _(
                "Tempo, key and instruments are known of demo songs only; these songs have no facts beside them."
            ),
        }
    rows: dict[str, list[dict[str, Any]]] = {}
    for name, encoder in encoders(study):
        study.check()
        study.progress(len(rows) / 10, name)
        if name == "waveform":
            continue
        collection = collected(study, encoder, name, ClipGrid(per_song=study.config.clips_a_song))
        told = np.flatnonzero(np.isin(collection.keys, list(facts)))
        keys = collection.keys[told]
        listed: list[Facts] = [facts[str(key)] for key in keys]
        groups = group_of_clips(keys, study.groups)
        try:
            folds = make_folds(np.array([each.style for each in listed]), groups)
        except UsageError as error:
            study.listener.on_warning(error.sentence)
            continue
        found = probe_factors(Subset(collection.features(STATISTICS), told), listed, folds, cancelled=study.stopping)
        rows[name] = [_plain(each) for each in found]
    return {"songs": len(facts), "rows": rows, "note": ""}


def _plain(factor: Factor) -> dict[str, Any]:
    return {
        "name": factor.name,
        "measure": factor.measure,
        "probe": interval(factor.probe),
        "chance": interval(factor.chance),
        "style": interval(factor.style),
    }
