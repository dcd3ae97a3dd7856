"""`study.ipynb`: a notebook that runs a study, with its parameters on top; plain JSON, no library needed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from core.files import write_text_atomically
from core.i18n import _
from core.study.config import StudyConfig


def write_notebook(path: Path, config: StudyConfig, out: Path, data: Path | None = None) -> None:
    """Write it; run from above, it makes or resumes the study in `out` and shows what it found.

    Args:
        data: the data folder; None for the usual one of whoever runs it.
    """
    parameters = "\n".join(
        [
            f"OUT = {str(out.absolute())!r}",
            f"DATA = {str(data.absolute()) if data else None!r}",
            *(f"{name.upper()} = {value!r}" for name, value in vars(config).items()),
        ]
    )
    settings = ",\n    ".join(f"{name}={name.upper()}" for name in vars(config))
    other = _("OUT holds a study with other settings and goes on with those; for these give another folder.")
    cells = [
        _text(
            "# "
            + _("A study of music autoencoders")
            + "\n\n"
            + _(
                "Change the parameters and run all cells. OUT is the folder of the study: one that is there already "
                "goes on with its own settings, so that other parameters need another folder. The kernel's Python "
                "needs Musicae: `pip install .` in its folder."
            )
        ),
        _code(parameters, parameters=True),
        _code(
            "from pathlib import Path\n\n"
            "from core.study import StudyConfig, StudyFolder, StudyListener, run_study\n\n\n"
            "class Lines(StudyListener):\n"
            "    def on_stage(self, name, title, number, total):\n"
            "        print(f'{number}/{total} {title}')\n\n"
            "    def on_warning(self, text):\n"
            "        print(text)\n\n\n"
            f"config = StudyConfig(\n    {settings},\n)\n"
            "folder = StudyFolder(OUT)\n"
            "if folder.plan() and StudyConfig.from_dict(folder.plan()['config']) != config:\n"
            f"    print({other!r})\n"
            "study = run_study(config, folder, Lines(), resume=True, data=Path(DATA) if DATA else None)"
        ),
        _text(_("## The sizes, and the one that was chosen")),
        _code(
            "size = study['stages']['size']\n"
            "print(size['rule_words'])\n"
            "print(size['sentence'])\n"
            "for row in size['table']:\n    print(row)"
        ),
        _text(_("## The figures")),
        _code(
            "from IPython.display import SVG, display\n\n"
            "for path in sorted((folder.path / 'figures').glob('*.svg')):\n"
            "    display(SVG(filename=str(path)))"
        ),
        _text(_("## An outside song through the chosen model")),
        _code(
            "from IPython.display import Audio\n\n"
            "from core.audio import read_clip\n"
            "from core.models.codec import load_codec\n"
            "from core.quality import compare\n\n"
            "codec = load_codec(folder.run(size['chosen']))\n"
            "songs = [song['path'] for song in study['stages']['songs']['songs'] if song['part'] == 'test']\n"
            "song = read_clip(Path((OUTSIDE or songs)[0]), seconds=5)\n"
            "made = codec.decode(codec.encode(song))\n"
            "print(compare(song, made, with_visqol=False))\n"
            "Audio(made.samples, rate=made.rate)"
        ),
        _text(_("## A generated one: random values for a latent")),
        _code(
            "import numpy as np\n\n"
            "from core.latents.latent import Latent\n\n"
            "samples = 5 * codec.rate\n"
            "shape = (codec.channels, codec.design.frames(samples))\n"
            "known = codec.encode(song).values\n"
            "values = np.random.default_rng(SEED).normal(known.mean(), known.std(), shape)\n"
            "made = codec.decode(Latent(values, codec.hash, samples))\n"
            "Audio(made.samples, rate=made.rate)"
        ),
    ]
    notebook = {
        "cells": cells,
        "metadata": {"language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 4,
    }
    write_text_atomically(path, json.dumps(notebook, indent=1, ensure_ascii=False) + "\n")


def _text(words: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": words.splitlines(keepends=True)}


def _code(lines: str, *, parameters: bool = False) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {"tags": ["parameters"]} if parameters else {},
        "outputs": [],
        "source": lines.splitlines(keepends=True),
    }
