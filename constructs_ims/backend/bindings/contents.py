"""The files of a package that say what its objects are, found in an archive or a folder by the types that are wanted.

A file is known by the type that stands in it. Those whose names follow from the type are looked at first, since that
spares reading thousands of others.
"""

from __future__ import annotations

import os
import re
import tarfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Final, TypeAlias

from constructs_ims.backend.bindings.classes import BoundClasses, read_classes
from constructs_ims.backend.bindings.object_schema import Mode, object_schemas
from constructs_ims.backend.bindings.source_text import original_text
from constructs_ims.schema.attribute import Schema

ObjectType: TypeAlias = tuple[Mode, str]
"""A resource or data source, by its type's name."""

_TYPE: Final = re.compile(rb"terraformResourceType: ['\"]([\w-]+)['\"],\s+terraformGeneratorMetadata")
_STRUCTS: Final = "index-structs"
_PROVIDER: Final = "provider"
_LARGEST: Final = 64 << 20
"""Bytes of the largest file that is read; the largest known is 3.5 MB."""


class UnreadablePackageError(Exception):
    """A package that is broken, or is no package of bindings."""


@dataclass(slots=True)
class Contents:
    """What a package says: the source of its provider, "" where it tells none, and the schemas that were wanted."""

    provider_source: str = ""
    schemas: dict[ObjectType, Schema] = field(default_factory=dict)


Files: TypeAlias = Iterable[tuple[str, Callable[[], bytes]]]
"""The files of a package: a path inside it, and what reads the file."""


def read_package(path: Path, wanted: Iterable[ObjectType]) -> Contents:
    """Return what a package says of the wanted types; raise ``UnreadablePackageError`` when it is broken."""
    wanted = set(wanted)
    try:
        found = _read(path, _stems(wanted))
        missing = wanted - found.schemas.keys()
        if found.provider_source and missing:
            stems = _stems_by_content(path, {name for _, name in missing})
            found.schemas.update(_read(path, stems).schemas if stems else {})
    except (OSError, EOFError, tarfile.TarError, zlib.error, UnicodeError) as failure:
        raise UnreadablePackageError(str(failure)) from failure
    return Contents(found.provider_source, {key: found.schemas[key] for key in wanted & found.schemas.keys()})


def _stems(wanted: Iterable[ObjectType]) -> set[str]:
    """Return the names that files of the wanted types go by, by the customs of the generators."""
    stems = set()
    for mode, type_name in wanted:
        whole = type_name.replace("_", "-")
        short = whole.partition("-")[2] or whole
        stems |= {f"data-{whole}"} if mode == "data" else {whole, short, f"{short}-resource"}
    return stems


def _stems_by_content(path: Path, type_names: set[str]) -> set[str]:
    stems = set()
    for name, read in _files(path):
        if _STRUCTS in name:
            continue
        found = _TYPE.search(read())
        if found and found[1].decode() in type_names:
            stems.add(_stem(name))
    return stems


def _read(path: Path, stems: set[str]) -> Contents:
    contents = Contents()
    texts: dict[str, list[str]] = {}
    for name, read in _files(path):
        stem, is_provider = _stem(name), _PROVIDER in PurePosixPath(name).parts[:-1]
        if stem in stems or is_provider:
            texts.setdefault(name.rpartition("/")[0] if is_provider else stem, []).append(
                original_text(read().decode("utf-8"))
            )
    for group in texts.values():
        _note(read_classes(group), contents)
    return contents


def _note(classes: BoundClasses, contents: Contents) -> None:
    for bound in classes.classes.values():
        contents.provider_source = bound.provider_source or contents.provider_source
    contents.schemas.update({(mode, schema.name): schema for mode, schema in object_schemas(classes)})


def _stem(name: str) -> str:
    """Return what names the object of a file: its folder where the file is an index, else the file itself."""
    path = PurePosixPath(name)
    folders = path.parts[:-1]
    if _STRUCTS in folders:
        return folders[folders.index(_STRUCTS) - 1]
    return folders[-1] if path.stem == "index" and folders else path.stem


def _files(path: Path) -> Iterator[tuple[str, Callable[[], bytes]]]:
    return _files_of_folder(path) if path.is_dir() else _files_of_archive(path)


def _files_of_archive(path: Path) -> Iterator[tuple[str, Callable[[], bytes]]]:
    with tarfile.open(path, "r|gz") as archive:
        for member in archive:
            if member.isreg() and _is_code(member.name) and member.size <= _LARGEST:
                extracted = archive.extractfile(member)
                if extracted is not None:
                    yield member.name, extracted.read


def _files_of_folder(path: Path) -> Iterator[tuple[str, Callable[[], bytes]]]:
    for folder, folders, names in os.walk(path):
        folders[:] = sorted(one for one in folders if one != "node_modules")
        for name in sorted(names):
            if _is_code(name):
                file = Path(folder, name)
                yield file.relative_to(path.parent).as_posix(), file.read_bytes


def _is_code(name: str) -> bool:
    return name.endswith((".js", ".ts")) and not name.endswith(".d.ts")


def same_source(left: str, right: str) -> bool:
    """Tell whether two spellings name one provider: ``aws`` is ``registry.terraform.io/hashicorp/aws``."""
    return _whole_source(left) == _whole_source(right)


def _whole_source(source: str) -> str:
    parts = source.lower().split("/")
    defaults = ("registry.terraform.io", "hashicorp")
    return "/".join((*defaults[: 3 - len(parts)], *parts)) if len(parts) < 3 else "/".join(parts)
