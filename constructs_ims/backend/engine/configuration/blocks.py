"""Blocks as Terraform's JSON syntax spells them: objects under labels, or arrays of them, at any level."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from constructs_ims.backend.engine.configuration.model import Body
from constructs_ims.backend.engine.configuration.source import Place, Repeated, SourceFile
from constructs_ims.schema.diagnostics import Diagnostic, SourceRange, did_you_mean, error

LABELS: Final[Mapping[str, int]] = {
    "terraform": 0,
    "provider": 1,
    "variable": 1,
    "locals": 0,
    "output": 1,
    "module": 1,
    "resource": 2,
    "data": 2,
    "ephemeral": 2,
    "moved": 0,
    "import": 0,
    "removed": 0,
    "check": 1,
}
"""The blocks of a file, and how many labels each has."""

COMMENT: Final = "//"


@dataclass(frozen=True, slots=True)
class Block:
    """One block: its type, its labels and its contents."""

    type: str
    labels: tuple[str, ...]
    body: Body


@dataclass
class Faults:
    """Collects diagnostics with their places in the files."""

    sources: Mapping[str, SourceFile]
    found: list[Diagnostic] = field(default_factory=list)

    def add(self, diagnostic: Diagnostic, place: Place) -> None:
        """Note a fault of a value."""
        self._add(diagnostic, place, SourceFile.value_range)

    def add_key(self, diagnostic: Diagnostic, place: Place) -> None:
        """Note a fault of a name."""
        self._add(diagnostic, place, SourceFile.key_range)

    def add_missing(self, diagnostic: Diagnostic, place: Place) -> None:
        """Note that something is missing inside a value."""
        self._add(diagnostic, place, SourceFile.end_range)

    def _add(
        self,
        diagnostic: Diagnostic,
        place: Place,
        find: Callable[[SourceFile, tuple[str | int, ...]], SourceRange | None],
    ) -> None:
        source = self.sources.get(place.filename)
        self.found.append(diagnostic.at(subject=find(source, place.path) if source else None))


def file_blocks(source: SourceFile, faults: Faults) -> Iterator[Block]:
    """Yield the blocks of one file."""
    top = Place(source.filename)
    if not isinstance(source.data, dict):
        faults.add(error("Incorrect JSON value type", "A JSON object is required at the top of the file."), top)
        return
    for name, value in source.data.items():
        place = top.child(name)
        if name in LABELS:
            yield from labelled_blocks(name, LABELS[name], value, place, faults)
        elif name != COMMENT:
            faults.add_key(extraneous(name, LABELS), place)


def labelled_blocks(
    type_: str, labels: int, value: Any, place: Place, faults: Faults, given: tuple[str, ...] = ()
) -> Iterator[Block]:
    """Yield the blocks of one type, going down through ``labels`` levels of names."""
    if value is None:
        return
    if isinstance(value, list):
        for position, item in enumerate(value):
            yield from labelled_blocks(type_, labels, item, place.child(position), faults, given)
    elif not isinstance(value, dict):
        faults.add(_wrong_shape(type_, labels), place)
    elif labels == 0:
        yield Block(type_, given, Body(value, place))
    else:
        for name, inner in value.items():
            if name != COMMENT:
                yield from labelled_blocks(type_, labels - 1, inner, place.child(name), faults, (*given, name))


def nested_blocks(body: Body, name: str, faults: Faults, labels: int = 0) -> Iterator[Block]:
    """Yield the blocks of one type inside a block."""
    if name in body.values:
        yield from labelled_blocks(name, labels, body.values[name], body.place_of(name), faults)


def _wrong_shape(type_: str, labels: int) -> Diagnostic:
    if labels:
        return error(
            "Incorrect JSON value type",
            f"A JSON object is required, whose keys represent the {type_} block's labels.",
        )
    return error(
        "Incorrect JSON value type",
        f'Either a JSON object or a JSON array is required, representing the contents of one or more "{type_}" blocks.',
    )


def extraneous(name: str, known: Collection[str]) -> Diagnostic:
    """Say that nothing has this name here."""
    return error(
        "Extraneous JSON object property",
        f'No argument or block type is named "{name}".{did_you_mean(name, known)}',
    )


def check_names(body: Body, known: Collection[str], faults: Faults) -> None:
    """Note every name in a body that is not among ``known``, and every argument given more than once."""
    for name in body.values:
        if name not in known and name != COMMENT:
            faults.add_key(extraneous(name, known), body.place_of(name))


def check_repeated(body: Body, arguments: Collection[str], faults: Faults) -> None:
    """Note every argument that one object sets more than once."""
    for name, value in body.values.items():
        if name in arguments and isinstance(value, Repeated):
            faults.add_key(
                error("Duplicate argument", f'The argument "{name}" was already set. Set it once.'),
                body.place_of(name).child(1),
            )


def missing(name: str) -> Diagnostic:
    """Say that a required argument is not there."""
    return error("Missing required argument", f'The argument "{name}" is required, but no definition was found.')


def override(base: Block, other: Block, merged_inside: Collection[str] = ("lifecycle",)) -> Block:
    """Return ``base`` with what an override file says: arguments replaced, ``merged_inside`` merged one level down."""
    values, places = dict(base.body.values), dict(base.body.overridden)
    for name, value in other.body.values.items():
        before = values.get(name)
        if name in merged_inside and isinstance(before, dict) and isinstance(value, dict):
            value = {**before, **value}
        values[name] = value
        places[name] = other.body.place_of(name)
    return replace(base, body=replace(base.body, values=values, overridden=places))
