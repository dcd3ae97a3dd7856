"""The curve that the slider follows over time, with the pad's other axis: edited, recorded, undone."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtGui import QUndoCommand

from core.i18n import _
from core.latents.ways import Curve
from musicae_gui.controllers.morph_state import MorphState
from musicae_gui.controllers.morph_view import MorphView

if TYPE_CHECKING:
    from musicae_gui.services import Services


class MorphCurve:
    """The one curve of Morph.

    Args:
        changed: called when what is heard changes with it; told what did.

    Attributes:
        curve: from A (0) to B (1); it is drawn, recorded and edited.
        down: the same moments on the pad, from its upper songs (0) to the lower ones (1); it is recorded.
    """

    def __init__(self, view: MorphView, services: Services, state: MorphState, changed: Callable[[str], None]) -> None:
        self._view = view
        self._undo = services.session.undo_stack
        self._state = state
        self._changed = changed
        self.curve, self.down = state.curve, state.down_curve

    @property
    def follows(self) -> bool:
        """Whether the slider goes where the curve is."""
        return self._state.follows and bool(self.curve)

    @property
    def heard(self) -> tuple[Curve | None, Curve | None]:
        """`curve` and `down` where they are followed."""
        return (self.curve, self.down or None) if self.follows else (None, None)

    def show(self) -> None:
        self._view.show_curve(self.curve, self.follows)

    def edit(self, curve: Curve, words: str = "", *, down: Curve | None = None) -> None:
        """Take `curve` for the one that is there, in a step that can be undone; `words` say what was done.

        Args:
            down: another one for the pad's other axis; the old one stays for as long as there is a curve at all.
        """
        down = (self.down if curve else Curve()) if down is None else down
        if (curve, down) != (self.curve, self.down):
            self._undo.push(CurveEdit(self, curve, down, words or _("Edit the curve")))

    def follow(self, on: bool) -> None:
        """Let the slider follow the curve, or the hand."""
        if on != self._state.follows:
            self._state.follows = on
            self._tell("curve" if on else "hand")
        self.show()

    def take(self, curve: Curve, down: Curve, follows: bool) -> None:
        """For undo and redo."""
        self.curve = self._state.curve = curve
        self.down = self._state.down_curve = down
        self._state.follows = follows
        self._tell("curve")
        self.show()

    def _tell(self, what: str) -> None:
        self._changed(what)


class CurveEdit(QUndoCommand):
    """One change of the curve. A first curve is followed at once; without a curve there is nothing to follow."""

    def __init__(self, owner: MorphCurve, curve: Curve, down: Curve, words: str) -> None:
        super().__init__(words)
        self._owner = owner
        self._before = owner.curve, owner.down, owner.follows
        self._after = curve, down, bool(curve) and (owner.follows or not owner.curve)

    def redo(self) -> None:
        self._owner.take(*self._after)

    def undo(self) -> None:
        self._owner.take(*self._before)
