"""Changing an image: Glance's JSON patch, and the vendor's own list of operations, which only active images take.

Sources: the API reference's pages on modifying and on updating image information. Where they are silent, the decision
stands beside the rule.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from constructs_ims.backend.emulator.attributes import checked_attribute, checked_text, megabytes, shown
from constructs_ims.backend.emulator.faults import Fault, ims_fault
from constructs_ims.backend.emulator.images import READ_ONLY, checked_name, documented
from constructs_ims.backend.emulator.messages import Call, Reply, Service

PATCH: Final = "application/openstack-images-v2.1-json-patch"
OLD_PATCH: Final = "application/openstack-images-v2.0-json-patch"
_OPERATIONS: Final = ("add", "replace", "remove")
_MOST_OPERATIONS: Final = 100
_LONGEST_VALUE: Final = 255


@dataclass(frozen=True, slots=True)
class Operation:
    """One step of a change: ``op`` is add, replace or remove; ``value`` has no meaning for the last."""

    op: str
    name: str
    value: Any = None


def patch_image(service: Service, call: Call) -> Reply:
    """``PATCH /v2/images/{id}``: change the name, the description and custom attributes, whatever the status."""
    read = _old_operation if call.media_type == OLD_PATCH else _operation
    return _updated(service, call, read, _glance_value)


def update_image(service: Service, call: Call) -> Reply:
    """``PATCH /v2/cloudimages/{id}``: change what the vendor's page names of an active image, and custom attributes."""
    return _updated(service, call, _operation, _vendor_value, needs_active=True)


def _updated(
    service: Service,
    call: Call,
    read: Callable[[Any], Operation],
    check: Callable[[str, Any], Any],
    *,
    needs_active: bool = False,
) -> Reply:
    operations = [read(item) for item in call.json_array(_MOST_OPERATIONS)]

    def edit(attributes: dict[str, Any]) -> dict[str, Any]:
        if needs_active and attributes["status"] != "active":
            raise ims_fault("IMG.0046", f"The image is {attributes['status']}; only an active one is updated here.")
        for operation in operations:
            _apply(operation, attributes, check)
        return attributes

    return Reply(200, service.store.update(call.project_id, call.params["id"], edit).document)


def _apply(operation: Operation, attributes: dict[str, Any], check: Callable[[str, Any], Any]) -> None:
    name = operation.name
    if operation.op != "add" and name not in attributes:
        raise ims_fault("IMG.0035", f"The image has no {name} to {operation.op}.")
    if operation.op != "remove":
        attributes[name] = check(name, operation.value)
        return
    if documented(name) or name in READ_ONLY:
        raise _unchangeable(name)
    del attributes[name]


def _operation(item: Any) -> Operation:
    """Read ``{"op": "add", "path": "/name", "value": "..."}``."""
    if not isinstance(item, dict) or item.keys() - {"op", "path", "value"}:
        raise ims_fault("IMG.0001", f"{shown(item)} is not an operation with op, path and value.")
    if item.get("op") not in _OPERATIONS:
        raise ims_fault("IMG.0001", f"op is {shown(item.get('op'))}; use one of {', '.join(_OPERATIONS)}.")
    return _with_value(item["op"], item.get("path"), item)


def _old_operation(item: Any) -> Operation:
    """Read ``{"add": "/name", "value": "..."}``."""
    ops = [op for op in _OPERATIONS if isinstance(item, dict) and op in item]
    if len(ops) != 1 or item.keys() - {ops[0], "value"}:
        raise ims_fault("IMG.0001", f"{shown(item)} is not one of {', '.join(_OPERATIONS)}, with a value.")
    return _with_value(ops[0], item[ops[0]], item)


def _with_value(op: str, path: object, item: Mapping[str, Any]) -> Operation:
    if not isinstance(path, str) or not re.fullmatch(r"/[^/]{1,255}", path):
        raise ims_fault("IMG.0001", f'path is {shown(path)}; use "/" and the name of an attribute.')
    if op != "remove" and "value" not in item:
        raise ims_fault("IMG.0001", f"The operation on {path} has no value.")
    return Operation(op, path[1:].replace("~1", "/").replace("~0", "~"), item.get("value"))


def _glance_value(name: str, value: Any) -> Any:
    if name == "name":
        return checked_name(name, value)
    return _custom(name, value)


def _vendor_value(name: str, value: Any) -> Any:
    if check := _VENDOR_CHECKS.get(name):
        return check(name, value)
    if name != name.lower():
        raise _unchangeable(name)
    return _custom(name, value)


def _custom(name: str, value: Any) -> str:
    if name in READ_ONLY or documented(name):
        raise _unchangeable(name)
    text = checked_attribute(name, value)
    if len(text) > _LONGEST_VALUE and name != "__description":
        raise ims_fault("IMG.0001", f"{name} has {len(text)} characters; {_LONGEST_VALUE} are allowed.")
    return text


def _unchangeable(name: str) -> Fault:
    return ims_fault("IMG.0105", f"{name} cannot be changed by this call.")


def _memory(name: str, value: Any) -> int:
    return megabytes(name, checked_text(name, value))


_VENDOR_CHECKS: Final[Mapping[str, Callable[[str, Any], Any]]] = {"name": checked_name, "min_ram": _memory}
"""The attributes of a creation that the vendor's call changes too; it sends numbers as texts."""
