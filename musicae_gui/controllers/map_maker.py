"""Making a map in the background: what it costs is said first where it is much, and it can be stopped. No widgets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

from core.errors import MusicaeError
from core.i18n import _
from core.latents.map_chart import Chart
from musicae_gui.controllers.map_work import Work, chart_of, clip_cache, duration, encode, prepare, size

if TYPE_CHECKING:
    from core.latents.collection import Collection
    from core.models.codec import Codec
    from musicae_gui.controllers.map_view import Page
    from musicae_gui.services import Services
    from musicae_gui.tasks import TaskContext

WORK = "map.work"
ASK_FROM = 45.0  # seconds of encoding that begin only when the user says so


class Teller(Protocol):
    """Where it is said how the work goes: a `MapView`, or a part of it."""

    def show_page(self, page: Page, title: str = "", text: str = "", fraction: float = -1.0) -> None: ...
    def show_status(self, text: str, level: str = "") -> None: ...


class MapMaker:
    """From songs and a model to a `Chart`; only the newest wish is followed.

    Args:
        made: gets the chart and the codec that encoded its clips.
        group: name of its background work; each map has its own.
    """

    def __init__(
        self, view: Teller, services: Services, made: Callable[[Chart, Codec], None], *, group: str = WORK
    ) -> None:
        self._view, self._services, self._made, self._group = view, services, made, group
        self._cache = clip_cache(services.data_dir)
        self._wish: tuple[str, tuple[str, ...]] | None = None
        self._title = ""
        self._representation = ""
        self._work: Work | None = None
        self._chart: Chart | None = None

    @property
    def begun(self) -> bool:
        """A map has been asked for."""
        return self._wish is not None

    def make(self, model: str, title: str, keys: Sequence[str], representation: str) -> None:
        """Map the songs `keys` by a model; nothing happens where that is what there is, or what is being made."""
        wish = (model, tuple(keys))
        if wish == self._wish:
            return
        self._services.tasks.cancel(self._group)
        self._wish, self._title, self._representation, self._work = wish, title, representation, None
        if not keys:
            self._view.show_page("empty", _("No songs yet"), _("Drop some on the window, or add them in the Library."))
        elif not model:
            self._view.show_page("empty", _("No trained model is here yet"), _("Train one first."))
        else:
            self._view.show_page("busy", _("Loading {model}…").format(model=title))
            self._services.models.codec(model, self._codec_ready, self._failed, group=self._group)

    def start(self) -> None:
        """Encode what is missing and make the map."""
        work, cache, representation = self._work, self._cache, self._representation
        if work is None:
            return

        def make(context: TaskContext) -> Chart:
            return chart_of(encode(work, cache, context), representation, context)

        self._view.show_page("busy", self._busy_title, "", 0.0)
        self._services.tasks.run(make, done=self._charted, failed=self._failed, progress=self._tell, group=self._group)

    def chart_again(self, collection: Collection, representation: str) -> None:
        """The same clips, compared by something else."""
        self._representation = representation
        self._services.tasks.run(
            lambda context: chart_of(collection, representation, context),
            done=self._charted,
            failed=self._failed,
            group=self._group,
        )

    def cancel(self) -> None:
        """Stop; what was encoded is kept, and can be gone on with."""
        self._services.tasks.cancel(self._group)
        if self._work is not None:
            self._offer(self._work)
        else:
            self._wish = None
            self._view.show_page("empty", _("Stopped"), _("Choose songs or a model to begin again."))

    def drop(self) -> None:
        """Stop, and forget what was wanted."""
        self._services.tasks.cancel(self._group)
        self._wish = self._work = None

    def _codec_ready(self, codec: Codec) -> None:
        assert self._wish is not None
        library, keys, cache = self._services.library, self._wish[1], self._cache
        self._services.tasks.run(
            lambda context: prepare(library, keys, codec, cache, context),
            done=self._prepared,
            failed=self._failed,
            progress=self._tell,
            group=self._group,
        )

    def _prepared(self, work: Work) -> None:
        """Begin where it is quick; else say what it takes and wait for the user."""
        self._work = work
        if work.problems:
            self._view.show_status(work.problems[0], "warning")
        if work.cost.clips < 2:
            self._view.show_page("empty", _("A map needs two clips of 5 s at least"), _("Add longer or more songs."))
        elif work.cost.seconds < ASK_FROM and not work.per_song:
            self.start()
        else:
            self._offer(work)

    def _offer(self, work: Work) -> None:
        cost, budget = work.cost, self._cache.budget
        title = _("{n} clips are to be encoded").format(n=f"{cost.missing:,}")
        words = _("This takes about {time} and {size} of the {budget} that are set aside on the disk for it.").format(
            time=duration(cost.seconds), size=size(cost.bytes), budget=size(budget)
        )
        if work.per_song:
            words = _(
                "All of them would take {size}, more than the {budget} that are set aside on the disk for it. "
                "{n} clips of each song fit."
            ).format(size=size(cost.bytes), budget=size(budget), n=work.per_song)
        words += " " + _("You can stop at any time: what is encoded is kept.")
        self._view.show_page("offer", title, words)

    def _charted(self, chart: Chart) -> None:
        assert self._work is not None
        if chart.collection.problems:
            self._view.show_status(chart.collection.problems[0][1], "warning")
        self._made(chart, self._work.codec)

    def _failed(self, error: MusicaeError) -> None:
        self._wish = None
        self._view.show_page("empty", _("The map cannot be made"), error.sentence)

    def _tell(self, fraction: float, text: str) -> None:
        self._view.show_page("busy", self._busy_title, text, fraction)

    @property
    def _busy_title(self) -> str:
        return _("Making the map of {model}").format(model=self._title)
