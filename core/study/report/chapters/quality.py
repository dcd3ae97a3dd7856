"""Reconstruction: the table of all measures, pictures and players of the same clip, the rule, half and double."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from core.i18n import _
from core.study.folder import StudyFolder
from core.study.numbers import shown
from core.study.report import drawing
from core.study.report.document import Chapter, Grid, Picture, Sounds
from core.study.report.verdicts import nearest_linear
from core.study.report.words import measures, systems_of
from core.study.stages.quality import HEARD
from core.study.stages.size import RULE, row_of


def chapter(document: dict[str, Any], folder: StudyFolder) -> Chapter:
    made = Chapter(_("Reconstruction"))
    stages, systems = document["stages"], systems_of(document)
    if not systems:
        return made
    made.add(_table(systems))
    for number in range(min(HEARD, len(stages["quality"]["clips"]))):
        files = _files(folder, number, list(systems))
        facts = stages["quality"]["clips"][number]
        title = _("{title}, from {seconds:.0f} s").format(title=facts["title"], seconds=facts["start"] / 22_050)
        if number == 0:
            drawn = [each for each in files if each[0] == _("original") or each[0].startswith(("conv", "studio"))]
            made.add(
                Picture(
                    "reconstructions",
                    lambda drawn=drawn: drawing.sounds(drawn),  # type: ignore[misc]
                    _(
                        "Waveform and log-mel spectrogram of one clip, dark where it is quiet: the original, then what "
                        "each size keeps of it."
                    ),
                )
            )
        made.add(Sounds(title, files))
    size = stages.get("size")
    if size:
        made.add(_size_table(size, systems))
    if stages.get("neighbours"):
        _say_neighbours(made, stages["neighbours"], systems)
    return made


def _table(systems: dict[str, dict[str, Any]]) -> Grid:
    names = measures()
    return Grid(
        "reconstruction",
        (_("system"), _("floats in 5 s"), _("floats/s"), _("kbit/s"), *names.values()),
        [
            (
                name,
                shown(row["floats"]),
                shown(row["floats_per_second"], 0),
                shown(row["kbit_per_second"], 1),
                *(_cell(row, measure) for measure in names),
            )
            for name, row in systems.items()
        ],
        _("Means over clips of songs never heard, ± their deviation over clips; kbit/s as stored."),
    )


def _cell(row: dict[str, Any], measure: str) -> str:
    if measure == "nearest_original":
        return f"{100 * row[measure]:.0f} %"
    known = row["scores"].get(measure)
    if known is None:
        return "–"
    # One clip has no deviation.
    return f"{known['mean']:.2f}" + (f" ± {known['deviation']:.2f}" if known["clips"] > 1 else "")


def _files(folder: StudyFolder, number: int, systems: list[str]) -> list[tuple[str, Path]]:
    named = [(_("original"), "original"), *((name, name) for name in systems)]
    files = [(label, folder.sound(f"clip {number + 1} {name}")) for label, name in named]
    return [(label, path) for label, path in files if path.is_file()]


def _size_table(size: dict[str, Any], systems: dict[str, dict[str, Any]]) -> Grid:
    names = measures()
    linear = dict.fromkeys(nearest_linear(systems, row["floats"]) for row in size["table"])
    return Grid(
        "sizes",
        (_("size"), _("floats in 5 s"), *(names[score] for score in RULE), _("acceptable")),
        [
            (
                row["name"],
                str(row["floats"]),
                *(shown(row[score]) + (" ✗" if score in row["fails"] else "") for score in RULE),
                _("no") if row["fails"] else _("yes"),
            )
            for row in [*size["table"], *(row_of(name, systems[name]) for name in linear if name)]
        ],
        _(
            "What each size keeps of the music's structure, and below, as the line to beat, the linear transform at "
            "the nearest sizes not above; crosses mark what is under the limit of the rule that is said with the first "
            "figure."
        ),
    )


def _say_neighbours(made: Chapter, stage: dict[str, Any], systems: dict[str, dict[str, Any]]) -> None:
    names = [(_("double"), stage.get("double")), (_("chosen"), stage["chosen"]), (_("half"), stage.get("half"))]
    known = []
    for word, name in names:
        if name in systems:
            known.append((word, name, systems[name]))
            beside = nearest_linear(systems, systems[name]["floats"])
            known += [("", beside, systems[beside])] if beside else []
    titles = measures()
    made.add(
        Grid(
            "half-and-double",
            ("", _("size"), _("floats in 5 s"), *titles.values()),
            [
                (word, name, shown(row["floats"]), *(_cell(row, measure).partition(" ±")[0] for measure in titles))
                for word, name, row in known
            ],
            _(
                "The chosen size between its half and its double, below each the linear transform at the nearest size "
                "not above: means over the same clips."
            ),
        )
    )
    made.say(*stage["notes"])
