"""The face to Terraform of a provider that is simulated: it has data sources, and no service to be configured for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from tf.gen import tfplugin_pb2 as pb

from constructs_ims.backend.provider.servicer import Served, Servicer, answering
from constructs_ims.backend.provider.wire import decode_object, encode_diagnostics, encode_object, encode_schema
from constructs_ims.schema.attribute import Schema
from constructs_ims.schema.operations import Object, ReadResult


class Simulated(Served, Protocol):
    """A provider that has data sources too."""

    @property
    def data_source_schemas(self) -> Mapping[str, Schema]:
        """The data sources, under their type names."""

    def read_data_source(self, type_name: str, config: Object) -> ReadResult:
        """Read one data source."""


class SimulationServicer(Servicer):
    """Serves a simulated provider, its data sources too; ``schema`` is that of its provider block."""

    def __init__(self, provider: Simulated, schema: Schema) -> None:
        super().__init__(provider)
        self._simulated = provider
        self._schema = schema

    @answering(pb.GetMetadata.Response)
    def GetMetadata(self, request: Any) -> Any:  # noqa: N802, the protocol's name, as below
        """List what there is."""
        return pb.GetMetadata.Response(
            resources=[pb.GetMetadata.ResourceMetadata(type_name=name) for name in self._simulated.resource_schemas],
            data_sources=[
                pb.GetMetadata.DataSourceMetadata(type_name=name) for name in self._simulated.data_source_schemas
            ],
        )

    @answering(pb.GetProviderSchema.Response)
    def GetProviderSchema(self, request: Any) -> Any:  # noqa: N802
        """Describe the provider block, the resources and the data sources."""
        resources, data_sources = self._simulated.resource_schemas, self._simulated.data_source_schemas
        return pb.GetProviderSchema.Response(
            provider=encode_schema(self._schema),
            resource_schemas={name: encode_schema(resources[name]) for name in resources},
            data_source_schemas={name: encode_schema(data_sources[name]) for name in data_sources},
        )

    @answering(pb.ValidateProviderConfig.Response)
    def ValidateProviderConfig(self, request: Any) -> Any:  # noqa: N802
        """Accept any provider block."""
        return pb.ValidateProviderConfig.Response()

    @answering(pb.ConfigureProvider.Response)
    def ConfigureProvider(self, request: Any) -> Any:  # noqa: N802
        """Take nothing of a provider block: there is no service behind it."""
        return pb.ConfigureProvider.Response()

    @answering(pb.ValidateDataResourceConfig.Response)
    def ValidateDataResourceConfig(self, request: Any) -> Any:  # noqa: N802
        """Accept any data source that fits its schema."""
        return pb.ValidateDataResourceConfig.Response()

    @answering(pb.ReadDataSource.Response)
    def ReadDataSource(self, request: Any) -> Any:  # noqa: N802
        """Make a data source up."""
        block = self._simulated.data_source_schemas[request.type_name].block
        config = decode_object(block, request.config) or {}
        result = self._simulated.read_data_source(request.type_name, config)
        return pb.ReadDataSource.Response(
            state=encode_object(block, result.state), diagnostics=encode_diagnostics(result.diagnostics)
        )
