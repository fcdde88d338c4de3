"""What local modules are made of that the real Terraform executes: calls, the types of objects, and providers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

LOCAL_MODULE: Final = re.compile(r"\.{1,2}(/.*)?|/.*")
_MODES: Final[Mapping[str, Literal["managed", "data"]]] = {"resource": "managed", "data": "data"}
_MOST_MODULES: Final = 1000
"""Directories of modules that are looked at; modules that call each other in a circle are Terraform's to refuse."""


@dataclass(frozen=True, slots=True)
class UsedInModules:
    """The types that local modules use, each with the source of its provider, and the versions that they ask for."""

    kinds: frozenset[tuple[str, Literal["managed", "data"], str]] = frozenset()
    constraints: frozenset[tuple[str, str]] = frozenset()

    @property
    def sources(self) -> frozenset[str]:
        """The sources of all providers that have to be there."""
        return frozenset(source for source, *_ in (*self.kinds, *self.constraints))


NOTHING_USED: Final = UsedInModules()


def used_in_modules(directory: Path) -> UsedInModules:
    """Return what the local modules of a stack use, and its files in Terraform's own syntax."""
    kinds, constraints = set(), set()
    for prefix, place in module_places(directory):
        required, used = dict[str, tuple[str, str]](), list[tuple[Literal["managed", "data"], str, str]]()
        contents = [_hcl_content(path) for path in sorted((*place.glob("*.tf"), *place.glob("*.tofu")))]
        if prefix:
            contents += map(content_of, sorted((*place.glob("*.tf.json"), *place.glob("*.tofu.json"))))
        for content in contents:
            required.update(_requirements(content))
            used += _objects(content)
        sources = {name: _full_source(source or name) for name, (source, _) in required.items()}
        kinds |= {(sources.get(name) or _full_source(name), mode, type_name) for mode, type_name, name in used}
        constraints |= {(sources[name], version) for name, (_, version) in required.items()}
    return UsedInModules(frozenset(kinds), frozenset(constraints))


def _full_source(source: str) -> str:
    # Loaded only for stacks with modules: it brings the engine along.
    from constructs_ims.backend.engine.configuration.model import full_source

    return full_source(source)


def _hcl_content(path: Path) -> dict[str, Any]:
    """Return what a file in Terraform's own syntax calls and makes; nothing of one that cannot be parsed.

    Terraform itself says best what is wrong with that.
    """
    from constructs_ims.backend.engine.stack.modules.hcl import UnreadableError, read_calls_and_objects

    try:
        return read_calls_and_objects(text_of(path))
    except UnreadableError:
        return {}


def _requirements(content: Any) -> Iterator[tuple[str, tuple[str, str]]]:
    terraform = content.get("terraform") if isinstance(content, dict) else None
    for settings in terraform if isinstance(terraform, list) else [terraform]:
        required = settings.get("required_providers") if isinstance(settings, dict) else None
        for group in required if isinstance(required, list) else [required]:
            for name, given in group.items() if isinstance(group, dict) else ():
                if isinstance(given, dict):
                    yield name, (str(given.get("source") or ""), str(given.get("version") or ""))
                else:
                    yield name, ("", str(given))


def _objects(content: Any) -> Iterator[tuple[Literal["managed", "data"], str, str]]:
    for section, mode in _MODES.items():
        for type_name, objects in named_blocks(content, section):
            for _, body in named_blocks({section: objects}, section):
                provider = body.get("provider")
                name = provider.strip("${}").partition(".")[0] if isinstance(provider, str) else _prefix(type_name)
                yield mode, type_name, name


def _prefix(type_name: str) -> str:
    return type_name.partition("_")[0]


def module_places(directory: Path) -> Iterator[tuple[str, Path]]:
    """Yield a stack's directory and those of the local modules in it, each with what addresses in it begin with."""
    pending = [("", directory)]
    for _ in range(_MOST_MODULES):
        if not pending:
            return
        prefix, place = pending.pop()
        yield prefix, place
        for name, source in module_calls(place):
            if LOCAL_MODULE.fullmatch(source):
                pending.append((f"{prefix}module.{name}.", place / source))


def module_calls(directory: Path) -> Iterator[tuple[str, str]]:
    """Yield the names and sources of the modules that the files of a directory call."""
    contents = [
        *map(_hcl_content, sorted(directory.glob("*.tf"))),
        *map(content_of, sorted(directory.glob("*.tf.json"))),
    ]
    for content in contents:
        for name, call in named_blocks(content, "module"):
            yield name, str(call.get("source", "."))


def named_blocks(content: Any, kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the blocks of a kind by name, which may stand in lists at either level."""
    blocks = content.get(kind) if isinstance(content, dict) else None
    for group in blocks if isinstance(blocks, list) else [blocks]:
        for name, block in group.items() if isinstance(group, dict) else ():
            yield from ((name, one) for one in (block if isinstance(block, list) else [block]) if isinstance(one, dict))


def text_of(path: Path) -> str:
    """Return the text of a file, "" of one that cannot be read, which Terraform says best."""
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def content_of(path: Path) -> Any:
    """Return what a file of JSON holds, None where it is none, which Terraform says best."""
    try:
        return json.loads(text_of(path))
    except (ValueError, RecursionError):
        return None
