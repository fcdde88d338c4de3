"""The provider's face to Terraform: each call of the plugin protocol, version 6, onto one of the provider's methods."""

from __future__ import annotations

import functools
import json
import logging
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from tf.gen import tfplugin_pb2 as pb
from tf.gen import tfplugin_pb2_grpc as rpc

from constructs_ims.backend.provider.wire import (
    decode_object,
    encode_diagnostics,
    encode_object,
    encode_path,
    encode_schema,
)
from constructs_ims.schema.attribute import Block, Schema
from constructs_ims.schema.diagnostics import Diagnostic, error
from constructs_ims.schema.operations import ApplyResult, ImportResult, Object, PlanResult, ReadResult

_log = logging.getLogger(__name__)
_CAPABILITIES = pb.ServerCapabilities(get_provider_schema_optional=True)


def answering(response: Callable[..., Any], **kept: str) -> Callable[..., Any]:
    """Answer a failure of the provider itself with a diagnostic, so that Terraform goes on and keeps its state.

    ``kept`` names fields of the answer and the fields of the request that they are then taken from.
    """

    def decorate(method: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(method)
        def call(self: Servicer, request: Any, context: Any) -> Any:
            try:
                return method(self, request)
            except Exception as failure:
                _log.exception("%s failed", method.__name__)
                detail = f"{method.__name__} failed with {type(failure).__name__}: {failure}. This is a bug; report it."
                fields = {name: getattr(request, source) for name, source in kept.items()}
                return response(diagnostics=encode_diagnostics([error("Provider failed", detail)]), **fields)

        return call

    return decorate


class Served(Protocol):
    """A provider with resources, as the engine's port has it too."""

    @property
    def schema(self) -> Schema:
        """The provider block."""

    @property
    def resource_schemas(self) -> Mapping[str, Schema]:
        """The resources, under their type names."""

    def validate_provider(self, config: Object) -> list[Diagnostic]:
        """Check a provider block."""

    def configure(self, config: Object) -> list[Diagnostic]:
        """Take a provider block."""

    def validate_resource(self, type_name: str, config: Object) -> list[Diagnostic]:
        """Check a resource block."""

    def upgrade_resource(
        self, type_name: str, version: int, raw_state: Object
    ) -> tuple[Object | None, list[Diagnostic]]:
        """Bring a stored object up to the present schema."""

    def read_resource(self, type_name: str, state: Object, private: bytes) -> ReadResult:
        """Look an object up."""

    def plan_resource(
        self, type_name: str, prior: Object | None, config: Object | None, proposed: Object | None, private: bytes
    ) -> PlanResult:
        """Plan a change of an object."""

    def apply_resource(
        self, type_name: str, prior: Object | None, config: Object | None, planned: Object | None, private: bytes
    ) -> ApplyResult:
        """Apply a planned change."""

    def import_resource(self, type_name: str, id: str) -> ImportResult:
        """Find the object with an id."""

    def stop(self) -> None:
        """Cut short whatever waits."""


class Servicer(rpc.ProviderServicer):  # type: ignore[misc]  # generated without types
    """Serves ``provider`` to Terraform."""

    def __init__(self, provider: Served) -> None:
        self._provider = provider

    @answering(pb.GetMetadata.Response)
    def GetMetadata(self, request: Any) -> Any:  # noqa: N802, the protocol's name, as below
        """List what there is."""
        return pb.GetMetadata.Response(
            server_capabilities=_CAPABILITIES,
            resources=[pb.GetMetadata.ResourceMetadata(type_name=name) for name in self._provider.resource_schemas],
        )

    @answering(pb.GetProviderSchema.Response)
    def GetProviderSchema(self, request: Any) -> Any:  # noqa: N802
        """Describe the provider block and the resources."""
        schemas = {name: encode_schema(schema) for name, schema in self._provider.resource_schemas.items()}
        return pb.GetProviderSchema.Response(
            provider=encode_schema(self._provider.schema),
            resource_schemas=schemas,
            server_capabilities=_CAPABILITIES,
        )

    @answering(pb.ValidateProviderConfig.Response)
    def ValidateProviderConfig(self, request: Any) -> Any:  # noqa: N802
        """Check a provider block."""
        config = decode_object(self._provider.schema.block, request.config) or {}
        return pb.ValidateProviderConfig.Response(
            diagnostics=encode_diagnostics(self._provider.validate_provider(config))
        )

    @answering(pb.ConfigureProvider.Response)
    def ConfigureProvider(self, request: Any) -> Any:  # noqa: N802
        """Take a provider block."""
        config = decode_object(self._provider.schema.block, request.config) or {}
        return pb.ConfigureProvider.Response(diagnostics=encode_diagnostics(self._provider.configure(config)))

    @answering(pb.ValidateResourceConfig.Response)
    def ValidateResourceConfig(self, request: Any) -> Any:  # noqa: N802
        """Check a resource block."""
        config = decode_object(self._block(request), request.config) or {}
        faults = self._provider.validate_resource(request.type_name, config)
        return pb.ValidateResourceConfig.Response(diagnostics=encode_diagnostics(faults))

    @answering(pb.UpgradeResourceState.Response)
    def UpgradeResourceState(self, request: Any) -> Any:  # noqa: N802
        """Bring a stored object up to the present schema."""
        raw = json.loads(request.raw_state.json) if request.raw_state.json else dict(request.raw_state.flatmap)
        state, faults = self._provider.upgrade_resource(request.type_name, request.version, raw)
        return pb.UpgradeResourceState.Response(
            upgraded_state=encode_object(self._block(request), state), diagnostics=encode_diagnostics(faults)
        )

    @answering(pb.ReadResource.Response, new_state="current_state", private="private")
    def ReadResource(self, request: Any) -> Any:  # noqa: N802
        """Look an object up."""
        block = self._block(request)
        state = decode_object(block, request.current_state) or {}
        result = self._provider.read_resource(request.type_name, state, request.private)
        return pb.ReadResource.Response(
            new_state=encode_object(block, result.state),
            private=result.private,
            diagnostics=encode_diagnostics(result.diagnostics),
        )

    @answering(pb.PlanResourceChange.Response)
    def PlanResourceChange(self, request: Any) -> Any:  # noqa: N802
        """Plan a change of an object."""
        block = self._block(request)
        prior, config = decode_object(block, request.prior_state), decode_object(block, request.config)
        result = self._provider.plan_resource(
            request.type_name, prior, config, decode_object(block, request.proposed_new_state), request.prior_private
        )
        return pb.PlanResourceChange.Response(
            planned_state=encode_object(block, result.planned),
            requires_replace=map(encode_path, result.requires_replace),
            planned_private=result.private,
            diagnostics=encode_diagnostics(result.diagnostics),
            legacy_type_system=True,
        )

    @answering(pb.ApplyResourceChange.Response, new_state="prior_state", private="planned_private")
    def ApplyResourceChange(self, request: Any) -> Any:  # noqa: N802
        """Apply a planned change.

        Like the vendor's, this provider asks Terraform for the leniency of the older type system: a service that
        answers otherwise than asked is then drift in the next plan, not a bug report at the end of this apply.
        """
        block = self._block(request)
        prior, config = decode_object(block, request.prior_state), decode_object(block, request.config)
        result = self._provider.apply_resource(
            request.type_name, prior, config, decode_object(block, request.planned_state), request.planned_private
        )
        return pb.ApplyResourceChange.Response(
            new_state=encode_object(block, result.state),
            private=result.private,
            diagnostics=encode_diagnostics(result.diagnostics),
            legacy_type_system=True,
        )

    @answering(pb.ImportResourceState.Response)
    def ImportResourceState(self, request: Any) -> Any:  # noqa: N802
        """Take an object under management."""
        result = self._provider.import_resource(request.type_name, request.id)
        imported = [
            pb.ImportResourceState.ImportedResource(
                type_name=found.type_name,
                state=encode_object(self._provider.resource_schemas[found.type_name].block, found.state),
                private=found.private,
            )
            for found in result.resources
        ]
        return pb.ImportResourceState.Response(
            imported_resources=imported, diagnostics=encode_diagnostics(result.diagnostics)
        )

    @answering(pb.MoveResourceState.Response)
    def MoveResourceState(self, request: Any) -> Any:  # noqa: N802
        """Refuse to turn an object of another type into one of ours."""
        return pb.MoveResourceState.Response(diagnostics=encode_diagnostics([_not_movable(request)]))

    @answering(pb.GetFunctions.Response)
    def GetFunctions(self, request: Any) -> Any:  # noqa: N802
        """List the provider's functions: none."""
        return pb.GetFunctions.Response()

    def StopProvider(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Cut short whatever waits."""
        self._provider.stop()
        return pb.StopProvider.Response()

    def _block(self, request: Any) -> Block:
        return self._provider.resource_schemas[request.type_name].block


def _not_movable(request: Any) -> Diagnostic:
    detail = (
        f"{request.source_type_name} objects cannot become {request.target_type_name} objects. Remove the old object "
        "from the state and import the image under its new address."
    )
    return error("Move not supported", detail)
