"""What goes wrong in a sandbox, as an exception for Python's callers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from constructs_ims.backend.emulator.database_errors import DamagedDatabaseError, EmulatorError
from constructs_ims.backend.sandbox.directory import DamagedKeyFileError, SandboxError
from constructs_ims.schema.diagnostics import Diagnostic, error, has_errors


class OperationFailedError(Exception):
    """An operation that could not be done; ``diagnostics`` hold every fault, warnings included.

    The message has the errors in words for Python's users; ``diagnostics`` have them as Terraform would show them.
    ``result`` is what was reached before: the plan or apply that failed, where there is one.
    """

    __module__ = "constructs_ims"  # where it is imported from, so that tracebacks name that

    def __init__(self, diagnostics: Iterable[Diagnostic], result: Any = None) -> None:
        self.diagnostics: tuple[Diagnostic, ...] = tuple(diagnostics)
        self.result = result
        lines = dict.fromkeys(_line(diagnostic) for diagnostic in self.diagnostics if diagnostic.is_error)
        super().__init__("\n".join(lines))


def _line(diagnostic: Diagnostic) -> str:
    text = str(diagnostic.plainly())
    return f"{diagnostic.address}: {text}" if diagnostic.address else text


def check(diagnostics: Iterable[Diagnostic], result: Any = None) -> None:
    """Raise ``OperationFailedError`` with all diagnostics when one is an error."""
    __tracebackhide__ = True
    found = list(diagnostics)
    if has_errors(found):
        raise OperationFailedError(found, result)


@contextmanager
def sandbox_faults() -> Iterator[None]:
    """Turn what is wrong with the sandbox's own files into an ``OperationFailedError``."""
    try:
        yield
    except (SandboxError, EmulatorError) as failure:
        is_damaged = isinstance(failure, DamagedKeyFileError | DamagedDatabaseError)
        way_out = " To begin anew without any image or state, run: constructs-ims sandbox reset" if is_damaged else ""
        raise OperationFailedError([error(failure.summary, f"{failure.detail}{way_out}")]) from failure
