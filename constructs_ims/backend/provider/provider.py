"""The provider in plain Python values, as the engine meets it; ``servicer`` translates it for Terraform."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from constructs_ims.backend.provider.configuration import (
    LocalService,
    Settings,
    resolve_settings,
    validate_configuration,
)
from constructs_ims.backend.provider.image_metadata import empty_object, imported_state, plan_change
from constructs_ims.backend.provider.timeouts import private_bytes
from constructs_ims.backend.provider.validation import validate_block
from constructs_ims.schema.attribute import Block, Schema
from constructs_ims.schema.diagnostics import Diagnostic, error, warning
from constructs_ims.schema.image_metadata import IMAGE_METADATA, RESOURCE_TYPE
from constructs_ims.schema.operations import (
    ApplyResult,
    ImportedResource,
    ImportResult,
    Object,
    PlanResult,
    ReadResult,
)
from constructs_ims.schema.paths import attribute_path
from constructs_ims.schema.provider import PROVIDER
from constructs_ims.schema.unconfigurable import unconfigurable_faults

if TYPE_CHECKING:
    from constructs_ims.backend.provider.images import Images
    from constructs_ims.backend.provider.regions import Regions

_ID_GIVEN: Final = error("Invalid or unknown key", path=attribute_path("id"))
"""What the vendor's provider says of an ``id`` in a configuration: an image has one from the service, or by import."""


def _no_region(region: str) -> Diagnostic:
    detail = (
        f"Neither the stack nor the environment names a region, and {region} is taken offline. In production the "
        f'provider refuses this: "region should be provided". Give the HuaweicloudProvider region="{region}", or set '
        "HW_REGION_NAME."
    )
    return warning("No region", detail, attribute_path("region"))


Clients: TypeAlias = "Callable[[Settings], Regions]"
"""Opens the way to a service; what it opens is shared by all threads."""


class ImageProvider:
    """Terraform's ``huaweicloud`` provider with the one resource ``huaweicloud_ims_image_metadata``.

    Safe to call from several threads once configured. ``sandbox`` is the service around it, by default the one that
    ``environment`` (by default the process's) names; ``clients`` opens the way to it, by default over HTTP.
    ``default_region`` is for images of which nobody says where they are; the first of them is warned of.
    """

    schema: Schema = PROVIDER
    resource_schemas: Mapping[str, Schema] = {RESOURCE_TYPE: IMAGE_METADATA}
    data_source_schemas: Mapping[str, Schema] = {}

    def __init__(
        self,
        *,
        sandbox: LocalService | None = None,
        clients: Clients | None = None,
        environment: Mapping[str, str] | None = None,
        default_region: str = "",
    ) -> None:
        self._environment = os.environ if environment is None else environment
        self._sandbox = sandbox or LocalService.from_environment(self._environment)
        self._clients = clients or self._over_http
        self._stopped = threading.Event()
        self._default_region = default_region
        self._told_of_region = False
        self._settings: Settings | None = None
        self._regions: Regions | None = None
        self._opening = threading.Lock()

    def validate_provider(self, config: Object) -> list[Diagnostic]:
        """Check a provider block, which may hold unknown values."""
        return validate_configuration(config)

    def configure(self, config: Object) -> list[Diagnostic]:
        """Take the provider block; nothing is opened or sent before an image is asked for."""
        settings, faults = resolve_settings(config, self._environment, self._sandbox, self._default_region)
        if settings is not None:
            self._settings, self._regions = settings, None
        return faults

    def validate_resource(self, type_name: str, config: Object) -> list[Diagnostic]:
        """Check one resource block, which may hold unknown values. Timeouts are looked at where they are used."""
        block = self.resource_schemas[type_name].block
        own_id = [] if config.get("id") is None else [_ID_GIVEN]
        return [*own_id, *unconfigurable_faults(block, config), *validate_block(Block(block.attributes), config)]

    def upgrade_resource(
        self, type_name: str, version: int, raw_state: dict[str, Any]
    ) -> tuple[Object | None, list[Diagnostic]]:
        """Bring a stored object up to this schema: what is missing becomes null, what is unknown is dropped."""
        schema = self.resource_schemas[type_name]
        if version > schema.version:
            detail = (
                f"The state holds {type_name} under schema version {version}, and this provider knows version "
                f"{schema.version} at most. Use the release that wrote the state, or a newer one."
            )
            return None, [error("State too new", detail)]
        return {name: raw_state.get(name) for name in [*schema.block.by_name, *schema.block.blocks_by_name]}, []

    def read_resource(self, type_name: str, state: Object, private: bytes) -> ReadResult:
        """Look the image up; an image that is gone gives no state and a warning."""
        return self._images().read(state, private)

    def plan_resource(
        self, type_name: str, prior: Object | None, config: Object | None, proposed: Object | None, private: bytes
    ) -> PlanResult:
        """Say what an apply would make of ``prior``; a change that the service cannot make is refused."""
        force_new = self._settings is not None and self._settings.force_new
        result = plan_change(prior, proposed, force_new=force_new, private=private)
        if config is None or config.get("region") is not None or not self._must_tell_of_region():
            return result
        return replace(result, diagnostics=[*result.diagnostics, _no_region(self._default_region)])

    def _must_tell_of_region(self) -> bool:
        """Whether nobody names a region and this has not been said yet."""
        if self._settings is None or not self._settings.is_region_assumed:
            return False
        with self._opening:
            first, self._told_of_region = not self._told_of_region, True
        return first

    def apply_resource(
        self, type_name: str, prior: Object | None, config: Object | None, planned: Object | None, private: bytes
    ) -> ApplyResult:
        """Create or delete the image; all other planned changes concern the state alone."""
        if prior is None and planned is not None:
            return self._images().create(planned, private)
        if prior is not None and planned is None:
            return self._images().delete(prior, private, self._stopped)
        return ApplyResult(planned, private)

    def import_resource(self, type_name: str, id: str) -> ImportResult:
        """Take an image under management by its id; the read that follows finds out whether it is there."""
        state = imported_state(id)
        return ImportResult([ImportedResource(type_name, state, private_bytes(state, imported=True))])

    def create_marked(self, type_name: str, planned: Object, private: bytes, creation_id: str) -> ApplyResult:
        """Create the image under an id that ``find_created`` finds it by."""
        return self._images().create(planned, private, creation_id)

    def find_created(self, type_name: str, planned: Object, creation_id: str) -> ImportResult:
        """Return the image that was created under ``creation_id``, if any; ``planned`` may lack what was unknown."""
        known = {**empty_object(), **planned}
        state, faults = self._images().find_created(known, creation_id)
        created = [ImportedResource(type_name, state, private_bytes(known))] if state is not None else []
        return ImportResult(created, faults)

    def stop(self) -> None:
        """Cut short the waits for deletions and between attempts; they end with an error."""
        self._stopped.set()

    def _images(self) -> Images:
        from constructs_ims.backend.provider.images import Images

        if self._settings is None:
            raise RuntimeError("The provider is not configured.")
        with self._opening:
            self._regions = self._regions or self._clients(self._settings)
        return Images(self._regions)

    def _over_http(self, settings: Settings) -> Regions:
        from constructs_ims.backend.provider.regions import Regions

        return Regions.over_http(settings, self._pause)

    def _pause(self, seconds: float) -> None:
        """Wait between attempts of a request, unless stopped."""
        self._stopped.wait(seconds)
