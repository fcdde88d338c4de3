"""The one error that the constructs raise for arguments, holding every violation."""

from __future__ import annotations

from collections.abc import Iterable

from constructs_ims.schema.diagnostics import Diagnostic


class ImsValidationError(ValueError, TypeError):
    """Arguments that cannot be right.

    ``diagnostics`` holds every violation; ``subject`` names what the arguments are for and ``construct_path`` where it
    stands in the tree, when it stands there. It is a ``TypeError`` too, because wrong types and unknown arguments are
    among the violations, and code written for generated bindings expects that of them.
    """

    __module__ = "constructs_ims"  # where it is imported from, so that tracebacks name that

    def __init__(self, subject: str, diagnostics: Iterable[Diagnostic], construct_path: str | None = None) -> None:
        self.subject = subject
        self.diagnostics: tuple[Diagnostic, ...] = tuple(diagnostics)
        self.construct_path = construct_path
        super().__init__(self._message())

    def at_construct(self, path: str) -> ImsValidationError:
        """Return the same error with the construct's place in the tree."""
        return ImsValidationError(self.subject, self.diagnostics, path)

    def _message(self) -> str:
        place = f' at "{self.construct_path}"' if self.construct_path else ""
        if len(self.diagnostics) == 1:
            return f"{self.subject}{place}: {self.diagnostics[0]}"
        lines = "".join(f"\n  - {diagnostic}" for diagnostic in self.diagnostics)
        return f"{self.subject}{place} has {len(self.diagnostics)} violations:{lines}"
