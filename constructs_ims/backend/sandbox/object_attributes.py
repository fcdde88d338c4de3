"""The attributes of one object, as tests read them from plans and states."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from constructs_ims.schema.diagnostics import did_you_mean
from constructs_ims.schema.image_metadata import terraform_names


class ObjectAttributes(dict[str, Any]):
    """An object's attributes by Terraform's names; for an image, the constructs' (``os_version``) find them as well."""

    __slots__ = ("_names",)

    def __init__(self, address: str, attributes: Mapping[str, Any]) -> None:
        super().__init__(attributes)
        self._names = terraform_names(address.partition(".")[0])

    def __missing__(self, name: str) -> Any:
        """Return what Terraform has under another name; raise ``KeyError`` with the names that are almost it."""
        own = self._names.get(name, name)
        if dict.__contains__(self, own):
            return self[own]
        raise KeyError(f"The object has no attribute {name}.{did_you_mean(name, [*self._names, *self])}")

    def __contains__(self, name: object) -> bool:
        return dict.__contains__(self, self._names.get(name, name) if isinstance(name, str) else name)

    def get(self, name: str, default: Any = None) -> Any:
        """Return the attribute, or ``default`` where there is none."""
        return dict.get(self, self._names.get(name, name), default)
