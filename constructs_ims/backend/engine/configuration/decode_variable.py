"""Decodes ``variable`` blocks."""

from __future__ import annotations

from typing import Any, Final

from constructs_ims.backend.engine.configuration.blocks import ConfigurationBlock, Faults, check_names, without_repeated
from constructs_ims.backend.engine.configuration.decode_resource import decode_conditions
from constructs_ims.backend.engine.configuration.expressions import read_constant, read_flag, read_text
from constructs_ims.backend.engine.configuration.model import Body, Variable
from constructs_ims.backend.engine.configuration.type_constraint import (
    ANY,
    TypeConstraint,
    TypeConstraintError,
    parse_type,
)
from constructs_ims.backend.engine.lang import ConversionError, references
from constructs_ims.schema.diagnostics import error
from constructs_ims.schema.paths import AttributeStep
from constructs_ims.schema.types import BOOL, NUMBER, STRING

_VARIABLE: Final = ("type", "default", "description", "sensitive", "nullable", "ephemeral", "validation")

_PRIMITIVES: Final = (STRING, NUMBER, BOOL)


def decode_variable(block: ConfigurationBlock, faults: Faults) -> Variable:
    """Decode one variable, its default value converted to its type."""
    (name,), body = block.labels, without_repeated(block.body, _VARIABLE[:6], faults)
    check_names(body, _VARIABLE, faults)
    constraint = _constraint(body, faults)
    variable = Variable(
        name,
        body.place,
        constraint,
        _default(body, constraint, faults),
        "default" not in body.values,
        read_text(body, "description", faults),
        read_flag(body, "sensitive", faults),
        read_flag(body, "nullable", faults, default=True),
        read_flag(body, "ephemeral", faults),
        decode_conditions(body, "validation", faults),
        "type" not in body.values or constraint.type in _PRIMITIVES,
    )
    _check_validations(variable, faults)
    return variable


def _constraint(body: Body, faults: Faults) -> TypeConstraint:
    if "type" not in body.values:
        return ANY
    place = body.place_of("type")
    try:
        return parse_type(body.values["type"])
    except TypeConstraintError as fault:
        faults.add_part(fault.diagnostic, place, fault.span)
        return ANY


def _default(body: Body, constraint: TypeConstraint, faults: Faults) -> Any:
    place = body.place_of("default")
    if body.values.get("default") is None:
        if "default" in body.values and body.values.get("nullable") is False:
            detail = "A null default value is not valid when nullable=false."
            faults.add(error("Invalid default value for variable", detail), place)
        return None
    try:
        return constraint.convert(read_constant(body.values["default"], place, faults))
    except ConversionError as fault:
        detail = f"This default value is not compatible with the variable's type constraint: {fault}."
        faults.add(error("Invalid default value for variable", detail), place)
        return None


def _check_validations(variable: Variable, faults: Faults) -> None:
    for validation in variable.validations:
        if not validation.is_whole:
            continue
        found = references(validation.condition.expression)
        if not any(one.root == "var" and one.steps[:1] == (AttributeStep(variable.name),) for one in found):
            detail = (
                f'The condition for variable "{variable.name}" must refer to var.{variable.name} in order to test '
                "incoming values."
            )
            faults.add(error("Invalid variable validation condition", detail), validation.condition.place)
