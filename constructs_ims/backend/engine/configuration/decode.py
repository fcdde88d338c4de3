"""Decodes blocks into a ``Configuration``, going on after each fault."""

from __future__ import annotations

import pathlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from constructs_ims.backend.engine.addresses import ResourceAddress
from constructs_ims.backend.engine.configuration.blocks import (
    COMMENT,
    Block,
    Faults,
    check_names,
    check_repeated,
    missing,
    nested_blocks,
)
from constructs_ims.backend.engine.configuration.decode_resource import (
    decode_conditions,
    decode_resource,
    read_provider_key,
)
from constructs_ims.backend.engine.configuration.decode_variable import decode_variable
from constructs_ims.backend.engine.configuration.expressions import (
    read_argument,
    read_expression,
    read_flag,
    read_named,
    read_references,
    read_text,
    read_traversal,
)
from constructs_ims.backend.engine.configuration.model import (
    Argument,
    Backend,
    Check,
    Configuration,
    Import,
    Moved,
    Output,
    ProviderConfig,
    ProviderKey,
    Removed,
    RequiredProvider,
    Resource,
    Variable,
)
from constructs_ims.backend.engine.configuration.overrides import is_override
from constructs_ims.backend.engine.configuration.requirements import (
    check_block_version,
    check_required_version,
    read_required_provider,
)
from constructs_ims.backend.engine.configuration.source import Place, range_text
from constructs_ims.backend.engine.lang import Traversal
from constructs_ims.backend.engine.lang.origin import at_reference
from constructs_ims.schema.diagnostics import error
from constructs_ims.schema.paths import IndexStep

_TERRAFORM: Final = ("required_version", "required_providers", "backend", "cloud", "experiments", "provider_meta")
_OUTPUT: Final = ("value", "description", "sensitive", "ephemeral", "depends_on", "precondition", "deprecated")
_RESERVED: Final = ("source", "version", "providers", "count", "for_each", "lifecycle", "depends_on", "locals")
_NAME: Final = re.compile(r"[^\W\d][\w-]*")


def _named(block: Block) -> tuple[str, ...]:
    """Return the labels that are names of the stack's own choosing, or of a type."""
    return () if block.type == "provider" else block.labels


@dataclass
class Decoder:
    """Takes blocks one by one; ``configuration`` is what they add up to."""

    faults: Faults
    directory: pathlib.Path
    required_providers: dict[str, RequiredProvider] = field(default_factory=dict)
    requirements: Place | None = None
    """Where the required providers are."""
    backend: Backend | None = None
    providers: dict[ProviderKey, ProviderConfig] = field(default_factory=dict)
    variables: dict[str, Variable] = field(default_factory=dict)
    locals: dict[str, Argument] = field(default_factory=dict)
    outputs: dict[str, Output] = field(default_factory=dict)
    resources: dict[ResourceAddress, Resource] = field(default_factory=dict)
    imports: list[Import] = field(default_factory=list)
    moved: list[Moved] = field(default_factory=list)
    removed: list[Removed] = field(default_factory=list)
    checks: dict[str, Check] = field(default_factory=dict)

    def decode(self, block: Block) -> None:
        """Take one block."""
        handlers: Mapping[str, Callable[[Block], None]] = {
            "terraform": self._terraform,
            "provider": self._provider,
            "variable": self._variable,
            "locals": self._locals,
            "output": self._output,
            "module": self._needs_terraform,
            "ephemeral": self._needs_terraform,
            "resource": self._resource,
            "data": self._resource,
            "moved": self._moved,
            "import": self._import,
            "removed": self._removed,
            "check": self._check,
        }
        named = zip(_named(block), block.label_places, strict=False)
        if all(self._check_name(block, name, place) for name, place in named):
            handlers[block.type](block)

    def _check_name(self, block: Block, name: str, place: Place) -> bool:
        what = "resource" if block.type in ("resource", "data") else block.type
        if block.type == "variable" and name in _RESERVED:
            detail = f'The variable name "{name}" is reserved due to its special meaning inside module blocks.'
        elif _NAME.fullmatch(name):
            return True
        else:
            detail = (
                "A name must start with a letter or underscore and may contain only letters, digits, underscores, and "
                "dashes."
            )
        self.faults.add_key(error(f"Invalid {what} name", detail), place)
        return False

    def configuration(self) -> Configuration:
        """Return all that was decoded."""
        return Configuration(
            self.directory,
            self.faults.sources,
            self.required_providers,
            self.backend,
            self.providers,
            self.variables,
            self.locals,
            self.outputs,
            self.resources,
            tuple(self.imports),
            tuple(self.moved),
            tuple(self.removed),
            self.checks,
        )

    def _needs_terraform(self, block: Block) -> None:
        self._refuse("Modules" if block.type == "module" else "Ephemeral resources", block)

    def _refuse(self, what: str, block: Block) -> None:
        detail = (
            f"{what} are not executed by the built-in engine. Set CONSTRUCTS_IMS_ENGINE=terraform to run the real "
            "Terraform on this stack."
        )
        self.faults.add(error("Needs Terraform", detail), block.body.place)

    def _terraform(self, block: Block) -> None:
        body = block.body
        check_names(body, _TERRAFORM, self.faults)
        check_required_version(body, self.faults)
        for inner in nested_blocks(body, "required_providers", self.faults):
            self._required_providers(inner)
        for inner in nested_blocks(body, "backend", self.faults, labels=1):
            self._backend(inner)

    def _backend(self, block: Block) -> None:
        place = block.body.place
        if self.backend is not None and not is_override(place.filename):
            where = self.faults.where(self.backend.place)
            detail = (
                f"A module may have only one backend configuration. The backend was previously configured at {where}."
            )
            self.faults.add(error("Duplicate backend configuration", detail), place)
            return
        self.backend = Backend(block.labels[0], block.body.values, place)

    def _required_providers(self, block: Block) -> None:
        place = block.body.place
        if not is_override(place.filename):
            if self.requirements:
                detail = (
                    "A module may have only one required providers configuration. The required providers were "
                    f"previously configured at {self.faults.where(self.requirements)}."
                )
                self.faults.add(error("Duplicate required providers configuration", detail), place)
            self.requirements = self.requirements or place
        for name in block.body.values:
            if name != COMMENT:
                self.required_providers[name] = read_required_provider(name, block, self.faults)

    def _provider(self, block: Block) -> None:
        (name,), body = block.labels, block.body
        alias = read_text(body, "alias", self.faults)
        check_block_version(body, self.faults)
        rest = body.without(frozenset({"alias", "version", "//"}))
        self.providers[name, alias] = ProviderConfig(name, alias, rest, body.place)

    def _variable(self, block: Block) -> None:
        variable = decode_variable(block, self.faults)
        self.variables[variable.name] = variable
        if variable.ephemeral:
            self._refuse("Ephemeral values, which no plan and no state may keep,", block)

    def _locals(self, block: Block) -> None:
        for name, value in block.body.values.items():
            if name == "//":
                continue
            place = block.body.place_of(name)
            if name in self.locals:
                earlier = self.locals[name].place
                first = self.faults.sources[earlier.filename].argument_range(earlier.path)
                detail = (
                    f'A local value named "{name}" was already defined at {range_text(first, earlier.filename)}. '
                    "Local value names must be unique within a module."
                )
                self.faults.add_argument(error("Duplicate local value definition", detail), place)
            self.locals[name] = read_argument(value, place, self.faults)

    def _output(self, block: Block) -> None:
        (name,), body, faults = block.labels, block.body, self.faults
        check_names(body, _OUTPUT, faults)
        check_repeated(body, _OUTPUT[:5], faults)
        if "value" not in body.values:
            faults.add_missing(missing("value"), body.place)
        self.outputs[name] = Output(
            name,
            body.place,
            read_named(body, "value", faults),
            read_text(body, "description", faults),
            read_flag(body, "sensitive", faults),
            read_flag(body, "ephemeral", faults),
            read_references(body, "depends_on", faults),
            decode_conditions(body, "precondition", faults),
        )
        if self.outputs[name].ephemeral:
            detail = "Ephemeral outputs are not allowed in context of a root module"
            faults.add(error("Ephemeral output not allowed", detail), body.place)

    def _resource(self, block: Block) -> None:
        resource = decode_resource(block, self.faults)
        self.resources[resource.address] = resource

    def _moved(self, block: Block) -> None:
        source, target = self._endpoint(block, "from"), self._endpoint(block, "to")
        if source is not None and target is not None:
            self.moved.append(Moved(source, target, block.body.place))

    def _endpoint(self, block: Block, name: str) -> Traversal | None:
        check_names(block.body, ("from", "to", "lifecycle", "provisioner"), self.faults)
        value = block.body.values.get(name)
        if value is None:
            self.faults.add_missing(missing(name), block.body.place)
            return None
        return read_traversal(value, block.body.place_of(name), self.faults)

    def _removed(self, block: Block) -> None:
        source = self._endpoint(block, "from")
        destroy = True
        for inner in nested_blocks(block.body, "lifecycle", self.faults):
            destroy = read_flag(inner.body, "destroy", self.faults, default=True)
        keys = [at for at, step in enumerate(source.steps) if isinstance(step, IndexStep)] if source else []
        if source is not None and keys:
            fault = at_reference(_NO_KEYS, source, source, slice(keys[0], keys[0] + 1))
            self.faults.add(fault, block.body.place_of("from"))
        elif source is not None:
            self.removed.append(Removed(source, destroy, block.body.place))

    def _import(self, block: Block) -> None:
        body, faults = block.body, self.faults
        check_names(body, ("to", "id", "for_each", "provider"), faults)
        absent = [name for name in ("to", "id") if body.values.get(name) is None]
        for name in absent:
            faults.add_missing(missing(name), body.place)
        if absent:
            return
        self._check_imported_once(block)
        self.imports.append(
            Import(
                read_expression(body.values["to"], body.place_of("to"), faults),
                read_named(body, "id", faults),
                body.place,
                body.values["to"],
                None if body.values.get("for_each") is None else read_named(body, "for_each", faults),
                read_provider_key(body, faults),
            )
        )

    def _check_imported_once(self, block: Block) -> None:
        target = block.body.values["to"]
        first = next((one for one in self.imports if one.target == target), None)
        if not isinstance(target, str) or "${" in target or first is None:
            return
        where = self.faults.where(first.place)
        detail = (
            f'An import block for the resource "{target}" was already declared at {where}. A resource can have only '
            "one import block."
        )
        fault = error(f'Duplicate import configuration for "{target}"', detail)
        expression = read_expression(target, block.body.place_of("to"), self.faults).expression
        if isinstance(expression, Traversal):
            fault = at_reference(fault, expression, expression, slice(None))
        self.faults.add(fault, block.body.place_of("to"))

    def _check(self, block: Block) -> None:
        (name,), body = block.labels, block.body
        check_names(body, ("assert", "data"), self.faults)
        data = None
        for inner in nested_blocks(body, "data", self.faults, labels=2):
            resource = decode_resource(inner, self.faults, check=name)
            self.resources[resource.address] = resource
            data = resource.address
        if "assert" not in body.values:
            self.faults.add(
                error("Zero assert blocks", "Check blocks must have at least one assert block."), body.place
            )
        self.checks[name] = Check(name, body.place, decode_conditions(body, "assert", self.faults), data)


_NO_KEYS: Final = error(
    "Resource instance keys not allowed",
    'Resource address must be a resource (e.g. "test_instance.foo"), not a resource instance (e.g. '
    '"test_instance.foo[1]").',
)
