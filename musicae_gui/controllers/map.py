"""Map: which songs by which model, where their clips lie, and which of them is chosen. No widgets, no torch."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import MusicaeError
from core.i18n import _
from core.latents.collection import REPRESENTATIONS, STATISTICS
from core.latents.map_chart import LAYOUTS, PLANE, TSNE, Chart, Points
from core.latents.map_groups import GENRE
from core.latents.neighbours import neighbours
from core.models.families import whole_model
from core.models.presets import DEFAULT_MODEL
from musicae_gui.controllers.map_beside import MapBeside
from musicae_gui.controllers.map_clips import clip_title, song_of
from musicae_gui.controllers.map_groups import GroupChooser
from musicae_gui.controllers.map_maker import MapMaker
from musicae_gui.controllers.map_player import MapPlayer
from musicae_gui.controllers.map_selection import MapSelection
from musicae_gui.controllers.map_view import MapView, Near
from musicae_gui.controllers.model_choices import ModelChoice, choice_of, model_choices
from musicae_gui.controllers.morph_state import MorphState
from musicae_gui.controllers.song_list import AT_ONCE
from musicae_gui.controllers.train_setup import ALL
from musicae_gui.controllers.train_songs import songs_of, sources

if TYPE_CHECKING:
    from core.models.codec import Codec
    from musicae_gui.services import Services

KEY = "map"
SONGS, LAYOUT, NEAR = "map.songs", "map.layout", "map.near"
NEIGHBOURS = 12


class MapController:
    """Joins a `MapView` to the library, the models and the player.

    Attributes:
        groups: colours and clusters.
        sound: what is heard.
        selection: the clips within the lasso.
        beside: the same clips by another model.
        chart, points: what is shown; None before the first.
        current: the row of the chosen clip, -1 for none.
    """

    def __init__(self, view: MapView, services: Services) -> None:
        self._view = view
        self._services = services
        self._choices: list[ModelChoice] = []
        self._keys: list[str] = []
        self.chart: Chart | None = None
        self.points: Points | None = None
        self.current = -1
        self.maker = MapMaker(view, services, self._charted)
        self.sound = MapPlayer(view, services)
        self.groups = GroupChooser(view, services, self.own)
        self.selection = MapSelection(view, services, self.sound)
        self.beside = MapBeside(view, services, self.own)
        self.sound.row_changed = self._playing_row
        services.session.model_changed.connect(self._model_changed)

    # What the user chooses.

    @property
    def own(self) -> dict[str, Any]:
        """What the session remembers of this panel."""
        panels = self._services.session.state.panels
        own: dict[str, Any] = panels.setdefault(KEY, {})
        return own

    @property
    def source(self) -> str:
        return str(self.own.get("songs", ALL))

    @property
    def representation(self) -> str:
        name = self.own.get("by")
        return name if name in REPRESENTATIONS else STATISTICS

    @property
    def layout(self) -> str:
        name = self.own.get("layout")
        return name if name in LAYOUTS else PLANE

    @property
    def model(self) -> str:
        """The session's model, else the default, else any that there is."""
        named = (self._services.session.model, DEFAULT_MODEL)
        wanted = (*(whole_model(name)[0] for name in named), *(choice.key for choice in self._choices))
        return next((key for key in wanted if choice_of(key, self._choices) is not None or _is_file(key)), "")

    def refresh(self) -> None:
        """Look at library and models again; the map is made anew where something else is wanted."""
        services = self._services
        self._choices = [choice for choice in model_choices(services.library) if choice.available]
        model = self.model
        if model and choice_of(model, self._choices) is None:
            self._choices.append(ModelChoice(model, Path(model).stem, "", "file"))
        self._view.show_models(self._choices, model, self.beside.model)
        offered = sources(services.library, services.session.state.selected)
        if self.source not in [key for key, _words in offered]:
            self.own["songs"] = ALL
        self._view.show_sources(offered, self.source)
        self._prepare()

    def choose_model(self, key: str) -> None:
        """It becomes the current model everywhere."""
        self._services.session.set_model(key)

    def choose_source(self, key: str) -> None:
        self.own["songs"] = key
        self._prepare()

    def choose_representation(self, name: str) -> None:
        """By the flattened latents, or by their statistics over time."""
        if name in REPRESENTATIONS and name != self.representation:
            self.own["by"] = name
            if self.chart is not None:
                self.maker.chart_again(self.chart.collection, name)
                self._make_beside()

    def choose_layout(self, name: str) -> None:
        if name in LAYOUTS and name != self.layout:
            self.own["layout"] = name
            self._lay_out()

    def choose_beside(self, model: str) -> None:
        """Map the same songs by another model beside, "" for none."""
        self.beside.choose(model)
        self._make_beside()

    # Making the map.

    def start(self) -> None:
        """Encode what was offered."""
        self.maker.start()

    def cancel(self) -> None:
        """Stop making the map."""
        self.maker.cancel()

    def _prepare(self) -> None:
        """Look up the songs, in the background where they are many, and map them."""
        library, source = self._services.library, self.source
        selected = tuple(self._services.session.state.selected)
        if library.count(state="ready") <= AT_ONCE:
            self._services.tasks.cancel(SONGS)
            self._found([song.key for song in songs_of(library, source, selected)])
        else:
            self._services.tasks.run(
                lambda _context: [song.key for song in songs_of(library, source, selected)],
                done=self._found,
                group=SONGS,
            )

    def _found(self, keys: list[str]) -> None:
        self._keys = keys
        self.maker.make(self.model, self._title(self.model), keys, self.representation)
        if self.chart is not None:
            self._make_beside()

    def _make_beside(self) -> None:
        """After the first map, so that they do not wait for each other."""
        model = self.beside.model
        if model == self.model or choice_of(model, self._choices) is None:
            self.beside.drop()
        else:
            self.beside.make(self._title(model), self._keys, self.representation)

    def _title(self, model: str) -> str:
        choice = choice_of(model, self._choices)
        return choice.title if choice is not None else model

    def _charted(self, chart: Chart, codec: Codec) -> None:
        kept = self._current_clip()
        self.chart = chart
        self.sound.set_chart(chart, codec)
        self.groups.set_chart(chart)
        self.selection.set_chart(chart, codec)
        self.selection.model = self.model
        self.current = self._row_of(kept)
        self.beside.set_first(chart)
        self._lay_out()
        self._view.show_page("map")
        self._make_beside()

    def _lay_out(self) -> None:
        chart, layout = self.chart, self.layout
        if chart is None:
            return
        self.beside.lay_out(layout)
        if layout != TSNE:
            self._services.tasks.cancel(LAYOUT)
            self._laid_out(chart.points(layout))
            return
        self._view.show_status(_("Working out t-SNE…"))
        self._services.tasks.run(
            lambda _context: chart.points(layout), done=self._laid_out, failed=self._layout_failed, group=LAYOUT
        )

    def _laid_out(self, points: Points) -> None:
        self.points = points
        self._view.show_points(points)
        self.groups.set_points(points)
        self.selection.set_points(points)
        self.choose(self.current)
        assert self.chart is not None
        if points.drawn.all():
            self._view.show_status(_("{n} clips of 5 s").format(n=f"{len(self.chart):,}"))
        else:
            words = _("{n} of {all} clips, drawn by chance").format(
                n=f"{int(points.drawn.sum()):,}", all=f"{len(self.chart):,}"
            )
            self._view.show_status(words)

    def _layout_failed(self, error: MusicaeError) -> None:
        self._view.show_status(error.sentence, "error")

    # Choosing and hearing clips.

    def choose(self, row: int) -> None:
        """Make a clip the current one, -1 for none, without playing it."""
        chart = self.chart
        if chart is None or not -1 <= row < len(chart):
            return
        self.current = row
        self._view.show_current(row, self.words(row))
        if row < 0:
            self._services.tasks.cancel(NEAR)
            self._view.show_near([])
            return
        songs = chart.collection.song if self.others_only else None
        self._services.tasks.run(
            lambda _context: neighbours(chart.features, row, NEIGHBOURS, songs=songs),
            done=self._show_near,
            group=NEAR,
        )

    def hear(self, row: int) -> None:
        """Play a clip from its beginning."""
        self.choose(row)
        self.sound.hear(row)

    def scrub(self, row: int) -> None:
        """Go over to another clip while it plays, at the same sample."""
        if row != self.current:
            self.choose(row)
            self.sound.scrub(row)

    def hear_beside(self, own_row: int, *, scrub: bool = False) -> None:
        """A clip of the map beside, by its model."""
        row = self.beside.first_row(own_row)
        if row >= 0 and row != self.current:
            self.choose(row)
        (self.beside.sound.scrub if scrub else self.beside.sound.hear)(own_row)

    def walk(self, row: int) -> None:
        """Choose another clip by the keyboard; it is heard where one plays."""
        if self.sound.is_playing:
            self.scrub(row)
        else:
            self.choose(row)

    def toggle(self) -> None:
        """Play the current clip, or stop."""
        if self.sound.is_playing:
            self._services.player.stop()
        elif self.current >= 0:
            self.hear(self.current)

    def hear_place(self, place: np.ndarray, near: int, *, beside: bool = False) -> None:
        """Hear a place of the map (or of the one beside), `near` being its nearest clip; not on a t-SNE."""
        if self.layout == TSNE:
            self._view.show_status(_("t-SNE has no way back from a place to sound; choose PCA."), "warning")
            return
        self._view.show_place(place, beside=beside)
        (self.beside.sound if beside else self.sound).hear_place(place, near)

    def hear_centre(self, cluster: int) -> None:
        """Hear the middle of a cluster, decoded, or as the clip nearest to it where the way back is not known."""
        found = self.groups.centre(cluster)
        if found is None or self.points is None:
            return
        centre, near = found
        if self.points.explained:
            self._view.show_place(centre[: self.points.dims])
        self.sound.hear_place(centre, near, _("Centre of cluster {n}").format(n=cluster + 1))

    def select_song(self, row: int) -> None:
        """Select all clips of a clip's song."""
        if self.chart is not None and row >= 0:
            songs = self.chart.collection.song
            self.selection.select(np.flatnonzero(songs == songs[row]))

    @property
    def others_only(self) -> bool:
        """Whether neighbours are looked for in other songs only."""
        return self.own.get("others", True) is True

    def set_others_only(self, on: bool) -> None:
        self.own["others"] = on
        self.choose(self.current)

    def words(self, row: int) -> str:
        """A clip in words: song, time, author, genre, group."""
        chart = self.chart
        if chart is None or row < 0:
            return ""
        song = song_of(chart, row)
        parts = [clip_title(chart, row), song.author, song.genre]
        if self.groups.kind != GENRE:
            parts.append(self.groups.words(row))
        return " · ".join(dict.fromkeys(part for part in parts if part))

    def open_in(self, panel: str, row: int, side: str = "") -> None:
        """Go to Compare with the clip, to Morph with it as side "a" or "b", to Create with its song."""
        if self.chart is None or row < 0:
            return
        key, session = song_of(self.chart, row).key, self._services.session
        start, song = float(self.chart.collection.seconds[row]), self._services.library.song(key)
        end = min(start + self.sound.seconds, song.seconds) if song is not None else 0.0
        if panel == "compare":
            if start < end:
                session.state.compare_song, session.state.compare_range = key, [start, end]
            session.open_songs("compare", [key])
        elif panel == "morph":
            if start < end:
                MorphState(session).set_part("a" if side == "a" else "b", key, (start, end))
            session.open_songs("morph", [key, ""] if side == "a" else ["", key])
        else:
            session.open_songs(panel, [key])

    # What happens elsewhere.

    def _show_near(self, found: tuple[np.ndarray, np.ndarray]) -> None:
        chart = self.chart
        if chart is None:
            return
        near = [
            Near(
                int(row), clip_title(chart, int(row)), f"{song_of(chart, int(row)).genre} · {distance:.2f}".strip(" ·")
            )
            for row, distance in zip(*found, strict=True)
        ]
        self._view.show_near(near)

    def _playing_row(self, row: int) -> None:
        """Clips in a row: the one that is heard is the current one."""
        if row != self.current:
            self.choose(row)

    def _model_changed(self, _name: str) -> None:
        if self.maker.begun:
            self.refresh()

    def _current_clip(self) -> tuple[str, int] | None:
        if self.chart is None or self.current < 0:
            return None
        return song_of(self.chart, self.current).key, int(self.chart.collection.starts[self.current])

    def _row_of(self, clip: tuple[str, int] | None) -> int:
        """The same clip in another chart, -1 where it is not among its clips."""
        if clip is None or self.chart is None:
            return -1
        collection = self.chart.collection
        place = next((place for place, song in enumerate(collection.songs) if song.key == clip[0]), -1)
        rows = np.flatnonzero((collection.song == place) & (collection.starts == clip[1]))
        return int(rows[0]) if len(rows) else -1


def _is_file(key: str) -> bool:
    return bool(key) and Path(key).is_absolute() and Path(key).exists()
