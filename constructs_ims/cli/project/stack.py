"""A stack of the app as its manifest lists it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from constructs_ims.schema.diagnostics import Diagnostic, Severity

_SUMMARISED: Final = re.compile(r"([A-Z][^:\n]{2,80}): (\S.*)", re.DOTALL)
_SEVERITIES: Final = {"@cdktf/error": Severity.ERROR, "@cdktf/warn": Severity.WARNING}


@dataclass(frozen=True, slots=True)
class ConstructAnnotation:
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
class AppStack:
    """One synthesized stack: its name, its directory, the names of the stacks that it builds on and that it reads.

    It builds on those that the app says, and is to be deployed with them; those whose states it reads only come first.
    """

    name: str
    directory: Path
    dependencies: tuple[str, ...] = ()
    annotations: tuple[ConstructAnnotation, ...] = ()
    construct_path: str = ""
    reads: tuple[str, ...] = ()

    @property
    def follows(self) -> frozenset[str]:
        """The names of the stacks that are deployed before this one."""
        return frozenset((*self.dependencies, *self.reads))
