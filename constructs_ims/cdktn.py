"""The names of this package for an app that uses CDK Terrain: ``from constructs_ims.cdktn import ImsImageMetadata``.

The import chooses ``cdktn``, whatever else is imported, and type checkers see its classes as bases.
"""

from __future__ import annotations

from typing import Any

import constructs_ims
from constructs_ims.cdk_choice import choice

__all__ = constructs_ims.__all__

choice.request("cdktn")


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(constructs_ims, name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
