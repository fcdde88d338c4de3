"""The local IMS service: images in SQLite, behind the vendor's paths, answers and refusals.

``routes`` is the table of what it answers; ``handlers``, ``identity`` and ``doors`` are HTTP in and out; ``images`` and
``listing`` hold the rules, ``store`` and ``database`` the rows, ``faults`` the vendor's codes and wording; ``app`` is
the WSGI application of it all, ``server`` puts that on a socket. It shares nothing with the client but the catalogue of
OS versions, so that neither can hide the other's mistakes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from constructs_ims.backend.emulator.account import Account
from constructs_ims.backend.emulator.problems import EmulatorError
from constructs_ims.backend.emulator.store import Store

if TYPE_CHECKING:
    from constructs_ims.backend.emulator.app import create_app

__all__ = ["Account", "EmulatorError", "Store", "create_app"]


def __getattr__(name: str) -> Any:
    """Load the application on first use: planning works on the rows alone and begins without it."""
    if name != "create_app":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from constructs_ims.backend.emulator.app import create_app

    return create_app
