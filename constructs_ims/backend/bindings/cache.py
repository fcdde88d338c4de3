"""Schemas kept between runs, in the user's cache directory, by the content of the files that they were read from.

Many processes may fill it at once: a file is written beside its place and then put there whole. A cache that cannot be
read or written costs time and nothing else.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from constructs_ims.backend.bindings.documents import DocumentError, schema_from_json
from constructs_ims.backend.bindings.object_schema import Mode
from constructs_ims.schema.attribute import Schema

CACHE_VARIABLE: Final = "CONSTRUCTS_IMS_CACHE"
_FORMAT: Final = "schemas-1"
"""Goes up whenever the same files would be read otherwise."""
_CHUNK: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Cached:
    """What is known of a type: its schema, or that the files have none of that name."""

    schema: Schema | None


@dataclass(frozen=True, slots=True)
class SchemaCache:
    """A directory of schemas; without one nothing is kept."""

    directory: Path | None

    @classmethod
    def of_user(cls, environment: Mapping[str, str]) -> SchemaCache:
        """Return the cache of the user, where ``CONSTRUCTS_IMS_CACHE`` or else the system's custom has it."""
        place = _cache_directory(environment)
        return cls(None if place is None else place / _FORMAT)

    def schema(self, digest: str, mode: Mode, type_name: str, source: str) -> Cached | None:
        """Return what was kept of a type of the files with a digest; None when nothing was."""
        data = self._load(self._place(digest, mode, type_name))
        if not isinstance(data, dict) or "schema" not in data:
            return None
        try:
            return Cached(data["schema"] and schema_from_json(type_name, data["schema"], source))
        except DocumentError:
            return None

    def keep(self, digest: str, mode: Mode, type_name: str, schema: Schema | None) -> None:
        """Keep what was read of a type."""
        self._save(self._place(digest, mode, type_name), {"schema": schema.to_json() if schema else None})

    def facts(self, digest: str) -> dict[str, Any]:
        """Return what else was kept of the files with a digest."""
        data = self._load(self._path(digest, "facts.json"))
        return data if isinstance(data, dict) else {}

    def keep_facts(self, digest: str, facts: Mapping[str, Any]) -> None:
        """Keep what is true of the files as a whole."""
        self._save(self._path(digest, "facts.json"), facts)

    def digest_of(self, path: Path) -> str:
        """Return the digest of a file's content, which is not read again while the file stays as it is.

        Raise ``OSError`` when it cannot be read.
        """
        status = path.stat()
        stamp = [status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino]
        name = hashlib.sha256(os.fsencode(path.absolute())).hexdigest()
        place = self._path("files", f"{name}.json")
        known = self._load(place)
        if isinstance(known, dict) and known.get("stamp") == stamp and isinstance(known.get("digest"), str):
            return str(known["digest"])
        digest = hashlib.sha256()
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
        self._save(place, {"stamp": stamp, "digest": digest.hexdigest()})
        return digest.hexdigest()

    def _place(self, digest: str, mode: Mode, type_name: str) -> Path | None:
        is_plain = type_name.replace("_", "").replace("-", "").isalnum() and type_name.isascii()
        return self._path(digest, f"{mode}.{type_name[:150]}.json") if is_plain else None

    def _path(self, folder: str, name: str) -> Path | None:
        return None if self.directory is None else self.directory / folder / name

    def _load(self, path: Path | None) -> Any:
        if path is None:
            return None
        try:
            return json.loads(path.read_bytes())
        except (OSError, ValueError, RecursionError):
            return None

    def _save(self, path: Path | None, data: Mapping[str, Any]) -> None:
        if path is None:
            return
        with contextlib.suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
            try:
                with open(handle, "w", encoding="utf-8") as file:
                    json.dump(data, file, separators=(",", ":"))
                os.replace(name, path)
            except BaseException:
                with contextlib.suppress(OSError):
                    os.unlink(name)
                raise


def _cache_directory(environment: Mapping[str, str]) -> Path | None:
    if given := environment.get(CACHE_VARIABLE):
        return Path(given).absolute()
    base = _custom(environment)
    return None if base is None else base / "constructs-ims"


def _custom(environment: Mapping[str, str]) -> Path | None:
    """Return where programs of this system keep what they can make again; None where there is no home to keep it."""
    given = environment.get("LOCALAPPDATA" if sys.platform == "win32" else "XDG_CACHE_HOME")
    if given and os.path.isabs(given):
        return Path(given)
    try:
        home = Path.home()
    except RuntimeError:
        return None
    if sys.platform == "win32":
        return home / "AppData" / "Local"
    return home / "Library" / "Caches" if sys.platform == "darwin" else home / ".cache"
