"""A stack's copy inside the sandbox: its configuration as synthesized, with its state moved into the sandbox.

The configuration is copied word for word, so that messages name the lines that the user sees; only credentials
become stars. What must differ, the backend and the states of other stacks, stands in one override file
beside it.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from constructs_ims.backend.sandbox.directory import (
    PRIVATE_MODE,
    SandboxDirectory,
    SandboxError,
    stack_name,
    write_private,
)
from constructs_ims.schema.provider import PROVIDER_SOURCE, is_this_provider

CONFIGURATION: Final = ("*.tf", "*.tf.json", "*.tofu", "*.tofu.json", "*.tfvars", "*.tfvars.json")
_OVERRIDE: Final = "zz_constructs_ims_override.tf.json"  # the last override file wins
_LEFT_BEHIND: Final = re.compile(r"\.terraform.*|.*\.tfstate(\..*)?|\.constructs-ims")
_LOCK_FILE: Final = ".terraform.lock.hcl"


@dataclass(frozen=True, slots=True)
class _StateRead:
    """A remote state that a stack reads: the app's stack that keeps it, if any, and whether it has defaults."""

    stack: str | None
    has_defaults: bool


@dataclass(frozen=True, slots=True)
class WorkingCopy:
    """Where a stack lies, where its copy does, and where its state is kept."""

    source: Path
    directory: Path
    state: Path
    sandbox: SandboxDirectory

    @classmethod
    def of(cls, source: Path, sandbox: SandboxDirectory) -> WorkingCopy:
        """Return the copy of the stack in ``source``."""
        name = stack_name(source)
        return cls(source.resolve(), sandbox.terraform / "stacks" / name, sandbox.state(name), sandbox)

    def refresh(self) -> None:
        """Bring the copy up to what ``source`` holds now; raise ``SandboxError`` when it cannot be used offline."""
        self.directory.mkdir(parents=True, exist_ok=True)
        self.state.parent.mkdir(parents=True, exist_ok=True)
        names = {path.name for path in self.source.iterdir() if not _LEFT_BEHIND.fullmatch(path.name)}
        for stale in self._stale(names):
            stale.unlink()
        for name in sorted(names):
            _take(self.source / name, self.directory / name)
        states = self._states_read()
        if foreign := _foreign(states):
            raise SandboxError("Remote state elsewhere", lack_of_foreign_states(foreign))
        write_private(self.directory / _OVERRIDE, json.dumps(self._override(states), indent=2))

    def foreign_states(self) -> list[str]:
        """Return the addresses of the remote states that no stack of the app keeps, and that have no defaults."""
        return _foreign(self._states_read())

    def version_constraints(self) -> list[str]:
        """Return what the stack demands of the provider's version."""
        found = []
        for content in self._configurations():
            for required in _blocks(content, "terraform", "required_providers"):
                found += [version for source, version in map(_requirement, required.values()) if _is_ours(source)]
        return [version for version in found if version]

    def calls_modules(self) -> bool:
        """Whether the stack has module calls, as far as its JSON says."""
        return any(next(_blocks(content, "module"), None) for content in self._configurations())

    def forget_provider_lock(self, others: Iterable[str] = ()) -> None:
        """Take this provider, and ``others`` by address, out of the copy's dependency lock.

        Another Python makes other executables of them.
        """
        path = self.directory / _LOCK_FILE
        if path.is_file():
            names = "|".join([f'[^"]+/{re.escape(PROVIDER_SOURCE)}', *map(re.escape, others)])
            block = rf'provider "(?:{names})" \{{.*?^\}}\n*'
            write_private(path, re.sub(block, "", path.read_text(), flags=re.DOTALL | re.MULTILINE))

    def _stale(self, names: set[str]) -> Iterator[Path]:
        configuration = {path for pattern in CONFIGURATION for path in self.directory.glob(pattern)}
        links = {path for path in self.directory.iterdir() if path.is_symlink()}
        yield from (path for path in configuration | links if path.name not in names)

    def _override(self, states: Mapping[str, _StateRead]) -> dict[str, Any]:
        override: dict[str, Any] = {"terraform": {"backend": {"local": _local_backend(self.state)}}}
        if states:
            paths = {name: self._state_of(read.stack) for name, read in states.items()}
            local = {name: {"backend": "local", "config": _local_backend(path)} for name, path in paths.items()}
            override["data"] = {"terraform_remote_state": local}
        return override

    def _states_read(self) -> dict[str, _StateRead]:
        """Return the remote states that the stack reads, by name."""
        blocks = (
            block
            for content in self._configurations()
            for states in _blocks(content, "data", "terraform_remote_state")
            for block in states.items()
        )
        return {name: _StateRead(self._stack_behind(config), bool(config.get("defaults"))) for name, config in blocks}

    def _state_of(self, stack: str | None) -> Path:
        """Return the sandbox's state of a stack, an empty one for a state of none, whose defaults count."""
        if stack is not None:
            return self.sandbox.state(stack)
        empty = self.sandbox.terraform / "empty.tfstate"
        empty.parent.mkdir(parents=True, exist_ok=True)
        write_private(empty, json.dumps(_EMPTY_STATE))
        return empty

    def _stack_behind(self, config: Mapping[str, Any]) -> str | None:
        # Loaded only for the few stacks that read others: it brings the engine along.
        from constructs_ims.backend.sandbox.remote_state import stack_behind

        place = config.get("config")
        return stack_behind(str(config.get("backend")), place if isinstance(place, dict) else {}, self.source)

    def _configurations(self) -> Iterator[dict[str, Any]]:
        for path in sorted(self.source.glob("*.tf.json")):
            content = _read(path)
            if isinstance(content, dict):
                yield content


def _foreign(states: Mapping[str, _StateRead]) -> list[str]:
    """Return the addresses of those that nobody here keeps, and that have no defaults."""
    return [
        f"data.terraform_remote_state.{name}"
        for name, read in states.items()
        if read.stack is None and not read.has_defaults
    ]


_EMPTY_STATE: Final = {
    "version": 4,
    "terraform_version": "1.0.0",
    "serial": 1,
    "lineage": "00000000-0000-0000-0000-000000000000",
    "outputs": {},
    "resources": [],
}


def lack_of_foreign_states(addresses: Sequence[str]) -> str:
    """Say that states of no stack of the app are not there offline, and what to do."""
    one = len(addresses) == 1
    return (
        f"{', '.join(addresses)} {'reads a state that belongs' if one else 'read states that belong'} to no stack of "
        'this app, and offline only those of its own are there. Set "defaults" there, give the values as variables, or '
        "leave the stack to the built-in engine, which takes values that you say and makes up others."
    )


def has_configuration(directory: Path) -> bool:
    """Tell whether Terraform would find a configuration in ``directory``."""
    return any(next(directory.glob(pattern), None) for pattern in ("*.tf", "*.tf.json", "*.tofu", "*.tofu.json"))


def _local_backend(state: Path) -> dict[str, str]:
    return {"path": str(state), "workspace_dir": str(state.parent / "terraform.tfstate.d")}


def _take(source: Path, target: Path) -> None:
    if source.is_dir():
        if not target.is_symlink():
            target.symlink_to(source, target_is_directory=True)
        return
    if source.name.endswith(".tf.json") and (text := _without_credentials(source)) is not None:
        write_private(target, text)
    else:
        shutil.copyfile(source, target)
        target.chmod(PRIVATE_MODE)


def _without_credentials(path: Path) -> str | None:
    """Return the text of a configuration to be copied, None when it is no text, which Terraform says best."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    if not any(section in text for section in ('"provider"', '"backend"', '"cloud"')):
        return text
    # Loaded only where there may be something to hide: it brings the engine along.
    from constructs_ims.backend.engine.configuration.credentials import hidden_credentials

    return hidden_credentials(path.name, text)


def _read(path: Path) -> Any:
    """Read a configuration; a broken one is left to Terraform, whose message says where it is broken."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None


def _blocks(content: Mapping[str, Any], *names: str) -> Iterator[Mapping[str, Any]]:
    """Yield the objects under ``names``, each of which may stand alone or in a list."""
    found: list[Any] = [content]
    for name in names:
        found = [inner for block in found if isinstance(block, dict) for inner in _listed(block.get(name))]
    yield from (block for block in found if isinstance(block, dict))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _requirement(value: Any) -> tuple[str, str]:
    if not isinstance(value, dict):
        return "", ""
    return str(value.get("source", "")), str(value.get("version") or "")


def _is_ours(source: str) -> bool:
    return source == PROVIDER_SOURCE or is_this_provider(source)
