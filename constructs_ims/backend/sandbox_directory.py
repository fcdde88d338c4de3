"""One offline world on disk: a directory that holds the service's database, its key pair and each stack's state.

It lies beside ``cdktf.json`` as ``.constructs-ims``, or where ``CONSTRUCTS_IMS_SANDBOX`` says.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

DIRECTORY_NAME: Final = ".constructs-ims"
SANDBOX_VARIABLE: Final = "CONSTRUCTS_IMS_SANDBOX"
PROJECT_FILE: Final = "cdktf.json"
USERS_LOCK: Final = "users.lock"
"""The file on which those who use the sandbox's service hold a shared lock; the service ends when nobody does."""
_MANIFEST: Final = "manifest.json"


class SandboxError(Exception):
    """The sandbox cannot be used as it is; ``summary`` is a few words, ``detail`` whole sentences with the mend."""

    def __init__(self, summary: str, detail: str) -> None:
        super().__init__(summary, detail)
        self.summary = summary
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.summary}: {self.detail}"


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
    """The layout of a sandbox; nothing is read or written before it is asked for."""

    path: Path

    @classmethod
    def locate(cls, start: Path, environment: Mapping[str, str]) -> SandboxDirectory:
        """Return the sandbox that commands in ``start`` use, whether it exists yet or not.

        It is that of the nearest folder upwards with a ``cdktf.json``, else that of ``start`` itself.
        """
        if given := environment.get(SANDBOX_VARIABLE):
            return cls((start / Path(given).expanduser()).resolve())
        start = start.resolve()
        project = next((folder for folder in (start, *start.parents) if (folder / PROJECT_FILE).is_file()), start)
        return cls(project / DIRECTORY_NAME)

    @property
    def database(self) -> Path:
        """The service's database."""
        return self.path / "ims.sqlite3"

    @property
    def terraform(self) -> Path:
        """What the real Terraform needs here: its configuration, the plugin mirror and copies of stacks."""
        return self.path / "terraform"

    def state(self, stack: str) -> Path:
        """Return where the state of ``stack`` (as ``stack_name`` names it) is kept."""
        return self.path / "stacks" / stack / "terraform.tfstate"

    def create(self) -> None:
        """Make the directory, which version control is told to leave alone.

        Raise ``SandboxError`` when it cannot be made or written to.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
            ignore = self.path / ".gitignore"
            if not ignore.exists():
                ignore.write_text("*\n")
        except OSError as failure:
            raise _unusable(self.path, failure) from failure

    def key_pair(self) -> KeyPair:
        """Return the sandbox's key pair, made on first use and readable by its owner alone.

        Raise ``SandboxError`` when the file that keeps it is damaged.
        """
        path = self.path / "credentials.json"
        try:
            if not path.exists():
                _write_once(path, KeyPair.generate())
            return KeyPair(**_texts(json.loads(path.read_text())))
        except OSError as failure:
            raise _unusable(path, failure) from failure
        except (ValueError, TypeError) as failure:
            detail = f"{path} does not hold the sandbox's key pair. Delete the file, and a new pair is made."
            raise SandboxError("Damaged key file", detail) from failure


def stack_name(directory: Path) -> str:
    """Return the name under which the sandbox keeps the state of the stack in ``directory``.

    It is the stack's own name where cdktf synthesized it, else the folder's name with a mark of its whole path.
    """
    directory = directory.resolve()
    if directory.parent.name == "stacks" and (directory.parents[1] / _MANIFEST).is_file():
        return directory.name
    mark = hashlib.sha256(str(directory).encode()).hexdigest()[:8]
    return f"{re.sub(r'[^A-Za-z0-9._-]+', '-', directory.name) or 'root'}-{mark}"


def _write_once(path: Path, pair: KeyPair) -> None:
    """Write the pair unless another process does so first."""
    content = {"access_key": pair.access_key, "secret_key": pair.secret_key, "password": pair.password}
    descriptor, scratch = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(descriptor, "w") as file:
        json.dump(content, file)
    try:
        os.link(scratch, path)
    except FileExistsError:
        pass
    finally:
        os.unlink(scratch)


def _texts(content: Any) -> dict[str, str]:
    if not isinstance(content, dict) or not all(isinstance(value, str) and value for value in content.values()):
        raise ValueError("not an object of texts")
    return content


def _unusable(path: Path, failure: OSError) -> SandboxError:
    detail = f"{path}: {failure.strerror}. Make it writable, or name another directory in {SANDBOX_VARIABLE}."
    return SandboxError("Sandbox not usable", detail)
