"""What is made once for the tests of several files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.core.study_fixtures import studied, two_genres

if TYPE_CHECKING:
    from core.models.codec import Codec

__all__ = ["studied", "two_genres"]


@pytest.fixture(scope="session")
def klt() -> Codec:
    """The shipped linear model."""
    from core.models.codec import load_codec

    return load_codec("klt-1378")
