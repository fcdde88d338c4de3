"""Files that change all at once or not at all, and what to say when the disk will not have them."""

from __future__ import annotations

import errno
import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Final

from constructs_ims.schema.diagnostics import Diagnostic, error

PRIVATE_MODE: Final = 0o600
"""States, journals and plans hold secrets, so only their owner reads them."""

_TEMPORARY: Final = ".tmp"


def write_atomically(path: Path, content: bytes) -> None:
    """Put ``content`` at ``path`` durably; whoever reads meanwhile, or after a crash, finds the old file or the new.

    ``OSError`` when that fails; the old file is then untouched and nothing is left behind.
    """
    descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}.", suffix=_TEMPORARY, dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(temporary, PRIVATE_MODE)
        os.replace(temporary, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise
    sync_directory(path.parent)


def remove_temporary_files(directory: Path) -> None:
    """Delete what a kill in the middle of ``write_atomically`` left in a directory, whose lock the caller holds."""
    for left in directory.glob(f".*{_TEMPORARY}"):
        with suppress(OSError):
            left.unlink()


def sync_directory(directory: Path) -> None:
    """Make renames and new files in a directory durable, where the system can do that at all."""
    with suppress(OSError, AttributeError):
        descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


_ADVICE: Final = {
    errno.ENOSPC: "The disk is full: free some space and run the command again.",
    errno.EDQUOT: "The disk quota is used up: free some space and run the command again.",
    errno.EROFS: "The file system is read-only: choose another directory for the sandbox.",
    errno.EACCES: "Give yourself the right to write there, or choose another directory for the sandbox.",
    errno.EPERM: "Give yourself the right to write there, or choose another directory for the sandbox.",
    errno.EISDIR: "A directory stands where the file should be: move it away.",
    errno.ENOTDIR: "A file stands where a directory should be: move it away.",
}


def storage_error(summary: str, doing: str, path: Path, fault: OSError) -> Diagnostic:
    """Say in sentences why a file could not be read or written: ``doing`` is a phrase such as "writing the state"."""
    reason = (fault.strerror or str(fault)).lower()
    advice = _ADVICE.get(fault.errno or 0, "")
    return error(summary, f"Error {doing} at {path}: {reason}. {advice}".strip())
