"""The configuration of a stack: files read, blocks decoded; no expression is evaluated here.

Everything wrong is a diagnostic with its place in the file, and reading goes on after it.
"""

from __future__ import annotations

from constructs_ims.backend.engine.configuration.model import (
    Argument,
    Body,
    Check,
    Condition,
    Configuration,
    Import,
    Lifecycle,
    ModuleCall,
    Moved,
    Output,
    ProviderConfig,
    ProviderKey,
    Reference,
    Removed,
    Repetition,
    RequiredProvider,
    Resource,
    Variable,
)
from constructs_ims.backend.engine.configuration.reader import needs_terraform, read_configuration
from constructs_ims.backend.engine.configuration.source import Place

__all__ = [
    "Argument",
    "Body",
    "Check",
    "Condition",
    "Configuration",
    "Import",
    "Lifecycle",
    "ModuleCall",
    "Moved",
    "Output",
    "Place",
    "ProviderConfig",
    "ProviderKey",
    "Reference",
    "Removed",
    "Repetition",
    "RequiredProvider",
    "Resource",
    "Variable",
    "needs_terraform",
    "read_configuration",
]
