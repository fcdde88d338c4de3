"""State files in Terraform's format, version 4: bytes to ``State`` and back, to the letter as Terraform writes them.

The version is sniffed first, so that *no state*, *not ours*, *ours but broken* and *from a newer release* are told
apart. Keys that this release does not know are dropped, as Terraform drops them.
"""

from __future__ import annotations

import enum
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from textwrap import shorten
from typing import Any, Final

from constructs_ims.backend.engine.lang.addresses import InstanceAddress, Key, Mode, ResourceAddress, sort_key
from constructs_ims.backend.engine.lang.json_text import Record, from_json, to_indented
from constructs_ims.backend.engine.state.model import (
    DEPOSED_KEY_LENGTH,
    InstanceState,
    ObjectState,
    OutputState,
    ResourceState,
    State,
)
from constructs_ims.backend.engine.state.records import (
    MalformedError,
    as_object,
    check_fields,
    object_fields,
    provider_address,
    read_check,
    read_object,
    typed_field,
)
from constructs_ims.schema.diagnostics import Diagnostic, error
from constructs_ims.schema.types import type_from_json, type_to_json
from constructs_ims.schema.versions import TERRAFORM_VERSION

FORMAT_VERSION: Final = 4
_UNSUPPORTED: Final = "Unsupported state file format"


class StateFileFault(enum.Enum):
    """Why a file cannot be used as a state."""

    FOREIGN = "it is no state file"
    BROKEN = "it is a state file with something wrong in it"
    NEWER = "its format is one that only a newer release reads"
    LEGACY = "its format is one that only an older release wrote"


@dataclass(frozen=True, slots=True)
class ReadState:
    """What was read: a state, or nothing from an empty file, or nothing and what is the matter."""

    state: State | None = None
    fault: StateFileFault | None = None
    diagnostics: tuple[Diagnostic, ...] = ()


def read_state(source: bytes) -> ReadState:
    """Read a state file."""
    if not source.strip():
        return ReadState()
    try:
        document = from_json(source)
    except ValueError as fault:
        return _unusable(StateFileFault.FOREIGN, _UNSUPPORTED, _not_json(fault))
    version = document.get("version") if isinstance(document, dict) else None
    return _read_version(document, version)


def write_state(state: State) -> bytes:
    """Write a state file."""
    return to_indented(_document(state)).encode()


def _not_json(fault: Exception) -> str:
    if isinstance(fault, json.JSONDecodeError):
        return f"The state file could not be parsed as JSON: syntax error at byte offset {fault.pos + 1}."
    return "The state file could not be parsed as JSON."


def _unusable(fault: StateFileFault, summary: str, detail: str) -> ReadState:
    return ReadState(None, fault, (error(summary, detail),))


def _read_version(document: Any, version: Any) -> ReadState:
    match version:
        case None:
            detail = 'The state file does not have a "version" attribute, which is required to identify the format'
            return _unusable(StateFileFault.FOREIGN, _UNSUPPORTED, f"{detail} version.")
        case bool() | str() | float() | dict() | list():
            shown = json.dumps(version, default=str)
            detail = f"The version in the state file is {shown}. A positive whole number is required."
            return _unusable(StateFileFault.FOREIGN, _UNSUPPORTED, detail)
        case int() if version == FORMAT_VERSION:
            return _Reader(document).read()
        case int() if version > FORMAT_VERSION:
            return _unusable(StateFileFault.NEWER, _UNSUPPORTED, _newer(version, document.get("terraform_version")))
        case _:
            detail = (
                f"The state file uses format version {version}, which Terraform has not written since 0.12. "
                f'Let Terraform {TERRAFORM_VERSION} upgrade it first with "terraform apply".'
            )
            return _unusable(StateFileFault.LEGACY, _UNSUPPORTED, detail)


def _newer(version: int, creator: Any) -> str:
    made = f"was created by Terraform {creator}" if creator else "may have been created by a newer version of Terraform"
    return (
        f"The state file uses format version {version}, which is not supported by Terraform {TERRAFORM_VERSION}. "
        f"This state file {made}."
    )


@dataclass(slots=True)
class _Reader:
    """Reads one document, going on after a fault so that one run reports all of them."""

    document: dict[str, Any]
    state: State = field(default_factory=State)
    diagnostics: list[Diagnostic] = field(default_factory=list)

    def read(self) -> ReadState:
        for part in (self._read_head, self._read_outputs, self._read_resources, self._read_checks):
            self._guarded(part)
        if self.diagnostics:
            return ReadState(None, StateFileFault.BROKEN, tuple(self.diagnostics))
        return ReadState(self.state)

    def _guarded(self, part: Any, *arguments: Any) -> None:
        try:
            part(*arguments)
        except MalformedError as fault:
            self.diagnostics.append(error(fault.summary, str(fault)))

    def _read_head(self) -> None:
        self.state.terraform_version = typed_field(self.document, "terraform_version", str, "")
        self.state.serial = typed_field(self.document, "serial", int, 0)
        self.state.lineage = typed_field(self.document, "lineage", str, "")

    def _read_outputs(self) -> None:
        for name, stored in typed_field(self.document, "outputs", dict, {}).items():
            self._guarded(self._read_output, name, stored)

    def _read_output(self, name: str, stored: Any) -> None:
        fields = as_object(stored, f'output "{name}"')
        try:
            type_ = type_from_json(fields.get("type"))
        except (ValueError, TypeError) as fault:
            detail = f'The state file has an invalid type specification for output "{name}": {fault}'
            raise MalformedError(detail, "Invalid output value type in state") from None
        self.state.outputs[name] = OutputState(fields.get("value"), type_, fields.get("sensitive") is True)

    def _read_resources(self) -> None:
        for stored in typed_field(self.document, "resources", list, []):
            self._guarded(self._read_resource, stored)

    def _read_resource(self, stored: Any) -> None:
        fields = as_object(stored, "a resource")
        address = _resource_address(fields)
        provider = provider_address(address, fields.get("provider"))
        resource = self.state.resources.setdefault(address, ResourceState(provider))
        for instance in typed_field(fields, "instances", list, []):
            self._guarded(self._read_instance, address, resource, instance)

    def _read_instance(self, address: ResourceAddress, resource: ResourceState, stored: Any) -> None:
        fields = as_object(stored, f"an instance of {address}")
        instance_address = InstanceAddress(address, _instance_key(address, fields.get("index_key")))
        instance = resource.instances.setdefault(instance_address.key, InstanceState())
        obj = read_object(fields, f"Instance {instance_address}")
        deposed = typed_field(fields, "deposed", str, "")
        _place(instance, deposed, obj, instance_address)

    def _read_checks(self) -> None:
        stored = typed_field(self.document, "check_results", list, None)
        if stored is not None:
            self.state.check_results = tuple(read_check(as_object(check, "a check result")) for check in stored)


def _resource_address(fields: Mapping[str, Any]) -> ResourceAddress:
    type_name, name = typed_field(fields, "type", str, ""), typed_field(fields, "name", str, "")
    mode = typed_field(fields, "mode", str, "")
    if not (type_name and name and mode):
        shown = shorten(json.dumps(fields, default=str), 100, placeholder="...")
        raise MalformedError(f"State contains a resource that lacks its mode, type or name: {shown}")
    if mode not in ("managed", "data"):
        detail = f'State contains a resource with mode "{mode}" ("{type_name}" "{name}") which is not supported.'
        raise MalformedError(detail, "Invalid resource mode in state")
    known: Mode = "managed" if mode == "managed" else "data"
    return ResourceAddress(known, type_name, name, typed_field(fields, "module", str, ""))


def _instance_key(address: ResourceAddress, key: Any) -> Key:
    if key is None or isinstance(key, str) or (isinstance(key, int) and not isinstance(key, bool)):
        return key
    detail = f"Resource {address} has an instance with the invalid instance key {json.dumps(key, default=str)}."
    raise MalformedError(detail, "Invalid resource instance metadata in state")


def _place(instance: InstanceState, deposed: str, obj: ObjectState, address: InstanceAddress) -> None:
    if deposed:
        if len(deposed) != DEPOSED_KEY_LENGTH:
            detail = f'Instance {address} has an object with deposed key "{deposed}", which is not correctly formatted.'
            raise MalformedError(detail, "Invalid resource instance metadata in state")
        if deposed in instance.deposed:
            detail = f'Instance {address} deposed object "{deposed}" appears multiple times in the state file.'
            raise MalformedError(detail, "Duplicate resource instance in state")
        instance.deposed[deposed] = obj
        return
    if instance.current is not None:
        detail = f"Instance {address} appears multiple times in the state file."
        raise MalformedError(detail, "Duplicate resource instance in state")
    instance.current = obj


def _document(state: State) -> Record:
    return Record(
        version=FORMAT_VERSION,
        terraform_version=state.terraform_version,
        serial=state.serial,
        lineage=state.lineage,
        outputs={name: _output_fields(output) for name, output in state.outputs.items()},
        resources=[_resource_fields(address, state.resources[address]) for address in _in_order(state)],
        check_results=[check_fields(check) for check in state.check_results] if state.check_results else None,
    )


def _in_order(state: State) -> list[ResourceAddress]:
    return sorted(state.resources, key=lambda address: sort_key(InstanceAddress(address)))


def _output_fields(output: OutputState) -> Record:
    fields = Record(value=output.value, type=type_to_json(output.type))
    if output.sensitive:
        fields["sensitive"] = True
    return fields


def _resource_fields(address: ResourceAddress, resource: ResourceState) -> Record:
    fields = Record(module=address.module) if address.module else Record()
    fields.update(mode=address.mode, type=address.type, name=address.name, provider=resource.provider)
    fields["instances"] = list(_instance_fields(address, resource))
    return fields


def _instance_fields(address: ResourceAddress, resource: ResourceState) -> Iterator[Record]:
    for key in sorted(resource.instances, key=lambda key: sort_key(InstanceAddress(address, key))):
        instance = resource.instances[key]
        if instance.current is not None:
            yield object_fields(instance.current, key)
        for deposed in sorted(instance.deposed):
            yield object_fields(instance.deposed[deposed], key, deposed)
