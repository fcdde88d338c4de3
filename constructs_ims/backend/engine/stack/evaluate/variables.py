"""Input variables: what was given is found, converted to the variable's type, and validated."""

from __future__ import annotations

import json
import os
import pathlib
import re
from collections.abc import Iterable, Mapping
from typing import Final

from constructs_ims.backend.engine.configuration import Configuration, Variable
from constructs_ims.backend.engine.configuration.constants import evaluate_constant
from constructs_ims.backend.engine.configuration.source import range_text
from constructs_ims.backend.engine.lang import (
    ConversionError,
    Value,
    from_json,
    mark,
    parse_expression,
    typed,
)
from constructs_ims.backend.engine.lang.json_text import is_too_deep, read_decimal, with_whole_pairs
from constructs_ims.backend.engine.plans.changes import VariableValue
from constructs_ims.backend.engine.plans.options import CALLER, GivenVariable
from constructs_ims.schema.diagnostics import Diagnostic, DiagnosticCode, did_you_mean, error, warning

_UNDECLARED: Final = "Value for undeclared variable"
_PREFIX: Final = "TF_VAR_"


def find_variables(
    directory: pathlib.Path,
    arguments: Iterable[tuple[str, str]] = (),
    environment: Mapping[str, str] = os.environ,
    *,
    working_directory: pathlib.Path | None = None,
) -> tuple[dict[str, GivenVariable], list[Diagnostic]]:
    """Collect values in Terraform's order, later ones winning: environment, tfvars files, then ``arguments``.

    ``arguments`` are ``("var", "name=value")`` and ``("var-file", path)`` as they stood on the command line; paths are
    relative to ``working_directory``, which is the stack's where none is named.
    """
    found = {
        name.removeprefix(_PREFIX): GivenVariable(
            text=_readable(value), origin=f"using the {name} environment variable"
        )
        for name, value in environment.items()
        if name.startswith(_PREFIX)
    }
    diagnostics: list[Diagnostic] = []
    for path in automatic_variable_files(directory):
        _read_file(path, path.name, found, diagnostics)
    for kind, text in arguments:
        if kind == "var-file":
            _read_file((working_directory or directory) / text, text, found, diagnostics)
        else:
            _read_argument(text, found, diagnostics)
    return found, diagnostics


def _readable(text: str) -> str:
    """Return what came from outside as text: bytes that are no UTF-8 become the replacement character."""
    return text.encode(errors="surrogateescape").decode(errors="replace")


_AUTOMATIC: Final = (".auto.tfvars", ".auto.tfvars.json")


def automatic_variable_files(directory: pathlib.Path) -> list[pathlib.Path]:
    """Return the variable files of a directory that count without being named, in Terraform's order."""
    fixed = [directory / "terraform.tfvars", directory / "terraform.tfvars.json"]
    try:
        automatic = sorted(path for path in directory.iterdir() if path.name.endswith(_AUTOMATIC))
    except OSError:
        automatic = []
    return [path for path in (*fixed, *automatic) if path.is_file()]


def _read_argument(text: str, found: dict[str, GivenVariable], diagnostics: list[Diagnostic]) -> None:
    name, equals, value = text.partition("=")
    if not equals:
        diagnostics.append(
            error(
                "Invalid -var option",
                f'The given -var option "{text}" is not correctly specified. Must be a variable name and value '
                'separated by an equals sign, like -var="key=value".',
            )
        )
    else:
        found[name] = GivenVariable(text=_readable(value), origin=f'using -var="{name}=..."')


def _read_file(path: pathlib.Path, name: str, found: dict[str, GivenVariable], diagnostics: list[Diagnostic]) -> None:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        diagnostics.append(error("Failed to read variables file", f"Given variables file {name} does not exist."))
        return
    if path.name.endswith(".json"):
        _read_json(text, name, found, diagnostics)
    else:
        _read_assignments(text, name, found, diagnostics)


def _read_json(text: str, name: str, found: dict[str, GivenVariable], diagnostics: list[Diagnostic]) -> None:
    try:
        data = json.loads(with_whole_pairs(text), parse_float=read_decimal)
        if is_too_deep(data):
            raise RecursionError
        values = from_json(data)
    except json.JSONDecodeError as fault:
        diagnostics.append(error("Invalid JSON", f"{name} is no JSON: line {fault.lineno}, {fault.msg}."))
        return
    except (ValueError, RecursionError):
        diagnostics.append(error("Invalid JSON", f"{name} holds a number or a nesting that cannot be handled."))
        return
    if not isinstance(values, dict):
        diagnostics.append(
            error("Incorrect JSON value type", "A JSON object is required here, setting the arguments for this block.")
        )
        return
    found.update(
        (key, GivenVariable(value, origin=name, is_from_file=True)) for key, value in values.items() if key != "//"
    )


_ASSIGNMENT: Final = re.compile(r"\s*(?:(?:#|//)[^\n]*\n|/\*.*?\*/|([A-Za-z_][\w-]*)\s*=(?!=))", re.S)


def _read_assignments(text: str, name: str, found: dict[str, GivenVariable], diagnostics: list[Diagnostic]) -> None:
    at = 0
    places: dict[str, str] = {}
    text += "\n"
    while text[at:].strip():
        match = _ASSIGNMENT.match(text, at)
        if not match:
            line = text.count("\n", 0, at) + 1
            diagnostics.append(error("Invalid variables file", f'{name}, line {line}: "name = value" is expected.'))
            return
        at = match.end()
        if match[1]:
            end = _end_of_value(text, at)
            if match[1] in places:
                diagnostics.append(_redefined(match[1], places[match[1]]))
            places[match[1]] = _place(name, text, match.start(1), match.end(1))
            value, faults = _constant(text[at:end].strip())
            diagnostics += faults
            found[match[1]] = GivenVariable(value, origin=name, is_from_file=True)
            at = end


def _place(filename: str, text: str, start: int, end: int) -> str:
    column = start - text.rfind("\n", 0, start)
    line = text.count("\n", 0, start) + 1
    return f"{filename}:{line},{column}-{column + end - start}"


def _redefined(name: str, earlier: str) -> Diagnostic:
    detail = f'The argument "{name}" was already set at {earlier}. Each argument may be set only once.'
    return error("Attribute redefined", detail)


def _constant(text: str) -> tuple[Value, list[Diagnostic]]:
    result = evaluate_constant(parse_expression(text))
    return result.value, list(result.diagnostics)


def _end_of_value(text: str, at: int) -> int:
    """Return where the value that starts at ``at`` ends: the end of a line outside brackets, quotes and heredocs."""
    heredoc = re.compile(r"\s*<<-?(\w+)\n").match(text, at)
    if heredoc:
        closing = re.compile(rf"^\s*{heredoc[1]}$", re.M).search(text, heredoc.end())
        return closing.end() if closing else len(text)
    depth, quoted = 0, False
    while at < len(text):
        character = text[at]
        if quoted:
            at += character == "\\"
            quoted = character != '"'
        elif character == '"':
            quoted = True
        elif character in "([{":
            depth += 1
        elif character in ")]}":
            depth -= 1
        elif (character == "\n" and depth <= 0) or (character == "#" and depth <= 0):
            return at
        at += 1
    return at


def settle_variables(
    configuration: Configuration, given: Mapping[str, GivenVariable] | None
) -> tuple[dict[str, Value], dict[str, VariableValue], list[Diagnostic]]:
    """Return the values that expressions see, marked where sensitive, the same for the plan, and what is wrong.

    A variable without a value is unknown to what refers to it; all are when ``given`` is None, because the stack is
    broken anyway.
    """
    if given is None:
        return {}, {}, []
    values: dict[str, Value] = {}
    settled: dict[str, VariableValue] = {}
    diagnostics = list(_strangers(configuration, given))
    for variable in configuration.variables.values():
        source = given.get(variable.name)
        raw, faults = _parse(variable, source)
        value, unsuitable = (None, []) if faults else _settle(configuration, variable, source, raw)
        diagnostics += (*faults, *unsuitable)
        if faults or unsuitable:
            continue
        seen = typed(value, variable.constraint.settled)
        values[variable.name] = mark(seen) if variable.sensitive else seen
        settled[variable.name] = VariableValue(value, variable.name in given, raw)
    return values, settled, diagnostics


def _strangers(configuration: Configuration, given: Mapping[str, GivenVariable]) -> Iterable[Diagnostic]:
    for name, value in given.items():
        if name in configuration.variables or value.origin.endswith("environment variable"):
            continue
        if value.origin.startswith("using -var"):
            yield error(
                _UNDECLARED,
                f'A variable named "{name}" was assigned on the command line, but the root module does not declare a '
                f'variable of that name. To use this value, add a "variable" block to the configuration.',
                code=DiagnosticCode.UNDECLARED_VARIABLE,
            )
        elif value.origin == CALLER:
            hint = did_you_mean(name, configuration.variables)
            yield error(
                _UNDECLARED,
                f'The stack declares no variable named "{name}".{hint}',
                code=DiagnosticCode.UNDECLARED_VARIABLE,
            )
        else:
            yield warning(
                _UNDECLARED,
                f'The root module does not declare a variable named "{name}" but a value was found in file '
                f'"{value.origin}". If you meant to use this value, add a "variable" block to the configuration.\n\nTo '
                'silence these warnings, use TF_VAR_... environment variables to provide certain "global" settings to '
                "all configurations in your organization. To reduce the verbosity of these warnings, use the "
                "-compact-warnings option.",
                code=DiagnosticCode.UNDECLARED_VARIABLE,
            )


def _settle(
    configuration: Configuration, variable: Variable, given: GivenVariable | None, value: Value
) -> tuple[Value, list[Diagnostic]]:
    if given is None:
        if variable.is_required:
            return None, [_required(configuration, variable)]
        return variable.default, []
    if value is None and not variable.nullable:
        value = variable.default
        if variable.is_required:
            return None, [_null_refused(configuration, variable, given)]
    try:
        return variable.constraint.convert(value), []
    except ConversionError as fault:
        return None, [_unsuitable(configuration, variable, given, fault.reason)]


def _parse(variable: Variable, given: GivenVariable | None) -> tuple[Value, list[Diagnostic]]:
    if given is None:
        return None, []
    if given.text is None:
        return given.value, []
    if variable.is_text_literal:
        return given.text, []
    return _constant(given.text)


def _required(configuration: Configuration, variable: Variable) -> Diagnostic:
    return configuration.locate(
        error(
            "No value for required variable",
            f'The root module input variable "{variable.name}" is not set, and has no default value. Use a -var or '
            "-var-file command line argument to provide a value for this variable.",
            code=DiagnosticCode.MISSING_VARIABLE,
        ),
        variable.place,
    )


def _null_refused(configuration: Configuration, variable: Variable, given: GivenVariable) -> Diagnostic:
    if given.is_from_file:
        where = _declaration(configuration, variable)
        what = f"The given value is not suitable for var.{variable.name} defined at {where}"
    else:
        what = f"Unsuitable value for var.{variable.name} set from outside of the configuration"
    detail = f"{what}: required variable may not be set to null."
    return configuration.locate(error("Required variable not set", detail), variable.place)


def _declaration(configuration: Configuration, variable: Variable) -> str:
    return range_text(configuration.opening_range(variable.place), variable.place.filename)


def _unsuitable(configuration: Configuration, variable: Variable, given: GivenVariable, why: str) -> Diagnostic:
    if given.origin.startswith("using "):
        detail = f"Unsuitable value for var.{variable.name} set {given.origin}: {why}."
    elif given.is_from_file:
        where = _declaration(configuration, variable)
        detail = f"The given value is not suitable for var.{variable.name} declared at {where}: {why}."
    else:
        detail = f"The given value is not suitable for var.{variable.name}: {why}. It comes from {given.origin}."
    return configuration.locate(error("Invalid value for input variable", detail), variable.place)
