"""The rows of Compare, computed one after the other in the order in which they are shown. No widgets."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from core.audio import Clip
from core.errors import MusicaeError
from core.i18n import _
from core.models.families import Sizes
from musicae_gui.controllers.compare_judge import RowJudge
from musicae_gui.controllers.compare_refine import Refined, RowRefiner
from musicae_gui.controllers.compare_row import Row
from musicae_gui.controllers.compare_shown import model_of
from musicae_gui.controllers.compare_sound import LiveSide
from musicae_gui.controllers.compare_work import QUICK, Made, Original, decode_again, reconstruct

if TYPE_CHECKING:
    from core.models.codec import Codec, Latent
    from musicae_gui.services import Services
    from musicae_gui.tasks import Task

WORK = "compare.work"


class RowWork:
    """Fills rows in the background.

    Args:
        on_row: a row has changed.
        on_made: there is one more sound to hear, in `made` and `live`, or one has another loudness.
        size: the channels (None for all of a model that is not nested) and bits a float that a row begins with.
    """

    def __init__(
        self,
        services: Services,
        on_row: Callable[[Row], None],
        on_made: Callable[[], None],
        size: Callable[[str, Sizes | None], tuple[int | None, int]],
    ) -> None:
        self._services = services
        self._on_row = on_row
        self._on_made = on_made
        self._size = size
        self._original: Original | None = None
        self._rows: list[Row] = []
        self._working: Row | None = None
        self._judge = RowJudge(services, on_row)
        self._refiner = RowRefiner(services, self._row_searched, self._refined, self._next)
        self._decoding: dict[str, Task] = {}  # another size of a row
        self._other: dict[str, Made] = {}  # by row: plain while the refined one is heard, and vice versa
        self.made: dict[str, Made] = {}  # by row
        self.live: dict[str, LiveSide] = {}

    def set_rows(self, original: Original, rows: list[Row]) -> None:
        """Work on these rows from now on; what runs for a row that is gone is cancelled."""
        self._original, self._rows = original, rows
        keys = {row.key for row in rows}
        self._keep_only(keys)
        if self._working is not None and not any(row is self._working for row in rows):
            self._services.tasks.cancel(WORK)
            self._working = None
        self._next()

    def clear(self) -> None:
        self._services.tasks.cancel(WORK)
        self._judge.stop()
        self._refiner.stop()
        self._original = self._working = None
        self._rows = []
        self._keep_only(set())

    def resize(self, row: Row, channels: int, bits: int) -> None:
        """Keep so much of the latent from now on: heard at once, seen and judged when all of it is decoded."""
        if (channels, bits) == (row.channels, row.bits):
            return
        row.channels, row.bits = channels, bits
        if row.key in self.live:
            self._renew(row)
        self._on_row(row)
        self._next()

    def refine(self, row: Row, on: bool) -> None:
        """Search the row's latent, heard when it is found; or hear the plain one again at once."""
        row.refine = on
        if row.key in self.live and self._can_be_refined(row) != row.refined:
            self._renew(row)
        self._on_row(row)
        self._next()

    def sound(self, key: str) -> Callable[[], Clip] | None:
        """What makes the sound of a row at its present size, for another thread; None while it is not finished."""
        made, live = self.made.get(key), self.live.get(key)
        if made is None or live is None:
            return None
        latent = live.latent
        return lambda: made.clip if made.latent is latent else made.codec.decode(latent)

    def cancel(self, row: Row) -> None:
        if row.state not in ("waiting", "working"):
            return
        if row is self._working:
            self._services.tasks.cancel(WORK)
            self._working = None
        row.state, row.text = "failed", _("Cancelled.")
        self._on_row(row)
        self._next()

    def retry(self, row: Row) -> None:
        if row.state == "failed":
            row.state, row.text, row.fraction = "waiting", "", -1.0
            self._on_row(row)
            self._next()

    def _next(self) -> None:
        if self._original is None:
            return
        if self._working is None:
            row = next((row for row in self._rows if row.state == "waiting"), None)
            if row is None:
                self._judge.judge(self._original.mono, self._rows)
            else:
                self._begin(row)
        self._refiner.look(self._original, self._rows, self.made)

    def _begin(self, row: Row) -> None:
        self._working = row
        row.state, row.text = "working", _("loading the model")
        self._on_row(row)
        self._services.models.codec(
            model_of(row.key),
            lambda codec: self._codec_ready(row, codec),
            lambda error: self._failed(row, error),
            group=WORK,
        )

    def _codec_ready(self, row: Row, codec: Codec) -> None:
        if self._original is None or row is not self._working:
            return
        mono = self._original.sound_for(codec)
        row.sizes = Sizes.of(codec.design)
        channels, bits = self._size(row.key, row.sizes)
        channels = channels or codec.channels
        row.channels, row.bits = channels, bits
        row.floats_per_second = channels * codec.rate / codec.hop
        self._on_row(row)
        self._services.tasks.run(
            lambda context: reconstruct(codec, mono, channels, bits, context),
            done=lambda made: self._finished(row, made),
            failed=lambda error: self._failed(row, error),
            progress=lambda share, text: self._progressed(row, share, text),
            group=WORK,
        )

    def _progressed(self, row: Row, fraction: float, text: str) -> None:
        if row is self._working:
            row.fraction, row.text = fraction, text
            self._on_row(row)

    def _finished(self, row: Row, made: Made) -> None:
        self._working = None
        self.made[row.key] = made
        row.state, row.text, row.refined = "ready", "", False
        row.clip, row.frame_rate = made.clip, made.codec.rate / made.codec.hop
        row.model = made.codec.hash
        current = (row.channels, row.bits) == (made.latent.channels, made.bits)  # else the slider moved meanwhile
        latent = made.latent if current else made.whole.cut(row.channels, row.bits)
        self.live[row.key] = LiveSide(made.codec, latent, made.clip if current else None)
        self._latent_changed(row, latent)
        if not current:
            self._decode(row)
        self._on_row(row)
        self._on_made()
        self._next()

    def _renew(self, row: Row) -> None:
        """The row has another size, or is refined, or no longer."""
        made, live, other = self.made[row.key], self.live[row.key], self._other.get(row.key)
        row.refined = self._can_be_refined(row)
        if other is not None and other.kind == row.kind:
            self._take(row, other)
            return
        live.change(made.whole.cut(row.channels, row.bits, refined=row.refined))
        if row.key in self._decoding and made.seconds > QUICK:
            self._decoding[row.key].cancel()  # it begins again when this one has ended
        self._latent_changed(row, live.latent)
        self._decode(row)

    def _can_be_refined(self, row: Row) -> bool:
        return row.refine and row.channels in self.made[row.key].whole.refined

    def _row_searched(self, row: Row) -> None:
        if row in self._rows:  # else a row of another song may have its key
            self._on_row(row)

    def _refined(self, row: Row, refined: Refined) -> None:
        whole, made = refined
        self.made[row.key].whole.refined[row.channels] = whole
        row.refined = True
        if made.kind == row.kind:
            self._take(row, made)
        else:  # the bits have changed meanwhile
            self._renew(row)

    def _take(self, row: Row, made: Made) -> None:
        """Show and hear what is decoded already; what it replaces is kept, to go back."""
        if row.key in self._decoding:
            self._decoding[row.key].cancel()
        self._other[row.key], self.made[row.key] = self.made[row.key], made
        self.live[row.key].change(made.latent, made.clip)
        row.clip, row.is_stale = made.clip, False
        self._latent_changed(row, made.latent)
        self._on_row(row)
        self._on_made()

    def _latent_changed(self, row: Row, latent: Latent) -> None:
        """The measures of another latent are not this one's; those that were finished once are known."""
        known, made = row.known.get(row.kind), self.made[row.key]
        row.latent, row.facts, row.judged = latent.values, dict(known or {}), known is not None
        row.floats_per_second = latent.channels * made.codec.rate / made.codec.hop
        row.seconds = made.seconds + (made.whole.refined[row.channels].seconds if row.refined else 0.0)
        self._judge.stop(row)

    def _decode(self, row: Row) -> None:
        """Decode all of the row's present size; one at a time, so that a moving slider starts no crowd of them."""
        row.is_stale = True
        if row.key in self._decoding:
            return
        made, live = self.made[row.key], self.live[row.key]
        latent, bits, refined = live.latent, row.bits, row.refined

        def done(again: Made) -> None:
            self.made[row.key] = again
            live.finish(again.latent, again.clip)
            row.clip = again.clip
            self._on_row(row)
            self._on_made()

        def ended() -> None:
            if self._decoding.get(row.key) is not task:
                return
            del self._decoding[row.key]
            row.is_stale = row.state == "ready" and self.made[row.key].latent is not live.latent
            if row.is_stale:
                self._decode(row)
            else:
                self._next()

        def failed(error: MusicaeError) -> None:
            self._drop(row.key)
            row.state, row.text = "failed", error.sentence
            self._on_row(row)
            self._on_made()

        task = self._services.tasks.run(
            lambda context: decode_again(made, latent, bits, refined, context), done=done, failed=failed, ended=ended
        )
        self._decoding[row.key] = task

    def _keep_only(self, keys: set[str]) -> None:
        for key in [key for key in self._decoding if key not in keys]:
            self._decoding.pop(key).cancel()
        for key in [key for key in self.made if key not in keys]:
            self._drop(key)

    def _drop(self, key: str) -> None:
        self.made.pop(key, None)
        self._other.pop(key, None)
        self.live.pop(key, None)

    def _failed(self, row: Row, error: MusicaeError) -> None:
        self._working = None
        row.state, row.text = "failed", error.sentence
        self._on_row(row)
        self._next()
