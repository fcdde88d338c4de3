"""The error for an app that uses both CDKs, with the lines of the app that bring in the other one."""

from __future__ import annotations

import ast
import functools
import sys
import sysconfig
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from constructs_ims.cdk_choice import CDKS, MixedCdksError, are_both_imported, cdk_of, choice, is_of_foreign_token
from constructs_ims.schema.diagnostics import Diagnostic, error

SUMMARY: Final = "Mixed CDKs"
"""The summary of the error, and what the native half says of a stack or an app of the other CDK."""

_INSTALLED: Final = tuple({sysconfig.get_path(name) for name in ("purelib", "platlib", "stdlib", "platstdlib")})
_OWN: Final = str(Path(__file__).parents[1])
_MOST_LINES: Final = 3


@dataclass(frozen=True, slots=True)
class ImportLine:
    """A line of the app that imports something."""

    file: Path
    number: int
    text: str

    def __str__(self) -> str:
        file = self.file.relative_to(Path.cwd()) if self.file.is_relative_to(Path.cwd()) else self.file
        return f'line {self.number} of {file} ("{self.text}")'


def is_of_other_cdk(value: Any) -> bool:
    """Tell whether ``value``, or an element of the sequence or mapping that it is, comes from the CDK not in use."""
    if not are_both_imported():
        return False
    if isinstance(value, Mapping):
        value = list(value.values())
    elements = value if isinstance(value, Sequence) and not isinstance(value, str) else [value]
    return any(cdk_of(element) not in (None, choice.name) for element in elements)


def describe(subject: str) -> Diagnostic:
    """Make the error for ``subject``, what comes from the CDK that the constructs do not use."""
    used = choice.name
    (other,) = set(CDKS) - {used}
    lines = [*import_lines([other])] or [*import_lines(_packages_with(other))]
    places = ", ".join(map(str, lines[:_MOST_LINES])) or f"the import of {other}"
    return error(
        SUMMARY,
        f"{subject} comes from {other}, and the constructs here from {used}. One app uses one of them. "
        f"Change {places}: import {used} there, or a package that is made for it.",
    )


def explain_in(app: type[Any]) -> None:
    """Have ``synth`` of the CDK's class ``App``, where it fails over constructs of the other CDK, say so."""
    synth = app.synth

    @functools.wraps(synth)
    def explained(self: Any) -> None:
        (other,) = set(CDKS) - {choice.name}
        module = sys.modules.get(other)
        if (
            module not in (None, sys.modules.get(choice.name))
            and (visited := _first_with_aspects(module, self)) is not None
        ):
            raise MixedCdksError(str(describe(f'An Aspect on "{visited.node.path}"')))
        try:
            synth(self)
        except RuntimeError as failure:
            foreign = next((each for each in self.node.find_all() if cdk_of(each) == other), None)
            if foreign is not None:
                raise MixedCdksError(str(describe(f'"{foreign.node.path}"'))) from failure
            if is_of_foreign_token(failure):
                raise MixedCdksError(str(describe("A function or a token that the app uses"))) from failure
            raise

    app.synth = explained


def _first_with_aspects(cdk: ModuleType, app: Any) -> Any:
    """Return the first construct that an Aspect of another CDK is to visit, which this one's synthesis never does."""
    return next((each for each in app.node.find_all() if cdk.Aspects.of(each).all), None)


def import_lines(packages: Iterable[str]) -> Iterator[ImportLine]:
    """Yield the lines of the app's own files that import one of ``packages``."""
    wanted = frozenset(packages)
    for module in list(sys.modules.values()):
        file = getattr(module, "__file__", None)
        if file and file.endswith(".py") and not file.startswith((*_INSTALLED, _OWN)):
            yield from _import_lines_in(Path(file), wanted)


def _import_lines_in(file: Path, wanted: frozenset[str]) -> Iterator[ImportLine]:
    try:
        source = file.read_text(encoding="utf-8")
        tree = ast.parse(source)
    except (OSError, SyntaxError, ValueError):
        return
    for node in ast.walk(tree):
        if wanted & set(_packages_imported_by(node)):
            segment = ast.get_source_segment(source, node) or ""
            yield ImportLine(file, node.lineno, " ".join(segment.split()))  # type: ignore[attr-defined]


def _packages_imported_by(node: ast.AST) -> list[str]:
    match node:
        case ast.Import(names=names):
            return [alias.name.partition(".")[0] for alias in names]
        case ast.ImportFrom(module=str(module), level=0):
            return [module.partition(".")[0]]
    return []


def _packages_with(cdk: str) -> set[str]:
    """Return the installed packages that have something of ``cdk`` in one of their modules."""
    modules = [(name.partition(".")[0], module) for name, module in list(sys.modules.items())]
    return {package for package, module in modules if package not in CDKS and _has_something_of(cdk, module)}


def _has_something_of(cdk: str, module: ModuleType) -> bool:
    values = list(getattr(module, "__dict__", {}).values())
    return any(value is sys.modules[cdk] or (isinstance(value, type) and cdk_of(value) == cdk) for value in values)
