"""A step of a story: a configuration, what befell the images and the state before it, and how it is planned."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from constructs_ims.backend.engine.plans.changes import PlanMode
from constructs_ims.backend.engine.plans.options import PlanOptions
from constructs_ims.backend.engine.stack.evaluate.variables import find_variables
from constructs_ims.schema.diagnostics import Diagnostic

CONFIGURATION = "main.tf.json"


@dataclass(frozen=True)
class Step:
    """One step; all of it is JSON, so that a story is a file.

    ``files`` lie beside the configuration, as text or as JSON. ``arguments`` are ``-var=...`` and ``-var-file=...``.
    ``cloud`` changes images behind Terraform's back: by address, attributes to set, or null to delete. ``tainted`` are
    addresses. ``swap`` has each side continue the other's state, in the other's cloud.
    """

    configuration: Mapping[str, Any]
    mode: PlanMode = "normal"
    targets: Sequence[str] = ()
    replace: Sequence[str] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    refresh: bool = True
    files: Mapping[str, Any] = field(default_factory=dict)
    arguments: Sequence[str] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    cloud: Mapping[str, Mapping[str, Any] | None] = field(default_factory=dict)
    tainted: Sequence[str] = ()
    swap: bool = False

    def write(self, directory: Path) -> None:
        """Make the directory's configuration that of this step."""
        for path in directory.iterdir():
            if path.name.endswith((".tf.json", ".tfvars", ".tfvars.json", ".vars", ".vars.json")):
                path.unlink()
        for name, content in {CONFIGURATION: self.configuration, **self.files}.items():
            (directory / name).write_text(content if isinstance(content, str) else json.dumps(content, indent=2))

    def command_line(self) -> list[str]:
        """Return Terraform's arguments."""
        modes = {"destroy": ["-destroy"], "refresh-only": ["-refresh-only"]}
        return [
            *modes.get(self.mode, []),
            *(f"-target={address}" for address in self.targets),
            *(f"-replace={address}" for address in self.replace),
            *(f"-var={name}={value}" for name, value in self.variables.items()),
            *self.arguments,
            *([] if self.refresh else ["-refresh=false"]),
        ]

    def options(self, directory: Path) -> tuple[PlanOptions, list[Diagnostic]]:
        """Return the engine's options, and what is wrong with the variables."""
        named = [("var", f"{name}={value}") for name, value in self.variables.items()]
        given = [(kind.removeprefix("-"), value) for kind, _, value in (one.partition("=") for one in self.arguments)]
        variables, faults = find_variables(directory, [*named, *given], self.environment)
        return PlanOptions(self.mode, variables, tuple(self.targets), tuple(self.replace), self.refresh), faults
