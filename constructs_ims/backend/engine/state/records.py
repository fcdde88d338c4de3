"""Objects and check results as states and journals store them: fields to records in memory and back."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from textwrap import shorten
from typing import Any, Final

from constructs_ims.backend.engine.lang.addresses import Key
from constructs_ims.backend.engine.lang.json_text import Record
from constructs_ims.backend.engine.state.model import (
    CheckObjectResult,
    CheckResult,
    CheckStatus,
    ObjectState,
    ObjectStatus,
)
from constructs_ims.schema.paths import AttributeStep, IndexStep, Path, PathStep

_PROVIDER: Final = re.compile(r'(?:module\..+\.)?provider\["[^"]+"\](?:\.[\w-]+)?')
_INVALID: Final = "Invalid state file"
_CHECK_KINDS: Final = {"resource": "resource", "output": "output_value", "check": "check", "var": "var"}
_STORED_KINDS: Final = {kind: stored for stored, kind in _CHECK_KINDS.items()}


class MalformedError(ValueError):
    """Something of the wrong shape inside a state file; the message is a sentence for the user."""

    def __init__(self, detail: str, summary: str = _INVALID) -> None:
        super().__init__(detail)
        self.summary = summary


def typed_field(fields: Mapping[str, Any], name: str, kind: type, default: Any) -> Any:
    """Return a stored field of one kind, or ``default`` where it is left out or null."""
    value = fields.get(name)
    if value is None:
        return default
    if not isinstance(value, kind) or isinstance(value, bool) != (kind is bool):
        raise MalformedError(
            f'The value of "{name}" in the state file is a {type(value).__name__}, not a {kind.__name__}.'
        )
    return value


def provider_address(who: object, value: Any) -> str:
    """Return the provider of ``who`` as a state spells it, within a module too."""
    if isinstance(value, str) and _PROVIDER.fullmatch(value):
        return value
    shown = shorten(json.dumps(value, default=str), 100, placeholder="...")
    detail = (
        f"State contains {who} with the provider {shown}, which is no provider address. "
        'It is spelled as provider["registry.terraform.io/huaweicloud/huaweicloud"].'
    )
    raise MalformedError(detail, "Invalid provider configuration address in state")


def as_object(value: Any, what: str) -> dict[str, Any]:
    """Return a stored object; ``what`` names it for the message when it is none."""
    if not isinstance(value, dict):
        raise MalformedError(f"The state file holds {what} that is a {type(value).__name__}, not an object.")
    return value


def read_object(fields: Mapping[str, Any], who: str) -> ObjectState:
    """Read one object from its stored fields; ``ValueError`` with a sentence about ``who`` when they are wrong."""
    status = typed_field(fields, "status", str, "")
    if status not in ("", "tainted"):
        raise MalformedError(f'{who} has invalid status "{status}".', "Invalid resource instance metadata in state")
    return ObjectState(
        attributes=typed_field(fields, "attributes", dict, {}),
        schema_version=typed_field(fields, "schema_version", int, 0),
        private=_private(typed_field(fields, "private", str, ""), who),
        dependencies=tuple(str(dependency) for dependency in typed_field(fields, "dependencies", list, ())),
        sensitive_paths=tuple(_read_paths(typed_field(fields, "sensitive_attributes", list, ()), who)),
        status=ObjectStatus.TAINTED if status else ObjectStatus.READY,
        create_before_destroy=typed_field(fields, "create_before_destroy", bool, False),
        flat_attributes=_flat_attributes(fields, who),
    )


def _flat_attributes(fields: Mapping[str, Any], who: str) -> dict[str, str] | None:
    """Return the attributes in the form of Terraform 0.11, which count where an object has no others."""
    flat: dict[str, str] | None = typed_field(fields, "attributes_flat", dict, None)
    if flat is None or fields.get("attributes") is not None:
        return None
    if not all(isinstance(value, str) for value in flat.values()):
        raise MalformedError(f"{who} has flat attributes that are not all strings.")
    return flat


def _private(text: str, who: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        raise MalformedError(f"{who} has private data that is not Base64.") from None


def _read_paths(stored: Iterable[Any], who: str) -> Iterator[Path]:
    for path in stored:
        if not isinstance(path, list):
            raise MalformedError(f"{who} has a sensitive path that is not a list of steps.", "Unsupported path step")
        yield tuple(_read_step(step, who) for step in path)


def _read_step(step: Any, who: str) -> PathStep:
    match step:
        case {"type": "get_attr", "value": str(name)}:
            return AttributeStep(name)
        case {"type": "index", "value": {"value": key}}:
            return IndexStep(key)
        case _:
            raise MalformedError(
                f"{who} has a sensitive path with the step {json.dumps(step, default=str)}.", "Unsupported path step"
            )


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
    if obj.flat_attributes is None:
        fields["attributes"] = obj.attributes
    else:
        fields["attributes_flat"] = dict(sorted(obj.flat_attributes.items()))
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


def read_check(fields: Mapping[str, Any]) -> CheckResult:
    """Read the result of a check from its stored fields."""
    stored = typed_field(fields, "object_kind", str, "")
    kind = _CHECK_KINDS.get(stored)
    if kind is None:
        raise MalformedError(f'The state file holds a check of the unsupported kind "{stored}".')
    objects = typed_field(fields, "objects", list, None)
    read = None if objects is None else tuple(_read_check_object(as_object(obj, "a check result")) for obj in objects)
    address = typed_field(fields, "config_addr", str, "")
    return CheckResult(kind, address, _check_status(fields.get("status")), read)  # type: ignore[arg-type]


def _read_check_object(fields: Mapping[str, Any]) -> CheckObjectResult:
    messages = tuple(str(message) for message in typed_field(fields, "failure_messages", list, ()))
    return CheckObjectResult(typed_field(fields, "object_addr", str, ""), _check_status(fields.get("status")), messages)


def _check_status(text: Any) -> CheckStatus:
    return CheckStatus(text) if text in tuple(CheckStatus) else CheckStatus.UNKNOWN


def check_fields(check: CheckResult) -> Record:
    """Return what is stored of the result of a check."""
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
