"""``manifest.json``: the stacks that an app has synthesized, and what it had to say about them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from constructs_ims.backend.engine.json_text import with_whole_pairs
from constructs_ims.cli.project.problems import Problem, ProjectError
from constructs_ims.schema.diagnostics import Diagnostic, Severity, error

MANIFEST_FILE: Final = "manifest.json"
_SUMMARISED: Final = re.compile(r"([A-Z][^:\n]{2,80}): (\S.*)", re.DOTALL)
_SEVERITIES: Final = {"@cdktf/error": Severity.ERROR, "@cdktf/warn": Severity.WARNING}


@dataclass(frozen=True, slots=True)
class Annotation:
    """Something that a construct had to say; ``level`` is ``info``, ``warn`` or ``error``.

    A message of the form ``Summary: detail`` is taken apart.
    """

    level: str
    construct_path: str
    message: str

    def diagnostic(self) -> Diagnostic | None:
        """Return the diagnostic that this is, None for mere information."""
        severity = _SEVERITIES.get(f"@cdktf/{self.level}")
        if severity is None:
            return None
        found = _SUMMARISED.fullmatch(self.message)
        summary, detail = found.groups() if found else (f"{severity.capitalize()} by a construct", self.message)
        return Diagnostic(severity, summary, detail)


@dataclass(frozen=True, slots=True)
class Stack:
    """One synthesized stack: its name, its directory, the names of the stacks it builds on."""

    name: str
    directory: Path
    dependencies: tuple[str, ...] = ()
    annotations: tuple[Annotation, ...] = ()

    def problems(self) -> list[Problem]:
        """Return the errors and warnings that the stack's constructs annotated."""
        found = ((annotation.diagnostic(), annotation.construct_path) for annotation in self.annotations)
        return [Problem(diagnostic, self, construct) for diagnostic, construct in found if diagnostic]


def read_stacks(output: Path) -> list[Stack]:
    """Read the stacks in an app's output directory; raise ``ProjectError`` when there is no sound manifest."""
    path = output / MANIFEST_FILE
    try:
        content = json.loads(with_whole_pairs(path.read_text(encoding="utf-8")))
        stacks = content["stacks"]
        return [_stack(name, stacks[name], output) for name in stacks]
    except FileNotFoundError:
        raise ProjectError(error("Nothing synthesized", _no_manifest(path))) from None
    except OSError as failure:
        raise ProjectError(error("Unreadable manifest", f"{path}: {failure.strerror}.")) from None
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as failure:
        detail = f"{path} is not a manifest as CDKTF writes it ({failure}). Synthesize the app anew."
        raise ProjectError(error("Broken manifest", detail)) from None


def _no_manifest(path: Path) -> str:
    return f"There is no {path}. Run the app first: constructs-ims synth"


def _stack(name: str, entry: Mapping[str, Any], output: Path) -> Stack:
    return Stack(
        name,
        output / str(entry["workingDirectory"]),
        tuple(map(str, entry.get("dependencies") or ())),
        tuple(map(_annotation, entry.get("annotations") or ())),
    )


def _annotation(entry: Mapping[str, Any]) -> Annotation:
    return Annotation(str(entry["level"]).removeprefix("@cdktf/"), str(entry["constructPath"]), str(entry["message"]))
