"""Finds the files of called modules, and reads what they declare.

A module is in reach where its source is a path, as of the copies that cdktf makes of local modules, and where
``terraform init`` has laid it into ``.terraform/modules``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from constructs_ims.backend.engine.configuration import ModuleCall, Place
from constructs_ims.backend.engine.configuration.blocks import Faults
from constructs_ims.backend.engine.configuration.decode import Decoder
from constructs_ims.backend.engine.configuration.decode_module import is_local_source
from constructs_ims.backend.engine.configuration.module_interface import UNKNOWN_INTERFACE, ModuleInterface
from constructs_ims.backend.engine.configuration.reader import distinct_blocks, is_configuration_file, is_override
from constructs_ims.backend.engine.configuration.source import SourceFile, range_text, read_source
from constructs_ims.backend.engine.lang.json_text import to_indented
from constructs_ims.backend.engine.stack.modules.hcl import Declaration, UnreadableError, read_declarations
from constructs_ims.schema.diagnostics import Diagnostic, error, warning

_INSTALLED: Final = Path(".terraform", "modules", "modules.json")


def module_interface(call: ModuleCall, stack: Path) -> tuple[ModuleInterface, list[Diagnostic]]:
    """Return what a called module declares, as far as its files are in reach of a stack, and what stood in the way."""
    directory = module_directory(call, stack)
    if directory is None:
        return UNKNOWN_INTERFACE, []
    if not (stack / directory).is_dir():
        return UNKNOWN_INTERFACE, [_missing(call, directory)]
    try:
        return _read(stack / directory, directory.as_posix()), []
    except (OSError, UnicodeDecodeError, UnreadableError, ModuleNotFoundError) as fault:
        return UNKNOWN_INTERFACE, [_unread(call, directory, fault)]


def module_directory(call: ModuleCall, stack: Path) -> Path | None:
    """Return where the files of a called module are, relative to the stack's directory; None where they are not."""
    if is_local_source(call.source) or Path(call.source).is_absolute():
        return Path(call.source)
    installed = _installed(stack).get(call.name)
    is_same = installed is not None and str(installed.get("Source", "")).endswith(call.source)
    directory = installed.get("Dir") if installed and is_same else None
    return Path(directory) if isinstance(directory, str) and (stack / directory).is_dir() else None


def _installed(stack: Path) -> Mapping[str, Mapping[str, Any]]:
    """Return what ``terraform init`` has noted of the modules that it has laid beside a stack, by name."""
    try:
        listed = json.loads((stack / _INSTALLED).read_text(encoding="utf-8"))["Modules"]
        return {entry["Key"]: entry for entry in listed}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _missing(call: ModuleCall, directory: Path) -> Diagnostic:
    counted = "" if directory.is_absolute() else ", counted from that of the stack"
    detail = (
        f"The source of module.{call.name} is {call.source}, and there is no directory {directory.as_posix()}"
        f"{counted}. Correct the path, or lay the module there."
    )
    return error("Unreadable module directory", detail)


def _unread(call: ModuleCall, directory: Path, fault: Exception) -> Diagnostic:
    reason = getattr(fault, "strerror", None) or str(fault)
    detail = (
        f"The files of module.{call.name} in {directory.as_posix()} cannot be read, so that its inputs and outputs are "
        f"not checked: {reason}."
    )
    return warning("Module not read", detail)


def _read(directory: Path, origin: str) -> ModuleInterface:
    sources: list[SourceFile] = []
    declared_at: dict[str, str] = {}
    validated_at: dict[str, tuple[str, ...]] = {}
    for path in sorted(directory.iterdir()):
        if path.name.endswith((".tf", ".tf.json")) and is_override(path.name):
            raise UnreadableError(f"{path.name} overrides what other files say")
        if is_configuration_file(path.name):
            sources.append(read_source(path.name, path.read_text(encoding="utf-8"))[0])
        elif path.suffix == ".tf" and not path.name.startswith("."):
            declarations = read_declarations(path.read_text(encoding="utf-8"))
            sources.append(_as_json(path.name, declarations))
            for one in declarations:
                if one.type == "variable":
                    declared_at[one.name] = f"{path.name}:{one.place}"
                    validated_at[one.name] = tuple(f"{path.name}:{place}" for place in one.rules)
    decoder = Decoder(Faults({source.filename: source for source in sources}), directory)
    for block in distinct_blocks(sources, decoder.faults):
        if block.type in ("variable", "output"):
            decoder.decode(block)
    for name, variable in decoder.variables.items():
        declared_at.setdefault(name, _place(decoder, variable.place))
        validated_at.setdefault(name, tuple(_place(decoder, rule.place) for rule in variable.validations))
    return ModuleInterface(
        decoder.variables,
        decoder.outputs,
        origin,
        {name: f"{origin}/{place}" for name, place in declared_at.items()},
        {name: tuple(f"{origin}/{place}" for place in places) for name, places in validated_at.items()},
    )


def _as_json(name: str, declarations: tuple[Declaration, ...]) -> SourceFile:
    content: dict[str, Any] = {"variable": {}, "output": {}}
    for one in declarations:
        content[one.type][one.name] = one.body if one.type == "variable" else {"value": None, **one.body}
    return read_source(f"{name}.json", to_indented({kind: blocks for kind, blocks in content.items() if blocks}))[0]


def _place(decoder: Decoder, place: Place) -> str:
    return range_text(decoder.faults.sources[place.filename].opening_range(place.path), place.filename)
