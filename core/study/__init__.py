"""Studies: both reports run end to end on a folder of songs, with a report at the end.

    config = StudyConfig(folder="songs")
    document = run_study(config, StudyFolder("out"))

`study.json` holds every number. Its keys:

    format, version     "musicae-study", 1
    created, finished   times in ISO 8601, UTC
    language            of the report: "en" or "es"
    environment         musicae, python, system, machine, packages {name: version or null}
    config              the settings (`StudyConfig`)
    seconds             what each stage took on this computer, in all its runs; a killed one's last is not counted
    stages              one object a stage, described at the `run` of each module in `core.study.stages`:
      songs             songs [{key, title, author, genre, path, seconds, part}], genres, audit {broken, repeated,
                        conflicting, few, faulty}, split, groups, group_count, notes
      training          models {name: {family, floats, parameters, settings, history, best_val_loss, seconds, ...}}
      variational       models as above, with beta, dropout, latent, rate, taught (song keys), diagnosis,
                        reported (FID test, train)
      quality           clips, systems {name: {family, floats, floats_per_second, kbit_per_second, nearest_original,
                        scores {measure: {mean, deviation, low, high, clips, songs}}, rows [one a clip]}}
      size              rule, rule_words, table, proposed, chosen, sentence, reason
      neighbours        chosen, half, double, models and systems as above, notes
      exploring         clips, genres, scored {clips, genres}, clusters, folds, divisions, note,
                        rows {"model/representation": {clusters, clusters_chance, classifiers, reported}},
                        differences [{first, second, score, mean, low, high, real, sentence}], without_faulty,
                        closer {representation: {explained, points, tsne, elbow, dims, ...}}
      factors           songs, rows {model: [{name, measure, probe, chance, style}]}, note
      frechet           models {name: {"test" or "train": {clips, judge, report {reconstructed, generated, zero},
                        trusted {reconstructed, generated: `core.latents.frechet.SetDistance`}}}},
                        diagnoses {name of the model that learns: `core.models.diagnostics.Diagnosis`}
      outside           usual, songs [{path, traits, reasons, models {name: {measure: {value, percentile}}}}]
      generation        genre, models {name: [{name, kind, recipe, rms, nearest_mel}]}
      listening         abx [{name, kbit_per_second, right, trials, songs, p}], ranks [{name, rounds, mean_rank,
                        first}], pairs [{better, worse, wins, rounds, p}], notes [{song, name, text}]

A score is {mean, low, high, values}: its 95 % interval and what it was averaged from. Nothing is ever NaN: what is
not known is null.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.study.config import SIZES, StudyConfig, quick_config, size_name
from core.study.folder import StudyFolder
from core.study.listener import StudyListener
from core.study.notebook import write_notebook
from core.study.overrule import overrule

if TYPE_CHECKING:
    from core.study.run import run_study

__all__ = [
    "SIZES",
    "StudyConfig",
    "StudyFolder",
    "StudyListener",
    "overrule",
    "quick_config",
    "run_study",
    "size_name",
    "write_notebook",
]


def __getattr__(name: str) -> Any:
    if name == "run_study":  # loads torch, which whoever only looks at studies does without
        from core.study.run import run_study

        return run_study
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
