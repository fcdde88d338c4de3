"""Bindings as the generators of cdktf and cdktn write them, made of schemas: text, compiled files and packages."""

from __future__ import annotations

import base64
import io
import json
import tarfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from hypothesis import strategies as st

from constructs_ims.schema.attribute import Attribute, Block, NestedBlock, Nesting, Schema
from constructs_ims.schema.types import BOOL, NUMBER, STRING, ListType, MapType, ObjectType, SetType, Type

_SCALARS: Mapping[Type, str] = {STRING: "String", NUMBER: "Number", BOOL: "Boolean"}


def camel(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("_"))


class Writer:
    """Writes the classes of one object; ``comments`` False leaves out what compiled JavaScript has not."""

    def __init__(self, root: str, comments: bool) -> None:
        self.root, self.comments = root, comments
        self.classes: list[str] = []

    def body(self, stem: str, block: Block) -> tuple[list[str], list[str]]:
        lines, written = [], []
        for attribute in block.attributes:
            lines += self._attribute(stem, attribute)
            if attribute.is_argument:
                written += self._written(attribute.name, attribute.type)
        for nested in block.blocks:
            name = stem + camel(nested.name)
            self._object(name, nested.block, "list" if nested.nesting is not Nesting.SINGLE else "single", nested)
            lines.append(f"  // {nested.name} - computed: false, optional: true, required: false")
            lines.append(f"  reset{camel(nested.name)}() {{}}")
            kind = "OutputReference" if nested.max_items == 1 or nested.nesting is Nesting.SINGLE else "List"
            wraps = f", {str(nested.nesting is Nesting.SET).lower()}" if kind == "List" else ""
            lines.append(f'  private _x = new {name}{kind}(this, "{nested.name}"{wraps});')
            shape = {Nesting.SINGLE: "struct"}.get(nested.nesting, str(nested.nesting))
            written += hcl(nested.name, shape, name + "List", block=True)
        return lines, written

    def _attribute(self, stem: str, attribute: Attribute) -> Iterator[str]:
        flags = (("computed", attribute.computed), ("optional", attribute.optional), ("required", attribute.required))
        if self.comments or not attribute.is_argument:
            yield f"  // {attribute.name} - " + ", ".join(f"{name}: {str(flag).lower()}" for name, flag in flags)
        if not attribute.required and attribute.is_argument:
            yield f"  reset{camel(attribute.name)}() {{}}"
        yield from self._getter(stem, attribute.name, attribute.type)

    def _getter(self, stem: str, name: str, type_: Type) -> Iterator[str]:
        match type_:
            case ListType(ObjectType() as inner) | SetType(ObjectType() as inner):
                self._object(stem + camel(name), as_block(inner), "list", None)
                wraps = str(isinstance(type_, SetType)).lower()
                yield f'  private _y = new {stem}{camel(name)}List(this, "{name}", {wraps});'
            case MapType(element):
                yield f"  get x() {{ return this.get{_SCALARS[element]}MapAttribute('{name}'); }}"
            case ListType(element) | SetType(element):
                scalar = "" if element == STRING else _SCALARS[element]
                got = f"this.get{scalar}ListAttribute('{name}')"
                yield f"  get x() {{ return {f'cdktf.Fn.tolist({got})' if isinstance(type_, SetType) else got}; }}"
            case _:
                yield f"  get x() {{ return this.get{_SCALARS[type_]}Attribute('{name}'); }}"

    def _written(self, name: str, type_: Type) -> list[str]:
        match type_:
            case ListType(ObjectType()) | SetType(ObjectType()):
                return hcl(name, "list" if isinstance(type_, ListType) else "set", f"{camel(name)}List", block=True)
            case ListType(element) | SetType(element) | MapType(element):
                shape = {ListType: "list", SetType: "set", MapType: "map"}[type(type_)]
                suffix = "Map" if shape == "map" else "List"
                return hcl(name, shape, _SCALARS[element].lower() + suffix, block=False)
            case _:
                return hcl(name, "simple", _SCALARS[type_].lower(), block=False)

    def _object(self, name: str, block: Block, reached: str, nested: NestedBlock | None) -> None:
        body, written = self.body(name, block)
        position = ", complexObjectIsFromSet, complexObjectIndex"
        if nested is not None and nested.max_items == 1:
            position = ", false, 0"
        elif reached == "single":
            position = ""
        struct = name[:1].lower() + name[1:]
        self.classes.append(
            "\n".join(
                [
                    f"export function {struct}ToHclTerraform(struct) {{\n  const attrs = {{",
                    *written,
                    "  };\n}",
                    f"export class {name}OutputReference extends cdktf.ComplexObject {{",
                    "  constructor(terraformResource, terraformAttribute) {",
                    f"    super(terraformResource, terraformAttribute{position});\n  }}",
                    *body,
                    "}",
                    f"export class {name}List extends cdktf.ComplexList {{",
                    f"    return new {name}OutputReference(this.terraformResource, this.terraformAttribute, index);",
                    "}",
                ]
            )
        )


def as_block(type_: ObjectType) -> Block:
    made = (Attribute(name, inner, "", "", computed=True) for name, inner in type_.attributes.items())
    return Block(tuple(made))


def hcl(name: str, shape: str, storage: str, *, block: bool) -> list[str]:
    return [
        f"      {name}: {{",
        "        value: cdktf.anythingToHclTerraform(this._x),",
        f"        isBlock: {str(block).lower()},",
        f'        type: "{shape}",',
        f'        storageClassType: "{storage}",',
        "      },",
    ]


def object_text(schema: Schema, mode: str = "managed", *, comments: bool = True) -> str:
    """Return the text of one object's file."""
    name = ("Data" if mode == "data" else "") + camel(schema.name)
    writer = Writer(name, comments)
    body, written = writer.body(name, schema.block)
    base = "TerraformDataSource" if mode == "data" else "TerraformResource"
    own = [
        f"export class {name} extends cdktf.{base} {{",
        "  constructor(scope, id, config) {\n    super(scope, id, {",
        f"      terraformResourceType: '{schema.name}',\n      terraformGeneratorMetadata: {{",
        "        providerName: 'x',\n      },\n    });\n  }",
        *body,
        "  synthesizeHclAttributes() {\n    const attrs = {",
        *written,
        "    };\n  }\n}",
    ]
    return "\n".join([*writer.classes, *own])


def provider_text(source: str) -> str:
    """Return the text of the file of the provider itself."""
    return (
        "export class XProvider extends cdktf.TerraformProvider {\n    super(scope, id, {\n"
        f"      terraformResourceType: 'x',\n      terraformProviderSource: '{source}'\n    }});\n}}"
    )


def compiled(text: str) -> str:
    """Return a compiled file whose source map holds the text."""
    source_map = json.dumps({"version": 3, "sources": ["index.ts"], "mappings": "", "sourcesContent": [text]})
    encoded = base64.b64encode(source_map.encode()).decode()
    return f'"use strict";\n{text}\n//# sourceMappingURL=data:application/json;base64,{encoded}'


def file_name(schema: Schema, mode: str) -> str:
    whole = schema.name.replace("_", "-")
    return f"data-{whole}" if mode == "data" else whole.partition("-")[2]


def files(source: str, schemas: Mapping[tuple[str, str], Schema], folder: str = "lib") -> dict[str, str]:
    """Return the compiled files of a package, by their paths in it."""
    made = {
        f"{folder}/{file_name(schema, mode)}/index.js": compiled(object_text(schema, mode))
        for (mode, _), schema in schemas.items()
    }
    return {**made, f"{folder}/provider/index.js": compiled(provider_text(source))}


def write_archive(path: Path, content: Mapping[str, str]) -> Path:
    """Write a package as jsii packs one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, "w:gz") as archive:
        for name, text in content.items():
            member = tarfile.TarInfo(f"package/{name}")
            data = text.encode()
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return path


def write_folder(path: Path, content: Mapping[str, str]) -> Path:
    """Write a package unpacked."""
    for name, text in content.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_text(text)
    return path


_STEMS = ("a", "arn", "zone", "rule", "size", "x509", "tags")
_NAMES = st.sampled_from([f"{stem}{end}" for stem in _STEMS for end in ("", "_all", "_2", "_b_c")])
_PLAIN = st.sampled_from([STRING, NUMBER, BOOL])
_TYPES: st.SearchStrategy[Type] = st.one_of(
    _PLAIN,
    st.builds(ListType, _PLAIN),
    st.builds(SetType, _PLAIN),
    st.builds(MapType, _PLAIN),
)
_FLAGS = st.sampled_from(
    [{"required": True}, {"optional": True}, {"computed": True}, {"optional": True, "computed": True}]
)


@st.composite
def _objects(draw: st.DrawFn) -> Type:
    shape = draw(st.dictionaries(_NAMES, _TYPES, min_size=1, max_size=3))
    made = ObjectType(dict(sorted(shape.items())), frozenset(shape))
    return draw(st.sampled_from([ListType(made), SetType(made)]))


@st.composite
def blocks(draw: st.DrawFn, depth: int = 2) -> Block:
    """Blocks of any shape that bindings tell apart."""
    names = draw(st.lists(_NAMES, min_size=1, max_size=5, unique_by=lambda name: name.replace("_", "")))
    attributes, nested = [], []
    for name in sorted(names):
        kind = draw(st.sampled_from(["plain", "plain", "objects", "block"] if depth else ["plain"]))
        if kind == "block":
            nesting = draw(st.sampled_from(list(Nesting)))
            most = 0 if nesting is Nesting.SINGLE else draw(st.sampled_from([0, 1]))
            nested.append(NestedBlock(name, nesting, draw(blocks(depth - 1)), "", "", most))
        elif kind == "objects":
            attributes.append(Attribute(name, draw(_objects()), "", "", computed=True))
        else:
            attributes.append(Attribute(name, draw(_TYPES), "", "", **draw(_FLAGS)))
    return Block(tuple(attributes), tuple(nested))
