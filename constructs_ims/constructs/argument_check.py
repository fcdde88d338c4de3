"""A block's arguments as a user gives them: held against their declarations, every violation in one list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from constructs_ims.constructs.conversions import Converter, MistypedError, Value, converter
from constructs_ims.constructs.validation_error import ImsValidationError
from constructs_ims.schema.attribute import Attribute, Block
from constructs_ims.schema.diagnostics import Diagnostic, did_you_mean, error
from constructs_ims.schema.paths import Path, attribute_path
from constructs_ims.schema.values import UnknownType


@dataclass(slots=True)
class Checked:
    """Arguments after the check: ``wire`` under Terraform's names, ``known`` under Python's, and what is wrong."""

    wire: dict[str, Any] = field(default_factory=dict)
    known: dict[str, Any] = field(default_factory=dict)
    diagnostics: list[Diagnostic] = field(default_factory=list)

    @property
    def errors(self) -> list[Diagnostic]:
        """The violations."""
        return [diagnostic for diagnostic in self.diagnostics if diagnostic.is_error]

    @property
    def warnings(self) -> list[Diagnostic]:
        """What may be a mistake."""
        return [diagnostic for diagnostic in self.diagnostics if not diagnostic.is_error]

    def require(self, subject: str) -> Checked:
        """Return itself when nothing is wrong; raise ``ImsValidationError`` with every violation otherwise."""
        if self.diagnostics and (errors := self.errors):
            raise ImsValidationError(subject, errors)
        return self


class ArgumentChecker:
    """Checks the arguments of one block; ``converters`` replace the conversion of single arguments by Python name."""

    def __init__(self, block: Block, converters: Mapping[str, Converter] | None = None) -> None:
        self._rows: Final = {
            attribute.python_name: (attribute, (converters or {}).get(attribute.python_name, converter(attribute.type)))
            for attribute in block.arguments
        }
        self._required: Final = tuple(name for name, (attribute, _) in self._rows.items() if attribute.required)

    @property
    def names(self) -> tuple[str, ...]:
        """The Python names of the arguments, in the order of their declaration."""
        return tuple(self._rows)

    def check(self, given: Mapping[str, Any]) -> Checked:
        """Check every argument of ``given``; one that is None counts as left out."""
        checked = Checked()
        for name, value in given.items():
            if value is not None or name not in self._rows:
                self.check_one(name, value, checked)
        for name in self._required:
            if given.get(name) is None:
                checked.diagnostics.append(missing_argument(name))
        return checked

    def check_one(self, name: str, value: Any, checked: Checked) -> None:
        """Check one argument and put what comes of it into ``checked``."""
        if name not in self._rows:
            checked.diagnostics.append(unknown_argument(name, self._rows))
            return
        attribute, convert = self._rows[name]
        try:
            wire, known = convert(value)
        except MistypedError as fault:
            checked.diagnostics.append(mistyped(fault, name, secret=attribute.sensitive))
            return
        checked.wire[attribute.name] = wire
        checked.known[name] = known
        if attribute.rules and not isinstance(known, UnknownType):
            checked.diagnostics.extend(_broken_rules(attribute, Value(wire, known)))


def unknown_argument(name: Any, known: Iterable[str]) -> Diagnostic:
    """Make the error for an argument that does not exist, with the nearest one that does."""
    mend = did_you_mean(str(name), known) or " Leave it out."
    return error("Unknown argument", f'There is no argument "{name}".{mend}')


def missing_argument(name: str) -> Diagnostic:
    """Make the error for a required argument that is left out."""
    return error("Missing argument", f"{name} is left out, but it is required. Add it.", attribute_path(name))


def mistyped(fault: MistypedError, name: str, *, secret: bool = False) -> Diagnostic:
    """Make the error for a value of the wrong type, which is not shown when it is secret."""
    detail = f"A value of type {type(fault.given).__name__} is given. {fault.mend}" if secret else str(fault)
    return error("Wrong type", detail, attribute_path(name) + fault.path)


def _broken_rules(attribute: Attribute, value: Value) -> Iterator[Diagnostic]:
    path: Path = attribute_path(attribute.python_name)
    for rule in attribute.rules:
        for diagnostic in rule(attribute.name, value.known):
            yield diagnostic.under(path)
