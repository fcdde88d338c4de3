"""What the extras ``offline`` and ``testing`` bring, and what to say where they are not installed. Loads none of it."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from importlib.util import find_spec
from typing import Final

from constructs_ims.schema.diagnostics import Diagnostic, error

OFFLINE_PARTS: Final = ("cryptography", "falcon", "grpc", "requests", "rich", "tf", "waitress", "yaml")
"""The modules that the engine, the provider and the local IMS service are made with."""


TESTING_PARTS: Final = ("pytest", "syrupy")
"""The modules that the testing kit plugs into."""


def missing_parts() -> list[str]:
    """Return the names of the modules that cannot be imported here."""
    return [name for name in OFFLINE_PARTS if sys.modules.get(name) is None and find_spec(name) is None]


def missing_from_offline(failure: ModuleNotFoundError) -> Diagnostic | None:
    """Return what to say of a failed import, None when it is none of these modules that is missing."""
    name = (failure.name or "").partition(".")[0]
    return offline_extra_missing([name]) if name in OFFLINE_PARTS else None


def offline_extra_missing(names: Iterable[str]) -> Diagnostic:
    """Say that modules are missing, and how to get them."""
    detail = f"{', '.join(names)} cannot be imported. Install constructs-ims[offline]."
    return error("Offline parts missing", detail)


def missing_from_extras(failure: ModuleNotFoundError) -> Diagnostic | None:
    """Return what to say of a failed import in the testing kit, None when it is no part of it that is missing."""
    name = (failure.name or "").partition(".")[0]
    return testing_extra_missing(name) if name in TESTING_PARTS else missing_from_offline(failure)


def testing_extra_missing(name: str) -> Diagnostic:
    """Say that a module of the testing kit is missing, or switched off, and how to get it."""
    detail = f"{name} is not installed, or its plugin is off. Install constructs-ims[testing]."
    return error("Testing parts missing", detail)
