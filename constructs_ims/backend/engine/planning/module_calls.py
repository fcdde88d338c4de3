"""Evaluates module calls: their instances, their inputs, and the outputs that stand in for what is inside."""

from __future__ import annotations

from collections.abc import Iterable

from constructs_ims.backend.engine.lang.addresses import Key, module_address
from constructs_ims.backend.engine.plans.changes import SimulatedModule
from constructs_ims.backend.engine.stack.modules.outputs import OutputSource
from constructs_ims.backend.engine.stack.run.modules import load_module, module_instances
from constructs_ims.backend.engine.stack.run.run import PlanRun
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
    with run.results.lock:
        run.values.modules[name] = source.value(outputs)
        run.results.state.modules[name] = {key: of_one for key, of_one in known.items() if of_one or key in stored}
        run.results.modules[name] = _simulated(source, instances)
    return True


def _simulated(source: OutputSource, instances: Iterable[Key]) -> SimulatedModule:
    call = source.call
    addresses = tuple(str(module_address(call.name, key)) for key in instances)
    return SimulatedModule(call.name, call.source, call.version, source.interface.origin, addresses)
