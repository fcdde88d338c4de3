"""Writes ``constructs_ims/constructs/generated``: what follows from the declarations of the arguments and attributes.

    python -m tests.constructs.generated_arguments

For the image and for the provider block, each: the fields of its configuration, the constructor, and the properties by
which arguments are read, set anew and left out. Names, types, docstrings and secrets come from the schema.
"""

from __future__ import annotations

import subprocess
import sys
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import constructs_ims
from constructs_ims.schema.attribute import Attribute, Schema
from constructs_ims.schema.image_metadata import IMAGE_METADATA
from constructs_ims.schema.provider import PROVIDER, PROVIDER_META_ARGUMENTS
from constructs_ims.schema.types import BOOL, NUMBER, STRING, ListType, MapType, SetType, Type

GENERATED = Path(constructs_ims.__file__).parent / "constructs" / "generated"

READ: Mapping[Type, str] = {
    STRING: "str",
    NUMBER: "float",
    BOOL: "bool | cdk.IResolvable",
    SetType(STRING): "list[str]",
    ListType(STRING): "list[str]",
    MapType(STRING): "dict[str, str]",
}
"""The types of properties."""
ACCEPTED: Mapping[Type, str] = {**READ, ListType(STRING): "Sequence[str]", MapType(STRING): "Mapping[str, str]"}
"""The types of arguments, where ``ACCEPTED_BY_NAME`` has none."""
ACCESSORS: Mapping[Type, str] = {STRING: "_text", NUMBER: "_number", BOOL: "_boolean", SetType(STRING): "_texts"}
"""The methods of ``ArgumentAccess`` that make a reference to an attribute of an image."""

META_TYPES = {
    "connection": "cdk.Connection | Mapping[str, Any]",
    "count": "float | cdk.TerraformCount",
    "depends_on": "Sequence[cdk.ITerraformDependable]",
    "for_each": "cdk.ITerraformIterator",
    "lifecycle": "cdk.TerraformResourceLifecycle | Mapping[str, Any]",
    "provider": "cdk.TerraformProvider",
    "provisioners": "Sequence[cdk.Provisioner | Mapping[str, Any]]",
}

IMPORTS = """
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from constructs import Construct

from constructs_ims.constructs import cdk
from constructs_ims.constructs.argument_access import ArgumentAccess
from constructs_ims.constructs.assume_role import Role, RoleWithOidc
from constructs_ims.constructs.constructor import suggest_arguments
from constructs_ims.constructs.enums import ContainerFormat, DiskFormat, Visibility
from constructs_ims.constructs.image_config import check_image
from constructs_ims.constructs.os_version import OsVersion
from constructs_ims.constructs.provider_config import check_provider
from constructs_ims.constructs.timeouts import ImsImageMetadataTimeouts
"""
"""Whatever a generated module may need; what it does not is taken out again."""


@dataclass(frozen=True)
class Source:
    """One construct: its declaration, and what is the construct's own and no provider's or Terraform's."""

    class_name: str
    prefix: str
    """What the names of its generated classes begin with."""
    schema: Schema
    base: str
    id_name: str
    check: str
    references: bool
    """Whether a property that was not set is a reference to the attribute, and not None."""
    accepted_by_name: Mapping[str, str] = field(default_factory=dict)
    """The types of arguments, where they accept more than the declaration tells, and of blocks."""
    own_arguments: Sequence[Attribute] = ()
    without_properties: frozenset[str] = frozenset()
    """The arguments whose properties are written by hand."""
    meta: Mapping[str, str] = field(default_factory=dict)

    @property
    def arguments(self) -> list[Attribute]:
        """The arguments by name, the CDK's own among them."""
        return sorted([*self.schema.block.arguments, *self.own_arguments], key=lambda each: each.python_name)

    def accepted(self, attribute: Attribute) -> str:
        return self.accepted_by_name.get(attribute.python_name, ACCEPTED[attribute.type])


IMAGE = Source(
    "ImsImageMetadata",
    "Image",
    IMAGE_METADATA,
    base="cdk.ResourceBase",
    id_name="id_",
    check="check_image",
    references=True,
    accepted_by_name={
        "container_format": "ContainerFormat | str",
        "disk_format": "DiskFormat | str",
        "enable_force_new": "bool | str",
        "os_version": "OsVersion | str",
        "tags": "Sequence[str] | Mapping[str, str]",
        "timeouts": "ImsImageMetadataTimeouts | Mapping[str, Any] | cdk.IResolvable",
        "visibility": "Visibility | str",
    },
    meta=META_TYPES,
)
PROVIDER_BLOCK = Source(
    "HuaweicloudProvider",
    "Provider",
    PROVIDER,
    base="cdk.ProviderBase",
    id_name="id",
    check="check_provider",
    references=False,
    accepted_by_name={
        "assume_role": "Sequence[Role] | cdk.IResolvable",
        "assume_role_with_oidc": "RoleWithOidc | cdk.IResolvable",
    },
    own_arguments=PROVIDER_META_ARGUMENTS,
    without_properties=frozenset({"version_constraint"}),
)


def modules() -> dict[Path, str]:
    """Return the text of each generated module under its path."""
    made = {}
    for source in (IMAGE, PROVIDER_BLOCK):
        name = source.prefix.lower()
        made[GENERATED / f"{name}_fields.py"] = "\n".join(fields_module(source))
        made[GENERATED / f"{name}_properties.py"] = "\n".join(properties_module(source))
    return {path: formatted(path, text) for path, text in made.items()}


@dataclass(frozen=True)
class Keyword:
    """A keyword argument of the constructor, and a field of the configuration."""

    name: str
    type: str
    doc: str
    sensitive: bool = False


def keywords(source: Source) -> list[Keyword]:
    own = [Keyword(each.python_name, source.accepted(each), each.doc, each.sensitive) for each in source.arguments]
    own += [Keyword(each.name, source.accepted_by_name[each.name], each.doc) for each in source.schema.block.blocks]
    last = [each for each in own if each.name in source.without_properties]
    meta = [Keyword(name, type_, "") for name, type_ in source.meta.items()]
    return [*sorted((each for each in own if each not in last), key=lambda each: each.name), *last, *meta]


def fields_module(source: Source) -> Iterator[str]:
    yield from header(source, f"The fields of ``{source.class_name}Config``")
    yield "@dataclass(frozen=True, kw_only=True)"
    yield f"class {source.prefix}Fields:"
    yield from docstring(f"The arguments of ``{source.class_name}`` as fields; None leaves one out.", "    ")
    for each in sorted(keywords(source), key=lambda each: each.name not in source.meta):  # Terraform's own come first
        default = "field(default=None, repr=False)" if each.sensitive else "None"
        yield f"    {each.name}: {each.type} | None = {default}"
        if each.doc:
            yield from docstring(each.doc, "    ")


def properties_module(source: Source) -> Iterator[str]:
    yield from header(source, f"The constructor and the properties of ``{source.class_name}``")
    yield f"class {source.prefix}Properties(ArgumentAccess, {source.base}):"
    yield from docstring(f"The constructor of ``{source.class_name}``, its arguments and what it exports.", "    ")
    yield from constructor(source)
    for attribute in sorted(source.schema.block.attributes, key=lambda each: each.is_argument):
        if not attribute.is_argument:
            yield from exported(attribute)
    for attribute in source.arguments:
        if attribute.python_name not in source.without_properties:
            yield from settable(source, attribute)


def constructor(source: Source) -> Iterator[str]:
    given = keywords(source)
    yield f'    @suggest_arguments("{source.class_name}", {source.check})'
    yield f"    def __init__(self, scope: Construct, {source.id_name}: str, *,"
    yield from (f"        {each.name}: {each.type} | None = None," for each in given)
    yield "    ) -> None:"
    yield f'        """Make it in ``scope`` under the construct id ``{source.id_name}``.\n'
    for each in given:
        if each.doc:
            doc = each.doc if each.doc.split()[0].isupper() else each.doc[0].lower() + each.doc[1:]
            yield textwrap.fill(f"- ``{each.name}``: {doc}", 118, initial_indent=" " * 8, subsequent_indent=" " * 10)
    yield '        """'
    named = ", ".join(f"{each.name}={each.name}" for each in given)
    yield f"        self._create(scope, {source.id_name}, {named})\n"


def exported(attribute: Attribute) -> Iterator[str]:
    yield "    @property"
    yield f"    def {attribute.python_name}(self) -> {READ[attribute.type].removeprefix('bool | ')}:"
    yield from docstring(attribute.doc, " " * 8)
    yield f'        return self.{ACCESSORS[attribute.type]}("{attribute.name}")\n'


def settable(source: Source, attribute: Attribute) -> Iterator[str]:
    name, read, accepted = attribute.python_name, READ[attribute.type], source.accepted(attribute)
    optional = f"{read} | None"
    argument = f'cast("{optional}", self._read("{name}"))'
    if source.references:
        reference = f'self.{ACCESSORS[attribute.type]}("{attribute.name}")'
        rows = (read, reference, accepted, argument)
    else:
        rows = (optional, argument, f"{accepted} | None", f"self.{name}")
    type_, value, settable_type, input_value = rows
    yield "    @property"
    yield f"    def {name}(self) -> {type_}:"
    yield from docstring(attribute.doc, " " * 8)
    yield f"        return {value}\n"
    yield f"    @{name}.setter"
    yield f"    def {name}(self, value: {settable_type}) -> None:"
    yield f'        self._assign("{name}", value)\n'
    yield "    @property"
    yield f"    def {name}_input(self) -> {optional}:"
    yield f'        """``{name}`` as it was given."""'
    yield f"        return {input_value}\n"
    yield f"    def reset_{name}(self) -> None:"
    yield f'        """Leave ``{name}`` out."""'
    yield f'        self._assign("{name}", None)\n'


def header(source: Source, what: str) -> Iterator[str]:
    module = "image_metadata" if source is IMAGE else "provider"
    yield f'"""{what}, made from ``constructs_ims/schema/{module}.py``.\n'
    yield 'Do not edit: change the declaration, and run ``python -m tests.constructs.generated_arguments``.\n"""'
    yield IMPORTS.replace("from typing import Any", "from typing import Any, cast")


def docstring(text: str, indent: str) -> Iterator[str]:
    yield textwrap.fill(f'"""{text}"""', 120, initial_indent=indent, subsequent_indent=indent)


def formatted(path: Path, text: str) -> str:
    """Return the text as the project formats code, without the imports that it does not need."""
    ruff = [sys.executable, "-m", "ruff"]
    for command in (["check", "--quiet", "--select=I,F401", "--fix", "--exit-zero"], ["format", "--quiet"]):
        words = [*ruff, *command, "--stdin-filename", str(path), "-"]
        text = subprocess.run(words, input=text, capture_output=True, text=True, check=True, cwd=GENERATED).stdout
    return text


if __name__ == "__main__":
    for path, text in modules().items():
        path.write_text(text)
