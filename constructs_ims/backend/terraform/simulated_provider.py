"""A simulated provider as an executable: objects of the types in a document, for the real Terraform.

Started as a plugin with two arguments: the provider's address, and the document with its schemas, which is that of
``terraform providers schema -json`` for this one provider, with what is ``said`` of whole types beside them.
"""

from __future__ import annotations

import json
import os
import sys
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from constructs_ims.backend.bindings.documents import schema_from_json, schema_in
from constructs_ims.backend.engine.lang.addresses import Mode
from constructs_ims.backend.engine.stack.providers.said import SaidValues
from constructs_ims.backend.engine.stack.providers.shapes import ShapeBook
from constructs_ims.backend.engine.stack.providers.simulate import SimulatedProvider
from constructs_ims.backend.provider.serve import serve
from constructs_ims.backend.provider.simulation_servicer import SimulationServicer
from constructs_ims.backend.terraform.mirror import PLUGIN_COOKIE
from constructs_ims.schema.diagnostics import Diagnostic
from constructs_ims.schema.operations import ApplyResult, Object, ReadResult


@dataclass
class ServedSimulation(SimulatedProvider):
    """A simulated provider that is not told which object it works on: each is made under a name of its own.

    What is made up is kept in the state, with the seed that it was made of.
    """

    @property
    def _new_seed(self) -> str:
        return uuid.uuid4().hex

    def upgrade_resource(
        self, type_name: str, version: int, raw_state: Object
    ) -> tuple[Object | None, list[Diagnostic]]:
        """Return the object as it is stored."""
        return raw_state, []

    def apply_resource(
        self, type_name: str, prior: Object | None, config: Object | None, planned: Object | None, private: bytes
    ) -> ApplyResult:
        """Make what is planned, with what is said of its type."""
        return super(ServedSimulation, self._some(type_name)).apply_resource(type_name, prior, config, planned, private)

    def read_data_source(self, type_name: str, config: Object) -> ReadResult:
        """Return what is configured and said of the type, making up the rest."""
        return super(ServedSimulation, self._some(f"data.{type_name}")).read_data_source(type_name, config)

    def _some(self, kind: str) -> Self:
        """Return this provider at some object of a type: what is said of a type is said of each."""
        return self.for_object(f"{kind}.some", b"", {})

    def read_resource(self, type_name: str, state: Object, private: bytes) -> ReadResult:
        """Return the object as it is."""
        return ReadResult(state, private)


def read_simulation(source: str, document: Any) -> SimulationServicer:
    """Return what serves the provider whose schemas a document holds."""
    said = SaidValues()
    said.take(document.get("said", {}))
    shapes = ShapeBook(said=said)
    sections: tuple[tuple[Mode, str], ...] = (("managed", "resource_schemas"), ("data", "data_source_schemas"))
    for mode, section in sections:
        for name in document[section]:
            if schema := schema_in(document, mode, name, source):
                shapes.known[source, mode, name] = schema
    provider = schema_from_json(source.rpartition("/")[2], document["provider"], source)
    return SimulationServicer(ServedSimulation(source, shapes), provider)


def main() -> int:
    """Serve the provider that the arguments name to the Terraform that started this process."""
    name, cookie = PLUGIN_COOKIE
    if os.environ.get(name) != cookie:
        print("This is a plugin that Terraform starts; it does nothing by itself.", file=sys.stderr)
        return 1
    source, path = sys.argv[1:3]
    return serve(read_simulation(source, json.loads(Path(path).read_text(encoding="utf-8"))))
