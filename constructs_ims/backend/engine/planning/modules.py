"""Evaluates module calls: their instances, their inputs, and the outputs that stand in for what is inside."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from constructs_ims.backend.engine.lang import Value
from constructs_ims.backend.engine.lang.addresses import Key, module_address
from constructs_ims.backend.engine.plans.changes import SimulatedModule
from constructs_ims.backend.engine.stack.modules.inputs import input_faults
from constructs_ims.backend.engine.stack.modules.outputs import OutputSource
from constructs_ims.backend.engine.stack.run.expansion import expand
from constructs_ims.backend.engine.stack.run.run import PlanRun
from constructs_ims.backend.engine.state.model import ModuleOutputs
from constructs_ims.schema.values import is_wholly_known


def plan_module(run: PlanRun, name: str) -> bool:
    """Plan the instances of a module call; what is known of their outputs goes to the state of the plan."""
    if run.options.mode == "destroy":
        load_module(run, name)
        return True
    instances = module_instances(run, name)
    if instances is None:
        return False
    source, stored = run.stack.module_outputs[name], run.previous.modules.get(name, {})
    outputs = {key: source.planned(key, stored.get(key)) for key in instances}
    known = {
        key: {output: found for output, found in of_one.items() if is_wholly_known(found.value)}
        for key, of_one in outputs.items()
    }
    with run.lock:
        run.values.modules[name] = source.value(outputs)
        run.state.modules[name] = {key: of_one for key, of_one in known.items() if of_one or key in stored}
        run.modules[name] = _simulated(source, instances)
    return True


def _simulated(source: OutputSource, instances: Iterable[Key]) -> SimulatedModule:
    call = source.call
    addresses = tuple(str(module_address(call.name, key)) for key in instances)
    return SimulatedModule(call.name, call.source, call.version, source.interface.origin, addresses)


def load_module(run: PlanRun, name: str) -> None:
    """Let expressions read what the state has of a module call that is not evaluated."""
    with run.lock:
        run.values.modules[name] = run.stack.module_outputs[name].stored_value(run.state.modules.get(name, {}))


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


def apply_module(run: PlanRun, name: str) -> Mapping[Key, ModuleOutputs] | None:
    """Return the outputs of a call's instances, made up as far as the plan did not know them; None on errors."""
    instances = module_instances(run, name)
    if instances is None:
        return None
    source, planned = run.stack.module_outputs[name], run.state.modules.get(name, {})
    outputs = {key: source.applied(key, planned.get(key)) for key in instances}
    with run.lock:
        run.values.modules[name] = source.value(outputs)
    return outputs
