"""Values as Terraform sees them: known, null (``None``), unknown (``Unknown``), or absent (no key at all)."""

from __future__ import annotations

from typing import Any, Final, final


@final
class UnknownType:
    """The type of ``Unknown``: a value that only an apply can tell."""

    __slots__ = ()
    _instance: UnknownType | None = None

    def __new__(cls) -> UnknownType:
        """Return the one instance, so that ``is Unknown`` holds after copying and unpickling."""
        if cls._instance is None:
            cls._instance = super().__new__(cls)
        return cls._instance

    def __copy__(self) -> UnknownType:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> UnknownType:
        return self

    def __reduce__(self) -> str:
        return "Unknown"

    def __repr__(self) -> str:
        return "Unknown"

    def __bool__(self) -> bool:
        raise TypeError("An unknown value is neither true nor false; ask with `is Unknown`.")


Unknown: Final = UnknownType()
"""A value that is not known before apply. Compare with ``is``."""


_SCALARS: Final = frozenset({str, int, float, bool, type(None)})


def is_wholly_known(value: Any) -> bool:
    """Tell whether no unknown value stands anywhere inside ``value``."""
    if type(value) in _SCALARS:
        return True
    if value is Unknown:
        return False
    if isinstance(value, dict):
        return all(map(is_wholly_known, value.values()))
    if isinstance(value, list | tuple | set | frozenset):
        return all(map(is_wholly_known, value))
    return True


def without_unknown(value: Any) -> Any:
    """Return ``value`` with null wherever it is unknown."""
    if value is Unknown:
        return None
    if isinstance(value, dict) and not is_wholly_known(value):
        return {name: without_unknown(item) for name, item in value.items()}
    if isinstance(value, list) and not is_wholly_known(value):
        return [without_unknown(item) for item in value]
    return value
