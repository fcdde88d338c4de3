"""One offline world on disk: a directory that holds the service's database, its key pair and each stack's state.

It lies beside ``cdktf.json`` as ``.constructs-ims``, or where ``CONSTRUCTS_IMS_SANDBOX`` says.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final

DIRECTORY_NAME: Final = ".constructs-ims"
SANDBOX_VARIABLE: Final = "CONSTRUCTS_IMS_SANDBOX"
PROJECT_FILE: Final = "cdktf.json"
USERS_LOCK: Final = "users.lock"
"""The file on which those who use the sandbox's service hold a shared lock; the service ends when nobody does."""
PRIVATE_MODE: Final = 0o600
"""What is in a sandbox belongs to its owner alone."""
_STACKS: Final = "stacks"
_MANIFEST: Final = "manifest.json"
CONFIGURATION_FILES: Final = ("cdk.tf.json", "cdk.tf")
"""What cdktf names the configuration of a stack, in JSON or HCL."""
_OUTPUT: Final = "cdktf.out"

_SERVICE_FILES: Final = ("ims.sqlite3", "ims.sqlite3-wal", "ims.sqlite3-shm", "credentials.json")
_IGNORE_EVERYTHING: Final = "*\n"
"""What the sandbox's ``.gitignore`` says: the first file in it, by which it is known."""


class SandboxError(Exception):
    """The sandbox cannot be used as it is; ``summary`` is a few words, ``detail`` whole sentences with the mend."""

    def __init__(self, summary: str, detail: str) -> None:
        super().__init__(summary, detail)
        self.summary = summary
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.summary}: {self.detail}"


class DamagedKeyFileError(SandboxError):
    """The file that keeps the key pair holds something else."""


def nearest_project(start: Path) -> Path:
    """Return the nearest folder upwards with a ``cdktf.json``, ``start`` itself where there is none."""
    return next((folder for folder in (start, *start.parents) if (folder / PROJECT_FILE).is_file()), start)


@dataclass(frozen=True, slots=True)
class KeyPair:
    """The sandbox's own access key, and the password of its user."""

    access_key: str
    secret_key: str = field(repr=False)
    password: str = field(repr=False)

    @classmethod
    def generate(cls) -> KeyPair:
        """Return a new pair in the vendor's form: 20 and 40 letters and digits."""
        return cls(secrets.token_hex(10).upper(), secrets.token_hex(20), secrets.token_hex(16))


@dataclass(frozen=True, slots=True)
class SandboxDirectory:
    """The layout of a sandbox; nothing is read or written before it is asked for.

    ``named_by`` is what a user changes to have it elsewhere.
    """

    path: Path
    named_by: str = SANDBOX_VARIABLE

    @classmethod
    def locate(cls, start: Path, environment: Mapping[str, str]) -> SandboxDirectory:
        """Return the sandbox that commands in ``start`` use, whether it exists yet or not.

        It is that of the nearest folder upwards with a ``cdktf.json``, else that of ``start`` itself.
        """
        if given := environment.get(SANDBOX_VARIABLE):
            return cls((start / os.path.expanduser(given)).resolve())  # leaves an unknown user's "~" as it stands
        return cls(nearest_project(start.resolve()) / DIRECTORY_NAME)

    @property
    def database(self) -> Path:
        """The service's database."""
        return self.path / "ims.sqlite3"

    @property
    def _mark(self) -> Path:
        return self.path / ".gitignore"

    @property
    def credentials(self) -> Path:
        """The file that keeps the key pair."""
        return self.path / "credentials.json"

    @property
    def terraform(self) -> Path:
        """What the real Terraform needs here: its configuration, the plugin mirror and copies of stacks."""
        return self.path / "terraform"

    def state(self, stack: str) -> Path:
        """Return where the state of ``stack`` (as ``stack_name`` names it) is kept."""
        return self.path / _STACKS / stack / "terraform.tfstate"

    def create(self) -> None:
        """Make the directory, which version control is told to leave alone.

        Raise ``SandboxError`` when it cannot be made or written to, or holds something else than a sandbox.
        """
        try:
            self.check()
            self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
            if not self._mark.exists() or not self._mark.stat().st_size:
                write_private(self._mark, _IGNORE_EVERYTHING)
        except OSError as failure:
            raise self._unusable(self.path, failure) from failure
        except ValueError as failure:  # a null byte or half a surrogate pair
            raise self._unusable(self.path, OSError(errno.EINVAL, os.strerror(errno.EINVAL))) from failure
        if not os.access(self.path, os.W_OK):
            is_read_only = os.statvfs(self.path).f_flag & os.ST_RDONLY
            number = errno.EROFS if is_read_only else errno.EACCES
            raise self._unusable(self.path, OSError(number, os.strerror(number)))

    def check(self) -> None:
        """Raise ``SandboxError`` when what is there is no sandbox, or its key pair is damaged; nothing is made."""
        if self.path.exists() and not self.path.is_dir():
            raise self._unusable(self.path, NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR)))
        if self.path.is_dir() and self._is_foreign():
            raise _foreign(self)
        if self.credentials.exists():
            self.key_pair()

    def key_pair(self) -> KeyPair:
        """Return the sandbox's key pair, made on first use and readable by its owner alone.

        Raise ``SandboxError`` when the file that keeps it is damaged.
        """
        path = self.credentials
        try:
            if not path.exists():
                _write_once(path, KeyPair.generate())
            return KeyPair(**_texts(json.loads(path.read_text(encoding="utf-8"))))
        except OSError as failure:
            raise self._unusable(path, failure) from failure
        except (ValueError, TypeError, RecursionError) as failure:
            detail = f"{path} does not hold the sandbox's key pair. Delete the file, and a new pair is made."
            raise DamagedKeyFileError("Damaged key file", detail) from failure

    def discard_service(self) -> None:
        """Delete the service's database and key pair, sound or not; new ones are made on the next use."""
        for name in _SERVICE_FILES:
            (self.path / name).unlink(missing_ok=True)

    def _is_foreign(self) -> bool:
        """Whether files lie there, and no sandbox was ever made among them."""
        unfinished = f".{self._mark.name}."  # what another process is just making, or was when it was killed
        names = {entry.name for entry in self.path.iterdir() if not entry.name.startswith(unfinished)}
        if self.database.name in names or names <= {_STACKS}:
            return False
        return not self._mark.is_file() or self._mark.read_bytes() not in (b"", _IGNORE_EVERYTHING.encode())

    def _unusable(self, path: Path, failure: OSError) -> SandboxError:
        is_file = failure.errno in (errno.EEXIST, errno.ENOTDIR)
        reason = "is no directory" if is_file else f"cannot be used ({failure.strerror})"
        detail = f"{path} {reason}. Make it a directory that can be written to, or name another in {self.named_by}."
        return SandboxError("Sandbox not usable", detail)


def stack_name(directory: Path) -> str:
    """Return the name under which the sandbox keeps the state of the stack in ``directory``.

    It is the stack's own name where cdktf synthesized it, else the folder's name with a mark of its whole path. No
    single file decides that, as a file may be missing while an app is synthesized or after that was killed.
    """
    directory = directory.resolve()
    if directory.parent.name == _STACKS and _is_synthesized(directory):
        return directory.name
    mark = hashlib.sha256(str(directory).encode()).hexdigest()[:8]
    return f"{re.sub(r'[^A-Za-z0-9._-]+', '-', directory.name) or 'root'}-{mark}"


def _is_synthesized(directory: Path) -> bool:
    output = directory.parents[1]
    marks = (output / _MANIFEST, *(directory / name for name in CONFIGURATION_FILES))
    return output.name == _OUTPUT or any(mark.is_file() for mark in marks)


def write_private(path: Path, content: str) -> None:
    """Put ``content`` at ``path``, readable by its owner alone; who reads meanwhile finds the old file or the new."""
    scratch = _scratch(path, content)
    try:
        os.replace(scratch, path)
    except OSError:
        os.unlink(scratch)
        raise


def open_private(path: Path) -> IO[str]:
    """Open a file to be locked, made readable by its owner alone when it is not there."""
    return open(path, "a", encoding="utf-8", opener=lambda name, flags: os.open(name, flags, PRIVATE_MODE))


def _write_once(path: Path, pair: KeyPair) -> None:
    """Write the pair unless another process does so first."""
    content = {"access_key": pair.access_key, "secret_key": pair.secret_key, "password": pair.password}
    scratch = _scratch(path, json.dumps(content))
    try:
        os.link(scratch, path)
    except FileExistsError:
        pass
    finally:
        os.unlink(scratch)


def _scratch(path: Path, content: str) -> str:
    """Write ``content`` to a new file beside ``path``, readable by its owner alone, and return where."""
    descriptor, scratch = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(content)
    return scratch


def _texts(content: Any) -> dict[str, str]:
    if not isinstance(content, dict) or not all(map(_is_key, content.values())):
        raise ValueError("not an object of texts that a header can carry")
    return content


def _is_key(value: object) -> bool:
    return isinstance(value, str) and value.isascii() and value.isprintable() and bool(value.strip())


def _foreign(sandbox: SandboxDirectory) -> SandboxError:
    detail = (
        f"{sandbox.path} holds other files and is no sandbox. Name an empty directory, or one that does not exist yet, "
        f"in {sandbox.named_by}."
    )
    return SandboxError("Not a sandbox", detail)
