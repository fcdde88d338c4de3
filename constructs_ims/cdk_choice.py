"""Which CDK an app uses: ``cdktf``, or its successor ``cdktn`` (CDK Terrain).

The constructs are subclasses of one CDK's classes, and apps import them before their CDK. So their bases are left open
until a CDK is imported, and the choice is final with the first construct, which stands in a stack of the app's CDK. An
app that imports from ``constructs_ims.cdktn`` has chosen by that.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec
    from types import ModuleType

CDKS: Final = ("cdktf", "cdktn")
"""The modules of the CDKs, the one that is taken where nothing says otherwise first."""


class MixedCdksError(ImportError):
    """An app uses both CDKs."""


def are_both_imported() -> bool:
    """Tell whether both CDKs are imported."""
    return all(sys.modules.get(name) is not None for name in CDKS)


def is_of_foreign_token(failure: RuntimeError) -> bool:
    """Tell whether a token of one CDK has asked a stack of the other for what only those of its own have."""
    return are_both_imported() and "is not a function" in str(failure)


class CdkChoice:
    """The CDK of this process: asked for by name, else that of the first construct, else told by what is imported."""

    def __init__(self) -> None:
        self._requested: str | None = None
        self._final: str | None = None

    @property
    def is_final(self) -> bool:
        """Whether a construct has been made, so that the choice stands."""
        return self._final is not None

    @property
    def name(self) -> str:
        """The module of the CDK as far as is known now."""
        return self._final or self._requested or imported_cdk() or installed_cdk()

    def module(self) -> ModuleType:
        """Import the CDK."""
        return import_module(self.name)

    def request(self, name: str) -> None:
        """Choose by name. Raises ``MixedCdksError`` when constructs have been made with the other CDK."""
        if self._final not in (None, name):
            raise MixedCdksError(
                f"{name} is asked for, and the app has made a construct with {self._final} already. One app uses one "
                f"of them. Import everything that is of a CDK from {name}, or everything from {self._final}."
            )
        if find_spec(name) is None:
            raise ModuleNotFoundError(
                f'{name} is not installed. Install it: pip install "constructs-ims[{name}]".', name=name
            )
        self._requested = name

    def finish(self, scope_cdk: str | None) -> str:
        """Make the choice final for a first construct whose scope is of ``scope_cdk``; return the CDK's module."""
        self._final = self._final or self._requested or scope_cdk or self.name
        return self._final


choice: Final = CdkChoice()


def imported_cdk() -> str | None:
    """Return the CDK that has been imported, ``cdktf`` when both have, None when none has."""
    return next((name for name in CDKS if sys.modules.get(name) is not None), None)


def installed_cdk() -> str:
    """Return the CDK that is installed, ``cdktf`` when both or none are."""
    return next((name for name in CDKS if find_spec(name) is not None), CDKS[0])


def cdk_of(value: Any) -> str | None:
    """Return the CDK that ``value``, or the class that it is, comes from; None for what is of neither."""
    kind = value if isinstance(value, type) else type(value)
    modules = (base.__module__.partition(".")[0] for base in kind.__mro__)
    return next((module for module in modules if module in CDKS), None)


class CdkWatcher:
    """An import hook that calls ``settle`` whenever a CDK has been imported."""

    def __init__(self, settle: Callable[[], None]) -> None:
        self._settle = settle

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Find a CDK as the other finders do, and have ``settle`` called once it is loaded."""
        if fullname not in CDKS:
            return None
        finders = (finder for finder in sys.meta_path if finder is not self)
        spec = next((found for finder in finders if (found := finder.find_spec(fullname, path, target))), None)
        loader = spec.loader if spec else None
        if loader is not None:
            execute = loader.exec_module

            def execute_and_settle(module: ModuleType) -> None:
                execute(module)
                self._settle()

            setattr(loader, "exec_module", execute_and_settle)  # noqa: B010 - for mypy
        return spec


def settle_when_imported(settle: Callable[[], None]) -> None:
    """Call ``settle`` now if a CDK is imported, and whenever one is imported later."""
    sys.meta_path.insert(0, CdkWatcher(settle))
    if imported_cdk():
        settle()
