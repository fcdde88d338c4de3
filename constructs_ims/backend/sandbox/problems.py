"""What goes wrong in a sandbox, as an exception for Python's callers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from constructs_ims.schema.diagnostics import Diagnostic


class OperationFailedError(Exception):
    """An operation that could not be done; ``diagnostics`` hold every fault, warnings included.

    ``result`` is what was reached before: the plan or apply that failed, where there is one.
    """

    def __init__(self, diagnostics: Iterable[Diagnostic], result: Any = None) -> None:
        self.diagnostics = tuple(diagnostics)
        self.result = result
        super().__init__("\n".join(_line(diagnostic) for diagnostic in self.diagnostics if diagnostic.is_error))


def _line(diagnostic: Diagnostic) -> str:
    return f"{diagnostic.address}: {diagnostic}" if diagnostic.address else str(diagnostic)
