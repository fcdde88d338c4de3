"""What an engine tells while it works; people's and machines' views are two listeners of the same events.

Calls come one at a time, from whichever thread did the work, and must be quick: the walk waits for them.
"""

from __future__ import annotations

from typing import Any

from constructs_ims.backend.engine.lang.addresses import InstanceAddress
from constructs_ims.backend.engine.plans.changes import Action, ResourceChange
from constructs_ims.schema.diagnostics import Diagnostic


class Observer:
    """Listens to a plan and to an apply, and ignores what it has no method of its own for; by itself, everything.

    ``id`` is the ``id`` attribute of the object, "" where it has none yet.
    """

    def refresh_started(self, address: InstanceAddress, id: str, deposed: str | None) -> None:
        """An object is about to be read."""

    def refresh_completed(self, address: InstanceAddress, id: str, deposed: str | None) -> None:
        """An object was read."""

    def import_started(self, address: InstanceAddress, id: str) -> None:
        """An object is about to be looked up by the id that an import names."""

    def data_read_started(self, address: InstanceAddress) -> None:
        """A data source is about to be read."""

    def data_read_completed(self, address: InstanceAddress, id: str, seconds: float) -> None:
        """A data source was read."""

    def change_planned(self, change: ResourceChange) -> None:
        """It was decided what becomes of an object; changes that nobody sees are told too."""

    def apply_started(self, change: ResourceChange, action: Action, id: str) -> None:
        """An object is about to be created, updated, deleted, read or forgotten; a replacement is two such events."""

    def apply_progressed(self, change: ResourceChange, action: Action, id: str, seconds: float) -> None:
        """The work on an object goes on; told every ten seconds."""

    def apply_completed(self, change: ResourceChange, action: Action, id: str, seconds: float) -> None:
        """The work on an object is done; ``id`` is what it has now."""

    def apply_errored(self, change: ResourceChange, action: Action, id: str, seconds: float) -> None:
        """The work on an object failed; its diagnostics come with the outcome."""

    def diagnosed(self, diagnostic: Diagnostic) -> None:
        """Something is wrong, or worth a warning."""

    def outputs_settled(self, values: dict[str, Any]) -> None:
        """The outputs have their final values."""
