"""Where the states of a stack live: one file for each workspace, with backup, journal and lock beside it.

The layout is that of Terraform's local backend, so that either program continues what the other has begun: the default
workspace in ``terraform.tfstate``, others in ``terraform.tfstate.d/NAME/terraform.tfstate``. Beside each stands what
Terraform does not keep: the outputs of simulated module calls.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from constructs_ims.backend.engine.state.durable_files import (
    remove_temporary_files,
    storage_error,
    sync_directory,
    write_atomically,
)
from constructs_ims.backend.engine.state.journal import JournalError
from constructs_ims.backend.engine.state.journal_file import JournalFile
from constructs_ims.backend.engine.state.journal_records import Intent, read_journal, replay
from constructs_ims.backend.engine.state.lock import StateLock
from constructs_ims.backend.engine.state.model import State, new_lineage
from constructs_ims.backend.engine.state.module_record import Modules, read_modules, write_modules
from constructs_ims.backend.engine.state.statefile import read_state, write_state
from constructs_ims.schema.diagnostics import Diagnostic, error, has_errors, warning
from constructs_ims.schema.versions import TERRAFORM_VERSION

DEFAULT_WORKSPACE: Final = "default"
STATE_NAME: Final = "terraform.tfstate"
MODULES_NAME: Final = "simulated-modules.json"
_WORKSPACES: Final = "terraform.tfstate.d"
_WORKSPACE_NAME: Final = re.compile(r"[A-Za-z0-9_.~!$&'()*+,;=:@-]+")
_HEAD_ENDS: Final = b'\n  "outputs": '


@dataclass(frozen=True, slots=True)
class LoadedState:
    """A state as stored with its journal replayed, and the creations that an interrupted run left open.

    ``state`` is new and empty where nothing is stored, and None when what is stored cannot be used.
    """

    state: State | None
    intents: tuple[Intent, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    was_replayed: bool = False


@dataclass(slots=True)
class StateStorage:
    """The stored state of one workspace. Hold ``lock`` around a run that writes.

    A run is: ``load``, ``begin`` (its journal takes each finished object), ``save`` once at the end.
    """

    directory: Path
    workspace: str = DEFAULT_WORKSPACE
    lock: StateLock = field(init=False)
    _stored: bytes = field(default=b"", init=False, repr=False)
    _stored_modules: bytes = field(default=b"", init=False, repr=False)
    _serial: int = field(default=0, init=False)
    _lineage: str = field(default="", init=False)
    _has_backup: bool = field(default=False, init=False)
    _journal: JournalFile | None = field(default=None, init=False)
    _intents: tuple[Intent, ...] = field(default=(), init=False)
    _replayed: State | None = field(default=None, init=False)
    """The state as loaded when a journal was replayed, until all of it stands in the state file."""

    def __post_init__(self) -> None:
        self.lock = StateLock(self.path)

    @property
    def path(self) -> Path:
        """The state file."""
        if self.workspace == DEFAULT_WORKSPACE:
            return self.directory / STATE_NAME
        return self.directory / _WORKSPACES / self.workspace / STATE_NAME

    @property
    def backup_path(self) -> Path:
        """The state as it was before the last run that changed it."""
        return self.path.with_name(f"{STATE_NAME}.backup")

    @property
    def modules_path(self) -> Path:
        """The outputs of simulated module calls, which a state file has no place for."""
        return self.path.with_name(MODULES_NAME)

    @property
    def journal_path(self) -> Path:
        """The journal of a run that goes on, or that was cut short."""
        return self.path.with_name(f"{STATE_NAME}.journal")

    def load(self) -> LoadedState:
        """Read the state and replay the journal that an interrupted run left."""
        self._intents, self._replayed = (), None
        try:
            self._stored, modules = _read(self.path), _read(self.modules_path)
            journal = read_journal(_read(self.journal_path))
        except OSError as fault:
            path = Path(fault.filename or self.path)
            return LoadedState(None, (), (storage_error("Failed to load state", "loading the state", path, fault),))
        found = read_state(self._stored)
        if found.fault is not None:
            return LoadedState(None, (), tuple(self._named(one) for one in found.diagnostics))
        state = found.state or State()
        self._serial, self._lineage = state.serial, state.lineage
        state.modules, damage = self._read_modules(modules)
        if journal is None:
            return LoadedState(state, (), damage)
        state, self._intents, notes = replay(state, journal)
        if has_errors(notes):
            return LoadedState(None, (), tuple(notes))
        self._replayed = state.copy()
        return LoadedState(state, self._intents, (*damage, *notes), was_replayed=True)

    def _read_modules(self, content: bytes) -> tuple[Modules, tuple[Diagnostic, ...]]:
        self._stored_modules = content
        try:
            return read_modules(content, self._lineage), ()
        except ValueError:
            detail = (
                f"{self.modules_path} is damaged. The outputs that module calls were given are made up anew, which the "
                "next plan shows as known after apply."
            )
            return {}, (warning("Damaged record of modules", detail),)

    def _named(self, fault: Diagnostic) -> Diagnostic:
        """Add to what is wrong with the state file which one it is, and what may help."""
        way_out = f"The file is {self.path}."
        if self.backup_path.exists():
            way_out += f" {self.backup_path.name} beside it is the state as it was before the last run."
        return replace(fault, detail=f"{fault.detail} {way_out}")

    def begin(self, state: State) -> JournalFile:
        """Open the journal of a run that starts from ``state``, as loaded; ``JournalError`` when the disk refuses.

        What the state holds beyond the state file, from a journal replayed or an address moved, is written first.
        """
        try:
            self._prepare(state)
            self._lineage = state.lineage
            if self._stored or not state.is_empty:
                self._write(state)
        except OSError as fault:
            raise JournalError(_save_error(self.path, fault)) from fault
        self._journal = self._new_journal(state, self._intents)
        return self._journal

    def save(self, state: State) -> list[Diagnostic]:
        """Write the state at the end of a run and drop its journal; a state that did not change is left as it is.

        Open intents outlive the run: the journal then stays, with nothing else in it.
        """
        try:
            self._prepare(state)
            self._write(state)
            self._end_journal(state)
        except OSError as fault:
            return [_save_error(self.path, fault)]
        except JournalError as fault:
            return [fault.diagnostic]
        return []

    def replace(self, state: State) -> list[Diagnostic]:
        """Put ``state`` from elsewhere in the place of the stored one, under its own lineage and serial.

        As with Terraform, one that differs from a stored state gets the serial after its own.
        """
        try:
            self._prepare(state)
            self._write_as_given(state)
            self._end_journal(state)
        except OSError as fault:
            return [_save_error(self.path, fault)]
        except JournalError as fault:
            return [fault.diagnostic]
        return []

    def _prepare(self, state: State) -> None:
        """Make the directory, clear what a killed run left in it, and bring an earlier journal to its end.

        A journal continues one state file. Before that file gets what this run has changed, it gets all that the
        journal says, and the journal keeps nothing but its open intents; else a crash in between would let the journal
        be replayed over changes that came after it.
        """
        state.lineage = state.lineage or self._lineage or new_lineage()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        remove_temporary_files(self.path.parent)
        if self._replayed is not None:
            replayed, self._replayed = self._replayed, None
            self._write(replayed)
            self._end_journal(replayed)

    def _end_journal(self, state: State) -> None:
        journal, self._journal = self._journal, None
        if journal:
            journal.close()
            self._intents = journal.pending_intents()
        if self._intents:
            self._new_journal(state, self._intents).close()
        else:
            self.journal_path.unlink(missing_ok=True)
            sync_directory(self.path.parent)

    def _new_journal(self, state: State, intents: Iterable[Intent]) -> JournalFile:
        open_intents = {intent.creation_id: intent for intent in intents}
        journal = JournalFile(state.copy(), open_intents, path=self.journal_path, fold=self._fold)
        journal.open()
        return journal

    def _fold(self, state: State) -> tuple[int, int]:
        self._write(state)
        return self._serial, len(self._stored)

    def _write(self, state: State) -> None:
        """Write a state that differs from the stored one, with the next serial; the first write keeps a backup."""
        self._write_modules(state)
        state.serial = self._serial
        content = write_state(state)
        if self._stored and _body(content) == _body(self._stored) and state.lineage == self._lineage:
            return
        state.serial, state.terraform_version = self._serial + 1, TERRAFORM_VERSION
        head = write_state(State(state.lineage, state.serial))[: -len(_body(_EMPTY))]
        self._store(head + _body(content), state)

    def _write_modules(self, state: State) -> None:
        content = write_modules(state.modules, state.lineage) if state.modules else b""
        if content == self._stored_modules:
            return
        if content:
            write_atomically(self.modules_path, content)
        else:
            self.modules_path.unlink(missing_ok=True)
            sync_directory(self.path.parent)
        self._stored_modules = content

    def _write_as_given(self, state: State) -> None:
        state.terraform_version = TERRAFORM_VERSION
        content = write_state(state)
        if self._stored and _body(content) != _body(self._stored):
            state.serial += 1
            content = write_state(state)
        if content != self._stored:
            self._store(content, state)

    def _store(self, content: bytes, state: State) -> None:
        if self._stored and not self._has_backup:
            write_atomically(self.backup_path, self._stored)
        write_atomically(self.path, content)
        self._stored, self._serial, self._lineage, self._has_backup = content, state.serial, state.lineage, True


_EMPTY: Final = write_state(State())


def _body(content: bytes) -> bytes:
    """Return a state file without its head: everything but versions, serial and lineage."""
    return content[max(content.find(_HEAD_ENDS), 0) :]


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""


def _save_error(path: Path, fault: OSError) -> Diagnostic:
    found = storage_error("Failed to save state", "saving the state", path, fault)
    kept = "What this run finished is kept in the journal beside it, and the next run takes it up from there."
    return error(
        found.summary, f"{found.detail} {kept}" if path.with_name(f"{STATE_NAME}.journal").exists() else found.detail
    )


def check_push(stored: State, pushed: State) -> list[Diagnostic]:
    """Say why ``pushed`` must not replace ``stored``: another history, or no later serial; empty when it may.

    An empty state may be replaced by any, and a state without a lineage is nobody's.
    """
    if stored.is_empty or not stored.lineage or not pushed.lineage:
        return []
    if pushed.lineage != stored.lineage:
        detail = (
            f'cannot import state with lineage "{pushed.lineage}" over unrelated state with lineage "{stored.lineage}"'
        )
    elif stored.serial > pushed.serial:
        detail = f"cannot import state with serial {pushed.serial} over newer state with serial {stored.serial}"
    elif stored.serial == pushed.serial and _body(write_state(stored)) != _body(write_state(pushed)):
        detail = (
            f"cannot overwrite existing state with serial {stored.serial} with a different state that has the same "
            "serial"
        )
    else:
        return []
    return [error("Failed to write state", detail)]


def check_workspace_name(name: str) -> list[Diagnostic]:
    """Say what is wrong with the name of a workspace; empty when nothing is."""
    if _WORKSPACE_NAME.fullmatch(name) and name not in (".", ".."):
        return []
    rule = "The name must contain only URL safe characters, and no path separators."
    detail = f'The workspace name "{name}" is not allowed. {rule}'
    return [error("Invalid workspace name", detail)]


def list_workspaces(directory: Path) -> list[str]:
    """Return the workspaces that are stored in ``directory``, ``default`` first, the others by name."""
    with suppress(OSError):
        return [
            DEFAULT_WORKSPACE,
            *sorted(found.name for found in (directory / _WORKSPACES).iterdir() if found.is_dir()),
        ]
    return [DEFAULT_WORKSPACE]


def create_workspace(directory: Path, name: str) -> list[Diagnostic]:
    """Make room for a workspace."""
    if found := check_workspace_name(name):
        return found
    if name in list_workspaces(directory):
        return [error("Workspace already exists", f'Workspace "{name}" already exists')]
    path = directory / _WORKSPACES / name
    try:
        path.mkdir(parents=True)
    except OSError as fault:
        return [storage_error("Failed to create workspace", "creating the workspace", path, fault)]
    return []


def delete_workspace(directory: Path, name: str) -> list[Diagnostic]:
    """Drop a workspace with its state, whatever that holds."""
    if name == DEFAULT_WORKSPACE:
        return [error("Cannot delete workspace", "The default workspace cannot be deleted.")]
    path = directory / _WORKSPACES / name
    try:
        shutil.rmtree(path)
    except OSError as fault:
        return [storage_error("Failed to delete workspace", "deleting the workspace", path, fault)]
    return []
