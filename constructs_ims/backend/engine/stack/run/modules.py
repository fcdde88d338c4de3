"""The instances of a module call, with their inputs checked, and the outputs that the state has of it."""

from __future__ import annotations

from collections.abc import Mapping

from constructs_ims.backend.engine.lang import Value
from constructs_ims.backend.engine.lang.addresses import Key
from constructs_ims.backend.engine.stack.modules.inputs import input_faults
from constructs_ims.backend.engine.stack.run.expansion import expand
from constructs_ims.backend.engine.stack.run.run import PlanRun


def load_module(run: PlanRun, name: str) -> None:
    """Let expressions read what the state has of a module call that is not evaluated."""
    with run.results.lock:
        run.values.modules[name] = run.stack.module_outputs[name].stored_value(run.results.state.modules.get(name, {}))


def module_instances(run: PlanRun, name: str) -> Mapping[Key, Value] | None:
    """Return the keys of a call's instances with ``each.value``, their inputs checked; None when anything is wrong."""
    call, scope = run.configuration.modules[name], run.values.scope()
    expansion = expand(call, scope, run.configuration)
    if not run.report(expansion.diagnostics) or expansion.instances is None:
        return None
    went_well = True
    for key, each in expansion.instances.items():
        found = input_faults(call, run.stack.interfaces[name], scope.of_instance(key, each), run.configuration)
        went_well &= run.report(found)
    return expansion.instances if went_well else None
