"""What a plan says: changes of resources and outputs, checks, and the plan that holds them."""

from __future__ import annotations

import enum
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from constructs_ims.backend.engine.lang.addresses import InstanceAddress
from constructs_ims.backend.engine.plans.object_change import same
from constructs_ims.backend.engine.state.model import CheckResult, State, first_few
from constructs_ims.schema.attribute import Schema
from constructs_ims.schema.diagnostics import Diagnostic, has_errors
from constructs_ims.schema.operations import Object
from constructs_ims.schema.paths import AttributeStep, Path
from constructs_ims.schema.types import DYNAMIC, Type
from constructs_ims.schema.values import Unknown, is_wholly_known
from constructs_ims.schema.versions import TERRAFORM_VERSION

if TYPE_CHECKING:
    from constructs_ims.backend.engine.configuration import Configuration

_LONGEST: Final = 40
"""How many characters of a value are shown."""

PlanMode: TypeAlias = Literal["normal", "destroy", "refresh-only"]


class Action(enum.Enum):
    """What an apply does with an object; the values are the symbols that users see."""

    NO_OP = " "
    CREATE = "+"
    READ = "<="
    UPDATE = "~"
    DELETE = "-"
    DELETE_THEN_CREATE = "-/+"
    CREATE_THEN_DELETE = "+/-"
    FORGET = "."

    @property
    def is_replace(self) -> bool:
        """Whether one object makes way for another."""
        return self in (Action.DELETE_THEN_CREATE, Action.CREATE_THEN_DELETE)

    @property
    def names(self) -> tuple[str, ...]:
        """The ``actions`` of the plan's JSON."""
        return _ACTION_NAMES[self]


_ACTION_NAMES: Final[Mapping[Action, tuple[str, ...]]] = {
    Action.NO_OP: ("no-op",),
    Action.CREATE: ("create",),
    Action.READ: ("read",),
    Action.UPDATE: ("update",),
    Action.DELETE: ("delete",),
    Action.DELETE_THEN_CREATE: ("delete", "create"),
    Action.CREATE_THEN_DELETE: ("create", "delete"),
    Action.FORGET: ("forget",),
}


class ActionReason(enum.StrEnum):
    """Why an action was chosen; the values are those of the plan's JSON."""

    REPLACE_CANNOT_UPDATE = "replace_because_cannot_update"
    REPLACE_BY_REQUEST = "replace_by_request"
    REPLACE_BY_TRIGGERS = "replace_by_triggers"
    REPLACE_TAINTED = "replace_because_tainted"
    DELETE_NO_RESOURCE_CONFIG = "delete_because_no_resource_config"
    DELETE_NO_MODULE = "delete_because_no_module"
    DELETE_NO_MOVE_TARGET = "delete_because_no_move_target"
    DELETE_WRONG_REPETITION = "delete_because_wrong_repetition"
    DELETE_COUNT_INDEX = "delete_because_count_index"
    DELETE_EACH_KEY = "delete_because_each_key"
    READ_CONFIG_UNKNOWN = "read_because_config_unknown"
    READ_DEPENDENCY_PENDING = "read_because_dependency_pending"
    READ_CHECK_NESTED = "read_because_check_nested"


@dataclass(frozen=True, slots=True)
class Importing:
    """The import that a change carries out; ``id`` is None while only an apply can tell it."""

    id: str | None


@dataclass(frozen=True, slots=True, repr=False)
class ResourceChange:
    """What becomes of one object.

    ``before`` and ``after`` hold every attribute of the schema, None where no object is there; ``after`` may hold
    ``Unknown``. ``provider`` is written as in the state: ``provider["registry.terraform.io/huaweicloud/huaweicloud"]``,
    with ``.alias`` behind it where there is one. ``schema`` is None for a simulated object.
    """

    address: InstanceAddress
    provider: str
    action: Action
    before: Object | None
    after: Object | None
    previous_address: InstanceAddress | None = None
    deposed: str | None = None
    reason: ActionReason | None = None
    before_sensitive: tuple[Path, ...] = ()
    after_sensitive: tuple[Path, ...] = ()
    replace_paths: tuple[Path, ...] = ()
    importing: Importing | None = None
    schema: Schema | None = None
    simulated: bool = False
    planned_private: bytes = b""
    config: Object | None = None
    """What the configuration said when this was planned."""
    sensitive_marks: tuple[Path, ...] = ()
    """The part of ``after_sensitive`` that comes from the configuration and not from the schema; the state keeps it."""
    dependencies: tuple[str, ...] = ()
    """The resources this one's configuration refers to, directly or through others, sorted."""
    create_before_destroy: bool = False
    types: Mapping[str, Type] = field(default_factory=dict)
    """The types of what the configuration says of attributes of any type, where it is not wholly known yet."""

    @property
    def was_moved(self) -> bool:
        """Whether the object had another address before."""
        return self.previous_address is not None and self.previous_address != self.address

    @property
    def is_visible(self) -> bool:
        """Whether a person must hear of it: anything but an object that stays as and where it is."""
        return self.action is not Action.NO_OP or self.was_moved or self.importing is not None

    def __repr__(self) -> str:
        return f"ResourceChange({brief_change(self)})"


@dataclass(frozen=True, slots=True, repr=False)
class OutputChange:
    """What becomes of one output value; ``after`` may be or hold ``Unknown``."""

    name: str
    action: Action
    before: Any
    after: Any
    before_sensitive: bool = False
    after_sensitive: bool = False
    type: Type = DYNAMIC
    """The type of ``after``, where it is known."""

    @property
    def sensitive(self) -> bool:
        """Whether the value is to be hidden."""
        return self.before_sensitive or self.after_sensitive

    def __repr__(self) -> str:
        return f"OutputChange({brief_output(self)})"


@dataclass(frozen=True, slots=True)
class SimulatedModule:
    """A module call whose outputs stand in for what is inside; ``instances`` are the addresses of its instances.

    ``interface`` says where the files are that declare its variables and outputs, "" where they are out of reach.
    """

    name: str
    source: str
    version: str = ""
    interface: str = ""
    instances: tuple[str, ...] = ()

    @property
    def full_source(self) -> str:
        """The source with the version that is asked for."""
        return f"{self.source} {self.version}".strip()


@dataclass(frozen=True, slots=True)
class RelevantAttribute:
    """An attribute that the plan's decisions rest on."""

    resource: str
    attribute: tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class VariableValue:
    """An input variable as given or defaulted; ``given`` tells that the caller set it, and ``raw`` what to.

    ``value`` is that under the variable's type.
    """

    value: Any
    given: bool = False
    raw: Any = None


@dataclass(frozen=True)
class Plan:
    """All that an apply will do, and the grounds for it.

    ``prior_state`` is what the refresh found; ``previous_state`` what was stored before it. ``drift`` lists what
    changed outside. ``resource_changes`` has every object, those that stay included, in Terraform's order.
    """

    mode: PlanMode
    resource_changes: Sequence[ResourceChange]
    output_changes: Mapping[str, OutputChange]
    prior_state: State
    previous_state: State
    configuration: Configuration
    variables: Mapping[str, VariableValue]
    drift: Sequence[ResourceChange] = ()
    checks: Sequence[CheckResult] = ()
    relevant_attributes: Sequence[RelevantAttribute] = ()
    diagnostics: Sequence[Diagnostic] = ()
    timestamp: str = ""
    """When the plan was made, in UTC, as 2026-01-31T08:00:00Z; the value of ``plantimestamp()``."""
    terraform_version: str = TERRAFORM_VERSION
    targets: tuple[str, ...] = ()
    replace: tuple[str, ...] = ()
    workspace: str = "default"
    complete: bool = True
    modules: Sequence[SimulatedModule] = ()
    """The module calls that were planned, by simulating them."""
    skipped_provisioners: tuple[str, ...] = ()
    """Addresses of objects whose provisioners are not run here."""
    schemas: Mapping[tuple[str, str, str], Schema] = field(default_factory=dict, repr=False)
    """The schemas of all objects, by provider (``registry.terraform.io/...``), mode and type."""
    refreshed: bool = False
    """Whether the refresh changed anything about the managed objects, be it only what they depend on."""
    has_cycles: bool = False
    """Whether the plan is whole, but no order is right for carrying it out."""

    @property
    def errored(self) -> bool:
        """Whether making the plan failed; such a plan shows what it got to and cannot be applied."""
        return has_errors(self.diagnostics)

    @property
    def has_changes(self) -> bool:
        """Whether an apply would change an object or an output value."""
        return any(change.is_visible for change in self.resource_changes) or self._changes_outputs

    @property
    def _changes_outputs(self) -> bool:
        return any(change.action is not Action.NO_OP for change in self.output_changes.values())

    @property
    def applyable(self) -> bool:
        """Whether applying makes sense: no error, and something to do.

        A mere refresh stores no output that it does not know.
        """
        if self.errored:
            return False
        if self.mode == "refresh-only":
            stored = any(
                one.action is not Action.NO_OP and is_wholly_known(one.after) for one in self.output_changes.values()
            )
            return self.refreshed or stored
        return self.has_changes

    def count(self, *actions: Action) -> int:
        """Return how many objects meet one of ``actions``."""
        return sum(change.action in actions for change in self.resource_changes)


def brief_change(change: ResourceChange) -> str:
    """Return what becomes of an object: ``-/+ huaweicloud_ims_image_metadata.base (min_disk: 40 -> 50)``."""
    notes = [
        *([f"moved from {change.previous_address}"] if change.was_moved else []),
        *([f"import of {change.importing.id or 'an id known after apply'}"] if change.importing else []),
        *([f"deposed {change.deposed}"] if change.deposed else []),
        *first_few(list(_differences(change))),
    ]
    text = f"{change.action.value} {change.address}".strip()
    return f"{text} ({', '.join(notes)})" if notes else text


def brief_output(change: OutputChange) -> str:
    """Return what becomes of an output value: ``~ output.image_id``."""
    return f"{change.action.value} output.{change.name}"


def _differences(change: ResourceChange) -> Iterator[str]:
    """Yield the attributes that differ, as far as the plan knows them."""
    before, after = change.before, change.after
    if before is None or after is None:
        return
    replaced, hidden = _names(change.replace_paths), _names((*change.before_sensitive, *change.after_sensitive))
    for name, new in sorted(after.items()):
        old = before.get(name)
        if not same(old, new) and (is_wholly_known(new) or name in replaced):
            yield f"{name}: (sensitive)" if name in hidden else f"{name}: {_shown(old)} -> {_shown(new)}"


def _names(paths: Iterable[Path]) -> set[str]:
    return {path[0].name for path in paths if path and isinstance(path[0], AttributeStep)}


def _shown(value: Any) -> str:
    if value is Unknown:
        return "(known after apply)"
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."
