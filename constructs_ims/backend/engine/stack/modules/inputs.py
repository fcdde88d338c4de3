"""The inputs of a module call, held to the input variables that the module's files declare."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from constructs_ims.backend.engine.configuration import Configuration, ModuleCall, Variable
from constructs_ims.backend.engine.configuration.blocks import Faults, extraneous, missing
from constructs_ims.backend.engine.configuration.module_interface import ModuleInterface
from constructs_ims.backend.engine.lang import ConversionError, MappingScope, Scope, Value, evaluate_typed, mark
from constructs_ims.backend.engine.lang.origin import explained
from constructs_ims.backend.engine.stack.evaluate.conditions import judge
from constructs_ims.schema.diagnostics import Diagnostic, error


def check_input_names(call: ModuleCall, interface: ModuleInterface, faults: Faults) -> None:
    """Note every input that is missing, and every one that the module has no variable for."""
    if not interface.is_known:
        return
    for name, variable in interface.variables.items():
        if variable.is_required and name not in call.inputs:
            faults.add_missing(missing(name), call.place)
    for name, argument in call.inputs.items():
        if name not in interface.variables:
            faults.add_key(extraneous(name, interface.variables.keys() - call.inputs.keys()), argument.place)


def input_faults(
    call: ModuleCall, interface: ModuleInterface, scope: Scope, configuration: Configuration
) -> Iterator[Diagnostic]:
    """Yield what is wrong with the values of a call's inputs, as far as they are known."""
    values: dict[str, Value] = {
        name: variable.default for name, variable in interface.variables.items() if name not in call.inputs
    }
    for name, argument in call.inputs.items():
        result = evaluate_typed(argument.expression, scope)
        found = list(result.diagnostics)
        variable = interface.variables.get(name)
        if result.ok and variable is not None:
            try:
                values[name] = _accepted(variable, result.value)
            except ConversionError as unfit:
                found.append(explained(_unsuitable(call, interface, variable, unfit), argument.expression, scope))
        yield from (configuration.locate(one, argument.place) for one in found)
    for name in values:
        place = call.inputs[name].place if name in call.inputs else call.place
        broken = _broken_rules(interface, interface.variables[name], values)
        yield from (configuration.locate(one, place) for one in broken)


def _accepted(variable: Variable, value: Value) -> Value:
    """Return an input as the module reads it; raise ``ConversionError`` for one that it cannot take."""
    if value is None and not variable.nullable:
        if variable.is_required:
            raise _NullError("required variable may not be set to null")
        return variable.default
    converted = variable.constraint.convert(value)
    return mark(converted) if variable.sensitive else converted


class _NullError(ConversionError):
    """A required variable is set to null, which it does not take."""


def _unsuitable(call: ModuleCall, interface: ModuleInterface, variable: Variable, unfit: ConversionError) -> Diagnostic:
    start = f"The given value is not suitable for module.{call.name}.var.{variable.name}"
    where = interface.declared_at[variable.name]
    if isinstance(unfit, _NullError):
        detail = f"{start} defined at {where}: {unfit}."
        return error("Required variable not set", detail)
    return error("Invalid value for input variable", f"{start} declared at {where}: {unfit}.")


def _broken_rules(interface: ModuleInterface, variable: Variable, values: Mapping[str, Value]) -> Iterator[Diagnostic]:
    """Yield an error for each rule of a variable that its value breaks; rules that read more than inputs are left."""
    scope, nowhere = MappingScope({"var": dict(values)}), Configuration(Path())
    places = interface.validated_at.get(variable.name, ())
    for validation, place in zip(variable.validations, places, strict=False):
        verdict = judge([validation], "", scope, nowhere)
        for message in verdict.problems:
            detail = f"{message}\n\nThis was checked by the validation rule at {place}."
            yield error("Invalid value for variable", detail)
