"""Block bodies under a schema: compiled once for each block, evaluated once for each instance."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from math import isinf
from typing import Any, Final, NamedTuple, TypeAlias

from constructs_ims.backend.engine.configuration import Argument, Body, Configuration, Place
from constructs_ims.backend.engine.configuration.blocks import (
    Faults,
    check_names,
    missing,
    nested_blocks,
    without_repeated,
)
from constructs_ims.backend.engine.configuration.expressions import read_argument, read_named
from constructs_ims.backend.engine.configuration.source import range_text
from constructs_ims.backend.engine.lang import (
    ConversionError,
    Literal,
    Scope,
    TfSet,
    Traversal,
    convert,
    evaluate,
    evaluate_typed,
    is_constant,
    mark,
    references,
    type_of,
    unmark,
)
from constructs_ims.backend.engine.lang.convert import to_type
from constructs_ims.backend.engine.lang.origin import explained
from constructs_ims.backend.engine.lang.typed import collapse
from constructs_ims.schema.attribute import Attribute, Block, NestedBlock, Nesting
from constructs_ims.schema.diagnostics import Diagnostic, SourceRange, error
from constructs_ims.schema.operations import Object
from constructs_ims.schema.paths import AttributeStep, IndexStep, Path, PathStep
from constructs_ims.schema.types import DYNAMIC, SetType, Type, friendly_name
from constructs_ims.schema.values import Unknown, is_wholly_known

_NOWHERE: Final[tuple[Path, ...]] = ()
_PLAIN: Final = frozenset({str, int, bool, float, type(None), type(Unknown)})


@dataclass(frozen=True, slots=True)
class DynamicBlock:
    """A ``dynamic`` block: its content stands once for each element of ``for_each``."""

    for_each: Argument
    iterator: str
    content: CompiledBody
    place: Place


Item: TypeAlias = "CompiledBody | DynamicBlock"


@dataclass(frozen=True, slots=True)
class CompiledBody:
    """The expressions of a body beside the declarations that they fill."""

    block: Block
    place: Place
    attributes: tuple[tuple[Attribute, Argument], ...]
    blocks: tuple[tuple[NestedBlock, tuple[Item, ...]], ...] = ()

    def references(self, bound: frozenset[str] = frozenset()) -> Iterator[tuple[Traversal, Argument]]:
        """Yield every reference with the argument it stands in; iterators of dynamic blocks are left out."""
        for _, argument in self.attributes:
            if not isinstance(argument.expression, Literal):
                yield from ((found, argument) for found in references(argument.expression, bound))
        for _, items in self.blocks:
            for item in items:
                yield from _item_references(item, bound)

    def place_at(self, path: Path) -> Place | None:
        """Return where the argument stands that a path leads into; None when the body says nothing there."""
        match path:
            case (AttributeStep(name), *rest):
                return self._argument_place(name) or self._inner_place(name, rest)
            case _:
                return None

    def _argument_place(self, name: str) -> Place | None:
        return next((argument.place for attribute, argument in self.attributes if attribute.name == name), None)

    def _inner_place(self, name: str, rest: Sequence[PathStep]) -> Place | None:
        items = next((items for nested, items in self.blocks if nested.name == name), ())
        match rest:
            case (IndexStep(int(position)), *further) if position < len(items):
                item = items[position]
            case further if items:
                item = items[0]
            case _:
                return None
        return item.place_at(tuple(further)) if isinstance(item, CompiledBody) else None

    def locate(self, diagnostic: Diagnostic, configuration: Configuration) -> Diagnostic:
        """Place what a provider says at the argument that it is about, else at the end of the block."""
        place = self.place_at(diagnostic.path)
        at = configuration.value_range(place) if place else configuration.end_range(self.place)
        return diagnostic.at(subject=at)

    @property
    def is_constant(self) -> bool:
        """Whether no expression stands anywhere in it."""
        return not any(item for _, items in self.blocks for item in items) and all(
            is_constant(argument.expression) for _, argument in self.attributes
        )


def _item_references(item: Item, bound: frozenset[str]) -> Iterator[tuple[Traversal, Argument]]:
    if isinstance(item, CompiledBody):
        yield from item.references(bound)
    else:
        yield from ((found, item.for_each) for found in references(item.for_each.expression, bound))
        yield from item.content.references(bound | {item.iterator})


@dataclass(slots=True)
class Evaluated:
    """The object that a body describes: plain values, the paths of those that came from sensitive ones, and faults.

    ``types`` are those of attributes of any type whose values are not wholly known.
    """

    value: Object
    sensitive: tuple[Path, ...] = ()
    diagnostics: list[Diagnostic] = field(default_factory=list)
    types: dict[str, Type] = field(default_factory=dict)


class EvaluatedArgument(NamedTuple):
    """An attribute's value under its type, where it is sensitive, what is wrong with it, and what is known of its type.

    ``type`` is None where the value or the schema tells the type.
    """

    value: Any
    sensitive: tuple[Path, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    type: Type | None = None


def compile_body(body: Body, block: Block, faults: Faults, *, null_is_given: bool = False) -> CompiledBody:
    """Match a body with its schema; unknown names, missing ones and syntax errors are noted in ``faults``.

    ``null_is_given`` lets null stand for a required argument, as Terraform does where no provider has a word in it.
    """
    attributes, nested = block.by_name, block.blocks_by_name
    body = without_repeated(body, attributes, faults)
    check_names(body, {**attributes, **nested, "dynamic": None}, faults)
    arguments = tuple(
        (attributes[name], read_argument(value, body.place_of(name), faults))
        for name, value in body.values.items()
        if name in attributes
    )
    for attribute in block.attributes:
        given = attribute.name in body.values if null_is_given else body.values.get(attribute.name) is not None
        if attribute.required and not given:
            faults.add_missing(missing(attribute.name), body.place)
    return CompiledBody(block, body.place, arguments, tuple(_compile_blocks(body, block, faults)))


def _compile_blocks(body: Body, block: Block, faults: Faults) -> Iterator[tuple[NestedBlock, tuple[Item, ...]]]:
    dynamic = list(nested_blocks(body, "dynamic", faults, labels=1)) if "dynamic" in body.values else []
    for nested in block.blocks:
        static = [compile_body(found.body, nested.block, faults) for found in nested_blocks(body, nested.name, faults)]
        if len(static) > 1 and nested.nesting is Nesting.SINGLE:
            source = faults.sources.get(static[0].place.filename)
            earlier = source.opening_range(static[0].place.path) if source else None
            faults.add(_duplicate(nested, earlier, static[0].place), static[1].place)
        elif nested.max_items and len(static) > nested.max_items:
            faults.add(_too_many(nested), static[nested.max_items].place)
        repeated = [_compile_dynamic(found.body, nested, faults) for found in dynamic if found.labels == (nested.name,)]
        items: list[Item] = [*static, *(item for item in repeated if item is not None)]
        if static and dynamic and list(body.values).index("dynamic") < list(body.values).index(nested.name):
            items = items[len(static) :] + items[: len(static)]
        if items:
            yield nested, tuple(items)
    for found in dynamic:
        if found.labels[0] not in block.blocks_by_name:
            faults.add_key(
                error("Unsupported block type", f'Blocks of type "{found.labels[0]}" are not expected here.'),
                found.label_places[0],
            )


def _duplicate(nested: NestedBlock, earlier: SourceRange | None, place: Place) -> Diagnostic:
    where = range_text(earlier, place.filename)
    detail = f'Only one block of type "{nested.name}" is allowed. Previous definition was at {where}.'
    return error(f"Duplicate {nested.name} block", detail)


def _too_many(nested: NestedBlock) -> Diagnostic:
    return error(
        f"Too many {nested.name} blocks",
        f'No more than {nested.max_items or 1} "{nested.name}" blocks are allowed.',
    )


_NO_CONTENT: Final = error(
    "Missing dynamic content block",
    'A dynamic block must have a nested block of type "content" to describe the body of each generated block.',
)


def _compile_dynamic(body: Body, nested: NestedBlock, faults: Faults) -> DynamicBlock | None:
    check_names(body, ("for_each", "iterator", "labels", "content"), faults)
    content = next(nested_blocks(body, "content", faults), None)
    if body.values.get("for_each") is None:
        faults.add_missing(missing("for_each"), body.place)
    if content is None:
        faults.add_missing(_NO_CONTENT, body.place)
    if content is None or body.values.get("for_each") is None:
        return None
    iterator = body.values.get("iterator")
    return DynamicBlock(
        read_named(body, "for_each", faults),
        iterator if isinstance(iterator, str) else nested.name,
        compile_body(content.body, nested.block, faults),
        body.place,
    )


def empty_object(block: Block) -> Object:
    """Return the object of a body that says nothing: every attribute null, no blocks."""
    made: Object = {attribute.name: None for attribute in block.attributes}
    made.update((nested.name, None if nested.nesting is Nesting.SINGLE else []) for nested in block.blocks)
    return made


def evaluate_body(
    body: CompiledBody, scope: Scope, configuration: Configuration, variables: Mapping[str, Any] | None = None
) -> Evaluated:
    """Evaluate a body into the object that it describes."""
    result = Evaluated(empty_object(body.block))
    sensitive: list[Path] = []
    for attribute, argument in body.attributes:
        found = evaluate_argument(argument, attribute.type, attribute.name, scope, variables)
        result.value[attribute.name] = found.value
        sensitive += ((AttributeStep(attribute.name), *path) for path in found.sensitive)
        result.diagnostics += (configuration.locate(fault, argument.place) for fault in found.diagnostics)
        if found.type is not None:
            result.types[attribute.name] = found.type
    for nested, items in body.blocks:
        _evaluate_blocks(nested, items, scope, configuration, variables, result, sensitive)
    result.sensitive = tuple(sensitive)
    return result


def evaluate_argument(
    argument: Argument, type_: Type, name: str, scope: Scope, variables: Mapping[str, Any] | None = None
) -> EvaluatedArgument:
    """Evaluate an attribute under its type."""
    expression = argument.expression
    if isinstance(expression, Literal):
        result, value, paths = None, expression.value, _NOWHERE
    else:
        result = evaluate_typed(expression, scope, variables)
        if result.diagnostics and not result.ok:
            return EvaluatedArgument(Unknown, diagnostics=result.diagnostics)
        value, paths = unmark(collapse(result.value))
    try:
        if value is Unknown and result is not None:
            to_type(result.value, type_)
        converted = plain(convert(value, type_), type_)
    except ConversionError as fault:
        at = "".join(f"[{step.key!r}]" if isinstance(step, IndexStep) else f".{step.name}" for step in fault.path)
        text = f'Inappropriate value for attribute "{name}": {f"element {at}: " if at else ""}{fault}.'
        wrong = explained(error("Incorrect attribute value type", text), expression, scope, variables)
        return EvaluatedArgument(Unknown, diagnostics=(wrong,))
    sensitive: tuple[Path, ...] = ((),) if paths and isinstance(type_, SetType) else paths
    if result is None or type_ != DYNAMIC or is_wholly_known(converted):
        return EvaluatedArgument(converted, sensitive)
    return EvaluatedArgument(converted, sensitive, type=type_of(result.value))


def plain(value: Any, type_: Type) -> Any:
    """Return a value in the form of the provider port: plain collections, numbers as ``int`` or ``float``.

    Under the dynamic type collections keep theirs, which is all that tells a list from a tuple.
    """
    if type(value) in _PLAIN:
        return value
    if type_ == DYNAMIC:
        return value
    if isinstance(value, Decimal):
        number = float(value)
        if isinf(number):
            raise ConversionError("a number of at most 1.7976931348623157e+308 is required")
        return number
    if isinstance(value, list):
        return [plain(item, _FIXED) for item in value]
    if isinstance(value, dict):
        return {name: plain(item, _FIXED) for name, item in value.items()}
    return value


_FIXED: Final = SetType(DYNAMIC)
"""Any type but the dynamic one."""


def _evaluate_blocks(
    nested: NestedBlock,
    items: tuple[Item, ...],
    scope: Scope,
    configuration: Configuration,
    variables: Mapping[str, Any] | None,
    result: Evaluated,
    sensitive: list[Path],
) -> None:
    inner = [one for item in items for one in _expanded(item, scope, configuration, variables, result)]
    if nested.nesting is Nesting.SET:
        inner = _distinct(inner)
    for position, one in enumerate(inner):
        step: Path = () if nested.nesting is Nesting.SINGLE else (IndexStep(position),)
        sensitive += ((AttributeStep(nested.name), *step, *path) for path in one.sensitive)
        result.diagnostics += one.diagnostics
    values = [one.value for one in inner]
    if nested.nesting is not Nesting.SINGLE:
        result.value[nested.name] = values
    elif values:
        result.value[nested.name] = values[0]
        if len(values) > 1:
            fault = _duplicate(nested, configuration.opening_range(items[0].place), items[0].place)
            result.diagnostics.append(configuration.locate(fault, items[-1].place))


def _distinct(blocks: Sequence[Evaluated]) -> list[Evaluated]:
    """Return the elements of a set: of blocks that are wholly known and equal, the first."""
    distinct: dict[object, Evaluated] = {}
    for position, block in enumerate(blocks):
        key = json.dumps(block.value, sort_keys=True, default=repr) if is_wholly_known(block.value) else position
        distinct.setdefault(key, block)
    return list(distinct.values())


def _expanded(
    item: Item,
    scope: Scope,
    configuration: Configuration,
    variables: Mapping[str, Any] | None,
    result: Evaluated,
) -> Iterator[Evaluated]:
    if isinstance(item, CompiledBody):
        yield evaluate_body(item, scope, configuration, variables)
        return
    found = evaluate(item.for_each.expression, scope, variables)
    result.diagnostics += (configuration.locate(fault, item.for_each.place) for fault in found.diagnostics)
    collection, paths = unmark(found.value)
    if not found.ok:
        return
    if collection is Unknown:
        unknown = {attribute.name: Unknown for attribute in item.content.block.arguments}
        yield Evaluated({**empty_object(item.content.block), **unknown})
        return
    for key, value in _elements(collection):
        # Which of the elements are sensitive, only those of a map or list can tell; else all are.
        element = {"key": key, "value": mark(value) if () in paths else _element(found.value, key, value)}
        yield evaluate_body(item.content, scope, configuration, {**(variables or {}), item.iterator: element})
    if not isinstance(collection, list | dict):
        what = "a null value" if collection is None else f"a {friendly_name(type_of(collection))} value"
        advice = "" if collection is None else " An iterable collection is required."
        why = f"Cannot use {what} in for_each.{advice}"
        fault = explained(error("Invalid dynamic for_each value", why), item.for_each.expression, scope, variables)
        result.diagnostics.append(configuration.locate(fault, item.for_each.place))


def _element(collection: Any, key: Any, value: Any) -> Any:
    return value if isinstance(collection, TfSet) else collection[key]


def _elements(collection: Any) -> Iterator[tuple[Any, Any]]:
    if isinstance(collection, dict):
        yield from sorted(collection.items())
    elif isinstance(collection, TfSet):
        yield from ((item, item) for item in collection)
    elif isinstance(collection, list):
        yield from enumerate(collection)
