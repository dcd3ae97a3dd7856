"""The curve that the slider follows over time: edited, recorded, undone."""

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
    """

    def __init__(self, view: MorphView, services: Services, state: MorphState, changed: Callable[[str], None]) -> None:
        self._view = view
        self._undo = services.session.undo_stack
        self._state = state
        self._changed = changed
        self.curve = state.curve

    @property
    def follows(self) -> bool:
        """Whether the slider goes where the curve is."""
        return self._state.follows and bool(self.curve)

    @property
    def heard(self) -> Curve | None:
        """The curve where it is followed."""
        return self.curve if self.follows else None

    def show(self) -> None:
        self._view.show_curve(self.curve, self.follows)

    def edit(self, curve: Curve, words: str = "") -> None:
        """Take `curve` for the one that is there, in a step that can be undone; `words` say what was done."""
        if curve != self.curve:
            self._undo.push(CurveEdit(self, curve, words or _("Edit the curve")))

    def follow(self, on: bool) -> None:
        """Let the slider follow the curve, or the hand."""
        if on != self._state.follows:
            self._state.follows = on
            self._tell("curve" if on else "hand")
        self.show()

    def take(self, curve: Curve, follows: bool) -> None:
        """For undo and redo."""
        self.curve = self._state.curve = curve
        self._state.follows = follows
        self._tell("curve")
        self.show()

    def _tell(self, what: str) -> None:
        self._changed(what)


class CurveEdit(QUndoCommand):
    """One change of the curve. A first curve is followed at once; without a curve there is nothing to follow."""

    def __init__(self, owner: MorphCurve, curve: Curve, words: str) -> None:
        super().__init__(words)
        self._owner = owner
        self._before = owner.curve, owner.follows
        self._after = curve, bool(curve) and (owner.follows or not owner.curve)

    def redo(self) -> None:
        self._owner.take(*self._after)

    def undo(self) -> None:
        self._owner.take(*self._before)
