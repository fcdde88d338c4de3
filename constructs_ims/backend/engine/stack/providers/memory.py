"""What is remembered of a simulated object beside its state: the seed of its values, and which of them are made up."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from constructs_ims.backend.engine.stack.providers.made_up import made_up
from constructs_ims.schema.paths import AttributeStep, IndexStep, Path, render_path
from constructs_ims.schema.types import NUMBER, STRING

Names: TypeAlias = tuple[str, ...]
"""Where a value stands: the names of the attribute and of the blocks around it, without positions."""


@dataclass(frozen=True, slots=True)
class Memory:
    """``seed`` is told by the stack and address that the object was made under, and stays when it is moved."""

    seed: str
    made_up: frozenset[Names] = frozenset()

    @classmethod
    def read(cls, private: bytes, attributes: Mapping[str, Any], seed: str) -> Memory:
        """Return what was remembered; ``seed`` is that of an object of which nothing was.

        Before this form there was nothing but the address as a text; which values are made up is found by making them
        again.
        """
        try:
            text = private.decode()
            data = json.loads(text) if text.startswith("{") else None
            if data is not None:
                return cls(str(data["seed"]), frozenset(tuple(names) for names in data["made_up"]))
        except (ValueError, KeyError, TypeError, RecursionError):
            return cls(seed)
        return cls(text, frozenset(_recognized(attributes, text))) if text else cls(seed)

    def write(self) -> bytes:
        """Return the form that is stored."""
        return json.dumps({"seed": self.seed, "made_up": sorted(map(list, self.made_up))}).encode()

    def with_made_up(self, names: Iterable[Names]) -> Memory:
        """Return a memory of more values that are made up."""
        return Memory(self.seed, self.made_up | frozenset(names))


def _recognized(attributes: Mapping[str, Any], seed: str) -> Iterator[Names]:
    for name, value in attributes.items():
        leaves = list(_leaves(value, (AttributeStep(name),)))
        if leaves and all(_is_made_up(leaf, f"{seed}.{render_path(path)}") for path, leaf in leaves):
            yield (name,)


def _leaves(value: Any, at: Path) -> Iterator[tuple[Path, Any]]:
    """Yield what a value holds inside its lists and maps, and where."""
    match value:
        case list():
            for position, item in enumerate(value):
                yield from _leaves(item, (*at, IndexStep(position)))
        case dict():
            for name, item in value.items():
                yield from _leaves(item, (*at, AttributeStep(name)))
        case _:
            yield at, value


def _is_made_up(value: Any, seed: str) -> bool:
    if isinstance(value, str):
        return bool(value == made_up(STRING, seed))
    return not isinstance(value, bool) and bool(value == made_up(NUMBER, seed))
