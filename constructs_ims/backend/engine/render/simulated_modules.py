"""What plans say of simulated module calls, in JSON and in a line of text for each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from constructs_ims.backend.engine.lang.json_text import Record
from constructs_ims.backend.engine.plans.changes import SimulatedModule


def module_to_json(module: SimulatedModule) -> Record:
    """Return a module call as documents and events have it."""
    fields = Record(address=f"module.{module.name}", source=module.source)
    if module.version:
        fields["version"] = module.version
    if module.interface:
        fields["interface"] = module.interface
    fields["instances"] = list(module.instances)
    return fields


def module_line(module: Mapping[str, Any]) -> str:
    """Return the line that says where a simulated module is from, and where its outputs are declared."""
    source, interface = " ".join(filter(None, (module["source"], module.get("version")))), module.get("interface")
    is_there = interface is None or module["source"].removeprefix("./") == interface
    return f"{module['address']} is simulated: {source}{'' if is_there else f', declared in {interface}'}"
