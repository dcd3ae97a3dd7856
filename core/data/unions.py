"""Names that belong together, and those that belong to those."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable


class Unions:
    """Sets of names that grow together (union-find)."""

    def __init__(self, names: Iterable[str]) -> None:
        self._parents = {name: name for name in names}

    def join(self, one: str, other: str) -> None:
        """The sets of both become one; unknown names are added."""
        first, second = sorted((self.root(one), self.root(other)))
        self._parents[second] = first

    def same(self, one: str, other: str) -> bool:
        return self.root(one) == self.root(other)

    def root(self, name: str) -> str:
        """The name that stands for the set: its first in the alphabet."""
        parent = self._parents.setdefault(name, name)
        while parent != self._parents[parent]:
            self._parents[name] = self._parents[parent]
            name, parent = parent, self._parents[parent]
        return parent

    def groups(self) -> list[tuple[str, ...]]:
        """Every set, sorted."""
        members: dict[str, list[str]] = defaultdict(list)
        for name in sorted(self._parents):
            members[self.root(name)].append(name)
        return [tuple(names) for _root, names in sorted(members.items())]
