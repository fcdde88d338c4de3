"""The inputs of a module call, held to the input variables that the module's files declare."""

from __future__ import annotations

from collections.abc import Iterator

from constructs_ims.backend.engine.configuration import Configuration, ModuleCall, Variable
from constructs_ims.backend.engine.configuration.blocks import Faults, extraneous, missing
from constructs_ims.backend.engine.lang import ConversionError, Scope, evaluate_typed
from constructs_ims.backend.engine.lang.origin import explained
from constructs_ims.backend.engine.modules.interface import ModuleInterface
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
    for name, argument in call.inputs.items():
        result = evaluate_typed(argument.expression, scope)
        yield from (configuration.locate(one, argument.place) for one in result.diagnostics)
        variable = interface.variables.get(name)
        if not result.ok or variable is None:
            continue
        try:
            variable.constraint.convert(result.value)
        except ConversionError as unfit:
            fault = explained(_unsuitable(call, interface, variable, unfit), argument.expression, scope)
            yield configuration.locate(fault, argument.place)
        else:
            if result.value is None and not variable.nullable and variable.is_required:
                fault = explained(_null(call, interface, variable), argument.expression, scope)
                yield configuration.locate(fault, argument.place)


def _unsuitable(call: ModuleCall, interface: ModuleInterface, variable: Variable, unfit: ConversionError) -> Diagnostic:
    where = interface.declared_at[variable.name]
    detail = f"The given value is not suitable for module.{call.name}.var.{variable.name} declared at {where}: {unfit}."
    return error("Invalid value for input variable", detail)


def _null(call: ModuleCall, interface: ModuleInterface, variable: Variable) -> Diagnostic:
    where = interface.declared_at[variable.name]
    detail = f"The given value is not suitable for module.{call.name}.var.{variable.name} defined at {where}: required "
    return error("Invalid value for input variable", f"{detail}variable may not be set to null.")
