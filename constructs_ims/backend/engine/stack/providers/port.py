"""The port at which the engine meets a provider; whoever has these methods is one, without importing anything here.

Values are plain Python with ``Unknown`` for what only an apply can tell. An object is a dict that has every attribute
and block of its schema as a key, null being ``None``; sets are sorted lists; numbers are ``int`` or ``float``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, Protocol, runtime_checkable

from constructs_ims.schema.attribute import Schema
from constructs_ims.schema.diagnostics import Diagnostic
from constructs_ims.schema.operations import ApplyResult, ImportResult, Object, PlanResult, ReadResult


class Described(Protocol):
    """Has schemas, which never change while it lives."""

    @property
    def schema(self) -> Schema:
        """The provider block."""

    @property
    def resource_schemas(self) -> Mapping[str, Schema]:
        """The managed resources, under their type names."""

    @property
    def data_source_schemas(self) -> Mapping[str, Schema]:
        """The data sources, under their type names."""


class Configured(Protocol):
    """Checks and takes its configuration; ``configure`` is called once, before any object is read or changed."""

    def validate_provider(self, config: Object) -> list[Diagnostic]:
        """Check a provider block, which may hold unknown values, without reaching outside."""

    def configure(self, config: Object) -> list[Diagnostic]:
        """Take the configuration; what follows uses it."""


class Managing(Protocol):
    """Manages objects. Called from up to ten threads at once; never raises for what a user or a service did."""

    def validate_resource(self, type_name: str, config: Object) -> list[Diagnostic]:
        """Check one block, which may hold unknown values, without reaching outside."""

    def upgrade_resource(
        self, type_name: str, version: int, raw_state: Object
    ) -> tuple[Object | None, list[Diagnostic]]:
        """Bring an object stored under an older schema up to the present one."""

    def read_resource(self, type_name: str, state: Object, private: bytes) -> ReadResult:
        """Look up what is there now."""

    def plan_resource(
        self, type_name: str, prior: Object | None, config: Object | None, proposed: Object | None, private: bytes
    ) -> PlanResult:
        """Say what an apply would make of ``prior``; changes nothing."""

    def apply_resource(
        self, type_name: str, prior: Object | None, config: Object | None, planned: Object | None, private: bytes
    ) -> ApplyResult:
        """Make ``planned`` true; ``planned`` None deletes, ``prior`` None creates."""

    def import_resource(self, type_name: str, id: str) -> ImportResult:
        """Find the object with this id."""


@runtime_checkable
class Reading(Protocol):
    """Reads data sources."""

    def read_data_source(self, type_name: str, config: Object) -> ReadResult:
        """Read one data source, whose configuration is wholly known."""


class Addressed(ABC):
    """Is told which object it works on; a base class, since it is asked about for every object."""

    @abstractmethod
    def for_object(self, address: str, private: bytes, stored: Mapping[str, Any]) -> Provider:
        """Return the provider as it is for one object, with what the state has of that."""


class Provider(Described, Configured, Managing, Protocol):
    """All that the engine asks of a provider. One with data sources is also ``Reading``."""

    def stop(self) -> None:
        """Cut short whatever waits; running calls return soon with an error."""
