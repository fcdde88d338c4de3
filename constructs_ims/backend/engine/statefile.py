"""State files in Terraform's format, version 4: bytes to ``State`` and back, to the letter as Terraform writes them.

The version is sniffed first, so that *no state*, *not ours*, *ours but broken* and *from a newer release* are told
apart. Keys that this release does not know are dropped, as Terraform drops them.
"""

from __future__ import annotations

import base64
import binascii
import enum
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from constructs_ims.backend.engine.addresses import InstanceAddress, Key, Mode, ResourceAddress, sort_key
from constructs_ims.backend.engine.json_text import Record, from_json, to_indented
from constructs_ims.backend.engine.state import (
    TERRAFORM_VERSION,
    CheckObjectResult,
    CheckResult,
    CheckStatus,
    InstanceState,
    ObjectState,
    ObjectStatus,
    OutputState,
    ResourceState,
    State,
)
from constructs_ims.schema.diagnostics import Diagnostic, error
from constructs_ims.schema.paths import AttributeStep, IndexStep, Path, PathStep
from constructs_ims.schema.types import type_from_json, type_to_json

FORMAT_VERSION: Final = 4
_UNSUPPORTED, _INVALID = "Unsupported state file format", "Invalid state file"
_CHECK_KINDS: Final = {"resource": "resource", "output": "output_value", "check": "check", "var": "var"}
_STORED_KINDS: Final = {kind: stored for stored, kind in _CHECK_KINDS.items()}
_DEPOSED_KEY_LENGTH: Final = 8


class Fault(enum.Enum):
    """Why a file cannot be used as a state."""

    FOREIGN = "it is no state file"
    BROKEN = "it is a state file with something wrong in it"
    NEWER = "its format is one that only a newer release reads"
    LEGACY = "its format is one that only an older release wrote"


@dataclass(frozen=True, slots=True)
class ReadState:
    """What was read: a state, or nothing from an empty file, or nothing and what is the matter."""

    state: State | None = None
    fault: Fault | None = None
    diagnostics: tuple[Diagnostic, ...] = ()


def read_state(source: bytes) -> ReadState:
    """Read a state file."""
    if not source.strip():
        return ReadState()
    try:
        document = from_json(source)
    except (ValueError, RecursionError) as fault:
        return _unusable(Fault.FOREIGN, _UNSUPPORTED, _not_json(fault))
    version = document.get("version") if isinstance(document, dict) else None
    return _read_version(document, version)


def write_state(state: State) -> bytes:
    """Write a state file."""
    return to_indented(_document(state)).encode()


def _not_json(fault: Exception) -> str:
    if isinstance(fault, json.JSONDecodeError):
        return f"The state file could not be parsed as JSON: syntax error at byte offset {fault.pos + 1}."
    return "The state file could not be parsed as JSON."


def _unusable(fault: Fault, summary: str, detail: str) -> ReadState:
    return ReadState(None, fault, (error(summary, detail),))


def _read_version(document: Any, version: Any) -> ReadState:
    match version:
        case None:
            detail = 'The state file does not have a "version" attribute, which is required to identify the format'
            return _unusable(Fault.FOREIGN, _UNSUPPORTED, f"{detail} version.")
        case bool() | str() | float() | dict() | list():
            detail = f"The version in the state file is {json.dumps(version)}. A positive whole number is required."
            return _unusable(Fault.FOREIGN, _UNSUPPORTED, detail)
        case int() if version == FORMAT_VERSION:
            return _Reader(document).read()
        case int() if version > FORMAT_VERSION:
            return _unusable(Fault.NEWER, _UNSUPPORTED, _newer(version, document.get("terraform_version")))
        case _:
            detail = (
                f"The state file uses format version {version}, which Terraform has not written since 0.12. "
                f'Let Terraform {TERRAFORM_VERSION} upgrade it first with "terraform apply".'
            )
            return _unusable(Fault.LEGACY, _UNSUPPORTED, detail)


def _newer(version: int, creator: Any) -> str:
    made = f"was created by Terraform {creator}" if creator else "may have been created by a newer version of Terraform"
    return (
        f"The state file uses format version {version}, which is not supported by Terraform {TERRAFORM_VERSION}. "
        f"This state file {made}."
    )


class _MalformedError(ValueError):
    """Something of the wrong shape inside a state file; the message is a sentence for the user."""

    def __init__(self, detail: str, summary: str = _INVALID) -> None:
        super().__init__(detail)
        self.summary = summary


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
            return ReadState(None, Fault.BROKEN, tuple(self.diagnostics))
        return ReadState(self.state)

    def _guarded(self, part: Any, *arguments: Any) -> None:
        try:
            part(*arguments)
        except _MalformedError as fault:
            self.diagnostics.append(error(fault.summary, str(fault)))

    def _read_head(self) -> None:
        self.state.terraform_version = _typed(self.document, "terraform_version", str, "")
        self.state.serial = _typed(self.document, "serial", int, 0)
        self.state.lineage = _typed(self.document, "lineage", str, "")

    def _read_outputs(self) -> None:
        for name, stored in _typed(self.document, "outputs", dict, {}).items():
            self._guarded(self._read_output, name, stored)

    def _read_output(self, name: str, stored: Any) -> None:
        fields = _as_object(stored, f'output "{name}"')
        try:
            type_ = type_from_json(fields.get("type"))
        except (ValueError, TypeError) as fault:
            detail = f'The state file has an invalid type specification for output "{name}": {fault}'
            raise _MalformedError(detail, "Invalid output value type in state") from None
        self.state.outputs[name] = OutputState(fields.get("value"), type_, fields.get("sensitive") is True)

    def _read_resources(self) -> None:
        for stored in _typed(self.document, "resources", list, []):
            self._guarded(self._read_resource, stored)

    def _read_resource(self, stored: Any) -> None:
        fields = _as_object(stored, "a resource")
        address = _resource_address(fields)
        resource = ResourceState(_typed(fields, "provider", str, ""))
        self.state.resources[address] = resource
        for instance in _typed(fields, "instances", list, []):
            self._guarded(self._read_instance, address, resource, instance)

    def _read_instance(self, address: ResourceAddress, resource: ResourceState, stored: Any) -> None:
        fields = _as_object(stored, f"an instance of {address}")
        instance_address = InstanceAddress(address, _instance_key(address, fields.get("index_key")))
        instance = resource.instances.setdefault(instance_address.key, InstanceState())
        obj = read_object(fields, f"Instance {instance_address}")
        deposed = _typed(fields, "deposed", str, "")
        _place(instance, deposed, obj, instance_address)

    def _read_checks(self) -> None:
        stored = _typed(self.document, "check_results", list, None)
        if stored is not None:
            self.state.check_results = tuple(_read_check(_as_object(check, "a check result")) for check in stored)


def _typed(fields: Mapping[str, Any], name: str, kind: type, default: Any) -> Any:
    value = fields.get(name)
    if value is None:
        return default
    if not isinstance(value, kind) or isinstance(value, bool) != (kind is bool):
        raise _MalformedError(
            f'The value of "{name}" in the state file is a {type(value).__name__}, not a {kind.__name__}.'
        )
    return value


def _as_object(value: Any, what: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _MalformedError(f"The state file holds {what} that is a {type(value).__name__}, not an object.")
    return value


def _resource_address(fields: Mapping[str, Any]) -> ResourceAddress:
    type_name, name = _typed(fields, "type", str, ""), _typed(fields, "name", str, "")
    mode = _typed(fields, "mode", str, "")
    if mode not in ("managed", "data"):
        detail = f'State contains a resource with mode "{mode}" ("{type_name}" "{name}") which is not supported.'
        raise _MalformedError(detail, "Invalid resource mode in state")
    known: Mode = "managed" if mode == "managed" else "data"
    return ResourceAddress(known, type_name, name, _typed(fields, "module", str, ""))


def _instance_key(address: ResourceAddress, key: Any) -> Key:
    if key is None or isinstance(key, str) or (isinstance(key, int) and not isinstance(key, bool)):
        return key
    detail = f"Resource {address} has an instance with the invalid instance key {json.dumps(key, default=str)}."
    raise _MalformedError(detail, "Invalid resource instance metadata in state")


def _place(instance: InstanceState, deposed: str, obj: ObjectState, address: InstanceAddress) -> None:
    if deposed:
        if len(deposed) != _DEPOSED_KEY_LENGTH:
            detail = f'Instance {address} has an object with deposed key "{deposed}", which is not correctly formatted.'
            raise _MalformedError(detail, "Invalid resource instance metadata in state")
        if deposed in instance.deposed:
            detail = f'Instance {address} deposed object "{deposed}" appears multiple times in the state file.'
            raise _MalformedError(detail, "Duplicate resource instance in state")
        instance.deposed[deposed] = obj
        return
    if instance.current is not None:
        detail = f"Instance {address} appears multiple times in the state file."
        raise _MalformedError(detail, "Duplicate resource instance in state")
    instance.current = obj


def read_object(fields: Mapping[str, Any], who: str) -> ObjectState:
    """Read one object from its stored fields; ``ValueError`` with a sentence about ``who`` when they are wrong."""
    status = _typed(fields, "status", str, "")
    if status not in ("", "tainted"):
        raise _MalformedError(f'{who} has invalid status "{status}".', "Invalid resource instance metadata in state")
    return ObjectState(
        attributes=_typed(fields, "attributes", dict, {}),
        schema_version=_typed(fields, "schema_version", int, 0),
        private=_private(_typed(fields, "private", str, ""), who),
        dependencies=tuple(str(dependency) for dependency in _typed(fields, "dependencies", list, ())),
        sensitive_paths=tuple(_read_paths(_typed(fields, "sensitive_attributes", list, ()), who)),
        status=ObjectStatus.TAINTED if status else ObjectStatus.READY,
        create_before_destroy=_typed(fields, "create_before_destroy", bool, False),
    )


def _private(text: str, who: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        raise _MalformedError(f"{who} has private data that is not Base64.") from None


def _read_paths(stored: Iterable[Any], who: str) -> Iterator[Path]:
    for path in stored:
        if not isinstance(path, list):
            raise _MalformedError(f"{who} has a sensitive path that is not a list of steps.", "Unsupported path step")
        yield tuple(_read_step(step, who) for step in path)


def _read_step(step: Any, who: str) -> PathStep:
    match step:
        case {"type": "get_attr", "value": str(name)}:
            return AttributeStep(name)
        case {"type": "index", "value": {"value": key}}:
            return IndexStep(key)
        case _:
            raise _MalformedError(
                f"{who} has a sensitive path with the step {json.dumps(step)}.", "Unsupported path step"
            )


def _read_check(fields: Mapping[str, Any]) -> CheckResult:
    kind = _CHECK_KINDS.get(fields.get("object_kind", ""))
    if kind is None:
        raise _MalformedError(f'The state file holds a check of the unsupported kind "{fields.get("object_kind")}".')
    objects = _typed(fields, "objects", list, None)
    read = None if objects is None else tuple(_read_check_object(_as_object(obj, "a check result")) for obj in objects)
    address = _typed(fields, "config_addr", str, "")
    return CheckResult(kind, address, _check_status(fields.get("status")), read)  # type: ignore[arg-type]


def _read_check_object(fields: Mapping[str, Any]) -> CheckObjectResult:
    messages = tuple(str(message) for message in _typed(fields, "failure_messages", list, ()))
    return CheckObjectResult(_typed(fields, "object_addr", str, ""), _check_status(fields.get("status")), messages)


def _check_status(text: Any) -> CheckStatus:
    return CheckStatus(text) if text in tuple(CheckStatus) else CheckStatus.UNKNOWN


def _document(state: State) -> Record:
    return Record(
        version=FORMAT_VERSION,
        terraform_version=state.terraform_version,
        serial=state.serial,
        lineage=state.lineage,
        outputs={name: _output_fields(output) for name, output in state.outputs.items()},
        resources=[_resource_fields(address, state.resources[address]) for address in _in_order(state)],
        check_results=[_check_fields(check) for check in state.check_results] if state.check_results else None,
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


def object_fields(obj: ObjectState, key: Key = None, deposed: str | None = None) -> Record:
    """Return what is stored of one object, in the order in which it is stored."""
    fields = Record()
    if key is not None:
        fields["index_key"] = key
    if obj.is_tainted:
        fields["status"] = "tainted"
    if deposed:
        fields["deposed"] = deposed
    fields["schema_version"] = obj.schema_version
    fields["attributes"] = obj.attributes
    fields["sensitive_attributes"] = [[_step_fields(step) for step in path] for path in obj.sensitive_paths]
    if obj.private:
        fields["private"] = base64.b64encode(obj.private).decode()
    if obj.dependencies:
        fields["dependencies"] = obj.dependencies
    if obj.create_before_destroy:
        fields["create_before_destroy"] = True
    return fields


def _step_fields(step: PathStep) -> Record:
    if isinstance(step, AttributeStep):
        return Record(type="get_attr", value=step.name)
    kind = "string" if isinstance(step.key, str) else "number"
    return Record(type="index", value=Record(value=step.key, type=kind))


def _check_fields(check: CheckResult) -> Record:
    objects = [_check_object_fields(obj) for obj in check.objects] if check.objects else None
    return Record(
        object_kind=_STORED_KINDS[check.kind],
        config_addr=check.address,
        status=str(check.status),
        objects=objects,
    )


def _check_object_fields(obj: CheckObjectResult) -> Record:
    fields = Record(object_addr=obj.address, status=str(obj.status))
    if obj.failure_messages:
        fields["failure_messages"] = obj.failure_messages
    return fields
