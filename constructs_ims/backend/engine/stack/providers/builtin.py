"""Terraform's builtin provider: ``terraform_data`` and ``data.terraform_remote_state``."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from constructs_ims.backend.engine.lang import to_json, type_of, typed
from constructs_ims.backend.engine.lang.json_text import to_compact
from constructs_ims.backend.engine.lang.typed import collapse
from constructs_ims.backend.engine.plans.object_change import same
from constructs_ims.backend.engine.stack.demands.demand import ANYTHING
from constructs_ims.backend.engine.stack.providers.outputs import made_up_output, said_output
from constructs_ims.backend.engine.stack.providers.port import Addressed
from constructs_ims.backend.engine.stack.providers.said import instance_at, quoted, unread_names
from constructs_ims.backend.engine.stack.providers.shapes import ShapeBook
from constructs_ims.backend.engine.stack.providers.state_only import StateOnly
from constructs_ims.backend.engine.state.model import OutputState
from constructs_ims.backend.engine.state.stored import decode_object
from constructs_ims.schema.attribute import Attribute, Block, Schema
from constructs_ims.schema.diagnostics import Diagnostic, error, warning
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

RemoteState = Callable[[str, Mapping[str, Any], str | None], Mapping[str, OutputState] | Diagnostic | None]
"""Given a backend, its configuration and a workspace, returns the outputs of that state, or why there are none.

None is for a state that is out of reach, and is to be simulated.
"""


def no_remote_state(backend: str, config: Mapping[str, Any], workspace: str | None) -> Diagnostic:
    """Refuse: where nothing was given that finds other stacks."""
    return error(
        "Unable to find remote state", "No stored state was found for the given workspace in the given backend."
    )


@dataclass
class BuiltinProvider(StateOnly, Addressed):
    """The provider ``terraform.io/builtin/terraform``."""

    remote_state: RemoteState = no_remote_state
    shapes: ShapeBook = field(default_factory=ShapeBook)
    """What a user says of remote states, which then are not read, and what the stack asks of them."""
    address: str = ""
    stored: Mapping[str, Any] = field(default_factory=dict)
    """The attributes of the object at hand, as the state has them."""
    schema: Schema = field(default_factory=lambda: Schema("terraform", Block(())))
    resource_schemas: Mapping[str, Schema] = field(default_factory=lambda: {"terraform_data": DATA})
    data_source_schemas: Mapping[str, Schema] = field(default_factory=lambda: {"terraform_remote_state": REMOTE_STATE})

    def validate_resource(self, type_name: str, config: Object) -> list[Diagnostic]:
        """Refuse what the provider decides."""
        return [error(f'"{name}" attribute is read-only') for name in ("id", "output") if config[name] is not None]

    def for_object(self, address: str, private: bytes, stored: Mapping[str, Any]) -> BuiltinProvider:
        """Return this provider as it is for one object."""
        return replace(self, address=address, stored=stored)

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
        """Look up the outputs of another state; simulate those of one that the user speaks of or nobody can reach."""
        instance = instance_at(self.address)
        said = self.shapes.said.of_data(instance).get("outputs") if instance else None
        if isinstance(said, Mapping):
            return self._simulated(config, said)
        found = self.remote_state(config["backend"], config["config"] or {}, config["workspace"])
        if found is None:
            return self._simulated(config, {})
        if isinstance(found, Diagnostic):
            return ReadResult(None, diagnostics=[found])
        return ReadResult(_with_outputs(config, found))

    def _simulated(self, config: Object, said: Mapping[str, Any]) -> ReadResult:
        """Return the outputs that are said or defaults, and make up the others that the stack reads."""
        asked = self.shapes.demand(self.address, ("outputs",)) or ANYTHING
        missing = asked.attributes.keys() - said.keys() - (config["defaults"] or {}).keys()
        before, seed = self._before(config), f"terraform_remote_state {_place(config)}"
        outputs = {
            name: made_up_output(before.get(name), asked.attributes[name], f"{seed}.{name}") for name in sorted(missing)
        }
        outputs.update((name, said_output(value)) for name, value in said.items())
        found = [_made_up(self.address, config, sorted(missing))] if missing else []
        found += unread_names(self.address, said, asked.attributes)
        instance = instance_at(self.address)
        if instance is not None:
            self.shapes.made_up_outputs[instance.resource] = frozenset(missing)
        return ReadResult(_with_outputs(config, outputs), diagnostics=found)

    def _before(self, config: Object) -> Mapping[str, OutputState]:
        """Return what was read the last time, if it was of the same state."""
        stored = decode_object(REMOTE_STATE, self.stored) if self.stored else None
        if stored is None or _place(stored) != _place(config) or not isinstance(stored["outputs"], Mapping):
            return {}
        return {name: OutputState(collapse(value), type_of(value)) for name, value in stored["outputs"].items()}


def _with_outputs(config: Object, outputs: Mapping[str, OutputState]) -> Object:
    values = {name: collapse(typed(output.value, output.type)) for name, output in outputs.items()}
    return {**config, "outputs": {**(config["defaults"] or {}), **values}}


def _place(config: Object) -> str:
    """Return what tells a remote state from others."""
    return to_compact([config["backend"], to_json(config["config"]), config["workspace"]])


def _made_up(address: str, config: Object, names: Sequence[str]) -> Diagnostic:
    detail = (
        f'No stack of this app keeps its state in the "{config["backend"]}" backend that {address} reads, so these '
        f'outputs are made up: {", ".join(names)}. To give values, set "defaults" there, or say them: '
        f'sandbox.override_data({quoted(address)}, {{"outputs": {{"{names[0]}": ...}}}}) in Python, or "override_data" '
        'under "constructsIms" in the context of cdktf.json.'
    )
    return warning("Remote state simulated", detail)


def _same_typed(left: Any, right: Any) -> bool:
    return same(left, right) and (left is Unknown or isinstance(left, str) or type_of(left) == type_of(right))
