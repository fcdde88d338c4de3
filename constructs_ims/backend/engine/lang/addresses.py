"""Addresses: where a resource, and each of its instances, stands in a configuration and a state."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, Literal, TypeAlias

Mode: TypeAlias = Literal["managed", "data"]
Key: TypeAlias = int | str | None
"""What tells the instances of one resource apart: a position, a key, or None for a resource without repetition."""


@dataclass(frozen=True, slots=True)
class ResourceAddress:
    """A ``resource`` or ``data`` block; ``module`` is ``""`` for the root, else ``module.a.module.b["k"]``."""

    mode: Mode
    type: str
    name: str
    module: str = ""
    _hash: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_hash", hash((self.mode, self.type, self.name, self.module)))

    def __hash__(self) -> int:
        """Return what was reckoned once: addresses are looked up thousands of times in a plan."""
        return self._hash

    def instance(self, key: Key = None) -> InstanceAddress:
        """Return the address of one instance."""
        return InstanceAddress(self, key)

    def __str__(self) -> str:
        data = "data." if self.mode == "data" else ""
        module = f"{self.module}." if self.module else ""
        return f"{module}{data}{self.type}.{self.name}"


@dataclass(frozen=True, slots=True)
class InstanceAddress:
    """One object of a resource."""

    resource: ResourceAddress
    key: Key = None
    _hash: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_hash", hash((self.resource, self.key)))

    def __hash__(self) -> int:
        """Return what was reckoned once."""
        return self._hash

    def __str__(self) -> str:
        return f"{self.resource}{render_key(self.key)}"

    def covers(self, other: InstanceAddress) -> bool:
        """Tell whether ``other`` is what this address names as a target: that instance, or any without a key.

        What names a module, ``module.a``, reads as a resource of that type and means all inside.
        """
        if self.resource.type == "module":
            inside = other.resource.module
            return inside == str(self) or inside.startswith((f"{self}.", f"{self}["))
        return self.resource == other.resource and self.key in (None, other.key)


RESERVED_ROOTS: Final = frozenset(
    {"arg", "count", "each", "lazy", "local", "module", "path", "self", "template", "terraform", "var"}
)
"""First words of references that are no types of resources; an address has ``resource.`` before such a type."""

Address: TypeAlias = ResourceAddress | InstanceAddress


def render_key(key: Key) -> str:
    """Write an instance key as Terraform does: ``[0]``, ``["a"]``, or nothing."""
    if key is None:
        return ""
    return f"[{key}]" if isinstance(key, int) else f"[{_quoted(key)}]"


def _quoted(text: str) -> str:
    """Quote as HCL does: JSON's escapes, and ``$${`` and ``%%{`` for what would start a template."""
    return json.dumps(text, ensure_ascii=False).replace("${", "$${").replace("%{", "%%{")


def module_address(name: str, key: Key = None) -> InstanceAddress:
    """Return the address of a module call, or of an instance: ``module.network``, ``module.zones["a"]``."""
    return InstanceAddress(ResourceAddress("managed", "module", name), key)


_KEY: Final = r"\[(?:(?P<position>\d+)|(?P<text>\"(?:[^\"\\]|\\.)*\"))\]"
_MODULE: Final = r"module\.[\w-]+(?:\[(?:\d+|\"(?:[^\"\\]|\\.)*\")\])?"
_ADDRESS: Final = re.compile(
    rf"(?:(?P<module>{_MODULE}(?:\.{_MODULE})*)\.)?(?:(?P<data>data\.)|resource\.(?=[^.]+\.))?"
    rf"(?P<type>[^\W\d][\w-]*)\.(?P<name>[^\W\d][\w-]*)(?:{_KEY})?"
)


@lru_cache(maxsize=65536)
def parse_address(text: str) -> InstanceAddress:
    """Read the address of a resource or of one instance; ``ValueError`` when it is none.

    A key is None where none is written, so the caller decides whether that means the whole resource.
    """
    found = _ADDRESS.fullmatch(text.strip())
    if not found:
        raise ValueError(f'"{text}" is no resource address. Write type.name, type.name[0] or type.name["key"].')
    mode: Mode = "data" if found["data"] else "managed"
    return InstanceAddress(
        ResourceAddress(mode, found["type"], found["name"], found["module"] or ""), _parse_key(found)
    )


def _parse_key(found: re.Match[str]) -> Key:
    if found["position"] is not None:
        return int(found["position"])
    if found["text"] is None:
        return None
    return str(json.loads(found["text"])).replace("$${", "${").replace("%%{", "%{")


def sort_key(address: InstanceAddress) -> tuple[str, int, str, str, int, int, str]:
    """Return what Terraform's order of instances compares: module, data before managed, type, name, then key.

    No key comes first, then positions by size, then text by code point.
    """
    resource, key = address.resource, address.key
    kind = 0 if key is None else 1 if isinstance(key, int) else 2
    return (
        resource.module,
        0 if resource.mode == "data" else 1,
        resource.type,
        resource.name,
        kind,
        key if isinstance(key, int) else 0,
        key if isinstance(key, str) else "",
    )
