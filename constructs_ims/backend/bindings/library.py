"""The types of other providers' objects: the schemas that a user gives, else those of the app's own bindings."""

from __future__ import annotations

import hashlib
import json
import os
import threading
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from constructs_ims.backend.bindings.cache import SchemaCache
from constructs_ims.backend.bindings.contents import (
    ObjectType,
    UnreadablePackageError,
    read_package,
    same_source,
)
from constructs_ims.backend.bindings.documents import DocumentError, read_document, schema_in
from constructs_ims.backend.bindings.packages import Package, Search
from constructs_ims.schema.attribute import Schema
from constructs_ims.schema.diagnostics import Diagnostic, error

INFERRED: Final = "the stack's own use"


@dataclass(slots=True)
class TypesFinding:
    """Where the types of one provider were found, and what was passed over on the way."""

    origin: str = INFERRED
    passed_over: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return "; ".join((self.origin, *self.passed_over))


@dataclass
class TypeLibrary:
    """Finds schemas; what was found once is remembered. May be asked from several threads.

    ``documents`` are files of ``terraform providers schema -json``, of which the first that has a provider counts.
    """

    search: Search
    documents: Collection[Path] = ()
    cache: SchemaCache = field(default_factory=lambda: SchemaCache.of_user(os.environ))
    findings: dict[str, TypesFinding] = field(default_factory=dict)
    """By provider source, what was found for it."""
    _known: dict[tuple[str, ObjectType], Schema | None] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def schemas(self, source: str, wanted: Iterable[ObjectType]) -> Mapping[ObjectType, Schema]:
        """Return the schemas of those of the wanted types that anything is known of.

        ``source`` is the provider's, such as ``registry.terraform.io/hashicorp/aws``.
        """
        wanted = set(wanted)
        with self._lock:
            missing = {key for key in wanted if (source, key) not in self._known}
            if missing:
                found = self._find(source, missing)
                self._known.update({(source, key): found.get(key) for key in missing})
            known = {key: self._known[source, key] for key in wanted}
        return {key: schema for key, schema in known.items() if schema is not None}

    def provider_schema(self, source: str) -> Schema | None:
        """Return the schema of a provider's own block, None where nothing is known of it."""
        key: ObjectType = ("provider", source.rpartition("/")[2])
        return self.schemas(source, [key]).get(key)

    def origin(self, source: str) -> str:
        """Return where the types of a provider were found, "" where they were not."""
        finding = self.findings.get(source)
        return finding.origin if finding and finding.origin != INFERRED else ""

    def faults(self) -> list[Diagnostic]:
        """Return what is wrong with the files of schemas that the user named."""
        faults = []
        for path in self.documents:
            try:
                read_document(path)
            except DocumentError as failure:
                faults.append(error("Unusable provider schemas", f"{path}: {failure}."))
        return faults

    def _find(self, source: str, wanted: set[ObjectType]) -> Mapping[ObjectType, Schema]:
        finding = self.findings.setdefault(source, TypesFinding())
        for path in self.documents:
            found = self._in_document(path, source, wanted)
            if found is not None:
                finding.origin = path.name
                return found
        for package in self._packages:
            if package.may_be_for(source):
                found = self._in_package(package, source, wanted, finding)
                if found is not None:
                    finding.origin = package.label
                    return found
        return {}

    @cached_property
    def _packages(self) -> list[Package]:
        return list(self.search.packages())

    def _in_document(self, path: Path, source: str, wanted: set[ObjectType]) -> Mapping[ObjectType, Schema] | None:
        try:
            provider = next((one for name, one in read_document(path).items() if same_source(name, source)), None)
            if provider is None:
                return None
            found = {(mode, name): schema_in(provider, mode, name, path.name) for mode, name in wanted}
        except DocumentError:
            return None
        return {key: schema for key, schema in found.items() if schema is not None}

    def _in_package(
        self, package: Package, source: str, wanted: set[ObjectType], finding: TypesFinding
    ) -> Mapping[ObjectType, Schema] | None:
        """Return what a package has of the wanted types; None when it is not for this provider."""
        try:
            digest = self._digest(package)
            facts = self.cache.facts(digest)
            if not _is_for(facts, source):
                return None
            cached = {key: self.cache.schema(digest, *key, package.label) for key in wanted}
            missing = {key for key, kept in cached.items() if kept is None}
            found = {key: kept.schema for key, kept in cached.items() if kept and kept.schema}
            if missing or not facts:
                contents = read_package(package.path, missing)
                self.cache.keep_facts(digest, {"provider_source": contents.provider_source})
                if not same_source(contents.provider_source, source):
                    return None
                for key in missing:
                    self.cache.keep(digest, *key, contents.schemas.get(key))
                found.update(contents.schemas)
        except (UnreadablePackageError, OSError) as failure:
            finding.passed_over.append(f"{package.label} cannot be read ({failure})")
            return None
        return found

    def _digest(self, package: Package) -> str:
        """Return what changes with the package's content; that of a folder is told by its files' sizes and times."""
        if package.path.is_dir():
            return _folder_digest(package.path)
        return self.cache.digest_of(package.path)


def _is_for(facts: Mapping[str, Any], source: str) -> bool:
    """Whether a package may be for a provider, as far as anything is known of it."""
    known = facts.get("provider_source")
    return not isinstance(known, str) or same_source(known, source)


def _folder_digest(path: Path) -> str:
    """Return a digest of a folder: that of the manifest of its package, else of its files' names, sizes and times."""
    manifest = path.parent / "package.json"
    if manifest.is_file():
        return hashlib.sha256(os.fsencode(path) + manifest.read_bytes()).hexdigest()
    stamps = []
    for folder, _, names in sorted(os.walk(path)):
        for name in sorted(names):
            status = os.stat(os.path.join(folder, name))
            stamps.append([os.path.join(folder, name), status.st_size, status.st_mtime_ns])
    return hashlib.sha256(json.dumps(stamps).encode("utf-8", "surrogateescape")).hexdigest()
