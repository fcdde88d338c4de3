"""Override files: what they may change of the blocks in the other files, and how."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final, TypeAlias

from constructs_ims.backend.engine.configuration.blocks import COMMENT, ConfigurationBlock, Faults, nested_blocks
from constructs_ims.backend.engine.configuration.model import Body
from constructs_ims.backend.engine.configuration.source import Place
from constructs_ims.schema.diagnostics import Diagnostic, error

Blocks: TypeAlias = dict[tuple[str, ...], ConfigurationBlock]
"""Blocks by what makes each of them the same as another."""

_CONDITIONS: Final[Mapping[str, tuple[str, ...]]] = {"variable": ("validation",), "output": ("precondition",)}
_LIFECYCLE_CONDITIONS: Final = ("precondition", "postcondition")
_LIFECYCLE_ARGUMENTS: Final = ("create_before_destroy", "prevent_destroy", "ignore_changes")
"""What an override file changes of a lifecycle; Terraform passes over the rest."""


def is_override(name: str) -> bool:
    """Whether a configuration file overrides what the others say."""
    stem = name.removesuffix(".tf.json")
    return stem == "override" or stem.endswith("_override")


def merge(merged: Blocks, identity: tuple[str, ...], block: ConfigurationBlock, faults: Faults) -> None:
    """Merge one block of an override file into those that the other files hold, noting what may not be."""
    match block.type:
        case "terraform":
            _merge_settings(merged, block)
        case "locals":
            _merge_locals(merged, block, faults)
        case "check":
            _refuse(block, "Can't override check blocks", "Override files cannot override check blocks.", faults)
        case "moved":
            detail = "Records of moved objects can appear only in normal files, not in override files."
            _refuse(block, "Cannot override 'moved' blocks", detail, faults)
        case "import":
            detail = "Import blocks can appear only in normal files, not in override files."
            _refuse(block, "Cannot override 'import' blocks", detail, faults)
        case "removed":
            pass  # Terraform passes over them.
        case _ if identity in merged:
            merged[identity] = _overridden(merged[identity], block, faults)
        case "provider" if not block.body.values.get("alias"):
            merged[identity] = block
        case _:
            faults.add(_missing_base(block), block.body.place)


def _refuse(block: ConfigurationBlock, summary: str, detail: str, faults: Faults) -> None:
    faults.add(error(summary, detail), block.body.place)


def _merge_settings(merged: Blocks, block: ConfigurationBlock) -> None:
    """Let a version constraint take the place of the others'; the rest of the block is read after theirs."""
    if block.body.values.get("required_version") is not None:
        without = frozenset({"required_version"})
        for identity, other in merged.items():
            if other.type == "terraform":
                merged[identity] = replace(other, body=other.body.without(without))
    merged["terraform", "override", str(len(merged))] = block


def _merge_locals(merged: Blocks, block: ConfigurationBlock, faults: Faults) -> None:
    for name, value in block.body.values.items():
        found = next((key for key, other in merged.items() if other.type == "locals" and name in other.body.values), ())
        if found:
            merged[found] = _with(merged[found], {name: value}, block.body)
        elif name != COMMENT:
            detail = (
                f'There is no local value named "{name}". An override file can only override a local value that was '
                "already defined in a primary configuration file."
            )
            faults.add_key(error("Missing base local value definition to override", detail), block.body.place_of(name))


def _missing_base(block: ConfigurationBlock) -> Diagnostic:
    only, already = "An override file can only override", "already defined in a primary configuration file"
    match block.type:
        case "resource":
            type_, name = block.labels
            detail = f'There is no {type_} resource named "{name}". {only} a resource block defined in a primary '
            return error("Missing resource to override", f"{detail}configuration file.")
        case "data":
            type_, name = block.labels
            detail = f'There is no {type_} data resource named "{name}". {only} a data block defined in a primary '
            return error("Missing data resource to override", f"{detail}configuration file.")
        case "provider":
            alias = block.body.values["alias"]
            detail = (
                f'There is no {block.labels[0]} provider configuration with the alias "{alias}". {only} an aliased '
            )
            summary = "Missing base provider configuration for override"
            return error(summary, f"{detail}provider configuration that was {already}.")
        case "output":
            detail = f'There is no output named "{block.labels[0]}". {only} an output that was {already}.'
            return error("Missing base output definition to override", detail)
        case "module":
            detail = f'There is no module call named "{block.labels[0]}". {only} a module call that was defined in a '
            return error("Missing module call to override", f"{detail}primary configuration file.")
        case kind:
            detail = f'There is no {kind} named "{block.labels[0]}". {only} a {kind} that was already declared in a '
            return error(f"Missing base {kind} declaration to override", f"{detail}primary configuration file.")


def _overridden(base: ConfigurationBlock, block: ConfigurationBlock, faults: Faults) -> ConfigurationBlock:
    for name in _CONDITIONS.get(block.type, ()):
        _refuse_conditions(block.body, name, faults)
    if "depends_on" in block.body.values:
        detail = "The depends_on argument may not be overridden."
        faults.add(error("Unsupported override", detail), block.body.place_of("depends_on"))
    values = dict(block.body.values)
    if block.type in ("resource", "data"):
        if "count" in base.body.values:
            values.pop("for_each", None)  # Terraform has both then, and looks at the count.
        if "lifecycle" in values:
            values["lifecycle"] = _lifecycle(base.body, block.body, faults)
        base = replace(base, body=_making_way(base.body, block.body))
        if "dynamic" in values:
            values["dynamic"] = [*_listed(base.body.values.get("dynamic")), *_listed(values["dynamic"])]
    return _with(base, values, block.body)


def _refuse_conditions(body: Body, name: str, faults: Faults) -> None:
    for inner in nested_blocks(body, name, faults):
        detail = f'Override files cannot override "{name}" blocks.'
        faults.add(error(f"Can't override {name} blocks", detail), inner.body.place)


def _lifecycle(base: Body, body: Body, faults: Faults) -> dict[str, Any]:
    """Return the lifecycle of ``base`` with the arguments that ``body`` has for it."""
    changed: dict[str, Any] = {}
    for inner in nested_blocks(body, "lifecycle", faults):
        for name in _LIFECYCLE_CONDITIONS:
            _refuse_conditions(inner.body, name, faults)
        changed.update((name, value) for name, value in inner.body.values.items() if name in _LIFECYCLE_ARGUMENTS)
    before = _listed(base.values.get("lifecycle"))
    return {**(before[0] if before and isinstance(before[0], dict) else {}), **changed}


def _making_way(base: Body, body: Body) -> Body:
    """Return ``base`` without what ``body`` takes the place of under another name."""
    dynamic = set(_dynamic_names(body))
    kept = base.without(frozenset(dynamic | ({"for_each"} if "count" in body.values else set())))
    if "dynamic" not in base.values:
        return kept
    replaced = dynamic | body.values.keys()
    left = [
        {name: value for name, value in one.items() if name not in replaced}
        for one in _listed(base.values["dynamic"])
        if isinstance(one, dict)
    ]
    return replace(kept, values={**kept.values, "dynamic": [one for one in left if one]})


def _dynamic_names(body: Body) -> Iterator[str]:
    for one in _listed(body.values.get("dynamic")):
        yield from one if isinstance(one, dict) else ()


def _listed(value: Any) -> list[Any]:
    return [] if value is None else value if isinstance(value, list) else [value]


def _with(base: ConfigurationBlock, values: Mapping[str, Any], origin: Body) -> ConfigurationBlock:
    """Return ``base`` with ``values`` that stand in ``origin``."""
    places: dict[str, Place] = {name: origin.place_of(name) for name in values}
    body = replace(base.body, values={**base.body.values, **values}, overridden={**base.body.overridden, **places})
    return replace(base, body=body)
