"""The record of simulated module calls: the outputs that they were given, in a file beside the state.

State files hold the outputs of the root module alone, and are to stay what Terraform reads.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from constructs_ims.backend.engine.lang.addresses import Key
from constructs_ims.backend.engine.lang.json_text import Record, from_json, to_compact
from constructs_ims.backend.engine.state.model import ModuleOutputs, OutputState
from constructs_ims.schema.types import type_from_json, type_to_json

FORMAT: Final = 1
Modules = dict[str, dict[Key, ModuleOutputs]]
"""Outputs by the name of the call and the key of the instance."""


def write_modules(modules: Mapping[str, Mapping[Key, ModuleOutputs]], lineage: str) -> bytes:
    """Write the record of the modules of a state with a lineage."""
    calls = {name: instance_fields(modules[name]) for name in sorted(modules)}
    return to_compact(Record(format=FORMAT, lineage=lineage, modules=calls)).encode() + b"\n"


def read_modules(content: bytes, lineage: str) -> Modules:
    """Read the record of a state with a lineage; empty where there is none, or one of another state.

    Raise ``ValueError`` for what is no such record.
    """
    if not content:
        return {}
    try:
        document = from_json(content)
        if document["format"] != FORMAT:
            raise ValueError(f"format {document['format']}")
        if lineage and document["lineage"] != lineage:
            return {}
        return {name: read_instances(instances) for name, instances in document["modules"].items()}
    except (KeyError, TypeError, AttributeError, RecursionError) as fault:
        raise ValueError("no record of modules") from fault


def instance_fields(instances: Mapping[Key, ModuleOutputs]) -> list[Record]:
    """Return the outputs of the instances of a call as JSON."""
    return [
        Record(index_key=key, outputs={name: _output_fields(outputs[name]) for name in sorted(outputs)})
        for key, outputs in instances.items()
    ]


def read_instances(stored: Sequence[Mapping[str, Any]]) -> dict[Key, ModuleOutputs]:
    """Read the outputs of the instances of a call; ``KeyError``, ``TypeError`` or ``ValueError`` when they are none."""
    return {_key(fields["index_key"]): _outputs(fields["outputs"]) for fields in stored}


def _key(key: Any) -> Key:
    if key is None or isinstance(key, str) or (isinstance(key, int) and not isinstance(key, bool)):
        return key
    raise ValueError("an instance key")


def _outputs(stored: Mapping[str, Any]) -> ModuleOutputs:
    return {name: OutputState(fields["value"], type_from_json(fields["type"])) for name, fields in stored.items()}


def _output_fields(output: OutputState) -> Record:
    return Record(value=output.value, type=type_to_json(output.type))
