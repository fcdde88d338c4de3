"""Ends a run at a moment of one's choice, as a kill of its process would: what it changes afterwards is not changed.

A moment lies before each change of a file, and on either side of each change of the local service's images.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import pytest

from constructs_ims.backend.emulator.store import Store
from constructs_ims.backend.sandbox.world import WorldStore


class Killed(BaseException):
    """The process is gone: nothing that runs after it may change anything."""


class Killer:
    """Ends the run at a moment, None being none; every change that is tried afterwards fails as well."""

    def __init__(self, moment: int | None) -> None:
        self._moments_left = moment
        self.has_killed = False

    def pass_moment(self) -> None:
        if self._moments_left is not None:
            self._moments_left -= 1
        if self.has_killed or (self._moments_left is not None and self._moments_left < 0):
            self.kill()

    def kill(self) -> NoReturn:
        self.has_killed = True
        raise Killed

    def before(self, change: Callable[..., Any]) -> Callable[..., Any]:
        def changed(*arguments: Any, **keywords: Any) -> Any:
            self.pass_moment()
            return change(*arguments, **keywords)

        return changed

    def around(self, change: Callable[..., Any]) -> Callable[..., Any]:
        def changed(*arguments: Any, **keywords: Any) -> Any:
            self.pass_moment()
            result = change(*arguments, **keywords)
            self.pass_moment()
            return result

        return changed


@contextmanager
def killed_at(moment: int | None) -> Iterator[Killer]:
    killer = Killer(moment)
    with pytest.MonkeyPatch.context() as patch:
        for name in ("fsync", "replace", "unlink", "rename", "mkdir", "rmdir"):
            patch.setattr(os, name, killer.before(getattr(os, name)))
        patch.setattr(Store, "create", killer.around(Store.create))
        patch.setattr(Store, "delete", killer.around(Store.delete))
        patch.setattr(WorldStore, "copy_from", killer.around(WorldStore.copy_from))
        yield killer
