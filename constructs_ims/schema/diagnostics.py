"""Diagnostics: faults as values with a severity, a summary, a detail and a place.

The summary names the class of mistake (capitalised, no full stop); the detail is whole sentences with the value given,
the rule and the change that mends it.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from difflib import get_close_matches

from constructs_ims.schema.paths import Path, render_path
from constructs_ims.schema.types import Type


class Severity(enum.StrEnum):
    """How bad a diagnostic is; the values are those of Terraform's JSON."""

    ERROR = "error"
    WARNING = "warning"


class DiagnosticCode(enum.Enum):
    """What a diagnostic is about, for code that acts on it; its text is for readers alone."""

    CONDITION_FAILED = enum.auto()
    INVALID_REFERENCE = enum.auto()
    MISSING_VARIABLE = enum.auto()
    STATE_IN_USE = enum.auto()
    UNDECLARED_VARIABLE = enum.auto()
    UNKNOWN_REPETITION = enum.auto()
    UNSUPPORTED_ATTRIBUTE = enum.auto()


@dataclass(frozen=True, slots=True)
class SourcePosition:
    """A place in a file: ``line`` and ``column`` count from 1, ``byte`` from 0."""

    line: int
    column: int
    byte: int


@dataclass(frozen=True, slots=True)
class SourceRange:
    """A stretch of a file, ``end`` exclusive; ``filename`` is as the user would name it."""

    filename: str
    start: SourcePosition
    end: SourcePosition


@dataclass(frozen=True, slots=True)
class Signature:
    """A function as it is declared: names and types of its parameters, ``variadic`` the one that takes all others."""

    parameters: tuple[tuple[str, Type], ...]
    variadic: tuple[str, Type] | None
    result: Type


@dataclass(frozen=True, slots=True)
class Explanation:
    """What stood around an expression: statements on the values it refers to, and the function it called.

    ``values`` are pairs such as ``("var.size", "is 5")``; ``called`` is the name that the function was called by.
    """

    values: tuple[tuple[str, str], ...] = ()
    called: str = ""
    signature: Signature | None = None


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One fault or warning.

    ``path`` is the place inside the object, ``address`` the object (``huaweicloud_ims_image_metadata.ubuntu``) and
    ``subject`` the place in a file, where they are known; ``concerns`` is the object where Terraform shows no address.
    ``plain`` are summary and detail for Python's users, where the usual ones are kept as another program has them.
    ``code`` says which fault it is and ``named`` the name that is at fault, where code acts on them.
    ``origin`` is what the engine finds the subject and the explanation of a faulty expression by, and of no use to
    anybody else.
    """

    severity: Severity
    summary: str
    detail: str = ""
    path: Path = ()
    address: str | None = None
    subject: SourceRange | None = None
    explanation: Explanation | None = None
    plain: tuple[str, str] | None = None
    concerns: str | None = None
    code: DiagnosticCode | None = field(default=None, compare=False, repr=False)
    named: str = field(default="", compare=False, repr=False)
    origin: object = field(default=None, compare=False, repr=False)

    @property
    def is_error(self) -> bool:
        """Whether this diagnostic stops the work."""
        return self.severity is Severity.ERROR

    def under(self, path: Path) -> Diagnostic:
        """Return the same diagnostic with its path joined onto ``path``."""
        return replace(self, path=path + self.path)

    def at(self, *, address: str | None = None, subject: SourceRange | None = None) -> Diagnostic:
        """Return the same diagnostic with a place filled in where it has none yet."""
        return replace(self, address=self.address or address, subject=self.subject or subject)

    def plainly(self) -> Diagnostic:
        """Return the same diagnostic in words for Python's users."""
        return replace(self, summary=self.plain[0], detail=self.plain[1], plain=None) if self.plain else self

    def __str__(self) -> str:
        place = f" ({render_path(self.path)})" if self.path else ""
        return f"{self.summary}{place}: {self.detail}" if self.detail else f"{self.summary}{place}"


def error(
    summary: str, detail: str = "", path: Path = (), *, code: DiagnosticCode | None = None, named: str = ""
) -> Diagnostic:
    """Make an error."""
    return Diagnostic(Severity.ERROR, summary, detail, path, code=code, named=named)


def warning(summary: str, detail: str = "", path: Path = (), *, code: DiagnosticCode | None = None) -> Diagnostic:
    """Make a warning."""
    return Diagnostic(Severity.WARNING, summary, detail, path, code=code)


def file_system_failure(failure: OSError) -> Diagnostic:
    """Say what the operating system refused, and of which file."""
    place = f"{failure.filename}: " if failure.filename else ""
    return error("File system failure", f"{place}{failure.strerror or failure}.")


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    """Tell whether any of ``diagnostics`` is an error."""
    return any(diagnostic.is_error for diagnostic in diagnostics)


def one_of(allowed: Iterable[str]) -> str:
    """Write out a choice: ``"raw", "qcow2" or "iso"``."""
    *others, last = [f'"{value}"' for value in allowed]
    return f"{', '.join(others)} or {last}" if others else last


def did_you_mean(given: str, known: Iterable[str], *, cutoff: float = 0.75) -> str:
    """Return `` Did you mean "...?"`` with a leading blank when one of ``known`` is close to ``given``, else ``""``.

    Case does not count; of names that differ in case alone the first is suggested. ``cutoff`` says how close, from 0
    to 1.
    """
    names = {name.casefold(): name for name in reversed(tuple(known))}
    close = get_close_matches(given.casefold(), names, n=1, cutoff=cutoff)
    return f' Did you mean "{names[close[0]]}"?' if close else ""
