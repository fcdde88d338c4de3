"""The arguments that every Terraform resource has: checked here, carried to the kernel under the CDK's own names."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from constructs import Construct

from constructs_ims.constructs import cdk, mixed_cdks
from constructs_ims.constructs.argument_check import missing_argument, mistyped, unknown_argument
from constructs_ims.constructs.conversions import MistypedError, describe, is_stand_in
from constructs_ims.constructs.tokens import is_number_token, is_resolvable, is_template
from constructs_ims.schema.diagnostics import Diagnostic, did_you_mean, error, one_of
from constructs_ims.schema.image_metadata import IMAGE_METADATA
from constructs_ims.schema.paths import IndexStep, Path, attribute_path
from constructs_ims.schema.provider import PROVIDER_NAME

_PROVISIONERS: Final = {
    "file": "FileProvisioner",
    "local-exec": "LocalExecProvisioner",
    "remote-exec": "RemoteExecProvisioner",
}
_CONNECTIONS: Final = {"ssh": "SSHProvisionerConnection", "winrm": "WinrmProvisionerConnection"}
_CONDITIONS: Final = {"precondition": "Precondition", "postcondition": "Postcondition"}


def check_meta_arguments(given: Mapping[str, Any]) -> tuple[dict[str, Any], list[Diagnostic]]:
    """Return the meta-arguments as the kernel takes them, and what is wrong with them; None counts as left out."""
    wire: dict[str, Any] = {}
    diagnostics: list[Diagnostic] = []
    for name, value in given.items():
        if value is not None:
            kernel_name, check = _CHECKS[name]
            if mixed_cdks.is_of_other_cdk(value):
                diagnostics.append(mixed_cdks.describe("The value").under(attribute_path(name)))
                continue
            try:
                checked = check(value)
                if checked is not None:
                    wire[kernel_name] = checked
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
    if isinstance(value, cdk.TerraformCount) or is_stand_in(value):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise MistypedError(value, "Use a whole number, or TerraformCount.of(...).")
    if not is_number_token(value) and (value < 0 or value % 1 != 0):
        detail = f"count is {value}. Use a whole number, 0 or more."
        raise _Refused(error("Invalid count", detail, attribute_path("count")))
    return value


def _for_each(value: Any) -> Any:
    if _is_of_jsii(value) and not isinstance(value, Construct) and not is_resolvable(value):
        return value
    raise MistypedError(value, "Use an iterator: TerraformIterator.from_list(...) or TerraformIterator.from_map(...).")


def _depends_on(value: Any) -> Any:
    for position, element in enumerate(_sequence(value, "Use a list of constructs.")):
        if not _is_dependable(element):
            fault = MistypedError(element, "Use a resource, data source, module, variable or local value.")
            raise fault.under(attribute_path(position))
    return list(value)


def _provider(value: Any) -> Any:
    mend = "Use a provider construct, such as HuaweicloudProvider."
    if not isinstance(value, cdk.TerraformProvider):
        raise MistypedError(value, mend)
    if getattr(type(value), "TF_RESOURCE_TYPE", PROVIDER_NAME) != PROVIDER_NAME:
        raise MistypedError(value, f'It is no "{PROVIDER_NAME}" provider, and has no images. {mend}')
    return value


def _lifecycle(value: Any) -> Any:
    if isinstance(value, Mapping):
        value = _made(cdk.TerraformResourceLifecycle, {**value, **_conditions(value)}, attribute_path("lifecycle"))
    if not isinstance(value, cdk.TerraformResourceLifecycle):
        raise MistypedError(value, "Use TerraformResourceLifecycle(...) or a mapping.")
    ignored = value.ignore_changes
    if isinstance(ignored, str) and ignored != "all" and not is_template(ignored):
        fault = MistypedError(ignored, f'Use "all", or a list of arguments: ["{ignored}"].')
        raise fault.under(attribute_path("ignore_changes"))
    faults = _unknown_names(ignored) if isinstance(ignored, Sequence) and not isinstance(ignored, str) else []
    if faults:
        raise _Refused(*(fault.under(attribute_path("lifecycle", "ignore_changes")) for fault in faults))
    triggers = _sequence(value.replace_triggered_by or (), "Use a list of resources in replace_triggered_by.")
    for position, trigger in enumerate(triggers):
        if not isinstance(trigger, str) and not _is_dependable(trigger):
            fault = MistypedError(trigger, "Use a resource, or the address of one of its attributes.")
            raise fault.under(attribute_path("replace_triggered_by", position))
    return value


def _unknown_names(ignored: Sequence[Any]) -> list[Diagnostic]:
    """Say which names an image does not have; they are Terraform's, and may lead inside: ``tags[0]``."""
    block = IMAGE_METADATA.block
    known = {*block.by_name, *(nested.name for nested in block.blocks)}
    return [
        error(
            "Unknown argument",
            f'An image has no argument "{name}" whose changes could be ignored.{did_you_mean(name, known)}',
            attribute_path(position),
        )
        for position, text in enumerate(ignored)
        if isinstance(text, str) and not is_template(text)
        for name in re.findall(r"^[^.[]*", text)
        if name not in known
    ]


def _conditions(lifecycle: Mapping[str, Any]) -> dict[str, list[Any]]:
    made: dict[str, list[Any]] = {}
    for name, kind in _CONDITIONS.items():
        given = lifecycle.get(name)
        path = attribute_path("lifecycle", name)
        if isinstance(given, Sequence) and not isinstance(given, str):
            made[name] = [
                _made(cdk.get(kind), each, (*path, IndexStep(position))) if isinstance(each, Mapping) else each
                for position, each in enumerate(given)
            ]
    return made


def _provisioners(value: Any) -> Any:
    path = attribute_path("provisioners")
    given = _sequence(value, "Use a list of provisioners.")
    made = [
        _made_by_type(_PROVISIONERS, element, (*path, IndexStep(position))) for position, element in enumerate(given)
    ]
    return made or None  # Terraform refuses an empty list


def _connection(value: Any) -> Any:
    return _made_by_type(_CONNECTIONS, value, attribute_path("connection"))


def _made_by_type(kinds: Mapping[str, str], value: Any, path: Path) -> Any:
    """Return a struct of the CDK as it is, or make one from a mapping whose ``type`` names its kind."""
    if isinstance(value, tuple(map(cdk.get, kinds.values()))):
        return value
    if not isinstance(value, Mapping):
        fault = MistypedError(value, f"Use {', '.join(kinds.values())} or a mapping.")
        raise _Refused(error("Wrong type", str(fault), path))
    kind = kinds.get(str(value.get("type")))
    if kind is None:
        detail = f"{describe(value.get('type'))} is given. Use {one_of(kinds)}."
        raise _Refused(error("Invalid type", detail, (*path, *attribute_path("type"))))
    inner = value.get("connection")
    if isinstance(inner, Mapping):
        value = {**value, "connection": _made_by_type(_CONNECTIONS, inner, (*path, *attribute_path("connection")))}
    return _made(cdk.get(kind), value, path)


def _made(kind: Callable[..., Any], given: Mapping[str, Any], path: Path) -> Any:
    """Make a struct of the CDK; whatever it would refuse becomes a violation at ``path``."""
    parameters = [each for each in inspect.signature(kind).parameters.values() if each.kind is each.KEYWORD_ONLY]
    names = [each.name for each in parameters]
    required = [each.name for each in parameters if each.default is each.empty]
    faults = [unknown_argument(name, names) for name in given if name not in names]
    faults += [missing_argument(name) for name in required if given.get(name) is None]
    if not faults:
        try:
            return kind(**given)
        except TypeError as fault:
            faults = [error("Wrong type", f"{fault}.")]
    raise _Refused(*(fault.under(path) for fault in faults))


def _sequence(value: Any, mend: str) -> Sequence[Any]:
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise MistypedError(value, mend)
    return value


def _is_of_jsii(value: Any) -> bool:
    return not isinstance(value, type) and (hasattr(value, "__jsii_ref__") or hasattr(value, "__jsii_ifaces__"))


def _is_dependable(value: Any) -> bool:
    """Tell whether ``value`` has an address that Terraform takes as a dependency; its class tells without a call."""
    if isinstance(value, type | cdk.TerraformOutput | cdk.TerraformProvider):
        return False
    return _is_of_jsii(value) and (hasattr(type(value), "fqn") or hasattr(value, "fqn"))


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
