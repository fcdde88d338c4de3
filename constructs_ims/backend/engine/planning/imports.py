"""``import`` blocks: which instances are to be taken in, under which ids."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from constructs_ims.backend.engine.configuration import Configuration, Import, Repetition, Resource
from constructs_ims.backend.engine.graph.configuration_references import imported_resource
from constructs_ims.backend.engine.lang import (
    ConversionError,
    Scope,
    TfSet,
    Traversal,
    Value,
    convert,
    evaluate,
    mark,
    unmark,
)
from constructs_ims.backend.engine.lang.addresses import InstanceAddress, Key, ResourceAddress, parse_address
from constructs_ims.backend.engine.lang.origin import at_reference, explained
from constructs_ims.backend.engine.planning.keyed_references import reduce_reference
from constructs_ims.backend.engine.planning.moves import endpoint
from constructs_ims.backend.engine.stack.run.run import PlanRun
from constructs_ims.schema.diagnostics import Diagnostic, DiagnosticCode, error
from constructs_ims.schema.types import STRING
from constructs_ims.schema.values import Unknown, is_wholly_known


def find_imports(run: PlanRun, address: ResourceAddress, keys: Mapping[Key, Value]) -> tuple[dict[Key, Any], bool]:
    """Return the ids to import for the instances of a resource, and whether all is well.

    Neither a refresh nor a destroy imports anything.
    """
    found: dict[Key, Any] = {}
    went_well = True
    if run.options.mode == "refresh-only" or run.is_rehearsal:
        return found, went_well
    for block in run.configuration.imports:
        if imported_resource(block.to) == address:
            went_well &= _take_block(run, block, keys, found)
    for text, id in run.options.imports.items():
        target = parse_address(text)
        if target.resource == address:
            went_well &= _take(run, target, id, keys, found, None)
    return found, went_well


def check_import_targets(run: PlanRun) -> None:
    """Note every import whose target no configuration describes."""
    for block in run.configuration.imports:
        target = imported_resource(block.to)
        if target is not None and target not in run.configuration.resources:
            run.report([_of_target(_no_configuration(str(target)), block)], block.to.place)
    for text in run.options.imports:
        if parse_address(text).resource not in run.configuration.resources:
            run.report([_no_configuration(text)])


def _take_block(run: PlanRun, block: Import, keys: Mapping[Key, Value], found: dict[Key, Any]) -> bool:
    rounds, faults = import_rounds(block, run.values.scope())
    went_well = run.report(faults)
    for variables in rounds:
        target, unfit = import_target(run.configuration, block, run.values.scope(), variables)
        if not run.report(unfit, block.to.place) or target is None:
            went_well = False
            continue
        id, unsuitable = _id(run, block, variables)
        if not run.report(unsuitable, block.id.place):
            went_well = False
            continue
        went_well &= _take(run, target, id, keys, found, block)
    return went_well


def import_rounds(block: Import, scope: Scope) -> tuple[list[dict[str, Value]], list[Diagnostic]]:
    """Return ``each`` for every element of an import's ``for_each``, and what is wrong with that.

    Unlike a resource's it may be any collection, and null is none.
    """
    if block.for_each is None:
        return [{}], []
    expression = block.for_each.expression
    result = evaluate(expression, scope)
    if not result.ok:
        return [], list(result.diagnostics)
    value, paths = unmark(result.value)
    match value:
        case None:
            return [], []
        case TfSet():
            elements = [(item, item) for item in value]
        case dict():
            elements = sorted(value.items())
        case list():
            elements = list(enumerate(value))
        case _:
            fault = _UNKNOWN_ROUNDS if value is Unknown else _NO_COLLECTION
            return [], [explained(fault, expression, scope, cause="unknown" if value is Unknown else "")]
    if not is_wholly_known(value):
        return [], [explained(_UNKNOWN_ROUNDS, expression, scope, cause="unknown")]
    return [{"each": {"key": key, "value": mark(item) if paths else item}} for key, item in elements], []


def import_target(
    configuration: Configuration, block: Import, scope: Scope, variables: Mapping[str, Value]
) -> tuple[InstanceAddress | None, Sequence[Diagnostic]]:
    """Return the instance that an import block names in one round of its ``for_each``, or why it names none."""
    reference, faults = reduce_reference(block.to.expression, scope, variables)
    target = endpoint(reference) if reference else None
    if target is None:
        return None, faults or [_invalid_target(reference)]
    resource = configuration.resources.get(target.resource)
    fault = _repetition_fault(resource, target.key) if resource else None
    return (None, [fault]) if fault else (target, ())


def _repetition_fault(resource: Resource, key: Key) -> Diagnostic | None:
    """Return why the key of an import's target is none that its resource can have."""
    wanted: Repetition = "single" if key is None else "each" if isinstance(key, str) else "count"
    if wanted == resource.repetition:
        return None
    if wanted == "single":
        detail = f"The target resource is using {_REPEATS[resource.repetition]}."
    else:
        detail = f"The target resource does not use {_REPEATS[wanted]}."
    return error("Invalid import 'to' expression", detail)


_REPEATS: Final[Mapping[Repetition, str]] = {"count": "count", "each": "for_each"}
_NO_COLLECTION: Final = error("Invalid for_each argument", 'The "for_each" expression must be a collection.')
_UNKNOWN_ROUNDS: Final = error(
    "Invalid for_each argument",
    'The "for_each" expression includes values derived from other resource attributes that cannot be determined until '
    "apply, and so Terraform cannot determine the full set of values that might be used to import this resource.",
    code=DiagnosticCode.UNKNOWN_REPETITION,
)


def _id(run: PlanRun, block: Import, variables: Mapping[str, Value]) -> tuple[Any, tuple[Diagnostic, ...]]:
    result = evaluate(block.id.expression, run.values.scope(), variables)
    if not result.ok:
        return None, result.diagnostics
    value, _ = unmark(result.value)
    if value is Unknown:
        return None, (explained(error(_INVALID_ID, _UNKNOWN_ID), block.id.expression, None),)
    if faults := id_faults(block, value):
        return None, faults
    return convert(value, STRING), ()


def id_faults(block: Import, value: Value) -> tuple[Diagnostic, ...]:
    """Return what is wrong with the id that an import block gives."""
    if value is not None and value != "":
        try:
            convert(value, STRING)
        except ConversionError as unfit:
            wrong = error("Incorrect value type", f"Invalid expression value: {unfit}.")
            return (explained(wrong, block.id.expression, None),)
        return ()
    detail = _EMPTY_ID if value == "" else "The import ID cannot be null."
    return (explained(error(_INVALID_ID, detail), block.id.expression, None),)


def _take(
    run: PlanRun,
    target: InstanceAddress,
    id: Any,
    keys: Mapping[Key, Value],
    found: dict[Key, Any],
    block: Import | None,
) -> bool:
    if target.key not in keys:
        fault = _no_configuration(str(target))
        return run.report([_of_target(fault, block)], block.to.place) if block else run.report([fault])
    found[target.key] = id
    return True


def _of_target(diagnostic: Diagnostic, block: Import) -> Diagnostic:
    """Point at the address that an import block names."""
    target = block.to.expression
    return at_reference(diagnostic, target, target, slice(None)) if isinstance(target, Traversal) else diagnostic


def _no_configuration(target: str) -> Diagnostic:
    return error(
        "Configuration for import target does not exist",
        f"The configuration for the given import target {target} does not exist. All target instances must have an "
        "associated configuration to be imported. Add it to the stack, or leave the import out. The real Terraform "
        "writes it for you: constructs-ims run -- cdktf plan",
    )


def _invalid_target(reference: Traversal | None) -> Diagnostic:
    detail = 'The "to" argument must name a resource, or an instance of one.'
    if reference is not None and reference.root == "module":
        detail += (
            " What stands inside modules is not executed here, so that nothing can be imported there: leave the import "
            "to the real Terraform, which CONSTRUCTS_IMS_ENGINE=terraform runs."
        )
    return error("Invalid import address", detail)


_INVALID_ID: Final = "Invalid import id argument"
_EMPTY_ID: Final = "The import ID value evaluates to an empty string, please provide a non-empty value."
_UNKNOWN_ID: Final = (
    'The import block "id" argument depends on resource attributes that cannot be determined until apply, so Terraform '
    "cannot plan to import this resource."
)
