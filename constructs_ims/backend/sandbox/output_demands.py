"""What the other stacks of an app ask of a stack's outputs, from which the types of made-up values follow."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeAlias

from constructs_ims.backend.engine.lang.addresses import ResourceAddress
from constructs_ims.backend.engine.stack.demands.collect import StackDemands
from constructs_ims.backend.engine.stack.demands.demand import Demand, merged
from constructs_ims.backend.sandbox.directory import stack_name
from constructs_ims.backend.sandbox.remote_state import (
    backend_of,
    neighbours_of,
    read_content,
    remote_states_of,
    stack_among,
)
from constructs_ims.backend.sandbox.synthesis import CONFIGURATION_FILE

OutputsAsked: TypeAlias = Mapping[str, Demand]
"""What is asked of outputs, by their names."""
DemandsOf: TypeAlias = Callable[[Path, OutputsAsked], StackDemands]
"""Returns what a stack asks of its objects, given what others ask of its outputs."""
_NOTHING: Final[OutputsAsked] = {}


@dataclass(frozen=True, slots=True)
class OutputDemands:
    """Finds what is asked of outputs; an answer is kept while the files of the stacks stay as they are."""

    _answers: dict[tuple[Path, frozenset[tuple[Path, bytes]]], OutputsAsked] = field(default_factory=dict)

    def of(self, directory: Path, demands_of: DemandsOf) -> OutputsAsked:
        """Return what the stacks beside one ask of its outputs, be it for outputs of their own that others read."""
        texts = {path: _text(path) for path in neighbours_of(directory)}
        if not any(b"terraform_remote_state" in text for text in texts.values()):
            return _NOTHING
        key = directory.resolve(), frozenset(texts.items())
        if key not in self._answers:
            self._answers[key] = _asked(key[0], _readers(texts), demands_of, frozenset())
        return self._answers[key]


def _text(directory: Path) -> bytes:
    try:
        return (directory / CONFIGURATION_FILE).read_bytes()
    except OSError:
        return b""


_Readers: TypeAlias = Mapping[str, Mapping[Path, list[ResourceAddress]]]
"""By the name of a stack, the directories of the stacks that read it, and the data sources by which they do."""


def _readers(directories: Mapping[Path, bytes]) -> _Readers:
    contents = {path: read_content(path) for path in directories}
    backends = {path: backend_of(content) for path, content in contents.items()}
    readers: dict[str, dict[Path, list[ResourceAddress]]] = {}
    for path, content in contents.items():
        for name, backend, config in remote_states_of(content):
            read = stack_among(backend, config, backends)
            if read is not None and read != stack_name(path):
                address = ResourceAddress("data", "terraform_remote_state", name)
                readers.setdefault(read, {}).setdefault(path, []).append(address)
    return readers


def _asked(directory: Path, readers: _Readers, demands_of: DemandsOf, followed: frozenset[Path]) -> OutputsAsked:
    """Follow the outputs of a stack to its readers; stacks that read each other in a circle are told elsewhere."""
    if directory in followed:
        return _NOTHING
    asked: list[OutputsAsked] = []
    for reader, addresses in readers.get(stack_name(directory), {}).items():
        of_reader = _asked(reader, readers, demands_of, followed | {directory})
        found = demands_of(reader, of_reader).resources
        asked += (part for address in addresses for part in _of_outputs(found.get(address, {})))
    return merged(asked)


def _of_outputs(attributes: Mapping[str, Demand]) -> Iterator[OutputsAsked]:
    """Yield what is asked of outputs that are read as attributes, and of those that are read by a key."""
    outputs = attributes.get("outputs")
    if outputs is not None:
        yield outputs.attributes
        if outputs.element is not None:
            yield dict.fromkeys(outputs.keys, outputs.element)
