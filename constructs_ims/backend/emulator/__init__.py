"""The local IMS service: images in SQLite, behind the vendor's paths, answers and refusals.

``routes`` is the table of what it answers; ``handlers``, ``identity`` and ``admin`` are HTTP in and out; ``images`` and
``listing`` hold the rules, ``store`` and ``database`` the rows, ``faults`` the vendor's codes and wording; ``app`` is
the WSGI application of it all, ``server`` puts that on a socket. It shares nothing with the client but the
vendor's catalogues of OS versions and regions, so that neither can hide the other's mistakes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from constructs_ims.backend.emulator.account import Account
    from constructs_ims.backend.emulator.app import create_app
    from constructs_ims.backend.emulator.database_errors import EmulatorError
    from constructs_ims.backend.emulator.store import Store

_HOMES = {"Account": "account", "EmulatorError": "database_errors", "Store": "store", "create_app": "app"}

__all__ = ["Account", "EmulatorError", "Store", "create_app"]


def __getattr__(name: str) -> Any:
    """Load a name on first use: to catch what the emulator raises, a command needs neither the rows nor falcon."""
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
