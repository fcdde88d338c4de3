"""Reads a stack directory: finds its files, decodes every block, and reports every fault."""

from __future__ import annotations

import pathlib
from collections.abc import Iterable
from typing import Final

from constructs_ims.backend.engine.configuration.blocks import ConfigurationBlock, Faults, file_blocks
from constructs_ims.backend.engine.configuration.credentials import read_without_credentials
from constructs_ims.backend.engine.configuration.decode import Decoder
from constructs_ims.backend.engine.configuration.model import Configuration
from constructs_ims.backend.engine.configuration.source import SourceFile
from constructs_ims.schema.diagnostics import Diagnostic, error

_ESCAPE: Final = (
    "The built-in engine reads only the JSON that cdktf synthesizes. Set CONSTRUCTS_IMS_ENGINE=terraform to run the "
    "real Terraform on this stack."
)


def read_configuration(directory: pathlib.Path) -> tuple[Configuration, list[Diagnostic]]:
    """Read every ``*.tf.json`` of a directory.

    Always returns a configuration, of what could be understood, with everything that is wrong.
    """
    sources, diagnostics = _read_sources(directory)
    faults = Faults({source.filename: source for source in sources}, diagnostics)
    decoder = Decoder(faults, directory)
    for block in distinct_blocks(sources, faults):
        decoder.decode(block)
    return decoder.configuration(), faults.found


def needs_terraform(what: str, why: str) -> Diagnostic:
    """Say that only the real Terraform can do something, and how to have it do so."""
    return error("Needs Terraform", f"{what} {why} {_ESCAPE}".replace("  ", " "))


def _read_sources(directory: pathlib.Path) -> tuple[list[SourceFile], list[Diagnostic]]:
    try:
        names = sorted(entry.name for entry in directory.iterdir() if entry.is_file())
    except OSError as fault:
        return [], [
            error("Failed to read directory", f"The stack directory {directory} cannot be read: {fault.strerror}.")
        ]
    diagnostics = _unreadable_kinds(names)
    sources: list[SourceFile] = []
    for name in filter(is_configuration_file, names):
        source, faults = _read_file(directory / name)
        sources.append(source)
        diagnostics += faults
    if not sources and not diagnostics:
        diagnostics.append(
            error(
                "No configuration files",
                f"The directory {directory} has no file that ends in .tf.json. Synthesize the app first, "
                "or name the directory of a synthesized stack.",
            )
        )
    return sources, diagnostics


def is_configuration_file(name: str) -> bool:
    """Whether a file is part of a configuration this engine reads; hidden and backup files are not."""
    return name.endswith(".tf.json") and not name.startswith((".", "#")) and not name.endswith("~")


def _unreadable_kinds(names: Iterable[str]) -> list[Diagnostic]:
    shown = [name for name in names if not name.startswith(".")]
    own_syntax = [name for name in shown if name.endswith((".tf", ".tofu", ".tofu.json"))]
    overrides = [name for name in shown if name.endswith(".tf.json") and is_override(name)]
    return [
        *(needs_terraform(f"{name} is written in Terraform's own syntax.", "") for name in own_syntax),
        *(needs_terraform(f"{name} overrides what other files say.", "") for name in overrides),
    ]


def is_override(name: str) -> bool:
    """Whether a file overrides what others say, which no CDK writes."""
    stem = name.removesuffix(".json").removesuffix(".tf")
    return stem == "override" or stem.endswith("_override")


def _read_file(path: pathlib.Path) -> tuple[SourceFile, list[Diagnostic]]:
    try:
        return read_without_credentials(path.name, path.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        return SourceFile(path.name, "", {}), [error("Invalid JSON", f"{path.name} is not UTF-8. Save it as UTF-8.")]
    except OSError as fault:
        return SourceFile(path.name, "", {}), [
            error("Failed to read file", f"The file {path.name} could not be read: {fault.strerror}.")
        ]


def _identity(block: ConfigurationBlock, position: int) -> tuple[str, ...]:
    """Return what makes a block the same one as another: its labels, an alias, or for the rest its position."""
    match block.type:
        case "provider":
            return ("provider", *block.labels, _alias(block))
        case "resource" | "data" | "variable" | "output" | "check" | "module":
            return (block.type, *block.labels)
        case _:
            return (block.type, str(position))


def _alias(block: ConfigurationBlock) -> str:
    """Return a provider block's alias; one that is no text is told elsewhere."""
    alias = block.body.values.get("alias")
    return alias if isinstance(alias, str) else ""


def distinct_blocks(sources: Iterable[SourceFile], faults: Faults) -> list[ConfigurationBlock]:
    """Return the blocks of files, of those that are declared twice the first."""
    blocks: dict[tuple[str, ...], ConfigurationBlock] = {}
    for position, block in enumerate(block for source in sources for block in file_blocks(source, faults)):
        identity = _identity(block, position)
        if identity in blocks:
            faults.add(_duplicate(block, faults.where(blocks[identity].body.place)), block.body.place)
        else:
            blocks[identity] = block
    return list(blocks.values())


def _duplicate(block: ConfigurationBlock, where: str) -> Diagnostic:
    match block.type:
        case "resource" | "data":
            kind, (type_, name) = ("resource" if block.type == "resource" else "data"), block.labels
            return error(
                f'Duplicate {kind} "{type_}" configuration',
                f'A {type_} {"resource" if kind == "resource" else "data resource"} named "{name}" was already '
                f"declared at {where}. Resource names must be unique per type in each module.",
            )
        case "provider":
            if alias := _alias(block):
                detail = (
                    f'A provider configuration for "{block.labels[0]}" with alias "{alias}" was already given at '
                    f"{where}. Each configuration for the same provider must have a distinct alias."
                )
            else:
                detail = (
                    f'A default (non-aliased) provider configuration for "{block.labels[0]}" was already given at '
                    f'{where}. If multiple configurations are required, set the "alias" argument for alternative '
                    "configurations."
                )
            return error("Duplicate provider configuration", detail)
        case "check":
            name = block.labels[0]
            detail = (
                f'A check block named "{name}" was already declared at {where}. Check blocks must be unique within '
            )
            return error(f'Duplicate check "{name}" configuration', f"{detail}each module.")
        case "module":
            detail = f'A module call named "{block.labels[0]}" was already defined at {where}. Module calls must have '
            return error("Duplicate module call", f"{detail}unique names within a module.")
        case _:
            noun, verb = ("definition", "defined") if block.type == "output" else ("declaration", "declared")
            article = "An" if block.type == "output" else "A"
            return error(
                f"Duplicate {block.type} {noun}",
                f'{article} {block.type} named "{block.labels[0]}" was already {verb} at {where}. '
                f"{block.type.capitalize()} names must be unique within a module.",
            )
