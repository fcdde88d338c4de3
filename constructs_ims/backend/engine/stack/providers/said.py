"""Values that a user says in place of made-up ones, under the names that ``terraform test`` has for that.

``mock_resource`` and ``mock_data`` give defaults for all objects of a type, ``override_resource`` and ``override_data``
values for one resource or instance, ``override_module`` outputs for a module call.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, TypeAlias

from constructs_ims.backend.engine.lang import ConversionError, convert, from_json
from constructs_ims.backend.engine.lang.addresses import (
    InstanceAddress,
    Key,
    Mode,
    ResourceAddress,
    module_address,
    parse_address,
)
from constructs_ims.backend.engine.stack.evaluate.bodies import plain
from constructs_ims.backend.engine.stack.providers.completion import Spot
from constructs_ims.schema.attribute import Attribute, Block, NestedBlock, Nesting
from constructs_ims.schema.diagnostics import Diagnostic, did_you_mean, error, warning
from constructs_ims.schema.types import ListType, MapType, ObjectType, SetType, Type, friendly_name

Values: TypeAlias = Mapping[str, Any]
"""Values as JSON has them, by attribute, by the attributes of blocks, or by a path such as ``metadata[0].uid``."""
MISSING: Final = object()
"""Stands where nothing is said."""
MOCKS: Final[Mapping[str, Mode]] = {"mock_resource": "managed", "mock_data": "data"}
OVERRIDES: Final[Mapping[str, Mode]] = {"override_resource": "managed", "override_data": "data"}
MODULES: Final = "override_module"
SCHEMAS: Final = "schemas"
_KNOWN: Final = (*MOCKS, *OVERRIDES, MODULES, SCHEMAS)


@dataclass
class SaidValues:
    """What is said, by type, by address and by module call; of two that say one value the later counts."""

    mocks: dict[tuple[Mode, str], Values] = field(default_factory=dict)
    overrides: dict[InstanceAddress, Values] = field(default_factory=dict)
    """By address; one without a key is for all instances."""
    modules: dict[InstanceAddress, Values] = field(default_factory=dict)
    """Outputs by the address of the call, ``module.network``, or of an instance of it."""

    @property
    def addresses(self) -> tuple[InstanceAddress, ...]:
        """The single objects and module calls of which anything is said."""
        return (*self.overrides, *self.modules)

    def take(self, settings: Any) -> list[Diagnostic]:
        """Take over what settings say, as the context of ``cdktf.json`` has them; return what is wrong with them."""
        if not isinstance(settings, Mapping):
            return [_invalid("", "it must be an object")]
        return [fault for name, said in settings.items() for fault in self._take(name, said)]

    def _take(self, name: str, said: Any) -> Iterator[Diagnostic]:
        if name not in _KNOWN:
            yield _invalid(name, f"there is no such setting.{did_you_mean(name, _KNOWN)}".rstrip("."))
        elif name == SCHEMAS:
            if schema_files(said) is None:
                yield _invalid(name, "it must be the name of a file, or a list of such names")
        elif not isinstance(said, Mapping):
            yield _invalid(name, "it must be an object with values by type or by address")
        else:
            for target, values in said.items():
                yield from self._take_one(name, target, values)

    def _take_one(self, name: str, target: str, values: Any) -> Iterator[Diagnostic]:
        if not isinstance(values, Mapping):
            yield _invalid(f"{name} of {target}", "it must be an object with the values")
            return
        try:
            self.say(name, target, values)
        except ValueError as failure:
            yield _invalid(name, str(failure).rstrip("."))

    def say(self, name: str, target: str, values: Values) -> None:
        """Take over values under one of Terraform's names; raise ``ValueError`` for a target that is none."""
        if name == MODULES:
            call = _module_target(target)
            _check_outputs(target, values)
            self.modules[call] = {**self.modules.get(call, {}), **values}
        elif name in MOCKS:
            key = (MOCKS[name], target)
            self.mocks[key] = {**self.mocks.get(key, {}), **_values_of(key, target, values)}
        else:
            address = _target(name, target)
            key = (address.resource.mode, address.resource.type)
            self.overrides[address] = {**self.overrides.get(address, {}), **_values_of(key, target, values)}

    def value(self, address: InstanceAddress, spot: Spot) -> Any:
        """Return what is said of an attribute of an object, ``MISSING`` where nothing is."""
        for values in self._of(address):
            found = _look_up(values, spot)
            if found is not MISSING:
                return found
        return MISSING

    def names(self, mode: Mode, type_name: str) -> set[str]:
        """Return the attributes and blocks of which anything is said for any object of a type."""
        found = set(self.mocks.get((mode, type_name), ()))
        for address, values in self.overrides.items():
            if (address.resource.mode, address.resource.type) == (mode, type_name):
                found |= values.keys()
        return set(map(_first_name, found))

    def module_outputs(self, name: str, key: Key) -> Values:
        """Return the outputs that are said of an instance of a module call, first of all of that one alone."""
        of_all, of_one = module_address(name), module_address(name, key)
        return {**self.modules.get(of_all, {}), **self.modules.get(of_one, {})}

    def module_output(self, name: str, key: Key, output: str) -> Any:
        """Return what is said of an output of an instance of a module call, ``MISSING`` where nothing is."""
        return self.module_outputs(name, key).get(output, MISSING)

    def of_data(self, address: InstanceAddress) -> Values:
        """Return all that is said of one data source."""
        made: dict[str, Any] = {}
        for values in reversed(list(self._of(address))):
            made.update(values)
        return made

    def faults(
        self, resource: ResourceAddress, block: Block, body: Values, read: Iterable[str] | None = None
    ) -> Iterator[Diagnostic]:
        """Yield what is wrong with the values that are said of a resource, and warn of those that count nowhere.

        ``body`` is what its configuration sets, and ``read`` the attributes that the stack reads of it where nothing
        else tells which there are.
        """
        for address, values in self.overrides.items():
            if address.resource == resource:
                for name, value in values.items():
                    misplaced = list(_out_of_place(block, name, body, str(address)))
                    yield from misplaced or _faults(block, name, value, str(address))
                if read is not None:
                    yield from unread_names(str(address), values, {*read, *body})
        for name, value in self.mocks.get((resource.mode, resource.type), {}).items():
            yield from _faults(block, name, value, resource.type)

    def says(self, resource: ResourceAddress, name: str) -> str:
        """Return what says an attribute of a resource, or an output of a module call or remote state; "" for nothing.

        Like ``override_resource of "aws_vpc.net"``.
        """
        said: list[tuple[str, str, Values]] = []
        if resource.type == "module":
            said += ((MODULES, str(at), values) for at, values in self.modules.items() if at.resource == resource)
        override, mock = ("override_data", "mock_data") if resource.mode == "data" else tuple(_OF_RESOURCES)
        said += ((override, str(at), values) for at, values in self.overrides.items() if at.resource == resource)
        said += [(mock, resource.type, self.mocks.get((resource.mode, resource.type), {}))]
        for setting, target, values in said:
            values = values.get("outputs", {}) if resource.type == REMOTE_STATE_TYPE else values
            if name in map(_first_name, values):
                return f"{setting} of {target}"
        return ""

    def _of(self, address: InstanceAddress) -> Iterator[Values]:
        """Yield what is said of an object, what is said of it most closely first."""
        for key in dict.fromkeys((address, InstanceAddress(address.resource))):
            if key in self.overrides:
                yield self.overrides[key]
        mock = self.mocks.get((address.resource.mode, address.resource.type))
        if mock is not None:
            yield mock


REMOTE_STATE_TYPE: Final = "terraform_remote_state"
_OF_RESOURCES: Final = ("override_resource", "mock_resource")


def _first_name(path: str) -> str:
    return path.partition(".")[0].partition("[")[0]


def unread_names(target: str, said: Iterable[str], read: Iterable[str]) -> Iterator[Diagnostic]:
    """Warn of what is said under names that nothing reads, where something almost like it is read and not said."""
    names = dict.fromkeys(map(_first_name, said))
    missing = [name for name in sorted(read) if name not in names]
    for name in names.keys() - set(read):
        if hint := did_you_mean(name, missing):
            yield counts_nowhere(f'Nothing reads "{name}" there', target, name, hint)


def counts_nowhere(why: str, target: str, name: str, hint: str = "") -> Diagnostic:
    """Warn of a said value that no plan comes to use."""
    return warning("Values for nothing", f'What is said of "{name}" of {target} counts nowhere. {why}.{hint}')


def schema_files(said: Any) -> list[str] | None:
    """Return the files that the setting of schemas names, None where it is none."""
    names = said if isinstance(said, list) else [said]
    return [str(name) for name in names] if all(isinstance(name, str | Path) for name in names) else None


def _values_of(kind: tuple[Mode, str], target: str, values: Values) -> Values:
    """Return what is said of an object; raise ``ValueError`` for what is no output of a remote state."""
    if kind != ("data", REMOTE_STATE_TYPE):
        for name in values:
            if not _PATH.fullmatch(name):
                raise ValueError(
                    f'"{name}" of {target} is no path to a value. Write name, block.name or block[0].name.'
                )
        return values
    outputs: dict[str, Any] = {}
    for name, value in values.items():
        first, _, rest = name.partition(".")
        if first != "outputs":
            hint = did_you_mean(name, ["outputs"])
            raise ValueError(f'"{name}" cannot be said of {target}: a remote state has outputs alone.{hint}')
        if rest:
            outputs[rest] = value
        elif isinstance(value, Mapping):
            outputs.update(value)
        else:
            raise ValueError(f"the outputs of {target} must be an object with values by name")
    _check_outputs(target, outputs)
    return {"outputs": outputs}


_PATH: Final = re.compile(r"[\w-]+(\[\d+\])?(\.[\w-]+(\[\d+\])?)*")
_NAME: Final = re.compile(r"[\w-]+")


def _check_outputs(target: str, outputs: Iterable[str]) -> None:
    """Raise ``ValueError`` for what leads into an output, which is said as a whole."""
    for name in outputs:
        if not _NAME.fullmatch(name):
            raise ValueError(f'"{name}" of {target} is no output. Say an output as a whole, under its name.')


def _module_target(target: str) -> InstanceAddress:
    try:
        address = parse_address(target)
    except ValueError:
        address = None
    if address is None or address.resource.type != "module":
        raise ValueError(f'"{target}" is no module call. Write module.name.')
    return address


def _target(name: str, target: str) -> InstanceAddress:
    address = parse_address(target)
    if address.resource.mode == OVERRIDES[name]:
        return address
    if name == "override_data":
        raise ValueError(f'"{target}" is no data source. Write data.type.name.')
    raise ValueError(f'"{target}" is no resource. Use override_data for a data source.')


def _look_up(values: Values, spot: Spot) -> Any:
    for name in (spot.place, ".".join(spot.names)):
        if name in values:
            return values[name]
    found: Any = values
    for name in spot.names:
        if not isinstance(found, Mapping) or name not in found:
            return MISSING
        found = found[name]
    return found


def _faults(block: Block, name: str, value: Any, target: str) -> Iterator[Diagnostic]:
    first, rest = _first_name(name), name.partition(".")[2]
    nested = block.blocks_by_name.get(first)
    if nested is not None:
        yield from _block_faults(nested, {rest: value} if rest else value, target)
        return
    attribute = block.by_name.get(first)
    if attribute is None:
        known = (*block.by_name, *block.blocks_by_name)
        yield _unusable(target, f'There is no attribute named "{first}".{did_you_mean(first, known)}')
    elif not attribute.computed:
        yield _unusable(target, f'"{first}" is set by the configuration alone. Set it there.')
    elif rest or "[" in name:
        yield _unusable(target, f'"{name}" leads into "{first}", which is said as a whole. Say "{first}".')
    else:
        yield from _value_faults(attribute, value, target)


def _out_of_place(block: Block, name: str, body: Values, target: str) -> Iterator[Diagnostic]:
    """Yield what is wrong with the position of a block, and warn of what the configuration sets anyway."""
    first = _first_name(name)
    nested, given = block.blocks_by_name.get(first), body.get(first)
    position = re.match(r"[^.\[]*\[(\d+)\]", name)
    if nested is None:
        attribute = block.by_name.get(first)
        is_literal = given is not None and not (isinstance(given, str) and "${" in given)
        if is_literal and name == first and attribute is not None and attribute.computed:
            yield counts_nowhere("The configuration sets it", target, name)
    elif position and nested.nesting is Nesting.SINGLE:
        yield _unusable(target, f'"{first}" is one block: write "{first}{name[position.end() :]}".')
    elif position and first not in _dynamic_labels(body):
        count = len(given) if isinstance(given, list) else 1 if isinstance(given, Mapping) else 0
        if int(position[1]) >= count:
            found = f"{count} of them" if count else "none"
            yield _unusable(target, f'There is no "{first}[{position[1]}]": the configuration has {found}.')


def _dynamic_labels(body: Values) -> set[str]:
    dynamic = body.get("dynamic")
    return {label for one in (dynamic if isinstance(dynamic, list) else [dynamic]) for label in one or ()}


def _block_faults(nested: NestedBlock, value: Any, target: str) -> Iterator[Diagnostic]:
    if not isinstance(value, Mapping):
        yield _unusable(target, f'"{nested.name}" is a block: say an object with values of its computed attributes.')
        return
    for name, inner in value.items():
        yield from _faults(nested.block, name, inner, target)


def _value_faults(attribute: Attribute, value: Any, target: str) -> Iterator[Diagnostic]:
    for name, known in _unknown_names(value, attribute.type):
        hint = did_you_mean(name, known)
        yield _unusable(target, f'What "{attribute.name}" has in it has no attribute named "{name}".{hint}')
    try:
        said_as(value, attribute.type)
    except ConversionError as failure:
        detail = f'The value of "{attribute.name}" must be {friendly_name(attribute.type)}: {failure}.'
        yield _unusable(target, detail)


def _unknown_names(value: Any, type_: Type) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the names in a value that its type does not have, each with those that it has there."""
    match value, type_:
        case Mapping(), ObjectType():
            for name, inner in value.items():
                if name in type_.attributes:
                    yield from _unknown_names(inner, type_.attributes[name])
                else:
                    yield name, tuple(type_.attributes)
        case Mapping(), MapType():
            for inner in value.values():
                yield from _unknown_names(inner, type_.element)
        case list(), ListType() | SetType():
            for inner in value:
                yield from _unknown_names(inner, type_.element)
        case _:
            return


def said_as(value: Any, type_: Type) -> Any:
    """Return a said value under a type; raise ``ConversionError`` when it cannot be."""
    return plain(convert(from_json(value), type_), type_)


def _unusable(target: str, detail: str) -> Diagnostic:
    return error("Invalid value for a simulated object", f"What is said of {target} cannot be used. {detail}")


def _invalid(name: str, why: str) -> Diagnostic:
    what = f'"{name}"' if name else "What is said of simulated objects"
    return error("Invalid simulation settings", f"{what} cannot be used: {why}.")


def quoted(address: str) -> str:
    """Return an address as Python reads it, in the quotes that it has none of."""
    return f"'{address}'" if '"' in address else f'"{address}"'


@lru_cache(maxsize=4096)
def instance_at(text: str) -> InstanceAddress | None:
    """Return the address in a text, None when it is none."""
    try:
        return parse_address(text)
    except ValueError:
        return None
