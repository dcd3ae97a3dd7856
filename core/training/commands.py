"""What the trainer is told while it works, from any thread."""

from __future__ import annotations

import threading
from collections.abc import Callable


class Commands:
    """Pause, resume, stop and preview requests; the trainer looks at them between two steps."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._paused = False
        self._stop = ""
        self._preview = False

    def pause(self) -> None:
        self._set(paused=True)

    def resume(self) -> None:
        self._set(paused=False)

    def stop_and_keep(self) -> None:
        """End after the current step; the best weights and the state to resume from stay in the run folder."""
        self._set(stop="keep")

    def stop_and_discard(self) -> None:
        """End after the current step and delete what the run wrote."""
        self._set(stop="discard")

    def preview_now(self) -> None:
        """Send one `on_preview` after the current step, or at once when paused."""
        self._set(preview=True)

    @property
    def paused(self) -> bool:
        return self._paused

    @property
    def stopping(self) -> str:
        """ "", "keep" or "discard"."""
        return self._stop

    def take_preview(self) -> bool:
        """Whether a preview was asked for; asking is forgotten by this call."""
        with self._changed:
            wanted, self._preview = self._preview, False
            return wanted

    def wait_while_paused(self, preview: Callable[[], None]) -> None:
        """Return when not paused or when told to stop; `preview` is called for previews asked for meanwhile."""
        while True:
            with self._changed:
                self._changed.wait_for(lambda: not self._paused or self._stop or self._preview)
                if not self._preview:
                    return
                self._preview = False
            preview()

    def _set(self, *, paused: bool | None = None, stop: str = "", preview: bool = False) -> None:
        with self._changed:
            if paused is not None:
                self._paused = paused
            # To discard is the stronger wish; a later "keep" does not bring back what the user gave up.
            if stop and self._stop != "discard":
                self._stop = stop
            self._preview = self._preview or preview
            self._changed.notify_all()
