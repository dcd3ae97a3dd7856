"""What Compare knows of a reconstruction, in words: its scores and how long it took."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.i18n import _
from core.opinion import opinion_available

if TYPE_CHECKING:
    from musicae_gui.controllers.compare_row import Row


def facts_of(row: Row) -> list[tuple[str, str]]:
    """What is known of a row, in words."""
    facts: list[tuple[str, str]] = []
    pending = "" if row.judged else "…"
    for name, key, form in (
        ("SI-SDR", "si_sdr", "{:.1f} dB"),
        ("mel", "mel", "{:.3f}"),
        ("ViSQOL", "visqol", "{:.2f}"),
    ):
        value = row.facts.get(key)
        if value is not None:
            facts.append((name, form.format(value).replace("-", "−")))
        elif key == "visqol" and row.judged:
            facts.append((name, _("no score") if opinion_available() else _("not installed")))
        elif pending:
            facts.append((name, pending))
    if row.clip is not None and row.seconds > 0:
        speed = row.clip.seconds / row.seconds
        facts.append(
            (
                _("computed in"),
                _("{seconds} s ({speed}× real time)").format(
                    seconds=f"{row.seconds:.2f}", speed=f"{speed:.0f}" if speed >= 10 else f"{speed:.1f}"
                ),
            )
        )
    return facts


def explanation() -> str:
    return _(
        "SI-SDR: how near the samples are (higher is better).\n"
        "mel: distance of the mel spectra (lower is better).\n"
        'ViSQOL: estimated listening score from 1 to 5; it needs the extra: pip install "musicae[quality]". '
        "It has no score for silence and for less than a second."
    )
