"""`musicae models`: what there is by name, and how large its latents are."""

from __future__ import annotations

import argparse
from typing import Any

from core.cli.console import Console, table
from core.cli.options import DONE, Commands
from core.i18n import _


def add_parsers(commands: Commands) -> None:
    commands.add(
        "models",
        run,
        _("list the models by name, with the sizes of their latents"),
        _(
            "Every preset and size. Floats in 5 s are those stored for 110,250 samples, edge frames included;\n"
            "a model without any has a fixed number of floats for each block of 30 s.\n"
            "What is not trained yet can be trained: musicae train SONGS --model NAME --out RUN."
        ),
    )


def run(options: argparse.Namespace, console: Console) -> int:
    entries = model_entries()
    console.result(entries)
    rows: list[tuple[str, ...]] = [
        (_("name"), _("floats in 5 s"), _("floats/s"), _("kbit/s"), _("parameters"), _("rate"), _("trained"))
    ]
    for entry in entries:
        stored = entry["latent_floats_5s"]
        rows.append(
            (
                entry["name"],
                "-" if stored is None else f"{stored:,}",
                _rate(entry["floats_per_second"], 0),
                _rate(entry["floats_per_second"] * 16 / 1000, 1),
                f"{entry['parameters']:,}",
                str(entry["sample_rate"]),
                _("yes") if entry["trained"] else _("no"),
            )
        )
    console.say(table(rows))
    return DONE


def _rate(value: float, digits: int) -> str:
    """A rate that shows something of models with a handful of floats for half a minute, too."""
    return f"{value:,.{digits}f}" if value >= 1 else f"{value:.2g}"


def model_entries() -> list[dict[str, Any]]:
    """One entry a preset and size, as `musicae models --json` prints them."""
    from core.models.presets import presets

    entries = []
    for preset in presets():
        entry: dict[str, Any] = {
            "name": preset.name,
            "latent_floats_5s": preset.latent_floats_5s,
            "floats_per_second": preset.floats_per_second,
            "parameters": preset.parameters,
            "sample_rate": preset.sample_rate,
            "trained": preset.trained,
        }
        # Models of fixed clips say how long these are, since 5 s are no size of theirs.
        if preset.clip_seconds is not None:
            entry |= {"latent_floats_5s": None, "clip_seconds": preset.clip_seconds}
        entries.append(entry)
    return entries
