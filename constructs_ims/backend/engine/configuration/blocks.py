"""Blocks as Terraform's JSON syntax spells them: objects under labels, or arrays of them, at any level."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from constructs_ims.backend.engine.configuration.model import Body
from constructs_ims.backend.engine.configuration.source import Place, Repeated, SourceFile, range_text
from constructs_ims.schema.diagnostics import Diagnostic, SourcePosition, SourceRange, did_you_mean, error

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
class ConfigurationBlock:
    """One block: its type, its labels and its contents."""

    type: str
    labels: tuple[str, ...]
    body: Body
    label_places: tuple[Place, ...] = ()


@dataclass
class Faults:
    """Collects diagnostics with their places in the files."""

    sources: Mapping[str, SourceFile]
    found: list[Diagnostic] = field(default_factory=list)

    def add(self, diagnostic: Diagnostic, place: Place) -> None:
        """Note a fault of a value, or of the part of its expression that it originates in."""
        source = self.sources.get(place.filename)
        self.found.append(source.located(diagnostic, place.path) if source else diagnostic)

    def add_value(self, diagnostic: Diagnostic, place: Place) -> None:
        """Note a fault of a value as a whole, from one bracket to the other."""
        self._add(diagnostic, place, SourceFile.value_range)

    def add_key(self, diagnostic: Diagnostic, place: Place) -> None:
        """Note a fault of a name."""
        self._add(diagnostic, place, SourceFile.key_range)

    def add_argument(self, diagnostic: Diagnostic, place: Place) -> None:
        """Note a fault of an argument as a whole, its name and its value."""
        self._add(diagnostic, place, SourceFile.argument_range)

    def add_missing(self, diagnostic: Diagnostic, place: Place) -> None:
        """Note that something is missing inside a value."""
        self._add(diagnostic, place, SourceFile.end_range)

    def add_part(self, diagnostic: Diagnostic, place: Place, span: tuple[int, int] | None) -> None:
        """Note a fault of the characters ``span`` of a text, counted as Terraform does from its opening quote."""
        source = self.sources.get(place.filename)
        at = source.value_range(place.path) if source else None
        if source and at and span:
            at = source.text_range(at, source.value_at(place.path), (span[0] - 1, span[1] - 1))
        self.found.append(diagnostic.at(subject=at))

    def add_repeated_key(self, name: str, place: Place) -> None:
        """Note that an object of a value has a key more than once; ``place`` is that of the first."""
        source = self.sources.get(place.filename)
        first = range_text(source.key_range(place.path) if source else None, place.filename)
        detail = f'An attribute named "{name}" was already defined at {first}.'
        self.add_key(error("Duplicate object attribute", detail), place.child(1))

    def where(self, place: Place) -> str:
        """Write where a block begins, ``cdk.tf.json:5,14-15``."""
        return range_text(self.sources[place.filename].opening_range(place.path), place.filename)

    def _add(
        self,
        diagnostic: Diagnostic,
        place: Place,
        find: Callable[[SourceFile, tuple[str | int, ...]], SourceRange | None],
    ) -> None:
        source = self.sources.get(place.filename)
        self.found.append(diagnostic.at(subject=find(source, place.path) if source else None))


def file_blocks(source: SourceFile, faults: Faults) -> Iterator[ConfigurationBlock]:
    """Yield the blocks of one file."""
    top = Place(source.filename)
    match source.data:
        case dict():
            yield from _blocks_of(source.data, top, faults)
        case list():
            for position, item in enumerate(source.data):
                if isinstance(item, dict):
                    yield from _blocks_of(item, top.child(position), faults)
                else:
                    detail = "A JSON object is required here, to define arguments and child blocks."
                    faults.add(error("Incorrect JSON value type", detail), top.child(position))
        case _:
            detail = (
                "The root value in a JSON-based configuration must be either a JSON object or a JSON array of objects."
            )
            start = SourcePosition(1, 1, 0)
            subject = SourceRange(source.filename, start, SourcePosition(1, 2, 1))
            faults.found.append(error("Root value must be object", detail).at(subject=subject))


def _blocks_of(data: Mapping[str, Any], top: Place, faults: Faults) -> Iterator[ConfigurationBlock]:
    for name, value in data.items():
        place = top.child(name)
        if name in LABELS:
            yield from labelled_blocks(name, LABELS[name], value, place, faults)
        elif name != COMMENT:
            faults.add_key(extraneous(name, set(LABELS) - data.keys()), place)


def labelled_blocks(
    type_: str, labels: int, value: Any, place: Place, faults: Faults, given: tuple[tuple[str, Place], ...] = ()
) -> Iterator[ConfigurationBlock]:
    """Yield the blocks of one type, going down through ``labels`` levels of names."""
    if labels == 0:
        yield from _bodies(type_, value, place, faults, given)
        return
    label = _label_name(type_, labels)
    found = list(_named_values(label, value, place, faults))
    if not found:
        detail = f"At least one object property is required, whose name represents the {type_} block's {label}."
        faults.add(error("Missing block label", detail), place)
    for name, inner, at in found:
        yield from labelled_blocks(type_, labels - 1, inner, at, faults, (*given, (name, at)))


def _bodies(
    type_: str, value: Any, place: Place, faults: Faults, given: tuple[tuple[str, Place], ...]
) -> Iterator[ConfigurationBlock]:
    match value:
        case None:
            return
        case list():
            for position, item in enumerate(value):
                yield from _bodies(type_, item, place.child(position), faults, given)
        case dict():
            names, places = tuple(name for name, _ in given), tuple(at for _, at in given)
            yield ConfigurationBlock(type_, names, Body(value, place), places)
        case _:
            detail = (
                "Either a JSON object or a JSON array is required, representing the contents of one or more "
                f'"{type_}" blocks.'
            )
            faults.add(error("Incorrect JSON value type", detail), place)


def _named_values(label: str, value: Any, place: Place, faults: Faults) -> Iterator[tuple[str, Any, Place]]:
    """Yield what stands under each name of an object, or of each object of a list; ``//`` is a name here too."""
    match value:
        case None:
            return
        case dict():
            yield from ((name, inner, place.child(name)) for name, inner in value.items())
        case list():
            for position, item in enumerate(value):
                if isinstance(item, dict):
                    yield from _named_values(label, item, place.child(position), faults)
                else:
                    detail = f"A JSON object is required here, to specify {label} labels for this block."
                    faults.add(error("Incorrect JSON value type", detail), place.child(position))
        case _:
            detail = (
                f"Either a JSON object or JSON array of objects is required here, to specify {label} labels for this "
                "block."
            )
            faults.add(error("Incorrect JSON value type", detail), place)


def _label_name(type_: str, left: int) -> str:
    """Return what the next of the ``left`` names of a block says."""
    return "type" if left == 2 or type_ in ("backend", "dynamic", "provisioner") else "name"


def nested_blocks(body: Body, name: str, faults: Faults, labels: int = 0) -> Iterator[ConfigurationBlock]:
    """Yield the blocks of one type inside a block."""
    if name in body.values:
        yield from labelled_blocks(name, labels, body.values[name], body.place_of(name), faults)


def extraneous(name: str, known: Collection[str]) -> Diagnostic:
    """Say that nothing has this name here."""
    return error(
        "Extraneous JSON object property",
        f'No argument or block type is named "{name}".{did_you_mean(name, known)}',
    )


def check_names(body: Body, known: Collection[str], faults: Faults) -> None:
    """Note every name in a body that is not among ``known``."""
    for name in body.values:
        if name not in known and name != COMMENT:
            faults.add_key(extraneous(name, [one for one in known if one not in body.values]), body.place_of(name))


def without_repeated(
    body: Body, arguments: Collection[str], faults: Faults, summary: str = "Duplicate argument"
) -> Body:
    """Return a body with the first value of every argument that it sets more than once, each of which is noted."""
    repeated = [name for name, value in body.values.items() if name in arguments and isinstance(value, Repeated)]
    for name in repeated:
        place = body.place_of(name)
        source = faults.sources.get(place.filename)
        first = range_text(source.argument_range(place.path) if source else None, place.filename)
        detail = f'The argument "{name}" was already set at {first}.'
        faults.add_key(error(summary, detail), place.child(1))
    return (
        replace(body, values={**body.values, **{name: body.values[name][0] for name in repeated}}) if repeated else body
    )


def missing(name: str) -> Diagnostic:
    """Say that a required argument is not there."""
    return error("Missing required argument", f'The argument "{name}" is required, but no definition was found.')
