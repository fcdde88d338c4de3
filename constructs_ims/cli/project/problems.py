"""What can be wrong with a project, carried to where it is shown."""

from __future__ import annotations

from constructs_ims.schema.diagnostics import Diagnostic


class ProjectError(Exception):
    """The project cannot be used as it is; ``diagnostics`` say why."""

    def __init__(self, *diagnostics: Diagnostic) -> None:
        super().__init__("\n".join(map(str, diagnostics)))
        self.diagnostics = diagnostics
