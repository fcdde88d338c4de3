"""Gives tests that import ``cdktf``, and packages made for it, ``cdktn`` and its packages in their place."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from types import ModuleType
from typing import Final

PROVIDER: Final = "cdktf_cdktf_provider_"


class MovedModule(Loader):
    """Loads the module of another name."""

    def __init__(self, name: str) -> None:
        self.name = name

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        module = import_module(self.name)
        self.spec = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        module.__spec__ = self.spec  # which the import system has just replaced


class MovedCdk(MetaPathFinder):
    """Finds ``cdktn`` where ``cdktf`` is imported."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        package, dot, inside = fullname.partition(".")
        is_provider = package.startswith(PROVIDER)
        moved = package.replace(PROVIDER, "cdktn_provider_") if is_provider else "cdktn"
        if is_provider and find_spec(moved) is None:
            raise ModuleNotFoundError(f"the extra test has no package of cdktn for {package}", name=package)
        if package != "cdktf" and not is_provider:
            return None
        return ModuleSpec(fullname, MovedModule(f"{moved}{dot}{inside}"))


def move() -> None:
    """Have all that is imported from now on be of ``cdktn``."""
    import_module("constructs_ims.cdktn")
    sys.meta_path.insert(0, MovedCdk())
