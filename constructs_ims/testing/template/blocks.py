"""The blocks of a synthesized stack: resources, data sources, outputs, variables, locals, providers, modules..."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from constructs_ims.backend.documents.secrets import hide_backend, hide_sensitive, hide_settings
from constructs_ims.schema.attribute import Schema
from constructs_ims.schema.image_metadata import IMAGE_METADATA, RESOURCE_TYPE, terraform_names
from constructs_ims.schema.provider import PROVIDER, PROVIDER_NAME
from constructs_ims.testing.matching.result import shown

COMMENT: Final = "//"
"""The key under which JSON has what Terraform ignores; CDKs keep the construct's path there."""

REMOTE_STATE: Final = "terraform_remote_state"
"""The type of the data source that reads another stack's outputs, and the one whose class does not say its type."""


class Kind(enum.Enum):
    """A section of the configuration; the value is what messages call one of its blocks."""

    RESOURCE = "resource"
    DATA_SOURCE = "data source"
    OUTPUT = "output"
    VARIABLE = "variable"
    LOCAL = "local"
    PROVIDER = "provider"
    MODULE = "module"
    BACKEND = "backend"

    @property
    def is_typed(self) -> bool:
        """Whether its blocks have a type and a name, not a name alone."""
        return self in (Kind.RESOURCE, Kind.DATA_SOURCE)


_META_ARGUMENTS_OF_OBJECTS: Final = frozenset(
    {"connection", "count", "depends_on", "for_each", "lifecycle", "provider", "provisioner"}
)
META_ARGUMENTS: Final[Mapping[Kind, frozenset[str]]] = {
    Kind.RESOURCE: _META_ARGUMENTS_OF_OBJECTS,
    Kind.DATA_SOURCE: _META_ARGUMENTS_OF_OBJECTS,
    Kind.MODULE: frozenset({"count", "depends_on", "for_each", "providers", "source", "version"}),
    Kind.PROVIDER: frozenset({"alias", "version"}),
}
"""What Terraform itself takes in every block of a kind; other kinds have nothing but that."""

_SCHEMAS: Final[Mapping[tuple[Kind, str], Schema]] = {
    (Kind.RESOURCE, RESOURCE_TYPE): IMAGE_METADATA,
    (Kind.PROVIDER, PROVIDER_NAME): PROVIDER,
}


def known_names(kind: Kind, type_: str) -> frozenset[str] | None:
    """Return all names that can stand in a block of a type, meta-arguments too; None where the type is not ours."""
    if (schema := _SCHEMAS.get((kind, type_))) is None:
        return None
    further = {*META_ARGUMENTS[kind], "dynamic"} | (terraform_names(type_).keys() if kind is Kind.RESOURCE else set())
    return frozenset({*schema.block.by_name, *schema.block.blocks_by_name, *further})


@dataclass(frozen=True, slots=True)
class TemplateBlock:
    """One block: ``type`` is that of a resource, else the name; ``path`` is that of its construct, "" when unknown.

    ``body`` is an object, for a local any value.
    """

    kind: Kind
    type: str
    name: str
    body: Any
    path: str = ""

    @property
    def address(self) -> str:
        """Its address as Terraform writes it; the name alone for what has no type."""
        match self.kind:
            case Kind.RESOURCE:
                return f"{self.type}.{self.name}"
            case Kind.DATA_SOURCE:
                return f"data.{self.type}.{self.name}"
            case _:
                return self.name

    @property
    def arguments(self) -> dict[str, Any]:
        """The body without meta-arguments."""
        meta = META_ARGUMENTS.get(self.kind, frozenset())
        return {key: value for key, value in self.body.items() if key not in meta}

    @property
    def names(self) -> Mapping[str, str]:
        """Terraform's names of arguments by those that the constructs have, where they differ."""
        return terraform_names(self.type) if self.kind is Kind.RESOURCE else {}

    def without_secrets(self, value: Any) -> Any:
        """Return the body, or a part of it, with what is not to be shown hidden."""
        match self.kind:
            case Kind.PROVIDER:
                return hide_settings(value)
            case Kind.BACKEND | Kind.DATA_SOURCE:
                return hide_backend(value) if self.kind is Kind.BACKEND or self.type == REMOTE_STATE else value
            case Kind.OUTPUT | Kind.VARIABLE:
                return hide_sensitive(value)
            case _:
                return value


def blocks_in(document: Mapping[str, Any], kind: Kind) -> Iterator[TemplateBlock]:
    """Read the blocks of one kind from a stack's JSON, in its order."""
    match kind:
        case Kind.RESOURCE:
            yield from _typed(document.get("resource"), kind)
        case Kind.DATA_SOURCE:
            yield from _typed(document.get("data"), kind)
        case Kind.OUTPUT | Kind.VARIABLE | Kind.MODULE:
            yield from _named(document.get(kind.value), kind)
        case Kind.LOCAL:
            yield from (TemplateBlock(kind, name, name, value) for name, value in _entries(document.get("locals")))
        case Kind.PROVIDER:
            yield from _providers(document.get("provider"))
        case Kind.BACKEND:
            yield from _backends(document.get("terraform"))


def _typed(section: Any, kind: Kind) -> Iterator[TemplateBlock]:
    for type_, named in _entries(section):
        yield from (_block(kind, type_, name, body) for name, body in _entries(named))


def _named(section: Any, kind: Kind) -> Iterator[TemplateBlock]:
    yield from (_block(kind, name, name, body) for name, body in _entries(section))


def _providers(section: Any) -> Iterator[TemplateBlock]:
    for name, bodies in _entries(section):
        for body in bodies if isinstance(bodies, list) else [bodies]:
            alias = _object(body).get("alias")
            yield _block(Kind.PROVIDER, name, f"{name}.{alias}" if alias else name, body)


def _backends(section: Any) -> Iterator[TemplateBlock]:
    for name, settings in _entries(section):
        if name == "backend":
            yield from (_block(Kind.BACKEND, type_, type_, body) for type_, body in _entries(settings))
        elif name == "cloud":
            yield _block(Kind.BACKEND, name, name, settings)


def _block(kind: Kind, type_: str, name: str, body: Any) -> TemplateBlock:
    if isinstance(body, list) and len(body) == 1:
        body = body[0]
    return TemplateBlock(kind, type_, name, without_comments(body), _construct_path(_object(body).get(COMMENT)))


def _construct_path(comment: Any) -> str:
    metadata = comment.get("metadata") if isinstance(comment, dict) else None
    return str(metadata.get("path", "")) if isinstance(metadata, dict) else ""


def without_comments(value: Any) -> Any:
    """Return a value without what Terraform ignores in it."""
    if isinstance(value, dict):
        return {key: without_comments(nested) for key, nested in value.items() if key != COMMENT}
    return [without_comments(nested) for nested in value] if isinstance(value, list) else value


def _entries(section: Any) -> Iterator[tuple[str, Any]]:
    """Return names and values of a section, which JSON may have as an object or as a list of objects."""
    for part in section if isinstance(section, list) else [{} if section is None else section]:
        yield from ((name, value) for name, value in _object(part).items() if name != COMMENT)


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"No stack's JSON: {shown(value)} stands where an object belongs.")
    return value
