"""Names of what the report shows, in the user's language."""

from __future__ import annotations

from typing import Any

from core.i18n import _


def measures() -> dict[str, str]:
    """Every measure of a reconstruction, by its key in `study.json`."""
    return {
        "si_sdr": _("SI-SDR, dB"),
        "mel": _("mel distance"),
        "stft": _("STFT distance"),
        "visqol": _("ViSQOL"),
        "beat_f1": _("beat F1"),
        "onset_f1": _("onset F1"),
        "chroma_correlation": _("chroma correlation"),
        "self_similarity_correlation": _("self-similarity correlation"),
        "nearest_original": _("own original nearest"),
    }


def systems_of(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """All systems that were judged, half and double of the chosen size among them, largest first in each family."""
    stages = document["stages"]
    found = {**stages.get("quality", {}).get("systems", {}), **stages.get("neighbours", {}).get("systems", {})}
    order = ["conv", "klt", "studio", "vae", "resnet-vae", "opus", "mp3"]
    return dict(
        sorted(
            found.items(),
            key=lambda each: (
                order.index(each[1]["family"]) if each[1]["family"] in order else len(order),
                -each[1]["kbit_per_second"],
            ),
        )
    )
