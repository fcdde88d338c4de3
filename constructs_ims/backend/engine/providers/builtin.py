"""Terraform's builtin provider: ``terraform_data`` and ``data.terraform_remote_state``."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from constructs_ims.backend.engine.lang import from_json, type_of, typed
from constructs_ims.backend.engine.lang.typed import collapse
from constructs_ims.backend.engine.objchange import same
from constructs_ims.backend.engine.providers.said import SaidValues, instance_at
from constructs_ims.backend.engine.providers.state_only import StateOnly
from constructs_ims.backend.engine.state.model import OutputState
from constructs_ims.schema.attribute import Attribute, Block, Schema
from constructs_ims.schema.diagnostics import Diagnostic, error
from constructs_ims.schema.operations import (
    ApplyResult,
    ImportedResource,
    ImportResult,
    Object,
    PlanResult,
    ReadResult,
)
from constructs_ims.schema.paths import attribute_path
from constructs_ims.schema.types import DYNAMIC, STRING
from constructs_ims.schema.values import Unknown

BUILTIN_SOURCE: Final = "terraform.io/builtin/terraform"
_SOURCE: Final = "Terraform's builtin provider"


def _attribute(name: str, doc: str, *, computed: bool = False, required: bool = False, text: bool = False) -> Attribute:
    optional = not computed and not required
    type_ = STRING if text else DYNAMIC
    return Attribute(name, type_, doc, _SOURCE, required=required, optional=optional, computed=computed)


DATA: Final = Schema(
    "terraform_data",
    Block(
        (
            _attribute("id", "A UUID made when the object is.", computed=True, text=True),
            _attribute("input", "Any value."),
            _attribute("output", "The value of input, known after apply.", computed=True),
            _attribute("triggers_replace", "Any value; a change replaces the object."),
        )
    ),
)

REMOTE_STATE: Final = Schema(
    "terraform_remote_state",
    Block(
        (
            _attribute("backend", "The kind of backend that keeps the other state.", required=True, text=True),
            _attribute("config", "The configuration of that backend."),
            _attribute("defaults", "Outputs for when the state has none."),
            _attribute("outputs", "The outputs of the other state.", computed=True),
            _attribute("workspace", "The workspace to read.", text=True),
        )
    ),
)

RemoteState = Callable[[str, Mapping[str, Any], str | None], Mapping[str, OutputState] | Diagnostic]
"""Given a backend, its configuration and a workspace, returns the outputs of that state, or why there are none."""


def no_remote_state(backend: str, config: Mapping[str, Any], workspace: str | None) -> Diagnostic:
    """Refuse: where nothing was given that finds other stacks."""
    return error(
        "Unable to find remote state", "No stored state was found for the given workspace in the given backend."
    )


@dataclass
class BuiltinProvider(StateOnly):
    """The provider ``terraform.io/builtin/terraform``."""

    remote_state: RemoteState = no_remote_state
    said: SaidValues = field(default_factory=SaidValues)
    """What a user says of remote states, which then are not read."""
    address: str = ""
    schema: Schema = field(default_factory=lambda: Schema("terraform", Block(())))
    resource_schemas: Mapping[str, Schema] = field(default_factory=lambda: {"terraform_data": DATA})
    data_source_schemas: Mapping[str, Schema] = field(default_factory=lambda: {"terraform_remote_state": REMOTE_STATE})

    def validate_resource(self, type_name: str, config: Object) -> list[Diagnostic]:
        """Refuse what the provider decides."""
        return [error(f'"{name}" attribute is read-only') for name in ("id", "output") if config[name] is not None]

    def for_object(self, address: str, private: bytes, stored: Mapping[str, Any]) -> BuiltinProvider:
        """Return this provider as it is for one object."""
        return replace(self, address=address)

    def upgrade_resource(
        self, type_name: str, version: int, raw_state: Object
    ) -> tuple[Object | None, list[Diagnostic]]:
        """Return the object as it is."""
        return raw_state, []

    def plan_resource(
        self, type_name: str, prior: Object | None, config: Object | None, proposed: Object | None, private: bytes
    ) -> PlanResult:
        """Plan a new id for a new object, a new output for a new input, a new object for a new trigger."""
        if proposed is None:
            return PlanResult(None, private=private)
        planned = dict(proposed)
        replaced = prior is not None and not _same_typed(prior["triggers_replace"], proposed["triggers_replace"])
        if prior is None or replaced:
            planned["id"] = Unknown
        if prior is None or replaced:
            planned["output"] = None if proposed["input"] is None else Unknown
        elif not _same_typed(prior["input"], proposed["input"]):
            planned["output"] = Unknown
        return PlanResult(planned, (attribute_path("triggers_replace"),) if replaced else (), private)

    def apply_resource(
        self, type_name: str, prior: Object | None, config: Object | None, planned: Object | None, private: bytes
    ) -> ApplyResult:
        """Make the object: it needs nothing but an id."""
        if planned is None:
            return ApplyResult(None)
        made = dict(planned)
        if made["id"] is Unknown:
            made["id"] = str(uuid.uuid4())
        made["output"] = made["input"]
        return ApplyResult(made, private)

    def import_resource(self, type_name: str, id: str) -> ImportResult:
        """Make an object of that id."""
        if not id:
            return ImportResult(diagnostics=[error("Invalid import ID", "The id of a terraform_data is not empty.")])
        made = {"id": id, "input": None, "output": None, "triggers_replace": None}
        return ImportResult([ImportedResource(type_name, made)])

    def find_created(self, type_name: str, planned: Object, creation_id: str) -> ImportResult:
        """Find nothing: what no state knows does not exist."""
        return ImportResult()

    def read_data_source(self, type_name: str, config: Object) -> ReadResult:
        """Look up the outputs of another state, unless the user says them."""
        instance = instance_at(self.address)
        said = self.said.of_data(instance).get("outputs") if instance else None
        if isinstance(said, Mapping):
            return ReadResult({**config, "outputs": {**(config["defaults"] or {}), **from_json(dict(said))}})
        found = self.remote_state(config["backend"], config["config"] or {}, config["workspace"])
        if isinstance(found, Diagnostic):
            return ReadResult(None, diagnostics=[found])
        outputs = {name: collapse(typed(output.value, output.type)) for name, output in found.items()}
        return ReadResult({**config, "outputs": {**(config["defaults"] or {}), **outputs}})


def _same_typed(left: Any, right: Any) -> bool:
    return same(left, right) and (left is Unknown or isinstance(left, str) or type_of(left) == type_of(right))
