"""Finding schemas, and printing them as ``terraform providers schema -json`` does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from constructs_ims.backend.engine.lang.json_text import Record
from constructs_ims.backend.engine.stack.providers.pool import schemas_of
from constructs_ims.backend.engine.stack.providers.port import Described
from constructs_ims.backend.engine.state.stored import SchemaOf
from constructs_ims.schema.attribute import Schema

FORMAT_VERSION: Final = "1.0"


def schema_finder(providers: Mapping[str, Described]) -> SchemaOf:
    """Return a finder in the schemas of some providers, by their sources."""

    def find(provider: str, mode: str, type_name: str) -> Schema | None:
        found = providers.get(provider)
        if found is None:
            return None
        return schemas_of(found, "managed" if mode == "managed" else "data").get(type_name)

    return find


def schemas_to_json(providers: Mapping[str, Described]) -> Record:
    """Return the document of the schemas of some providers, by their sources."""
    document = Record(format_version=FORMAT_VERSION)
    if providers:
        document["provider_schemas"] = {source: _provider(provider) for source, provider in providers.items()}
    return document


def _provider(provider: Described) -> Record:
    fields = Record(provider=_schema(provider.schema))
    if provider.resource_schemas:
        fields["resource_schemas"] = _schemas(provider.resource_schemas.items())
    if provider.data_source_schemas:
        fields["data_source_schemas"] = _schemas(provider.data_source_schemas.items())
    return fields


def _schemas(schemas: Iterable[tuple[str, Schema]]) -> dict[str, Record]:
    return {name: _schema(schema) for name, schema in schemas}


def _schema(schema: Schema) -> Record:
    printed: dict[str, Any] = schema.to_json()
    return Record(printed)
