"""Warnings of targets and said values that match nothing, of which Terraform says nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from constructs_ims.backend.engine.configuration import Configuration, read_configuration
from constructs_ims.backend.engine.lang.addresses import InstanceAddress, ResourceAddress, module_address, parse_address
from constructs_ims.backend.engine.plans.changes import Action, Plan
from constructs_ims.backend.engine.plans.options import read_addresses
from constructs_ims.backend.engine.stack.providers.said import SaidValues
from constructs_ims.schema.diagnostics import Diagnostic, did_you_mean, warning


def unmatched_targets(plan: Plan) -> Iterator[Diagnostic]:
    """Yield a warning for each target that nothing has for its address, and something almost."""
    known = {*_addresses(plan.configuration), *plan.prior_state.resources}
    for target in read_addresses(plan.targets, "-target")[0]:
        hint = "" if target.resource in known else did_you_mean(str(target.resource), sorted(map(str, known)))
        if hint:
            detail = f'Nothing in the stack has the address "{target}", so nothing is done there.{hint}'
            yield warning("Target not found", detail)


def unmatched_values(plan: Plan, said: SaidValues, other_stacks: Iterable[Path]) -> Iterator[Diagnostic]:
    """Yield a warning for each value that a user says of what neither the stack nor another of the app has."""
    known = _addresses(plan.configuration)
    missing_instances = list(_missing_instances(plan, said))
    if all(address.resource in known for address in said.addresses) and not (_unused(said, known) or missing_instances):
        return
    elsewhere: dict[ResourceAddress, None] = {}
    for directory in other_stacks:
        if directory.resolve() != plan.configuration.directory.resolve():
            elsewhere.update(_addresses(read_configuration(directory)[0]))
    known.update(elsewhere)
    for address, hint in missing_instances:
        if address.resource not in elsewhere:
            yield _matches_nothing(f'what is said of "{address}"', "an instance at that address", hint)
    for address in said.addresses:
        if address.resource not in known:
            hint = did_you_mean(str(address.resource), map(str, known))
            missing = "a module call of that name" if address in said.modules else "an object at that address"
            yield _matches_nothing(f'what is said of "{address}"', missing, hint)
    for mode, type_name in _unused(said, known):
        hint = did_you_mean(type_name, {one.type: None for one in known if one.mode == mode})
        yield _matches_nothing(f'what is said of "{type_name}"', "an object of that type", hint)


def _missing_instances(plan: Plan, said: SaidValues) -> Iterator[tuple[InstanceAddress, str]]:
    """Yield each instance of which values are said and that its resource or module call lacks, with what is like it."""
    configuration, present = plan.configuration, _instances(plan)
    calls = {module_address(name).resource: call for name, call in configuration.modules.items()}
    for address in said.addresses:
        repeated = configuration.resources.get(address.resource) or calls.get(address.resource)
        if repeated is None or address.key is None or address in present:
            continue
        if repeated.repetition == "single" or (plan.mode == "normal" and not plan.targets):
            like = [str(one) for one in present if one.resource == address.resource]
            yield address, did_you_mean(str(address), sorted(like))


def _instances(plan: Plan) -> set[InstanceAddress]:
    """Return the instances that resources and module calls have under a plan."""
    ended = {one.address for one in plan.resource_changes if one.action in (Action.DELETE, Action.FORGET)}
    present = {address for address, _, _ in plan.prior_state.instances()}
    present.update(change.address for change in plan.resource_changes)
    modules = {parse_address(instance) for module in plan.modules for instance in module.instances}
    return (present - ended) | modules


def _addresses(configuration: Configuration) -> dict[ResourceAddress, None]:
    """Return the addresses of resources and, as addresses of resources too, of module calls."""
    calls = (module_address(name).resource for name in configuration.modules)
    return dict.fromkeys((*configuration.resources, *calls))


def _unused(said: SaidValues, known: Iterable[ResourceAddress]) -> list[tuple[str, str]]:
    used = {(address.mode, address.type) for address in known}
    return [key for key in said.mocks if key not in used]


def _matches_nothing(what: str, missing: str, hint: str) -> Diagnostic:
    return warning("Values for nothing", f"No stack of the app has {missing}, so {what} counts nowhere.{hint}")
