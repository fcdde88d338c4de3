"""Values, paths and records of a plan as plain JSON and back, with nothing lost: unknowns, marks, types, exact numbers.

What JSON has is written as it is; anything else is an object with the one key ``$`` that names what it is.
"""

from __future__ import annotations

from dataclasses import asdict
from decimal import Decimal
from typing import Any, Final

from constructs_ims.backend.engine.lang import Sensitive, TfList, TfMap, TfSet
from constructs_ims.backend.engine.lang.addresses import InstanceAddress, parse_address
from constructs_ims.backend.engine.lang.json_text import read_decimal
from constructs_ims.backend.engine.lang.provider_addresses import provider_name
from constructs_ims.backend.engine.plans.changes import (
    Action,
    ActionReason,
    Importing,
    OutputChange,
    RelevantAttribute,
    ResourceChange,
    SimulatedModule,
    VariableValue,
)
from constructs_ims.backend.engine.state.model import CheckObjectResult, CheckResult, CheckStatus
from constructs_ims.backend.engine.state.stored import SchemaOf
from constructs_ims.schema.diagnostics import Diagnostic, Explanation, Severity, Signature, SourcePosition, SourceRange
from constructs_ims.schema.paths import AttributeStep, IndexStep, Path
from constructs_ims.schema.types import Type, type_from_json, type_to_json
from constructs_ims.schema.values import Unknown

_TAG: Final = "$"
_COLLECTIONS: Final = {TfList: "list", TfSet: "set", TfMap: "map"}
_CLASSES: Final = {name: class_ for class_, name in _COLLECTIONS.items()}


_UNKNOWN: Final = {_TAG: "unknown"}


def encode(value: Any) -> Any:
    """Write a value."""
    if value is None or isinstance(value, str):
        return value
    if value is Unknown:
        return _UNKNOWN
    if isinstance(value, Sensitive):
        return {_TAG: "sensitive", "value": encode(value.value)}
    if isinstance(value, bytes):
        return {_TAG: "bytes", "value": value.hex()}
    if isinstance(value, float | Decimal):
        return {_TAG: type(value).__name__, "value": repr(value) if isinstance(value, float) else str(value)}
    if isinstance(value, dict | list | tuple):
        return _encode_collection(value)
    return value


def _encode_collection(value: Any) -> Any:
    if name := _COLLECTIONS.get(type(value)):
        return {_TAG: name, "type": type_to_json(value.element), "value": _encode_plain(value)}
    return {_TAG: "object", "value": _encode_plain(value)} if _TAG in value else _encode_plain(value)


def _encode_plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: encode(item) for name, item in value.items()}
    return [encode(item) for item in value]


def decode(data: Any) -> Any:
    """Read a value; ``ValueError`` or ``KeyError`` when it is none."""
    if isinstance(data, list):
        return [decode(item) for item in data]
    if not isinstance(data, dict):
        return data
    if data == _UNKNOWN:
        return Unknown
    if _TAG not in data:
        return {name: decode(item) for name, item in data.items()}
    match data[_TAG]:
        case "sensitive":
            return Sensitive(decode(data["value"]))
        case "bytes":
            return bytes.fromhex(data["value"])
        case "float":
            return float(data["value"])
        case "Decimal":
            return read_decimal(data["value"])
        case "object":
            return {name: decode(item) for name, item in data["value"].items()}
        case "map":
            items = {name: decode(item) for name, item in data["value"].items()}
            return TfMap(items, type_from_json(data["type"]))
        case "list" | "set" as name:
            return _CLASSES[name]([decode(item) for item in data["value"]], type_from_json(data["type"]))
        case unknown:
            raise ValueError(f"{unknown!r} names no kind of value.")


def _encode_paths(paths: tuple[Path, ...]) -> list[Any]:
    return [[[step.name] if isinstance(step, AttributeStep) else ["", encode(step.key)] for step in p] for p in paths]


def _decode_paths(data: list[Any]) -> tuple[Path, ...]:
    return tuple(
        tuple(AttributeStep(step[0]) if len(step) == 1 else IndexStep(decode(step[1])) for step in path)
        for path in data
    )


def _address_text(address: InstanceAddress | None) -> str | None:
    return str(address) if address is not None else None


def encode_change(change: ResourceChange) -> dict[str, Any]:
    """Write the change of an object; its schema is left out."""
    return {
        "address": str(change.address),
        "provider": change.provider,
        "action": change.action.name,
        "before": encode(change.before),
        "after": encode(change.after),
        "previous_address": _address_text(change.previous_address),
        "deposed": change.deposed,
        "reason": change.reason,
        "before_sensitive": _encode_paths(change.before_sensitive),
        "after_sensitive": _encode_paths(change.after_sensitive),
        "replace_paths": _encode_paths(change.replace_paths),
        "importing": [change.importing.id] if change.importing is not None else None,
        "simulated": change.simulated,
        "planned_private": change.planned_private.hex(),
        "config": encode(change.config),
        "sensitive_marks": _encode_paths(change.sensitive_marks),
        "dependencies": list(change.dependencies),
        "create_before_destroy": change.create_before_destroy,
        "types": {name: type_to_json(type_) for name, type_ in change.types.items()},
    }


def decode_change(data: dict[str, Any], schema_of: SchemaOf) -> ResourceChange:
    """Read the change of an object, its schema found anew."""
    address = parse_address(data["address"])
    previous, importing = data["previous_address"], data["importing"]
    resource = address.resource
    return ResourceChange(
        address=address,
        provider=data["provider"],
        action=Action[data["action"]],
        before=decode(data["before"]),
        after=decode(data["after"]),
        previous_address=parse_address(previous) if previous else None,
        deposed=data["deposed"],
        reason=ActionReason(data["reason"]) if data["reason"] else None,
        before_sensitive=_decode_paths(data["before_sensitive"]),
        after_sensitive=_decode_paths(data["after_sensitive"]),
        replace_paths=_decode_paths(data["replace_paths"]),
        importing=Importing(importing[0]) if importing is not None else None,
        schema=schema_of(provider_name(data["provider"]), resource.mode, resource.type),
        simulated=data["simulated"],
        planned_private=bytes.fromhex(data["planned_private"]),
        config=decode(data["config"]),
        sensitive_marks=_decode_paths(data["sensitive_marks"]),
        dependencies=tuple(data["dependencies"]),
        create_before_destroy=data["create_before_destroy"],
        types={name: type_from_json(type_) for name, type_ in data["types"].items()},
    )


def encode_module(module: SimulatedModule) -> dict[str, Any]:
    """Write what is planned of a module call."""
    return {**asdict(module), "instances": list(module.instances)}


def decode_module(data: dict[str, Any]) -> SimulatedModule:
    """Read what is planned of a module call."""
    name, source, version, interface = (data[name] for name in ("name", "source", "version", "interface"))
    instances = tuple(data["instances"])
    if not all(isinstance(text, str) for text in (name, source, version, interface, *instances)):
        raise ValueError("a module call of a saved plan")
    return SimulatedModule(name, source, version, interface, instances)


def encode_output(change: OutputChange) -> dict[str, Any]:
    """Write the change of an output."""
    return {
        "name": change.name,
        "action": change.action.name,
        "before": encode(change.before),
        "after": encode(change.after),
        "sensitive": [change.before_sensitive, change.after_sensitive],
        "type": type_to_json(change.type),
    }


def decode_output(data: dict[str, Any]) -> OutputChange:
    """Read the change of an output."""
    before, after = decode(data["before"]), decode(data["after"])
    was_sensitive, is_sensitive = data["sensitive"]
    type_ = type_from_json(data["type"])
    return OutputChange(data["name"], Action[data["action"]], before, after, was_sensitive, is_sensitive, type_)


def encode_variable(variable: VariableValue) -> dict[str, Any]:
    """Write the value of a variable."""
    return {"value": encode(variable.value), "given": variable.given, "raw": encode(variable.raw)}


def decode_variable(data: dict[str, Any]) -> VariableValue:
    """Read the value of a variable."""
    return VariableValue(decode(data["value"]), data["given"], decode(data["raw"]))


def encode_relevant(one: RelevantAttribute) -> list[Any]:
    """Write an attribute that the plan rests on."""
    return [one.resource, list(one.attribute)]


def decode_relevant(data: list[Any]) -> RelevantAttribute:
    """Read an attribute that the plan rests on."""
    return RelevantAttribute(data[0], tuple(data[1]))


def encode_check(check: CheckResult) -> dict[str, Any]:
    """Write the result of a check."""
    objects = check.objects
    return {
        "kind": check.kind,
        "address": check.address,
        "status": check.status,
        "objects": None if objects is None else [[o.address, o.status, list(o.failure_messages)] for o in objects],
    }


def decode_check(data: dict[str, Any]) -> CheckResult:
    """Read the result of a check."""
    objects = None
    if data["objects"] is not None:
        objects = tuple(CheckObjectResult(a, CheckStatus(s), tuple(m)) for a, s, m in data["objects"])
    return CheckResult(data["kind"], data["address"], CheckStatus(data["status"]), objects)


def encode_diagnostic(diagnostic: Diagnostic) -> dict[str, Any]:
    """Write a diagnostic."""
    subject = diagnostic.subject
    return {
        "text": [diagnostic.severity, diagnostic.summary, diagnostic.detail],
        "path": _encode_paths((diagnostic.path,)),
        "address": diagnostic.address,
        "subject": None if subject is None else [subject.filename, *map(_position, (subject.start, subject.end))],
        "explanation": _encode_explanation(diagnostic.explanation),
    }


def _encode_explanation(explanation: Explanation | None) -> dict[str, Any] | None:
    if explanation is None:
        return None
    signature = explanation.signature
    return {
        "values": explanation.values,
        "called": explanation.called,
        "signature": signature
        and {
            "parameters": [_encode_parameter(one) for one in signature.parameters],
            "variadic": signature.variadic and _encode_parameter(signature.variadic),
            "result": type_to_json(signature.result),
        },
    }


def _encode_parameter(parameter: tuple[str, Type]) -> list[Any]:
    return [parameter[0], type_to_json(parameter[1])]


def _decode_explanation(data: dict[str, Any] | None) -> Explanation | None:
    if data is None:
        return None
    values = tuple((reference, statement) for reference, statement in data["values"])
    found = data["signature"]
    signature = found and Signature(
        tuple(map(_decode_parameter, found["parameters"])),
        found["variadic"] and _decode_parameter(found["variadic"]),
        type_from_json(found["result"]),
    )
    return Explanation(values, data["called"], signature)


def _decode_parameter(data: list[Any]) -> tuple[str, Type]:
    return data[0], type_from_json(data[1])


def _position(position: SourcePosition) -> list[int]:
    return [position.line, position.column, position.byte]


def decode_diagnostic(data: dict[str, Any]) -> Diagnostic:
    """Read a diagnostic."""
    severity, summary, detail = data["text"]
    (path,) = _decode_paths(data["path"])
    subject = None
    if data["subject"] is not None:
        filename, start, end = data["subject"]
        subject = SourceRange(filename, SourcePosition(*start), SourcePosition(*end))
    explanation = _decode_explanation(data["explanation"])
    return Diagnostic(Severity(severity), summary, detail, path, data["address"], subject, explanation)
