"""Decodes blocks into a ``Configuration``, going on after each fault."""

from __future__ import annotations

import pathlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from constructs_ims.backend.engine.configuration.blocks import (
    COMMENT,
    ConfigurationBlock,
    Faults,
    check_names,
    missing,
    nested_blocks,
    without_repeated,
)
from constructs_ims.backend.engine.configuration.decode_addresses import decode_import, decode_moved, decode_removed
from constructs_ims.backend.engine.configuration.decode_module import decode_module_call
from constructs_ims.backend.engine.configuration.decode_resource import decode_conditions, decode_resource
from constructs_ims.backend.engine.configuration.decode_variable import decode_variable
from constructs_ims.backend.engine.configuration.expressions import (
    read_argument,
    read_flag,
    read_named,
    read_references,
    read_text,
)
from constructs_ims.backend.engine.configuration.model import (
    Argument,
    Backend,
    Check,
    Configuration,
    Import,
    ModuleCall,
    Moved,
    Output,
    ProviderConfig,
    ProviderKey,
    Removed,
    RequiredProvider,
    Resource,
    Variable,
)
from constructs_ims.backend.engine.configuration.requirements import (
    check_block_version,
    check_local_name,
    check_required_version,
    read_required_provider,
)
from constructs_ims.backend.engine.configuration.source import Place, range_text
from constructs_ims.backend.engine.lang.addresses import ResourceAddress
from constructs_ims.schema.diagnostics import error

_TERRAFORM: Final = ("required_version", "required_providers", "backend", "cloud", "experiments", "provider_meta")
_OUTPUT: Final = ("value", "description", "sensitive", "ephemeral", "depends_on", "precondition")
_RESERVED: Final = ("source", "version", "providers", "count", "for_each", "lifecycle", "depends_on", "locals")
_NAME: Final = re.compile(r"[^\W\d][\w-]*")
_NAME_RULE: Final = (
    "A name must start with a letter or underscore and may contain only letters, digits, underscores, and dashes."
)
_KINDS_OF_NAMES: Final = {"data": "data resource", "check": "check block", "module": "module instance"}
"""What the name of a block is said to be, where that is not the block's type."""


def _named(block: ConfigurationBlock) -> tuple[str, ...]:
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
    modules: dict[str, ModuleCall] = field(default_factory=dict)

    def decode(self, block: ConfigurationBlock) -> None:
        """Take one block."""
        handlers: Mapping[str, Callable[[ConfigurationBlock], None]] = {
            "terraform": self._terraform,
            "provider": self._provider,
            "variable": self._variable,
            "locals": self._locals,
            "output": self._output,
            "module": self._module,
            "ephemeral": self._ephemeral_resource,
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

    def _check_name(self, block: ConfigurationBlock, name: str, place: Place) -> bool:
        what = _KINDS_OF_NAMES.get(block.type, block.type)
        if place == block.label_places[0] and len(block.labels) == 2:
            what = f"{what} type" if block.type == "resource" else "data source"
        if block.type == "variable" and name in _RESERVED:
            detail = f'The variable name "{name}" is reserved due to its special meaning inside module blocks.'
        elif _NAME.fullmatch(name):
            return True
        else:
            detail = _NAME_RULE
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
            self.modules,
        )

    def _module(self, block: ConfigurationBlock) -> None:
        self.modules[block.labels[0]] = decode_module_call(block, self.faults)

    def _ephemeral_resource(self, block: ConfigurationBlock) -> None:
        self._refuse("Ephemeral resources", block)

    def _refuse(self, what: str, block: ConfigurationBlock) -> None:
        detail = (
            f"{what} are not executed by the built-in engine. Set CONSTRUCTS_IMS_ENGINE=terraform to run the real "
            "Terraform on this stack."
        )
        self.faults.add(error("Needs Terraform", detail), block.body.place)

    def _terraform(self, block: ConfigurationBlock) -> None:
        body = without_repeated(block.body, _TERRAFORM[:1], self.faults)
        check_names(body, _TERRAFORM, self.faults)
        check_required_version(body, self.faults)
        for inner in nested_blocks(body, "required_providers", self.faults):
            self._required_providers(inner)
        for inner in nested_blocks(body, "backend", self.faults, labels=1):
            self._backend(inner)

    def _backend(self, block: ConfigurationBlock) -> None:
        place = block.body.place
        if self.backend is not None:
            where = self.faults.where(self.backend.place)
            detail = (
                f"A module may have only one backend configuration. The backend was previously configured at {where}."
            )
            self.faults.add(error("Duplicate backend configuration", detail), place)
            return
        self.backend = Backend(block.labels[0], block.body.values, place)

    def _required_providers(self, block: ConfigurationBlock) -> None:
        place = block.body.place
        if self.requirements:
            detail = (
                "A module may have only one required providers configuration. The required providers were previously "
                f"configured at {self.faults.where(self.requirements)}."
            )
            self.faults.add(error("Duplicate required providers configuration", detail), place)
        self.requirements = self.requirements or place
        body = without_repeated(block.body, block.body.values, self.faults, "Duplicate attribute definition")
        for name in body.values:
            if name != COMMENT:
                self.required_providers[name] = read_required_provider(name, body, self.faults)

    def _provider(self, block: ConfigurationBlock) -> None:
        (name,), body = block.labels, without_repeated(block.body, ("alias", "version"), self.faults)
        check_local_name(name, block.label_places[0], self.faults)
        alias = read_text(body, "alias", self.faults)
        if "alias" in body.values and not _NAME.fullmatch(alias):
            detail = f"An alias must be a valid name. {_NAME_RULE}"
            self.faults.found.append(error("Invalid provider configuration alias", detail))
        check_block_version(body, self.faults)
        rest = body.without(frozenset({"alias", "version", "//"}))
        self.providers[name, alias] = ProviderConfig(name, alias, rest, body.place)

    def _variable(self, block: ConfigurationBlock) -> None:
        variable = decode_variable(block, self.faults)
        self.variables[variable.name] = variable
        if variable.ephemeral:
            self._refuse("Ephemeral values, which no plan and no state may keep,", block)

    def _locals(self, block: ConfigurationBlock) -> None:
        body = without_repeated(block.body, block.body.values, self.faults, "Duplicate attribute definition")
        for name, value in body.values.items():
            if name == COMMENT:
                continue
            place = body.place_of(name)
            if not _NAME.fullmatch(name):
                self.faults.add_key(error("Invalid local value name", _NAME_RULE), place)
            if name in self.locals:
                earlier = self.locals[name].place
                first = self.faults.sources[earlier.filename].argument_range(earlier.path)
                detail = (
                    f'A local value named "{name}" was already defined at {range_text(first, earlier.filename)}. '
                    "Local value names must be unique within a module."
                )
                self.faults.add_argument(error("Duplicate local value definition", detail), place)
            self.locals[name] = read_argument(value, place, self.faults)

    def _output(self, block: ConfigurationBlock) -> None:
        faults = self.faults
        (name,), body = block.labels, without_repeated(block.body, _OUTPUT[:5], faults)
        check_names(body, _OUTPUT, faults)
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

    def _resource(self, block: ConfigurationBlock) -> None:
        resource = decode_resource(block, self.faults)
        self.resources[resource.address] = resource

    def _moved(self, block: ConfigurationBlock) -> None:
        moved = decode_moved(block, self.faults)
        self.moved += [moved] if moved else []

    def _removed(self, block: ConfigurationBlock) -> None:
        removed = decode_removed(block, self.faults)
        self.removed += [removed] if removed else []

    def _import(self, block: ConfigurationBlock) -> None:
        imported = decode_import(block, self.imports, self.faults)
        self.imports += [imported] if imported else []

    def _check(self, block: ConfigurationBlock) -> None:
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
