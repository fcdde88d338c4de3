"""Decodes ``variable`` blocks."""

from __future__ import annotations

from typing import Any, Final

from constructs_ims.backend.engine.configuration.blocks import Block, Faults, check_names, check_repeated
from constructs_ims.backend.engine.configuration.decode_resource import decode_conditions
from constructs_ims.backend.engine.configuration.expressions import read_flag, read_named, read_text
from constructs_ims.backend.engine.configuration.model import Variable
from constructs_ims.backend.engine.configuration.type_constraint import ANY, TypeConstraint, parse_type
from constructs_ims.backend.engine.lang import ConversionError, MappingScope, evaluate, references
from constructs_ims.schema.diagnostics import error
from constructs_ims.schema.paths import AttributeStep

_VARIABLE: Final = ("type", "default", "description", "sensitive", "nullable", "ephemeral", "validation", "deprecated")

_INCOMPATIBLE: Final = "default value is not compatible with the variable's type constraint"
_UNSUITABLE_DEFAULT: Final = {
    (False, False): f"This {_INCOMPATIBLE}",
    (True, True): f"This {_INCOMPATIBLE}",
    (True, False): "Overriding this variable's type constraint has made its default value invalid",
    (False, True): "The overridden default value for this variable is not compatible with the variable's type "
    "constraint",
}
"""What is wrong with a default value, by whether an override file brought the type and the default."""


def decode_variable(block: Block, faults: Faults) -> Variable:
    """Decode one variable, its default value converted to its type."""
    (name,), body = block.labels, block.body
    check_names(body, _VARIABLE, faults)
    check_repeated(body, _VARIABLE[:6], faults)
    constraint = _constraint(block, faults)
    variable = Variable(
        name,
        body.place,
        constraint,
        _default(block, constraint, faults),
        "default" not in body.values,
        read_text(body, "description", faults),
        read_flag(body, "sensitive", faults),
        read_flag(body, "nullable", faults, default=True),
        read_flag(body, "ephemeral", faults),
        decode_conditions(body, "validation", faults),
    )
    _check_validations(variable, faults)
    return variable


def _constraint(block: Block, faults: Faults) -> TypeConstraint:
    try:
        return parse_type(read_text(block.body, "type", faults) or "any")
    except (ValueError, ConversionError) as fault:
        faults.add(error("Invalid type specification", str(fault)), block.body.place_of("type"))
        return ANY


def _default(block: Block, constraint: TypeConstraint, faults: Faults) -> Any:
    body, place = block.body, block.body.place_of("default")
    if body.values.get("default") is None:
        if "default" in body.values and body.values.get("nullable") is False:
            detail = "A null default value is not valid when nullable=false."
            faults.add(error("Invalid default value for variable", detail), place)
        return None
    result = evaluate(read_named(body, "default", faults).expression, MappingScope({}))
    for diagnostic in result.diagnostics:
        faults.add(diagnostic, place)
    try:
        return constraint.convert(result.value)
    except ConversionError as fault:
        what = _UNSUITABLE_DEFAULT["type" in body.overridden, "default" in body.overridden]
        faults.add(error("Invalid default value for variable", f"{what}: {fault}."), place)
        return None


def _check_validations(variable: Variable, faults: Faults) -> None:
    for validation in variable.validations:
        found = references(validation.condition.expression)
        if not any(one.root == "var" and one.steps[:1] == (AttributeStep(variable.name),) for one in found):
            detail = (
                f'The condition for variable "{variable.name}" must refer to var.{variable.name} in order to test '
                "incoming values."
            )
            faults.add(error("Invalid variable validation condition", detail), validation.condition.place)
