"""What an apply makes of module calls: outputs, made up as far as the plan did not know them."""

from __future__ import annotations

from collections.abc import Mapping

from constructs_ims.backend.engine.lang.addresses import Key
from constructs_ims.backend.engine.stack.run.modules import module_instances
from constructs_ims.backend.engine.stack.run.run import PlanRun
from constructs_ims.backend.engine.state.model import ModuleOutputs


def apply_module(run: PlanRun, name: str) -> Mapping[Key, ModuleOutputs] | None:
    """Return the outputs of a call's instances, made up as far as the plan did not know them; None on errors."""
    instances = module_instances(run, name)
    if instances is None:
        return None
    source, planned = run.stack.module_outputs[name], run.results.state.modules.get(name, {})
    outputs = {key: source.applied(key, planned.get(key)) for key in instances}
    with run.results.lock:
        run.values.modules[name] = source.value(outputs)
    return outputs
