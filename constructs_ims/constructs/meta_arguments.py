"""The arguments that every Terraform resource has: checked here, carried to the kernel under cdktf's own names."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from cdktf import (
    FileProvisioner,
    LocalExecProvisioner,
    Postcondition,
    Precondition,
    RemoteExecProvisioner,
    SSHProvisionerConnection,
    TerraformCount,
    TerraformProvider,
    TerraformResourceLifecycle,
    WinrmProvisionerConnection,
)

from constructs_ims.constructs.arguments import mistyped, unknown_argument
from constructs_ims.constructs.tokens import is_number_token
from constructs_ims.constructs.values import MistypedError, is_stand_in
from constructs_ims.schema.diagnostics import Diagnostic, error
from constructs_ims.schema.paths import attribute_path

_LIFECYCLE_NAMES: Final = (
    "create_before_destroy",
    "ignore_changes",
    "postcondition",
    "precondition",
    "prevent_destroy",
    "replace_triggered_by",
)
_PROVISIONERS: Final = (FileProvisioner, LocalExecProvisioner, RemoteExecProvisioner)
_CONNECTIONS: Final = (SSHProvisionerConnection, WinrmProvisionerConnection)


def check_meta_arguments(given: Mapping[str, Any]) -> tuple[dict[str, Any], list[Diagnostic]]:
    """Return the meta-arguments as the kernel takes them, and what is wrong with them; None counts as left out."""
    wire: dict[str, Any] = {}
    diagnostics: list[Diagnostic] = []
    for name, value in given.items():
        if value is not None:
            kernel_name, check = _CHECKS[name]
            try:
                wire[kernel_name] = check(value)
            except MistypedError as fault:
                diagnostics.append(mistyped(fault, name))
            except _Refused as refusal:
                diagnostics.extend(refusal.diagnostics)
    if "count" in wire and "forEach" in wire:
        detail = "count and for_each are both given, and they exclude each other. Keep one."
        diagnostics.append(error("Conflicting arguments", detail, attribute_path("count")))
    return wire, diagnostics


class _Refused(Exception):  # noqa: N818 - carries diagnostics inside this module, and is never seen outside
    def __init__(self, *diagnostics: Diagnostic) -> None:
        super().__init__(*map(str, diagnostics))
        self.diagnostics = diagnostics


def _count(value: Any) -> Any:
    if isinstance(value, TerraformCount) or is_stand_in(value):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise MistypedError(value, "Use a whole number, or TerraformCount.of(...).")
    if not is_number_token(value) and (value < 0 or value % 1 != 0):
        detail = f"count is {value}. Use a whole number, 0 or more."
        raise _Refused(error("Invalid count", detail, attribute_path("count")))
    return value


def _for_each(value: Any) -> Any:
    if _is_of_jsii(value):
        return value
    raise MistypedError(value, "Use an iterator: TerraformIterator.from_list(...) or TerraformIterator.from_map(...).")


def _depends_on(value: Any) -> Any:
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise MistypedError(value, "Use a list of constructs.")
    for position, element in enumerate(value):
        if not _is_of_jsii(element):
            fault = MistypedError(element, "Use a construct, such as another resource.")
            raise fault.under(attribute_path(position))
    return list(value)


def _provider(value: Any) -> Any:
    if isinstance(value, TerraformProvider):
        return value
    raise MistypedError(value, "Use a provider construct, such as HuaweicloudProvider.")


def _lifecycle(value: Any) -> Any:
    if isinstance(value, TerraformResourceLifecycle):
        return value
    if not isinstance(value, Mapping):
        raise MistypedError(value, "Use TerraformResourceLifecycle(...) or a mapping.")
    if unknown := [name for name in value if name not in _LIFECYCLE_NAMES]:
        found = (unknown_argument(name, _LIFECYCLE_NAMES) for name in unknown)
        raise _Refused(*(diagnostic.under(attribute_path("lifecycle")) for diagnostic in found))
    conditions = {"precondition": Precondition, "postcondition": Postcondition}
    try:
        made = {
            name: [kind(**each) if isinstance(each, Mapping) else each for each in value[name]]
            for name, kind in conditions.items()
            if value.get(name)
        }
        return TerraformResourceLifecycle(**{**value, **made})
    except TypeError as fault:
        raise _Refused(error("Wrong type", f"{fault}.", attribute_path("lifecycle"))) from None


def _provisioners(value: Any) -> Any:
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise MistypedError(value, "Use a list of provisioners.")
    for position, element in enumerate(value):
        if not isinstance(element, (*_PROVISIONERS, Mapping)):
            fault = MistypedError(element, "Use FileProvisioner, LocalExecProvisioner or RemoteExecProvisioner.")
            raise fault.under(attribute_path(position))
    return list(value)


def _connection(value: Any) -> Any:
    if isinstance(value, (*_CONNECTIONS, Mapping)):
        return value
    raise MistypedError(value, "Use SSHProvisionerConnection, WinrmProvisionerConnection or a mapping.")


def _is_of_jsii(value: Any) -> bool:
    return not isinstance(value, type) and (hasattr(value, "__jsii_ref__") or hasattr(value, "__jsii_ifaces__"))


_CHECKS: Final[Mapping[str, tuple[str, Callable[[Any], Any]]]] = {
    "connection": ("connection", _connection),
    "count": ("count", _count),
    "depends_on": ("dependsOn", _depends_on),
    "for_each": ("forEach", _for_each),
    "lifecycle": ("lifecycle", _lifecycle),
    "provider": ("provider", _provider),
    "provisioners": ("provisioners", _provisioners),
}

META_ARGUMENTS: Final = tuple(_CHECKS)
"""The Python names of the meta-arguments."""
