"""The life of a study: what it refuses, stopped and gone on with, overruled, read while it grows, as a notebook."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from core.errors import Cancelled, UsageError
from core.listening import Abx, Heard, ListeningLog, Note, Place, Ranking
from core.study import StudyConfig, StudyFolder, StudyListener, overrule, run_study, write_notebook
from core.study.facts import FINISHED, ORDER, STOPPED, studies_below, study_facts
from core.study.overrule import DEPENDENT
from core.study.reading import picture_png, read_chapters
from core.study.report.document import Picture
from core.study.stages import STAGES
from core.study.stages import songs as songs_stage
from core.training.commands import Commands
from tests.core.cli_fixtures import Musicae, musicae
from tests.core.study_fixtures import document_of
from tests.tiny_study import TINY

__all__ = ["musicae"]
pytestmark = pytest.mark.timeout(900)  # a whole study, on machines that have other work
EARLY = (
    "Quality and size",
    "What was found",
    "Songs",
    "Training",
    "Reconstruction",
    "The variational network",
    "Settings and versions",
)


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--sizes", "many"], "no size"),
        (["--outside", "gone.wav"], "gone.wav"),
        (["--choose", "9184"], "reason"),
        (["--reason", "it is clear enough"], "--choose"),
        (["--split", "gone.csv"], "gone.csv"),
        (["--epochs", "3", "--minutes", "3"], "not allowed with"),
    ],
)
def test_what_cannot_be_studied_is_said_before_anything_is_done(
    musicae: Musicae, two_genres: Path, tmp_path: Path, options: list[str], complaint: str
) -> None:
    answer = musicae("study", two_genres, "--out", tmp_path / "out", *options)
    assert answer.code == 2
    assert complaint in answer.err
    assert not (tmp_path / "out").exists()


def test_a_study_that_is_not_there_is_not_gone_on_with(musicae: Musicae, tmp_path: Path) -> None:
    answer = musicae(
        "study", "--out", tmp_path / "misspelt", "--resume", "--choose", "9184", "--reason", "clear enough"
    )
    assert answer.code == 2
    assert "There is no study in" in answer.err
    assert not (tmp_path / "misspelt").exists()


def test_a_study_in_the_folder_is_not_overwritten(studied: StudyFolder) -> None:
    with pytest.raises(UsageError, match="resume"):
        run_study(TINY, studied)


def test_a_stopped_study_goes_on_after_its_last_stage(two_genres: Path, tmp_path: Path) -> None:
    folder, commands = StudyFolder(tmp_path / "out"), Commands()

    class StopAfterSongs(StudyListener):
        def on_stage_done(self, name: str) -> None:
            commands.stop_and_keep()

    config = replace(TINY, folder=str(two_genres))
    with pytest.raises(Cancelled):
        run_study(config, folder, StopAfterSongs(), commands)
    kept = folder.path / "stages" / "songs.json"
    before = kept.stat().st_mtime_ns
    heard: list[str] = []

    class Notes(StudyListener):
        def on_progress(self, fraction: float, text: str) -> None:
            heard.append(text)

    songs: ModuleType = STAGES[0]
    document = run_study(StudyConfig(), folder, Notes(), resume=True, stages=(songs,))
    assert document["config"]["sizes"] == ["conv-9184"]  # its own settings, not those given now
    assert kept.stat().st_mtime_ns == before
    assert not any("reading" in text for text in heard)


def test_a_finished_part_is_not_made_again(tmp_path: Path) -> None:
    folder = StudyFolder(tmp_path)
    assert folder.part("stage", "a/b", lambda: {"value": float("nan")}) == {"value": None}
    assert folder.part("stage", "a/b", lambda: pytest.fail("made again")) == {"value": None}


def test_two_songs_are_too_few_and_the_folder_can_be_used_with_more(two_genres: Path, tmp_path: Path) -> None:
    songs, out = tmp_path / "songs", StudyFolder(tmp_path / "out")
    songs.mkdir()
    for number in range(2):
        shutil.copy(two_genres / "chords" / f"chords{number}.wav", songs)
    with pytest.raises(UsageError, match="3 songs"):
        run_study(replace(TINY, folder=str(songs)), out, stages=(songs_stage,), data=tmp_path / "data")
    shutil.copy(two_genres / "noise" / "noise0.wav", songs)
    document = run_study(replace(TINY, folder=str(songs)), out, stages=(songs_stage,), data=tmp_path / "data")
    assert len(document["stages"]["songs"]["songs"]) == 3


def test_a_choice_of_the_users_own_needs_a_reason() -> None:
    with pytest.raises(UsageError, match="reason"):
        replace(TINY, chosen="conv-9184").check()
    with pytest.raises(UsageError, match="conv-55112"):
        replace(TINY, chosen="conv-55112", reason="I like it").check()
    with pytest.raises(UsageError, match="no size"):
        replace(TINY, sizes=("conv-many",)).check()


def test_a_choice_against_the_rule_has_what_depends_on_it_made_anew(studied: StudyFolder, tmp_path: Path) -> None:
    folder = StudyFolder(tmp_path / "out")
    shutil.copytree(studied.path, folder.path)
    with pytest.raises(UsageError, match="reason"):
        overrule(folder, "conv-9184", " ")
    assert folder.report_file.exists()
    overrule(folder, "conv-9184", "the voice is clear enough")
    assert study_facts(folder.path).state == STOPPED  # type: ignore[union-attr]
    assert set(ORDER) - set(study_facts(folder.path).stages) == set(DEPENDENT)  # type: ignore[union-attr]
    document = run_study(TINY, folder, resume=True, stages=STAGES[:5])
    assert document["stages"]["size"]["chosen"] == "conv-9184"
    assert document["stages"]["size"]["reason"] == "the voice is clear enough"
    assert "the voice is clear enough" in folder.report_file.read_text(encoding="utf-8")
    overrule(folder, "", "")
    assert folder.plan()["config"]["reason"] == ""
    with pytest.raises(UsageError, match="no study"):
        overrule(StudyFolder(tmp_path / "nowhere"), "conv-9184", "because")


def test_a_studys_folder_tells_how_far_it_is(studied: StudyFolder, tmp_path: Path) -> None:
    facts = study_facts(studied.path)
    assert facts is not None
    assert facts.stages == ORDER == tuple(stage.NAME for stage in STAGES)
    assert (facts.state, facts.songs, facts.chosen) == (FINISHED, 12, "conv-9184")
    assert [each.path for each in studies_below(studied.path.parent)] == [studied.path]
    assert study_facts(tmp_path) is None
    begun = StudyFolder(tmp_path / "begun")
    begun.write_plan({"version": 1, "created": "2026-01-01T00:00:00+00:00", "config": TINY.to_dict()})
    facts = study_facts(begun.path)
    assert facts is not None
    assert (facts.state, facts.stages, facts.songs) == (STOPPED, (), 0)
    assert read_chapters(begun) == []
    begun.plan_file.write_text("{")
    assert study_facts(begun.path) is None


def test_the_report_can_be_read_chapter_by_chapter_while_it_grows(studied: StudyFolder, tmp_path: Path) -> None:
    chapters = read_chapters(studied)
    titles = [chapter.title for chapter in chapters]
    assert titles[0] == "Quality and size"
    assert titles[-1] == "Settings and versions"
    part = StudyFolder(tmp_path / "part")
    part.write_plan(studied.plan())
    for name in ("songs", "training", "quality"):
        part.keep(name, studied.result(name) or {})
    early = read_chapters(part)
    assert [chapter.title for chapter in early] == [title for title in titles if title in EARLY]
    picture = next(block for chapter in early for block in chapter.blocks if isinstance(block, Picture))
    assert picture_png(picture).startswith(b"\x89PNG")


def test_blind_answers_on_its_songs_come_into_the_report_that_is_written_again(
    studied: StudyFolder, tmp_path: Path, data_dir: Path
) -> None:
    folder = StudyFolder(tmp_path / "out")
    shutil.copytree(studied.path, folder.path, ignore=shutil.ignore_patterns("*.flac", "cache"))
    song = document_of(studied)["stages"]["songs"]["songs"][0]
    place, size = Place(song["key"], song["title"], 0.0, 5.0), Heard("klt-344", "hash", 16, 16, 344.5)
    for _trial in range(5):
        ListeningLog(data_dir).add(Abx(place, size, right=True))
    ListeningLog(data_dir).add(Ranking(place, (Heard("original"), size)))
    ListeningLog(data_dir).add(Note(place, size, "the hiss gives it away"))
    ListeningLog(data_dir).add(Abx(replace(place, song="another"), size, right=False))
    document = run_study(TINY, folder, resume=True, stages=(STAGES[0], STAGES[-1]))
    found = document["stages"]["listening"]
    [abx] = found["abx"]
    assert (abx["right"], abx["trials"], abx["p"]) == (5, 5, pytest.approx(1 / 32))
    assert [each["name"] for each in found["ranks"]] == ["original", "klt-344"]
    assert "the hiss gives it away" in folder.report_file.read_text(encoding="utf-8")


def test_a_notebook_has_its_parameters_on_top_and_cells_that_compile(studied: StudyFolder) -> None:
    notebook = json.loads(studied.notebook_file.read_text(encoding="utf-8"))
    code = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
    parameters: dict[str, object] = {}
    exec(code[0], parameters)
    assert parameters["SIZES"] == ("conv-9184",)
    assert Path(str(parameters["DATA"])).is_dir()  # with the songs decoded already
    for cell in code:
        compile(cell, "cell", "exec")


def test_a_notebook_says_when_its_parameters_are_not_those_of_the_study(
    studied: StudyFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("core.study.run.run_study", lambda *_given, **_named: {})
    config = StudyConfig.from_dict(studied.plan()["config"])
    for asked, words in ((config, ""), (replace(config, epochs=9), "other settings")):
        write_notebook(tmp_path / "study.ipynb", asked, studied.path)
        cells = json.loads((tmp_path / "study.ipynb").read_text(encoding="utf-8"))["cells"]
        known: dict[str, object] = {}
        for source in ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"][:2]:
            exec(source, known)
        said = capsys.readouterr().out
        assert words in said
        assert bool(words) == bool(said)
