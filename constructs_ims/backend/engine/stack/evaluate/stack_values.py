"""What expressions can read while a stack is walked: variables, locals, and the objects that are known so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Final

from constructs_ims.backend.engine.configuration import Configuration, Repetition
from constructs_ims.backend.engine.graph.graph import behind_name, resource_of
from constructs_ims.backend.engine.lang import (
    EvaluationError,
    FunctionSettings,
    Traversal,
    Value,
    mark,
    mark_paths,
    type_of,
    typed,
    undeclared,
    unknown,
)
from constructs_ims.backend.engine.lang.addresses import Key, ResourceAddress
from constructs_ims.backend.engine.state.model import ObjectState
from constructs_ims.backend.engine.state.stored import decode_object
from constructs_ims.schema.attribute import Attribute, Block, NestedBlock, Schema
from constructs_ims.schema.diagnostics import Diagnostic, DiagnosticCode, did_you_mean, error
from constructs_ims.schema.operations import Object
from constructs_ims.schema.paths import AttributeStep, IndexStep, Path, PathStep
from constructs_ims.schema.types import DYNAMIC, NUMBER, Type
from constructs_ims.schema.values import Unknown


@dataclass(slots=True)
class KnownObject:
    """An object that expressions can read, with the paths that are sensitive beside those its schema hides.

    ``types`` are those of attributes of any type that are not wholly known yet.
    """

    value: Object
    schema: Schema
    sensitive: tuple[Path, ...] = ()
    types: Mapping[str, Type] = field(default_factory=dict)
    _whole: Value = None

    @classmethod
    def of_state(cls, schema: Schema, stored: ObjectState) -> KnownObject:
        """Return an object as a state has it."""
        return cls(decode_object(schema, stored.attributes), schema, stored.sensitive_paths)

    def attribute(self, name: str) -> Value:
        """Return one attribute, typed and marked; ``KeyError`` when the schema has none of that name."""
        attribute = self.schema.block.by_name[name]
        value = self.value.get(name)
        if self.schema.inferred and attribute.type == DYNAMIC:
            value = _as_stored(value)
        value = typed(_numbers(value, attribute.type), self._type(attribute))
        if attribute.sensitive:
            return mark(value)
        if self.sensitive:
            return mark_paths(value, [path[1:] for path in self.sensitive if path and path[0] == AttributeStep(name)])
        return value

    def _type(self, attribute: Attribute) -> Type:
        if attribute.name == "output" and self.schema.name == "terraform_data" and self.value.get("output") is Unknown:
            # The output has the type of the input, although its schema leaves that open.
            return self.types.get("input") or type_of(self.value.get("input"))
        if self.schema.inferred and self.value.get(attribute.name) is None:
            return DYNAMIC  # what is stored later may show another type
        return self.types.get(attribute.name, attribute.type)

    @property
    def whole(self) -> Value:
        """The object with every attribute and block."""
        if self._whole is None:
            block = self.schema.block
            whole = {attribute.name: self.attribute(attribute.name) for attribute in block.attributes}
            whole.update((nested.name, self._blocks(nested)) for nested in block.blocks)
            self._whole = whole
        return self._whole

    def _blocks(self, nested: NestedBlock) -> Value:
        """Return the blocks of one type, with theirs unless that hangs on their values."""
        value = _block_value(self.value.get(nested.name))
        return _as_stored(value) if self.schema.inferred else typed(value, nested.type)


def _as_stored(value: Any) -> Any:
    """Return a value with the types that are left of it in a state: those of JSON, before it is stored as after."""
    if isinstance(value, list):
        return [_as_stored(item) for item in value]
    return {name: _as_stored(item) for name, item in value.items()} if isinstance(value, dict) else value


def _numbers(value: Any, type_: Type) -> Any:
    if isinstance(value, float):
        return int(value) if value.is_integer() else Decimal(repr(value))
    if type_ in (NUMBER, DYNAMIC) or not isinstance(value, list | dict):
        return value
    if isinstance(value, list) and any(isinstance(item, float | list | dict) for item in value):
        return _rebuilt(value, [_numbers(item, type_) for item in value])
    if isinstance(value, dict) and any(isinstance(item, float | list | dict) for item in value.values()):
        return _rebuilt(value, {name: _numbers(item, type_) for name, item in value.items()})
    return value


def _rebuilt(like: Any, items: Any) -> Any:
    return type(like)(items, like.element) if hasattr(like, "element") else items


def _block_value(value: Any) -> Value:
    return _numbers(value, NUMBER) if not isinstance(value, list | dict) else value


@dataclass
class Values:
    """The values of one walk; written by the walk as nodes are done, read by every evaluation after them."""

    configuration: Configuration
    functions: FunctionSettings
    workspace: str = "default"
    variables: dict[str, Value] = field(default_factory=dict)
    locals: dict[str, Value] = field(default_factory=dict)
    repetition: dict[ResourceAddress, Repetition] = field(default_factory=dict)
    objects: dict[ResourceAddress, dict[Key, KnownObject]] = field(default_factory=dict)
    schemas: Mapping[ResourceAddress, Schema] = field(default_factory=dict)
    modules: dict[str, Value] = field(default_factory=dict)
    """What ``module.name`` gives: the outputs of an instance, in a list or a map where the call is repeated."""

    def scope(self) -> StackScope:
        """Return the scope of an expression that stands outside any resource."""
        return StackScope(self)

    def of_resource(self, address: ResourceAddress) -> Value:
        """Return what ``type.name`` gives: an object, a tuple under count, an object of objects under for_each.

        An object that a refresh or the targets leave unmade is not known.
        """
        objects = self.objects.get(address)
        repetition = self.repetition.get(address)
        if objects is None or repetition is None:
            return Unknown
        if repetition == "single":
            return self._whole(address, objects.get(None))
        if repetition == "count":
            last = max((key for key in objects if isinstance(key, int)), default=-1)
            return [self._whole(address, objects.get(position)) for position in range(last + 1)]
        return {key: objects[key].whole for key in sorted(key for key in objects if isinstance(key, str))}

    def _whole(self, address: ResourceAddress, known: KnownObject | None) -> Value:
        if known is not None:
            return known.whole
        schema = self.schemas.get(address)
        return unknown(schema.block.type) if schema else Unknown


_PATH: Final = ("cwd", "module", "root")


@dataclass(frozen=True, slots=True)
class StackScope:
    """The names of a stack, with those of one instance: ``each``, ``count`` and ``self``."""

    values: Values
    each: tuple[str, Value] | None = None
    index: int | None = None
    itself: KnownObject | None = None

    @property
    def functions(self) -> FunctionSettings:
        """What functions depend on."""
        return self.values.functions

    def of_instance(self, key: Key, value: Value = None) -> StackScope:
        """Return the scope of one instance of a resource."""
        if isinstance(key, int):
            return replace(self, index=key)
        return self if key is None else replace(self, each=(key, value))

    def resolve(self, traversal: Traversal) -> tuple[Value, tuple[PathStep, ...]]:
        """Return the value that the first steps lead to, and the steps still to be taken."""
        match traversal.root:
            case "var":
                return self._named(traversal, self.values.variables)
            case "local":
                return self._named(traversal, self.values.locals)
            case "module":
                return self._named(traversal, self.values.modules)
            case "each":
                return self._each(traversal)
            case "count":
                return self._count(traversal)
            case "self" if self.itself is not None:
                return self._inside(self.itself, traversal.steps)
            case "path":
                return self._path(traversal), traversal.steps[1:]
            case "terraform":
                return self._terraform(traversal), traversal.steps[1:]
            case _:
                return self._resource(traversal)

    def _named(self, traversal: Traversal, names: Mapping[str, Value]) -> tuple[Value, tuple[PathStep, ...]]:
        match traversal.steps:
            case (AttributeStep(name), *rest) if name in names:
                return names[name], tuple(rest)
            case (AttributeStep(name), *_) if self._is_declared(traversal.root, name):
                return Unknown, ()
            case ():
                raise EvaluationError(_not_alone(traversal.root))
            case _:
                raise EvaluationError(undeclared(traversal, names))

    def _is_declared(self, root: str, name: str) -> bool:
        configuration = self.values.configuration
        declared = {"var": configuration.variables, "local": configuration.locals, "module": configuration.modules}
        return name in declared[root]

    def _each(self, traversal: Traversal) -> tuple[Value, tuple[PathStep, ...]]:
        if self.each is None:
            raise EvaluationError(undeclared(traversal))
        key, value = self.each
        return {"key": key, "value": value}, traversal.steps

    def _count(self, traversal: Traversal) -> tuple[Value, tuple[PathStep, ...]]:
        if self.index is None:
            raise EvaluationError(undeclared(traversal))
        return {"index": self.index}, traversal.steps

    def _terraform(self, traversal: Traversal) -> Value:
        match traversal.steps:
            case (AttributeStep("workspace"), *_):
                return self.values.workspace
            case (AttributeStep("applying"), *_):
                return self.values.functions.applying
            case (AttributeStep(name), *_):
                detail = (
                    f'The "terraform" object does not have an attribute named "{name}". The only supported attributes '
                    "are terraform.workspace, the name of the currently-selected workspace, and terraform.applying, a "
                    "boolean which is true only during apply."
                )
                raise EvaluationError(error('Invalid "terraform" attribute', detail))
            case _:
                raise EvaluationError(_not_alone(traversal.root))

    def _path(self, traversal: Traversal) -> Value:
        match traversal.steps:
            case (AttributeStep("module" | "root"), *_):
                return "."
            case (AttributeStep("cwd"), *_):
                return str(self.values.configuration.directory.absolute())
            case (AttributeStep(name), *_):
                detail = f'The "path" object does not have an attribute named "{name}".{did_you_mean(name, _PATH)}'
                raise EvaluationError(error('Invalid "path" attribute', detail))
            case _:
                raise EvaluationError(_not_alone(traversal.root))

    def _resource(self, traversal: Traversal) -> tuple[Value, tuple[PathStep, ...]]:
        address = resource_of(traversal)
        if address is None or address not in self.values.configuration.resources:
            raise EvaluationError(undeclared(traversal))
        rest = behind_name(traversal)
        objects = self.values.objects.get(address)
        match self.values.repetition.get(address), rest:
            case "single", _ if objects and None in objects:
                return self._inside(objects[None], rest)
            case "count" | "each", (IndexStep(key), *further) if objects and key in objects:
                return self._inside(objects[key], tuple(further))
            case _:
                return self.values.of_resource(address), rest

    def _inside(self, known: KnownObject, steps: tuple[PathStep, ...]) -> tuple[Value, tuple[PathStep, ...]]:
        match steps:
            case (AttributeStep(name), *rest) if name in known.schema.block.by_name:
                return known.attribute(name), tuple(rest)
            case _:
                return known.whole, steps


def _not_alone(root: str) -> Diagnostic:
    detail = f'The "{root}" object cannot be accessed directly. Instead, access one of its attributes.'
    return error("Invalid reference", detail, code=DiagnosticCode.INVALID_REFERENCE)


def unknown_object(block: Block) -> Object:
    """Return an object of which nothing is known."""
    return dict.fromkeys((*block.by_name, *block.blocks_by_name), Unknown)
